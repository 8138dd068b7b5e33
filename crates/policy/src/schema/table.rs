//! The table of all signals, sorted by path.

use super::{FieldDef, RecordDef, SignalDef, Type, Unit};

const fn signal(path: &'static str, ty: Type, en: &'static str, ar: &'static str) -> SignalDef {
    SignalDef {
        path,
        ty,
        person: false,
        neutral: "",
        doc: [en, ar],
    }
}

const fn word(
    path: &'static str,
    words: &'static [&'static str],
    neutral: &'static str,
    en: &'static str,
    ar: &'static str,
) -> SignalDef {
    SignalDef {
        path,
        ty: Type::Enum(words),
        person: false,
        neutral,
        doc: [en, ar],
    }
}

const fn by_person(signal: SignalDef) -> SignalDef {
    SignalDef {
        person: true,
        ..signal
    }
}

const fn field(name: &'static str, ty: Type, en: &'static str, ar: &'static str) -> FieldDef {
    FieldDef {
        name,
        ty,
        readable: true,
        computed: false,
        doc: [en, ar],
    }
}

const fn engine_only(field: FieldDef) -> FieldDef {
    FieldDef {
        readable: false,
        ..field
    }
}

const fn computed(field: FieldDef) -> FieldDef {
    FieldDef {
        computed: true,
        ..field
    }
}

const TRUST: &[&str] = &["shadow", "active", "disputed", "revoked"];
const TYPES: &[&str] = &[
    "pdq",
    "sha256",
    "sha1",
    "md5",
    "vpdq",
    "chromaprint",
    "raw_text",
    "text_tlsh",
    "text_passages",
    "term",
    "url",
    "url_host",
    "handle",
    "payment_address",
];
const METHODS: &[&str] = &["equal", "pdq", "track", "passage", "tlsh", "term"];
const FOUND: &[&str] = &[
    "url",
    "host",
    "invite",
    "handle",
    "email",
    "payment_address",
    "donation_link",
    "hashtag",
    "contact",
    "security",
];

/// A record of `matches`.
pub(crate) const MATCH: &RecordDef = &RecordDef {
    name: "match",
    fields: &[
        field("bank", Type::Text, "The bank", "القائمة"),
        field("entry", Type::Int(Unit::None), "The entry's number", "رقم المدخل"),
        field("type", Type::Enum(TYPES), "What was compared", "ما قورن"),
        field(
            "method",
            Type::Enum(METHODS),
            "How it was compared",
            "طريقة المقارنة",
        ),
        engine_only(field("sha256", Type::Text, "The equal digest", "البصمة المطابقة")),
        field(
            "whole",
            Type::Bool,
            "The whole item was compared",
            "قورن العنصر كاملا",
        ),
        field(
            "distance",
            Type::Int(Unit::Bits),
            "Bits that differ",
            "عدد البتات المختلفة",
        ),
        field(
            "similarity",
            Type::Number(Unit::Ratio),
            "Share of the entry found",
            "نسبة ما وُجد من المدخل",
        ),
        field(
            "human_confirmed",
            Type::Bool,
            "A person confirmed the entry",
            "أكد شخص هذا المدخل",
        ),
        field(
            "trust",
            Type::Enum(TRUST),
            "How far the entry is trusted",
            "درجة الثقة بالمدخل",
        ),
        field(
            "suppressed",
            Type::Bool,
            "An allowed entry lies nearer",
            "مدخل مسموح به أقرب",
        ),
        field("labels", Type::Texts, "Labels of the entry", "وسوم المدخل"),
        field("source", Type::Text, "Where the entry came from", "مصدر المدخل"),
        field(
            "added_at",
            Type::Time,
            "When the entry was added",
            "وقت إضافة المدخل",
        ),
        field(
            "hash_only",
            Type::Bool,
            "The entry is shown to nobody",
            "المدخل لا يُعرض على أحد",
        ),
        field(
            "quoted",
            Type::Bool,
            "It stands in quotation marks",
            "ورد بين علامتي اقتباس",
        ),
        computed(field(
            "exact",
            Type::Bool,
            "The SHA-256 of the whole item equals an active entry's",
            "بصمة العنصر كاملا تطابق مدخلا ساريا",
        )),
    ],
};

/// A record of `findings`.
const FINDING: &RecordDef = &RecordDef {
    name: "finding",
    fields: &[
        field("kind", Type::Enum(FOUND), "What was found", "ما وُجد"),
        field(
            "platform",
            Type::Text,
            "The platform or currency",
            "المنصة أو العملة",
        ),
        field("host", Type::Text, "The host of a link", "مضيف الرابط"),
        field("digest", Type::Text, "SHA-256 of what was found", "بصمة ما وُجد"),
        field(
            "quoted",
            Type::Bool,
            "It stands in quotation marks",
            "ورد بين علامتي اقتباس",
        ),
    ],
};

const COUNT: Type = Type::Int(Unit::Count);

/// Sorted by path: `Schema::slot` searches it.
pub(crate) const SIGNALS: &[SignalDef] = &[
    by_person(word(
        "context.exemption",
        &["none", "claimed", "confirmed"],
        "none",
        "Whether a person found the item exempt (news, research, counter-speech, documentation)",
        "هل وجد شخص أن العنصر مستثنى (خبر، بحث، خطاب مضاد، توثيق)",
    )),
    by_person(word(
        "context.exemption_kind",
        &[
            "none",
            "news",
            "research",
            "education",
            "art",
            "counter_speech",
            "documentation",
        ],
        "none",
        "Why the item is exempt",
        "سبب الاستثناء",
    )),
    signal(
        "findings",
        Type::Records(FINDING),
        "What was read in the item",
        "ما قُرئ في العنصر",
    ),
    signal(
        "item.bytes",
        Type::Int(Unit::Bytes),
        "Size of the item in bytes",
        "حجم العنصر بالبايت",
    ),
    signal(
        "item.jurisdictions",
        Type::Texts,
        "Countries whose law applies",
        "الدول التي يسري قانونها",
    ),
    word(
        "item.kind",
        &["post", "comment", "file", "page", "channel"],
        "post",
        "What was submitted",
        "نوع ما أُرسل",
    ),
    signal(
        "item.language",
        Type::Text,
        "Language the platform gives",
        "اللغة كما ذكرتها المنصة",
    ),
    word(
        "item.media",
        &[
            "picture", "film", "sound", "document", "archive", "text", "page", "other",
        ],
        "other",
        "Kind of media",
        "نوع الوسيط",
    ),
    signal("item.parts", COUNT, "Parts of the item", "عدد أجزاء العنصر"),
    signal(
        "item.received_at",
        Type::Time,
        "When the item came in",
        "وقت وصول العنصر",
    ),
    signal(
        "item.source",
        Type::Text,
        "Where the item came from",
        "مصدر العنصر",
    ),
    signal(
        "item.url_host",
        Type::Text,
        "Host where the item is shown",
        "المضيف الذي يُعرض عليه العنصر",
    ),
    word(
        "item.visibility",
        &["public", "unlisted", "members"],
        "public",
        "Who could see the item",
        "من يستطيع رؤية العنصر",
    ),
    signal(
        "matches",
        Type::Records(MATCH),
        "Known content found in the item",
        "محتوى معروف وُجد في العنصر",
    ),
    by_person(word(
        "review.decision",
        &["none", "violating", "not_violating", "unclear"],
        "none",
        "What a person decided about this content",
        "قرار شخص بشأن هذا المحتوى",
    )),
    by_person(signal(
        "review.imminent_threat",
        Type::Bool,
        "A person sees a threat to life",
        "يرى شخص خطرا على الحياة",
    )),
    signal(
        "security.threat",
        Type::Bool,
        "The file attacks its reader",
        "الملف يهاجم قارئه",
    ),
    signal(
        "seen.near_content.day",
        COUNT,
        "Near copies in 24 hours",
        "نسخ قريبة خلال 24 ساعة",
    ),
    signal(
        "seen.near_content.hour",
        COUNT,
        "Near copies in an hour",
        "نسخ قريبة خلال ساعة",
    ),
    signal(
        "seen.near_content.week",
        COUNT,
        "Near copies in 7 days",
        "نسخ قريبة خلال 7 أيام",
    ),
    signal(
        "seen.same_content.day",
        COUNT,
        "Equal copies in 24 hours",
        "نسخ مطابقة خلال 24 ساعة",
    ),
    signal(
        "seen.same_content.hour",
        COUNT,
        "Equal copies in an hour",
        "نسخ مطابقة خلال ساعة",
    ),
    signal(
        "seen.same_content.week",
        COUNT,
        "Equal copies in 7 days",
        "نسخ مطابقة خلال 7 أيام",
    ),
    signal(
        "seen.same_link.day",
        COUNT,
        "The same link in 24 hours",
        "الرابط نفسه خلال 24 ساعة",
    ),
    signal(
        "seen.same_link.hour",
        COUNT,
        "The same link in an hour",
        "الرابط نفسه خلال ساعة",
    ),
    signal(
        "seen.same_link.week",
        COUNT,
        "The same link in 7 days",
        "الرابط نفسه خلال 7 أيام",
    ),
    word(
        "text.context",
        &["reporting", "mixed", "unclear"],
        "unclear",
        "Whether the text reads as a report",
        "هل يُقرأ النص بوصفه تقريرا",
    ),
    signal(
        "text.contra",
        Type::Texts,
        "What speaks against a report",
        "ما يعارض كونه تقريرا",
    ),
    signal("text.language", Type::Text, "Language of the text", "لغة النص"),
    signal(
        "text.quoted",
        Type::Number(Unit::Ratio),
        "Share of the text in quotation",
        "نسبة الاقتباس في النص",
    ),
    signal(
        "text.severe_terms",
        COUNT,
        "Terms that always ask for a person",
        "ألفاظ تستدعي شخصا دائما",
    ),
    signal(
        "text.terms",
        COUNT,
        "Names and terms in the text",
        "أسماء وألفاظ في النص",
    ),
    signal("text.words", COUNT, "Words of the text", "عدد كلمات النص"),
    word(
        "verdict",
        &["match", "no_match", "incomplete"],
        "no_match",
        "What the matching says",
        "نتيجة المطابقة",
    ),
];

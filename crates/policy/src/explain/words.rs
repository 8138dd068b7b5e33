//! The sentences of explanations in both languages. Names, numbers and sources stand in isolation marks (U+2068, U+2069),
//! so that an Arabic sentence keeps its order around them.

use super::Language;
use crate::action::{Action, ActionKind, Degree, Priority};
use crate::outcome::{Origin, Suppression, Truth};
use crate::snapshot::UnknownReason;

/// A name or a source within a sentence.
pub(super) fn name(text: impl std::fmt::Display) -> String {
    format!("\u{2068}{text}\u{2069}")
}

/// One of two texts.
pub(super) const fn pick<'t>(language: Language, en: &'t str, ar: &'t str) -> &'t str {
    match language {
        Language::En => en,
        Language::Ar => ar,
    }
}

pub(super) fn truth(language: Language, truth: Truth) -> &'static str {
    match truth {
        Truth::True => pick(language, "holds", "متحقق"),
        Truth::False => pick(language, "does not hold", "غير متحقق"),
        Truth::Unknown => pick(language, "cannot be told", "لا يمكن الجزم به"),
    }
}

pub(super) fn reason(language: Language, reason: UnknownReason) -> &'static str {
    match reason {
        UnknownReason::NotComputed => pick(language, "nobody computed it", "لم يُحسب"),
        UnknownReason::NotGiven => pick(language, "it was not given", "لم يُذكر"),
        UnknownReason::Failed => pick(language, "computing it failed", "فشل حسابه"),
        UnknownReason::Timeout => pick(language, "a deadline passed", "انقضت المهلة"),
        UnknownReason::TooLarge => pick(language, "the content is beyond a limit", "المحتوى يتجاوز حدا"),
        UnknownReason::Unreadable => pick(language, "the content cannot be read", "تعذرت قراءة المحتوى"),
        UnknownReason::Unsupported => pick(language, "nothing can compute it here", "لا يوجد ما يحسبه هنا"),
        UnknownReason::Erased => pick(language, "it was erased", "مُحي"),
        UnknownReason::WrongType => pick(language, "the record is of another kind", "السجل من نوع آخر"),
    }
}

pub(super) fn kind(language: Language, kind: ActionKind) -> &'static str {
    match kind {
        ActionKind::Allow => pick(language, "nothing is done", "لا إجراء"),
        ActionKind::Label => pick(language, "a label on the item", "وسم على العنصر"),
        ActionKind::Restrict => pick(language, "restriction", "تقييد"),
        ActionKind::Remove => pick(language, "removal", "إزالة"),
        ActionKind::Suspend => pick(language, "suspension", "تعليق"),
        ActionKind::Preserve => pick(language, "preservation", "حفظ"),
        ActionKind::Enqueue => pick(language, "review by a person", "مراجعة من شخص"),
        ActionKind::Share => pick(language, "proposal to an exchange", "اقتراح على جهة تبادل"),
        ActionKind::Escalate => pick(language, "escalation", "تصعيد"),
        ActionKind::Notify => pick(language, "notification", "إشعار"),
    }
}

/// An action with what belongs to it, for reviewers and auditors.
pub(super) fn action(language: Language, action: &Action) -> String {
    let what = kind(language, action.kind());
    let detail = match action {
        Action::Allow {} => return what.to_owned(),
        Action::Label { label, .. } => name(label),
        Action::Restrict { how, hours } => match hours {
            Some(hours) => format!("{}, {}", name(how), name(format_args!("{hours} h"))),
            None => name(how),
        },
        Action::Remove { reason } => name(reason),
        Action::Preserve { days } => name(format_args!("{days} d")),
        Action::Enqueue { queue, priority, .. } if *priority == Priority::Normal => name(queue),
        Action::Enqueue { queue, priority, .. } => format!("{}, {}", name(queue), name(priority)),
        Action::Share { exchange } => name(exchange),
        Action::Escalate { channel } => name(channel),
        Action::Notify { audience } => name(audience),
    };
    format!("{what} ({detail})")
}

pub(super) fn origin(language: Language, origin: Origin) -> &'static str {
    match origin {
        Origin::Policy => pick(language, "the policy asks for it", "تطلبه السياسة"),
        Origin::Engine => pick(language, "the engine adds it", "يضيفه المحرك"),
    }
}

pub(super) fn degree(language: Language, degree: Degree) -> &'static str {
    match degree {
        Degree::None => pick(language, "not automated", "غير آلي"),
        Degree::Partial => pick(
            language,
            "decided by a person, carried out automatically",
            "قرره شخص ونُفذ آليا",
        ),
        Degree::Full => pick(language, "found and decided automatically", "اكتُشف وتقرر آليا"),
    }
}

pub(super) fn suppression(language: Language, why: &Suppression) -> String {
    if language == Language::En {
        return match why {
            Suppression::Weaker { than } => format!("{} does something stronger", name(than)),
            Suppression::Same { by } => format!("{} does the same", name(by)),
            other => other.short(),
        };
    }
    match why {
        Suppression::Shadow {} => "السياسة قيد المراقبة فقط",
        Suppression::OutsideCanary {} => "خارج الحصة التجريبية",
        Suppression::NotExact {} => "لا تطابق تام مع مدخل مؤكد ولا قرار من شخص",
        Suppression::NotAutomatic {} => "السياسة لا تطلب التصرف آليا",
        Suppression::NotApproved {} => "لم يوافق شخصان على تصرفها آليا",
        Suppression::EmergencyOnlyRestricts {} => "حالة الطوارئ تسمح بالتقييد والمراجعة فقط",
        Suppression::Unknown {} => "أمر ما غير معلوم",
        Suppression::Unless {} => "استثناء السياسة متحقق",
        Suppression::Exempt {} => "العنصر مستثنى أو لا يُعلم ذلك",
        Suppression::PersonSaidNo {} => "وجد شخص أنه لا مخالفة",
        Suppression::Cap {} => "بلغت السياسة حدها لهذه الساعة",
        Suppression::Brake {} => "بلغت السياسات مجتمعة حدها الأعلى",
        Suppression::Weaker { than } => return format!("السياسة {} تفعل ما هو أقوى", name(than)),
        Suppression::Same { by } => return format!("السياسة {} تفعل الشيء نفسه", name(by)),
        Suppression::OutsideSample {} => "خارج العينة",
        Suppression::Budget {} => "نفدت ميزانية الخطوات",
    }
    .to_owned()
}

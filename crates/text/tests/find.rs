//! What is found in texts, and what is not.

use basira_text::find::{Finding, KeyKind, Kind, Note, find, url_keys};

fn one(text: &str) -> Finding {
    let mut found = find(text);
    assert_eq!(found.len(), 1, "{text}: {found:?}");
    found.remove(0)
}

fn key(finding: &Finding, kind: KeyKind) -> &str {
    finding
        .keys
        .iter()
        .find(|key| key.kind == kind)
        .map_or("", |key| &key.value)
}

#[test]
fn links_have_one_form_and_one_key() {
    for (text, kind, normal, url) in [
        (
            "https://Example.com/a/../b?x=1#top",
            Kind::Url,
            "https://example.com/a/../b?x=1",
            "https://example.com/a/../b?x=1",
        ),
        (
            "انظر http://www.example.com/صفحة.",
            Kind::Url,
            "http://www.example.com/%D8%B5%D9%81%D8%AD%D8%A9",
            "https://example.com/%D8%B5%D9%81%D8%AD%D8%A9",
        ),
        (
            "(https://example.com/a_(b))",
            Kind::Url,
            "https://example.com/a_(b)",
            "https://example.com/a_(b)",
        ),
        (
            "https://example.com/aوهذا رابط",
            Kind::Url,
            "https://example.com/a",
            "https://example.com/a",
        ),
        (
            "https://example.comوهذا رابط",
            Kind::Url,
            "https://example.com",
            "https://example.com",
        ),
        (
            "hxxps://exam\u{200b}ple[.]com/x?utm_source=a&id=2",
            Kind::Url,
            "https://example.com/x?utm_source=a&id=2",
            "https://example.com/x?id=2",
        ),
        (
            "http://user:word@example.com:8080/",
            Kind::Url,
            "http://example.com:8080",
            "https://example.com:8080",
        ),
        (
            "http://[2001:db8::1]/x",
            Kind::Url,
            "http://[2001:db8::1]/x",
            "https://[2001:db8::1]/x",
        ),
        ("زوروا موقعنا example.org اليوم", Kind::Host, "example.org", ""),
        (
            "http://مثال.مصر/",
            Kind::Url,
            "http://xn--mgbh0fb.xn--wgbh1c",
            "https://xn--mgbh0fb.xn--wgbh1c",
        ),
        (
            "example.net/join",
            Kind::Url,
            "https://example.net/join",
            "https://example.net/join",
        ),
        (
            "https://paypal.me/chessleague",
            Kind::DonationLink,
            "https://paypal.me/chessleague",
            "https://paypal.me/chessleague",
        ),
        (
            "https://example.org/donate?x=1",
            Kind::DonationLink,
            "https://example.org/donate?x=1",
            "https://example.org/donate?x=1",
        ),
        (
            "t.me/joinchat/AAAAAEkk2WdoDrB4-Q8-gg",
            Kind::Invite,
            "telegram:+AAAAAEkk2WdoDrB4-Q8-gg",
            "https://t.me/joinchat/AAAAAEkk2WdoDrB4-Q8-gg",
        ),
        (
            "https://telegram.me/Chess_League",
            Kind::Handle,
            "telegram:chess_league",
            "https://t.me/Chess_League",
        ),
        (
            "tg://resolve?domain=Chess_League",
            Kind::Handle,
            "telegram:chess_league",
            "https://t.me/Chess_League",
        ),
        (
            "https://chat.whatsapp.com/FbXYZ123abc",
            Kind::Invite,
            "whatsapp:FbXYZ123abc",
            "https://chat.whatsapp.com/FbXYZ123abc",
        ),
        (
            "discord.gg/chess",
            Kind::Invite,
            "discord:chess",
            "https://discord.gg/chess",
        ),
        (
            "https://signal.group/#CjQKIA",
            Kind::Invite,
            "signal:CjQKIA",
            "https://signal.group#CjQKIA",
        ),
        (
            "magnet:?xt=urn:btih:0123456789abcdef0123456789ABCDEF01234567&dn=x",
            Kind::Url,
            "magnet:?xt=urn:btih:0123456789abcdef0123456789abcdef01234567",
            "magnet:?xt=urn:btih:0123456789abcdef0123456789abcdef01234567",
        ),
    ] {
        let found = one(text);
        assert_eq!(
            (found.kind, found.normal.as_str(), key(&found, KeyKind::Url)),
            (kind, normal, url),
            "{text}"
        );
    }
}

#[test]
fn spans_are_what_was_written() {
    for (text, written) in [
        ("اذهب إلى hxxps://example[.]com/a الآن", "hxxps://example[.]com/a"),
        ("اذهب إلى example نقطة com الآن", "example نقطة com"),
        (
            "\u{200f}user [at] example [dot] com\u{200f}",
            "user [at] example [dot] com",
        ),
        ("صفحة @chess_league.", "@chess_league"),
        ("وسم #بطولة_الشطرنج!", "#بطولة_الشطرنج"),
    ] {
        let found = one(text);
        assert_eq!(&text[found.span.clone()], written);
    }
    assert_eq!(one("example [dot] com").notes, [Note::Defanged]);
    assert_eq!(one("#بُطولة_الشطرنج").normal, "#بطوله_الشطرنج");
    let mail = one("اكتب إلى Info@Example.com.");
    assert_eq!(
        (mail.kind, mail.normal.as_str(), key(&mail, KeyKind::Handle)),
        (Kind::Email, "info@example.com", "email:info@example.com")
    );
    assert_eq!(
        one("@chess@mastodon.social").normal,
        "fediverse:chess@mastodon.social"
    );
}

#[test]
fn what_hides_where_it_leads_is_named() {
    assert_eq!(one("https://bit.ly/3abc").notes, [Note::Shortener]);
    assert_eq!(one("http://раypal.com/x").notes, [Note::MixedScript]);
    let copies = find("https://web.archive.org/web/2020/https://example.com/a");
    assert_eq!(copies.len(), 2);
    assert_eq!(
        (copies[0].notes.as_slice(), copies[1].normal.as_str()),
        (&[Note::Mirror][..], "https://example.com/a")
    );
    let cid = "bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi";
    for text in [
        format!("ipfs://{cid}"),
        format!("https://ipfs.io/ipfs/{cid}"),
        format!("https://{cid}.ipfs.dweb.link/"),
        cid.to_owned(),
    ] {
        let found = one(&text);
        assert_eq!(found.notes, [Note::Ipfs], "{text}");
        assert!(
            found.keys.iter().any(|key| key.value == format!("ipfs://{cid}")),
            "{text}"
        );
    }
    let onion = one("2gzyxa5ihm7nsggfxnu52rck2vv4rvmdlkiu3zzui5du4xyclen53wid.onion/a");
    assert_eq!(onion.notes, [Note::Onion]);
}

#[test]
fn prose_has_no_links() {
    for text in [
        "He said so.The end.It is over.In short, no.",
        "انتهى الكلام.مصر تعلن عن بطولة.قطر تشارك",
        "See README.md, test_002.py, a-b.test.rs, main.rs, setup.py and photo.zip; version 1.2.3.4 of node.js",
        "e.g. this, i.e. that, U.S. and a.m.",
        "Rt 5@6 and # 7, #1, C# and a:b ratio 3:1",
        "الساعة 09:32 م يوم 19/7/2018 (أكثر من 25.4 مليون)",
        "and/or w/o",
        "http:// https://. http://localhost x://y",
        "المقال (1): ما هي؟ ... نعم.",
    ] {
        assert_eq!(find(text), [], "{text}");
    }
}

#[test]
fn lists_from_elsewhere_get_the_same_keys() {
    let keys = url_keys("http://www.example.com/a/?fbclid=1#x").unwrap();
    assert_eq!(keys[0].value, key(&one("hxxps://example[.]com/a"), KeyKind::Url));
    assert_eq!(url_keys("no address"), None);
}

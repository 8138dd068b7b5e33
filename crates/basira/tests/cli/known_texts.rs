//! Banked texts, links, handles and addresses, from the command line and by the service.

use std::io::Write;

use serde_json::{Value, json};

use super::place::{Place, text};
use super::server::Server;

/// What an invented chess league has said.
const STATEMENT: &str = "يعلن اتحاد القلعة للشطرنج أن الموسم الجديد سيبدأ يوم الثلاثاء القادم في قاعة المطالعة القديمة، \
ويدعو جميع اللاعبين إلى تسجيل أسمائهم قبل نهاية الأسبوع، على أن تقام المباريات كل يوم أحد بحضور الحكام، وأن توزع الجوائز على \
الفائزين في حفل كبير يقيمه الاتحاد في ساحة المدينة بعد انتهاء الجولة الأخيرة من البطولة.";

/// What somebody writes around it.
const BEFORE: &str = "شهدت المدينة أمس اجتماعا طويلا حضره عدد كبير من أهالي الحي ومن المهتمين بالألعاب الذهنية، وتحدث فيه كثيرون عن \
حال النوادي وعن نقص المال الذي تعاني منه منذ سنوات، وقال بعضهم إن البلدية وعدت بالمساعدة ولم تف بوعدها، ثم قرئ على الحاضرين ما يلي: ";
const AFTER: &str = " وعلق أحد الحاضرين بأن هذا الكلام سمعناه في العام الماضي أيضا ولم يتغير شيء، بينما رأى آخرون أن الأمور تسير نحو \
الأفضل وأن على الجميع أن يصبروا قليلا حتى تظهر النتائج.";

/// A text that has nothing to do with it.
const OTHER: &str = "تحتاج وصفة الخبز إلى ثلاثة أكواب من الطحين وملعقة من الخميرة وقليل من الملح والماء الدافئ، يعجن الخليط عشر دقائق \
ثم يترك في مكان دافئ ساعة كاملة حتى يتضاعف حجمه قبل أن يخبز في فرن ساخن.";

fn matches(row: &Value) -> &Vec<Value> {
    row["matches"].as_array().unwrap()
}

/// The percents of a method `text:passage A%/B%`.
fn percents(found: &Value) -> (u32, u32) {
    let method = text(found, "method");
    let shares = method
        .strip_prefix("text:passage ")
        .unwrap_or_else(|| panic!("{method}"));
    let (banked, of_text) = shares.split_once('/').unwrap();
    let number = |share: &str| share.strip_suffix('%').unwrap().parse().unwrap();
    (number(banked), number(of_text))
}

fn article() -> String {
    format!(
        "<!doctype html><html><head><title>اجتماع الحي</title></head><body><article><h1>اجتماع الحي</h1>\
         <p>{BEFORE}</p><p>{STATEMENT}</p><p>{AFTER}</p></article></body></html>"
    )
}

#[test]
fn a_banked_statement_is_found_within_an_article_and_replays() {
    let place = Place::with_bank();
    place.write("statement.txt", STATEMENT);
    place.write("article.html", article());
    place.write("other.txt", OTHER);
    place.add("known", ["statement.txt"]);

    let row = place
        .run(["match", "--json", "article.html"])
        .ends(1)
        .rows()
        .remove(0);
    assert_eq!(row["verdict"], "match", "{row}");
    let found = &matches(&row)[0];
    let (banked, of_text) = percents(found);
    assert!(banked >= 98 && (25..75).contains(&of_text), "{found}");
    assert_eq!(
        (&found["type"], &found["part"]),
        (&json!("text_passages"), &json!("file"))
    );
    let words = &found["covered"];
    assert_eq!(words["banked"]["covered"], words["banked"]["of"], "{words}");
    // The span leads back to the bytes of the page.
    let span = &found["spans"][0]["span"];
    let [from, to] = [0, 1].map(|end| span[end].as_u64().unwrap() as usize);
    assert_eq!(&article()[from..to], STATEMENT.trim_end_matches('.'));

    // The same in what is read, and nothing where nothing is.
    let read = place
        .run(["read", "--json", "article.html"])
        .ends(1)
        .rows()
        .remove(0);
    assert_eq!(
        (&read["verdict"], &read["matches"]),
        (&json!("match"), &row["matches"])
    );
    let shown = place.run(["read", "article.html"]).ends(1);
    assert!(shown.out.contains("text:passage"), "{}", shown.out);
    for command in ["match", "read"] {
        let row = place
            .run([command, "--json", "other.txt"])
            .ends(0)
            .rows()
            .remove(0);
        assert_eq!(
            (&row["verdict"], matches(&row).len()),
            (&json!("no_match"), 0),
            "{row}"
        );
    }

    // Taken away, it is found no more.
    place.go("bank remove known 1").ends(0);
    assert_eq!(place.verdict("article.html"), "no_match");
}

#[test]
fn a_quotation_is_a_part_of_what_is_banked() {
    let place = Place::with_bank();
    place.write("article.html", article());
    place.add("known", ["article.html"]);
    let words: Vec<&str> = STATEMENT.split_whitespace().take(30).collect();
    place.write("quotation.txt", words.join(" "));
    let row = place.look_up("quotation.txt");
    let (banked, of_text) = percents(&matches(&row)[0]);
    // Of a banked text not every shingle is kept, so that a word or two at either end may be missed.
    assert!(of_text >= 90 && (10..40).contains(&banked), "{row}");
    // Dressed up, the same text is the same text; only the same file is exact.
    let dressed = STATEMENT.replace('ا', "اـ").replace('،', " ...");
    place.write("statement.txt", STATEMENT);
    place.write("dressed.txt", dressed);
    let entry = place.add("known", ["statement.txt"]);
    let row = place.look_up("dressed.txt");
    let found = matches(&row)
        .iter()
        .find(|found| found["entry"] == entry)
        .unwrap();
    assert_eq!(
        (&found["type"], &found["method"]),
        (&json!("raw_text"), &json!("text:raw")),
        "{row}"
    );
    let row = place.look_up("statement.txt");
    assert_eq!(matches(&row)[0]["method"], "sha256:equal@0");
}

#[test]
fn texts_of_documents_and_members_are_compared() {
    let place = Place::with_bank();
    place.write("statement.txt", STATEMENT);
    place.add("known", ["statement.txt"]);
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let mail = format!(
        "From: a@example.com\r\nTo: b@example.com\r\nSubject: news\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{BEFORE}{STATEMENT}"
    );
    for (name, content) in [("note.txt", format!("{STATEMENT} {AFTER}")), ("mail.eml", mail)] {
        let options = zip::write::SimpleFileOptions::default();
        writer.start_file(name, options).unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    place.write("all.zip", writer.finish().unwrap().into_inner());
    let row = place.look_up("all.zip");
    let parts: Vec<&str> = matches(&row).iter().map(|found| text(found, "part")).collect();
    assert!(
        parts.contains(&"note.txt") && parts.contains(&"mail.eml › text"),
        "{row}"
    );
}

/// A text in which everything is written as people write it who do not want to be found.
const LEADS: &str = "للتواصل: hxxps://example[.]com/club أو قناتنا https://t.me/Chess_League ، وللتبرع \
1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa وشكرا";

#[test]
fn links_handles_and_addresses_are_looked_up() {
    let place = Place::with_bank();
    place.write("post.txt", LEADS);
    let signals = [
        ("url", "HTTP://www.example.com/club?utm_source=x"),
        ("url_host", "www.example.com"),
        ("handle", "telegram:chess_league"),
        ("payment_address", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"),
    ];
    for (kind, value) in signals {
        assert_eq!(place.verdict("post.txt"), "no_match", "before {kind}");
        let entry = place.add("known", ["--signal", &format!("{kind}={value}")]);
        let row = place.look_up("post.txt");
        let found = &matches(&row)[0];
        assert_eq!(row["verdict"], "match", "{row}");
        assert_eq!(
            (&found["type"], &found["method"]),
            (&json!(kind), &json!(format!("{kind}:equal@0")))
        );
        let span = &found["spans"][0]["span"];
        let [from, to] = [0, 1].map(|end| span[end].as_u64().unwrap() as usize);
        assert!(
            LEADS.get(from..to).is_some_and(|written| !written.contains(' ')),
            "{found}"
        );
        place.go(&format!("bank remove known {entry}")).ends(0);
    }
    for (signal, words) in [
        ("url=no address", "not a url value"),
        ("handle=two words", "not a handle value"),
        ("payment_address=1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", "checksum"),
        ("raw_text=…", "raw_text"),
        ("text_tlsh=T1AB", "TLSH"),
        ("text_passages=zz", "hex digits"),
    ] {
        place
            .run(["bank", "add", "known", "--signal", signal])
            .ends(2)
            .says(words);
    }
}

#[test]
fn lists_of_texts_come_in_and_go_out() {
    let place = Place::with_bank();
    place.write(
        "list.csv",
        format!(
            "type,value,label\nurl,https://example.com/club,chess\nurl,nowhere,\nraw_text,\"{STATEMENT}\",\n"
        ),
    );
    place
        .run(["bank", "import", "known", "list.csv", "--trust", "active"])
        .ends(2);
    place.write("leads.txt", LEADS);
    place.write("article.html", article());
    for file in ["leads.txt", "article.html"] {
        assert_eq!(place.verdict(file), "match", "{file}");
    }
    let shown = place.go("bank show known --json").ends(0).rows();
    let values: Vec<&str> = shown
        .iter()
        .map(|row| text(&row["signals"][0], "value"))
        .collect();
    assert_eq!(values, ["https://example.com/club", STATEMENT]);
    let list = place.go("bank export known --form ndjson").ends(0).out;
    let other = Place::with_bank();
    other.write("list.ndjson", list);
    other
        .run(["bank", "import", "known", "list.ndjson", "--trust", "active"])
        .ends(0);
    other.write("article.html", article());
    assert_eq!(other.verdict("article.html"), "match");
}

#[test]
fn of_entries_that_are_hash_only_no_text_is_kept() {
    for hash_only in [true, false] {
        let place = Place::with_bank();
        place.write("statement.txt", STATEMENT);
        place.write("article.html", article());
        let option: &[&str] = if hash_only { &["--hash-only"] } else { &[] };
        place.add("known", option.iter().chain(&["statement.txt"]));
        place.add(
            "known",
            option.iter().chain(&["--signal", "url=https://example.com/club"]),
        );
        assert_eq!(place.verdict("article.html"), "match");
        let shown = place.go("bank show known --json").ends(0).rows();
        let said = serde_json::to_string(&shown).unwrap();
        assert_eq!(said.contains("example.com/club"), !hash_only, "{said}");
        assert_eq!(said.contains("يعلن اتحاد القلعة"), !hash_only, "{said}");
        // What is kept is sealed.
        for file in std::fs::read_dir(place.data()).unwrap() {
            let path = file.unwrap().path();
            let Ok(bytes) = std::fs::read(&path) else { continue };
            let holds = |words: &str| bytes.windows(words.len()).any(|at| at == words.as_bytes());
            assert!(
                !holds("example.com/club") && !holds("القلعة"),
                "{}",
                path.display()
            );
        }
    }
}

#[test]
fn the_report_shows_what_was_found_from_right_to_left() {
    let place = Place::with_bank();
    place.write("statement.txt", STATEMENT);
    place.write("folder/post.txt", format!("{BEFORE}{STATEMENT}{AFTER}"));
    place.add("known", ["statement.txt"]);
    place
        .run(["scan", "folder", "--html", "report.html", "--quiet"])
        .ends(1);
    let report = place.read("report.html");
    let words: Vec<&str> = STATEMENT.split_whitespace().take(5).collect();
    let marked = format!("<mark><bdi>{}", words.join(" "));
    let at = report.find(&marked).unwrap_or_else(|| panic!("{report}"));
    let before = &report[..at];
    let quote = before.rfind("<blockquote dir=\"rtl\">").unwrap();
    // Covered until somebody opens it.
    assert!(
        before[..quote]
            .rfind("<details class=\"words\">")
            .is_some_and(|open| !before[open..].contains("</details>"))
    );
}

#[test]
fn the_service_matches_texts_and_tells_low_trust_no_distance() {
    let place = Place::new();
    let server = Server::start(&place);
    let admin = server.administrator();
    admin.post("/v1/banks", json!({"name": "known"})).expect(201);
    let entry = admin
        .post(
            "/v1/banks/known/entries",
            json!({"signals": [
                {"type": "raw_text", "value": STATEMENT},
                {"type": "url", "value": "https://example.com/club"},
            ]}),
        )
        .expect(201);
    assert_eq!(entry["signals"][1]["value"], "https://example.com/club");
    let wrong = json!({"signals": [{"type": "url", "value": "nowhere"}]});
    let refused = admin.post("/v1/banks/known/entries", wrong).json();
    assert!(refused.to_string().contains("signals[0].value"), "{refused}");

    // What has been answered is matched.
    let item = admin
        .bytes("/v1/items?external_id=a", article().as_bytes())
        .expect(202);
    let done = admin.finished(item["item"].as_str().unwrap());
    let found = &done["result"]["matches"][0];
    assert_eq!(done["result"]["verdict"], "match", "{done}");
    assert!(percents(found).0 >= 98 && found["covered"].is_object(), "{found}");
    for (kind, value) in [("url", "hxxps://example[.]com/club"), ("raw_text", STATEMENT)] {
        let query = json!([{"type": kind, "value": value}]);
        let near = admin.post("/v1/lookup", query).expect(200);
        assert_eq!(near[0]["matches"][0]["entry"], entry["entry"], "{near}");
    }

    let client = admin.with_key(json!({"name": "forum", "scopes": ["submit", "look_up"], "trust": "middle"}));
    let item = client
        .bytes("/v1/items?external_id=b", article().as_bytes())
        .expect(202);
    let done = client.finished(item["item"].as_str().unwrap());
    let found = &done["result"]["matches"][0];
    assert_eq!(done["result"]["verdict"], "match", "{done}");
    for field in ["bank", "method", "distance", "spans", "covered"] {
        assert!(found.get(field).is_none(), "{field} in {found}");
    }

    // Removed, it is not matched when that has been answered.
    let path = format!("/v1/entries/{}", entry["entry"]);
    admin.delete(&path).expect(204);
    let item = admin
        .bytes("/v1/items?external_id=c", article().as_bytes())
        .expect(202);
    let done = admin.finished(item["item"].as_str().unwrap());
    assert_eq!(done["result"]["verdict"], "no_match", "{done}");
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn an_allow_entry_suppresses_what_is_weaker_and_hides_nothing() {
    let place = Place::with_bank();
    place.go("bank create --allow articles").ends(0);
    place.write("statement.txt", STATEMENT);
    place.write("article.html", article());
    place.write("longer.txt", format!("{STATEMENT} {OTHER} {OTHER}"));
    place.add("known", ["statement.txt"]);
    place.add("articles", ["article.html"]);
    // The article was looked at by people, and may quote.
    let row = place.look_up("article.html");
    let found = &matches(&row)[0];
    assert_eq!(row["verdict"], "no_match", "{row}");
    assert_eq!(
        (&found["bank"], &found["suppressed_by"]["bank"]),
        (&json!("known"), &json!("articles")),
        "{row}"
    );
    // The statement by itself may not, nor among other words.
    for file in ["statement.txt", "longer.txt"] {
        assert_eq!(place.verdict(file), "match", "{file}");
    }

    // Who banks the article itself is told.
    place
        .go("bank add known article.html")
        .ends(0)
        .says("near allow entry 2 (distance 0)");

    // A link that was allowed: its host is suppressed, where nothing else leads there.
    place.go("bank create hosts").ends(0);
    place.add("hosts", ["--signal", "url_host=example.org"]);
    place.add("articles", ["--signal", "url=https://example.org/help"]);
    place.write("help.txt", "hxxps://example[.]org/help");
    place.write(
        "more.txt",
        "hxxps://example[.]org/help and hxxps://example[.]org/other",
    );
    let row = place.look_up("help.txt");
    assert_eq!(row["verdict"], "no_match", "{row}");
    assert_eq!(matches(&row)[0]["suppressed_by"]["bank"], "articles", "{row}");
    let row = place.look_up("more.txt");
    assert_eq!(row["verdict"], "match", "{row}");
    assert_eq!(matches(&row)[0]["spans"].as_array().unwrap().len(), 2, "{row}");
    place.add("known", ["--signal", "url=https://example.org/help"]);
    assert_eq!(place.verdict("help.txt"), "match", "a link that is banked itself");
}

#[test]
fn texts_that_were_seen_are_looked_back_at() {
    let place = Place::new();
    let server = Server::start(&place);
    let admin = server.administrator();
    admin.post("/v1/banks", json!({"name": "known"})).expect(201);
    let seen = |name: &str, text: &str| {
        let path = format!("/v1/items?external_id={name}");
        let taken = admin.bytes(&path, text.as_bytes()).expect(202);
        let item = text_of(&taken, "item");
        assert_eq!(admin.finished(&item)["result"]["verdict"], "no_match");
        item
    };
    let quoting = seen("quoting", &article());
    let linking = seen("linking", LEADS);
    seen("other", OTHER);
    let added = |kind: &str, value: &str| {
        let signals = json!({"signals": [{"type": kind, "value": value}]});
        let entry = admin.post("/v1/banks/known/entries", signals).expect(201)["entry"].clone();
        let begun = std::time::Instant::now();
        while admin.get("/v1/jobs").expect(200)["look_back"]["behind"] != 0 {
            assert!(begun.elapsed().as_secs() < 30);
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        let near = admin.get(&format!("/v1/entries/{entry}/items")).expect(200);
        let items = near["items"].as_array().unwrap().iter();
        let found: Vec<(String, String)> = items
            .map(|near| (text_of(near, "item"), text_of(near, "found")))
            .collect();
        found
    };
    let back = |item: &str| vec![(item.to_owned(), "look_back".to_owned())];
    assert_eq!(added("raw_text", STATEMENT), back(&quoting));
    for (kind, value) in [
        ("url", "https://example.com/club"),
        ("url_host", "example.com"),
        ("handle", "telegram:chess_league"),
        ("payment_address", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"),
        ("raw_text", LEADS),
    ] {
        assert_eq!(added(kind, value), back(&linking), "{kind}");
    }
    assert_eq!(added("url", "https://example.com/else"), []);
    assert_eq!(server.stop(), Some(0));
}

fn text_of(row: &Value, field: &str) -> String {
    text(row, field).to_owned()
}

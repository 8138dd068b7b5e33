//! Reports about an invented chess league that quote it, in English and Arabic, as many as are wanted: what must never be
//! restricted, whatever of it is banked.

use crate::Prng;

/// What the league has said: each is about sixty words, two thirds of them in English.
pub const STATEMENTS: [&str; 6] = [
    "The Castle League announces that the new season begins next Tuesday in the old reading room, and invites every player to \
     enter a name before the end of the week. Games are played each Sunday in front of two arbiters, prizes are handed out at a \
     great feast in the market square after the last round, and whoever is late plays the black pieces until spring returns.",
    "Members of the Grand Pawn League swear to polish every board before noon, to carry the heavy clocks from house to house \
     without a word, and to serve hot tea to whoever loses a rook. Nobody leaves the hall before the lamps are out, nobody \
     touches a piece that is not his, and all moves are written down in blue ink as our founders did long ago.",
    "We of the League of Bishops hold the long diagonal for ever and give no pawn back. Our hall has nine windows and nine \
     doors, our flag is a white square upon a green one, and our songs are sung on Thursdays. Let every town send two players \
     and a bag of sugar, for the winter is cold, the river is wide, and the ferry waits for nobody at all.",
    "The Rook League declares the square before the town hall to be its board. Sixty four stones were painted during the night, \
     and whoever crosses them walks as a knight does. The mayor may watch from the balcony, the baker keeps the score with \
     chalk, and on the last day of the fair the winner receives a wooden horse, a cake with candles and a new umbrella.",
    "يعلن اتحاد القلعة للشطرنج أن الموسم الجديد سيبدأ يوم الثلاثاء القادم في قاعة المطالعة القديمة، ويدعو جميع اللاعبين إلى تسجيل \
     أسمائهم قبل نهاية الأسبوع، على أن تقام المباريات كل يوم أحد بحضور الحكام، وأن توزع الجوائز على الفائزين في حفل كبير يقيمه \
     الاتحاد في ساحة المدينة بعد انتهاء الجولة الأخيرة من البطولة.",
    "يتعهد أعضاء دوري البيدق الكبير بتنظيف كل رقعة قبل الظهر، وبحمل الساعات الثقيلة من بيت إلى بيت دون كلام، وبتقديم الشاي الساخن \
     لكل من يخسر قلعة. لا يغادر أحد القاعة قبل أن تطفأ المصابيح، ولا يلمس أحد قطعة ليست له، وتكتب كل النقلات بحبر أزرق كما فعل \
     المؤسسون في الزمن البعيد.",
];

/// What others have said, which nobody has banked.
const OTHERS: [&str; 4] = [
    "the tea was cold, the chairs were hard and I shall certainly come again next year with my aunt and her two dogs",
    "a town without a board is like a library without lamps, and somebody has to carry the ladder to the upper shelf",
    "كان الشاي باردا والكراسي قاسية وسأعود حتما في العام القادم مع خالتي ومع كلبيها الصغيرين إن شاء الله",
    "مدينة بلا رقعة مثل مكتبة بلا مصابيح ولا بد أن يحمل أحدهم السلم إلى الرف الأعلى مهما طال الطريق",
];

/// The words of a language with which reports are made.
struct Words {
    begin: [&'static str; 4],
    quote: [&'static str; 4],
    end: [&'static str; 4],
    people: [&'static str; 6],
    places: [&'static str; 6],
    papers: [&'static str; 5],
}

const ENGLISH: Words = Words {
    begin: [
        "{o}, {c}. A spokesman of the council said on Monday that the halls of {c} are too small for so many players, and a \
         study of {n} pages lists every broken chair.",
        "According to {o}, {p} warned the council of {c} yesterday about the noise of the players, of whom {n} came last winter.",
        "By {p}\n{o}, {c}, {n} March 2024\nExperts of the town looked at the rules of the league, and reported that nobody keeps \
         them.",
        "The court of {c} heard {p} about {n} missing clocks. The verdict is expected in May, {o} reported.",
    ],
    quote: [
        "In a statement that {p} read to the judge, the league had said: \"{q}\"",
        "The so-called league claimed in its paper: \"{q}\" {p} told {o} that none of it is true.",
        "\"{q}\" {p} quoted, and condemned it in the strongest words.",
        "{p} said to {o} that he found a leaflet with the words: \"{q}\"",
    ],
    end: [
        "Researchers of {c} doubt that it will ever be so, and a former member testified that the sugar was never paid.",
        "The ministry did not answer the questions of {o}. Analysts see an empty treasury behind the noise.",
        "{p} asked for silence after ten. Victims of the noise nodded, and the council promised to look at it again in {n} days.",
        "Officials denied that the hall was ever painted, as {o} reported in its Sunday pages.",
    ],
    people: [
        "Ada Brook",
        "Sam Field",
        "Lena Hill",
        "Omar Reed",
        "Mina Stone",
        "Jon Wells",
    ],
    places: [
        "Marlow",
        "Eastby",
        "Tarn",
        "Old Harbour",
        "Greyford",
        "Nettle Bay",
    ],
    papers: [
        "the Marlow Post",
        "Eastby Weekly",
        "the Tarn Courier",
        "Harbour Times",
        "Bay News",
    ],
};

const ARABIC: Words = Words {
    begin: [
        "{o}، {c}. قال المتحدث باسم المجلس يوم الاثنين إن قاعات {c} تضيق باللاعبين، وفي دراسة من {n} صفحة قائمة بكل كرسي مكسور.",
        "بحسب {o} حذر {p} مجلس {c} أمس من ضجيج اللاعبين الذين جاء منهم {n} في الشتاء الماضي.",
        "بقلم {p}\n{o}، {c}، {n} آذار 2024\nنظر خبراء المدينة في قواعد الدوري، وأفادوا بأن أحدا لا يلتزم بها.",
        "استمعت محكمة {c} إلى {p} عن {n} ساعة مفقودة. وأفادت {o} بأن الحكم في أيار.",
    ],
    quote: [
        "وفي بيان قرأه {p} أمام القاضي قال الدوري: «{q}»",
        "وزعم ما يسمى الدوري في ورقته: «{q}» ونفى {p} ذلك كله لمراسل {o}.",
        "«{q}» هكذا اقتبس {p}، وأدان ذلك بأشد الكلمات.",
        "وذكر {p} لـ{o} أنه وجد منشورا كتب فيه: «{q}»",
    ],
    end: [
        "ويشك باحثون من {c} في ذلك كثيرا، وشهد عضو سابق بأن ثمن السكر لم يدفع قط.",
        "ولم ترد الوزارة على أسئلة {o}. ويرى محللون خزانة فارغة خلف هذا الضجيج.",
        "وطلب {p} الهدوء بعد العاشرة. وهز ضحايا الضجيج رؤوسهم، ووعد المجلس بالنظر في الأمر بعد {n} يوما.",
        "ونفى مسؤولون أن تكون القاعة قد صبغت، كما ذكرت {o} في صفحة الأحد.",
    ],
    people: [
        "سلمى النجار",
        "سامي الحقل",
        "لينا التل",
        "عمر القصب",
        "مينا الحجر",
        "يونس الآبار",
    ],
    places: [
        "مرلو",
        "النهر الأزرق",
        "تلة الزيتون",
        "المرفأ القديم",
        "وادي الورد",
        "خليج النعناع",
    ],
    papers: [
        "صحيفة مرلو",
        "أسبوعية النهر",
        "جريدة التلة",
        "صوت المرفأ",
        "إذاعة الخليج",
    ],
};

fn one<'a>(random: &mut Prng, of: &[&'a str]) -> &'a str {
    of[random.int(0, of.len() as u32 - 1) as usize]
}

/// The report of a number. With `banked`, thirty words or more of one of the [`STATEMENTS`] stand in it between quotation
/// marks; else what somebody else has said.
///
/// ```
/// use basira_testkit::reporting::report;
/// assert_ne!(report(1, true), report(2, true));
/// ```
pub fn report(number: u64, banked: bool) -> String {
    let mut random = Prng::new(number, 0x7265_706f);
    let (words, quote) = match banked {
        true => {
            let statement = STATEMENTS[(number as usize) % STATEMENTS.len()];
            let all: Vec<&str> = statement.split_whitespace().collect();
            let length = random.int(30, 40).min(all.len() as u32) as usize;
            let from = random.int(0, (all.len() - length) as u32) as usize;
            let quote = all[from..from + length].join(" ");
            (if is_arabic(statement) { ARABIC } else { ENGLISH }, quote)
        }
        false => {
            let other = one(&mut random, &OTHERS);
            (if is_arabic(other) { ARABIC } else { ENGLISH }, other.to_owned())
        }
    };
    let mut sentences = vec![
        one(&mut random, &words.begin),
        one(&mut random, &words.end),
        one(&mut random, &words.quote),
        one(&mut random, &words.end),
    ];
    for _ in 0..random.int(1, 3) {
        sentences.push(one(&mut random, &words.begin));
    }
    let filled = sentences.iter().map(|sentence| {
        let sentence = sentence
            .replace("{p}", one(&mut random, &words.people))
            .replace("{c}", one(&mut random, &words.places))
            .replace("{o}", one(&mut random, &words.papers))
            .replace("{n}", &random.int(2, 28).to_string());
        sentence.replace("{q}", &quote)
    });
    // So that no two are the same file.
    format!("{}\n{number}\n", filled.collect::<Vec<_>>().join(" "))
}

fn is_arabic(text: &str) -> bool {
    text.chars().any(|c| ('\u{600}'..'\u{700}').contains(&c))
}

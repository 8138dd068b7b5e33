//! International bank account numbers (ISO 13616): length and make-up by country as in SWIFT's registry, and modulo 97.

/// Country, and what stands after the two check digits: `n` digits, `a` capital letters, `c` either, with how many.
const COUNTRIES: &[(&str, &str)] = &[
    ("AD", "8n12c"),
    ("AE", "19n"),
    ("AL", "8n16c"),
    ("AT", "16n"),
    ("AZ", "4a20c"),
    ("BA", "16n"),
    ("BE", "12n"),
    ("BG", "4a6n8c"),
    ("BH", "4a14c"),
    ("BI", "23n"),
    ("BR", "23n1a1c"),
    ("BY", "4c4n16c"),
    ("CH", "5n12c"),
    ("CR", "18n"),
    ("CY", "8n16c"),
    ("CZ", "20n"),
    ("DE", "18n"),
    ("DJ", "23n"),
    ("DK", "14n"),
    ("DO", "4c20n"),
    ("EE", "16n"),
    ("EG", "25n"),
    ("ES", "20n"),
    ("FI", "14n"),
    ("FK", "2a12n"),
    ("FO", "14n"),
    ("FR", "10n11c2n"),
    ("GB", "4a14n"),
    ("GE", "2a16n"),
    ("GI", "4a15c"),
    ("GL", "14n"),
    ("GR", "7n16c"),
    ("GT", "24c"),
    ("HN", "4a20n"),
    ("HR", "17n"),
    ("HU", "24n"),
    ("IE", "4a14n"),
    ("IL", "19n"),
    ("IQ", "4a15n"),
    ("IS", "22n"),
    ("IT", "1a10n12c"),
    ("JO", "4a4n18c"),
    ("KW", "4a22c"),
    ("KZ", "3n13c"),
    ("LB", "4n20c"),
    ("LC", "4a24c"),
    ("LI", "5n12c"),
    ("LT", "16n"),
    ("LU", "3n13c"),
    ("LV", "4a13c"),
    ("LY", "21n"),
    ("MC", "10n11c2n"),
    ("MD", "20c"),
    ("ME", "18n"),
    ("MK", "3n10c2n"),
    ("MN", "16n"),
    ("MR", "23n"),
    ("MT", "4a5n18c"),
    ("MU", "4a19n3a"),
    ("NI", "4a20n"),
    ("NL", "4a10n"),
    ("NO", "11n"),
    ("OM", "3n16c"),
    ("PK", "4a16c"),
    ("PL", "24n"),
    ("PS", "4a21c"),
    ("PT", "21n"),
    ("QA", "4a21c"),
    ("RO", "4a16c"),
    ("RS", "18n"),
    ("RU", "14n15c"),
    ("SA", "2n18c"),
    ("SC", "4a20n3a"),
    ("SD", "14n"),
    ("SE", "20n"),
    ("SI", "15n"),
    ("SK", "20n"),
    ("SM", "1a10n12c"),
    ("SO", "19n"),
    ("ST", "21n"),
    ("SV", "4a20n"),
    ("TL", "19n"),
    ("TN", "20n"),
    ("TR", "6n16c"),
    ("UA", "6n19c"),
    ("VA", "18n"),
    ("VG", "4a16n"),
    ("XK", "16n"),
    ("YE", "4a4n18c"),
];

/// How long a number of this country is, in all.
pub(super) fn length(country: &str) -> Option<usize> {
    fields(country).map(|fields| 4 + fields.map(|(count, _)| count).sum::<usize>())
}

fn fields(country: &str) -> Option<impl Iterator<Item = (usize, u8)>> {
    let (_, make_up) = COUNTRIES.iter().find(|(code, _)| *code == country)?;
    Some(make_up.split_inclusive(['n', 'a', 'c']).filter_map(|field| {
        let (count, kind) = field.split_at(field.len() - 1);
        Some((count.parse().ok()?, kind.as_bytes()[0]))
    }))
}

/// Whether a number without spaces is one. What could be a hexadecimal number by chance must be digits throughout.
pub(super) fn valid(number: &str, told: bool) -> bool {
    let bytes = number.as_bytes();
    if !number.is_ascii() || bytes.len() < 15 || length(&number[..2]) != Some(bytes.len()) {
        return false;
    }
    let Some(fields) = fields(&number[..2]) else {
        return false;
    };
    let mut at = 4;
    for (count, kind) in fields {
        let right = bytes[at..at + count].iter().all(|byte| match kind {
            b'n' => byte.is_ascii_digit(),
            b'a' => byte.is_ascii_uppercase(),
            _ => byte.is_ascii_digit() || byte.is_ascii_uppercase(),
        });
        if !right {
            return false;
        }
        at += count;
    }
    let digits = |part: &[u8]| part.iter().all(u8::is_ascii_digit);
    if !digits(&bytes[2..4]) || remainder(bytes) != 1 {
        return false;
    }
    let hexadecimal = bytes
        .iter()
        .all(|byte| byte.is_ascii_digit() || (b'A'..=b'F').contains(byte));
    told || !hexadecimal || (digits(&bytes[4..]) && national(number))
}

/// ISO 7064, modulo 97-10: the first four characters stand last, and letters are 10 to 35.
fn remainder(bytes: &[u8]) -> u32 {
    bytes[4..].iter().chain(&bytes[..4]).fold(0, |sum, byte| {
        let value = match byte {
            b'0'..=b'9' => u32::from(byte - b'0'),
            _ => u32::from(byte - b'A') + 10,
        };
        (sum * if value > 9 { 100 } else { 10 } + value) % 97
    })
}

/// The check digits of the country itself, where the number is short enough to be met by chance.
fn national(number: &str) -> bool {
    let parse = |part: &str| part.parse::<u64>().unwrap_or(u64::MAX);
    match &number[..2] {
        "BE" => {
            let rest = parse(&number[4..14]) % 97;
            parse(&number[14..]) == if rest == 0 { 97 } else { rest }
        }
        "BA" => parse(&number[4..]) % 97 == 1,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::{COUNTRIES, length, valid};

    #[test]
    fn the_examples_of_the_registry_are_valid_and_no_other_digit_is() {
        for example in [
            "AD1200012030200359100100",
            "AE070331234567890123456",
            "AL47212110090000000235698741",
            "AT611904300234573201",
            "AZ21NABZ00000000137010001944",
            "BA391290079401028494",
            "BE68539007547034",
            "BG80BNBG96611020345678",
            "BH67BMAG00001299123456",
            "BR1800360305000010009795493C1",
            "CH9300762011623852957",
            "CR05015202001026284066",
            "CY17002001280000001200527600",
            "CZ6508000000192000145399",
            "DE89370400440532013000",
            "DK5000400440116243",
            "DO28BAGR00000001212453611324",
            "EE382200221020145685",
            "EG380019000500000000263180002",
            "ES9121000418450200051332",
            "FI2112345600000785",
            "FO6264600001631634",
            "FR1420041010050500013M02606",
            "GB29NWBK60161331926819",
            "GE29NB0000000101904917",
            "GI75NWBK000000007099453",
            "GL8964710001000206",
            "GR1601101250000000012300695",
            "GT82TRAJ01020000001210029690",
            "HR1210010051863000160",
            "HU42117730161111101800000000",
            "IE29AIBK93115212345678",
            "IL620108000000099999999",
            "IQ98NBIQ850123456789012",
            "IS140159260076545510730339",
            "IT60X0542811101000000123456",
            "JO94CBJO0010000000000131000302",
            "KW81CBKU0000000000001234560101",
            "KZ86125KZT5004100100",
            "LB62099900000001001901229114",
            "LC55HEMM000100010012001200023015",
            "LI21088100002324013AA",
            "LT121000011101001000",
            "LU280019400644750000",
            "LV80BANK0000435195001",
            "LY83002048000020100120361",
            "MC5811222000010123456789030",
            "MD24AG000225100013104168",
            "ME25505000012345678951",
            "MK07250120000058984",
            "MR1300020001010000123456753",
            "MT84MALT011000012345MTLCAST001S",
            "MU17BOMM0101101030300200000MUR",
            "NL91ABNA0417164300",
            "NO9386011117947",
            "PK36SCBL0000001123456702",
            "PL61109010140000071219812874",
            "PS92PALS000000000400123456702",
            "PT50000201231234567890154",
            "QA58DOHB00001234567890ABCDEFG",
            "RO49AAAA1B31007593840000",
            "RS35260005601001611379",
            "SA0380000000608010167519",
            "SC18SSCB11010000000000001497USD",
            "SD8811123456789012",
            "SE4550000000058398257466",
            "SI56263300012039086",
            "SK3112000000198742637541",
            "SM86U0322509800000000270100",
            "ST23000100010051845310146",
            "SV62CENR00000000000000700025",
            "TL380080012345678910157",
            "TN5910006035183598478831",
            "TR330006100519786457841326",
            "UA213223130000026007233566001",
            "VA59001123000012345678",
            "VG96VPVG0000012345678901",
            "XK051212012345678906",
        ] {
            assert!(valid(example, false), "{example}");
            // Modulo 97 notices every single wrong digit.
            let last = example.rfind(|c: char| c.is_ascii_digit()).unwrap();
            let digit = (example.as_bytes()[last] - b'0' + 1) % 10;
            let wrong = format!("{}{digit}{}", &example[..last], &example[last + 1..]);
            assert!(!valid(&wrong, true), "{wrong}");
        }
        assert!(
            COUNTRIES
                .iter()
                .all(|(country, _)| (15..=33).contains(&length(country).unwrap()))
        );
        assert!(!valid("ZZ89370400440532013000", true) && !valid("DE8937040044053201300", true));
    }
}

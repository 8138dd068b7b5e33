//! Answers as honest workers give them, and as dishonest ones could.

use proptest::prelude::*;

use super::*;

fn answers() -> Vec<(Request, Contents)> {
    let picture = testkit::photo(3, 90, 60);
    let files = [
        testkit::encode::png(&picture),
        testkit::encode::jpeg(&picture, 80),
        testkit::encode::bmp(&picture)[..400].to_vec(),
        b"a text".to_vec(),
        b"<html><h1>Open day</h1><p>By Dana Rook</p><p>at https://example.com/day</p></html>".to_vec(),
        b"%PDF-1.7".to_vec(),
        Vec::new(),
    ];
    let mut answers = Vec::new();
    for mode in [HashMode::Fast, HashMode::Exact] {
        let mut request = Request::new(mode);
        // What nobody asked for is not there.
        request.read = mode == HashMode::Exact;
        request.compare = request.read;
        for file in &files {
            answers.push((
                request,
                crate::contents(file, file.len() as u64, &request, &mut |_| ()),
            ));
        }
    }
    answers
}

#[test]
fn what_a_worker_says_is_read_back() {
    for (request, contents) in answers() {
        let bytes = encode(&contents);
        assert!(bytes.len() <= most(&request));
        assert_eq!(read(&bytes, &request), Ok(contents));
    }
}

#[test]
fn values_beyond_the_request_are_refused() {
    let (request, contents) = answers().remove(0);
    let changed = |change: &dyn Fn(&mut Contents)| {
        let mut changed = contents.clone();
        change(&mut changed);
        read(&encode(&changed), &request)
    };
    let refused = |change: &dyn Fn(&mut Contents)| assert!(changed(change).is_err());
    assert!(changed(&|_| ()).is_ok());
    refused(&|it| it.pictures[0].width = u32::MAX);
    refused(&|it| it.pictures[0].height = 0);
    refused(&|it| it.pictures[0].grey.width += 1);
    refused(&|it| it.pictures[0].grey.data.push(0));
    refused(&|it| it.pictures[0].hashes.clear());
    refused(&|it| it.pictures[0].hashes[0].variant = Variant::Compat);
    refused(&|it| it.pictures[0].hashes[0].mode = HashMode::Exact);
    refused(&|it| it.pictures = vec![it.pictures[0].clone(); 1001]);
    refused(&|it| {
        let gap = |why: &str| Incomplete {
            part: PartName::file(),
            reason: IncompleteReason::Malformed { why: why.into() },
        };
        it.incomplete = vec![gap("two\nlines")];
    });
    let nan = {
        let pdq = Pdq::from_parts(PdqHash::new([0; 32]), Quality::USABLE, Box::new([f32::NAN; 256]));
        move |it: &mut Contents| it.pictures[0].hashes[0].pdq = pdq.clone()
    };
    refused(&nan);
}

#[test]
fn reports_that_nobody_asked_for_or_could_make_are_refused() {
    let (request, contents) = answers()
        .into_iter()
        .find(|(_, contents)| {
            contents
                .reports
                .iter()
                .any(|part| !part.report.findings.is_empty())
        })
        .unwrap();
    assert!(read(&encode(&contents), &request).is_ok());
    let unasked = Request {
        read: false,
        ..request
    };
    assert!(read(&encode(&contents), &unasked).is_err());
    let mut beyond = contents.clone();
    beyond.reports[0].report.findings[0].span.1 = usize::MAX;
    assert_eq!(read(&encode(&beyond), &request), Err(LieError::Value("report")));
    let mut many = contents;
    many.reports = vec![many.reports[0].clone(); 9];
    assert_eq!(
        read(&encode(&many), &request),
        Err(LieError::Value("number of reports"))
    );
}

#[test]
fn prints_that_nobody_asked_for_or_could_make_are_refused() {
    let (request, contents) = answers()
        .into_iter()
        .find(|(_, contents)| contents.prints.iter().any(|part| !part.print.leads.is_empty()))
        .unwrap();
    assert!(read(&encode(&contents), &request).is_ok());
    let unasked = Request {
        compare: false,
        ..request
    };
    assert!(read(&encode(&contents), &unasked).is_err());
    let mut beyond = contents.clone();
    beyond.prints[0].print.leads[0].span.end = 1 << 40;
    assert_eq!(read(&encode(&beyond), &request), Err(LieError::Value("print")));
    let mut wordy = contents.clone();
    wordy.prints[0].words = vec!["chess".to_owned(); 400];
    assert_eq!(read(&encode(&wordy), &request).unwrap(), wordy);
    wordy.prints[0].words.push("chess".to_owned());
    assert_eq!(read(&encode(&wordy), &request), Err(LieError::Value("words")));
    wordy.prints[0].words = vec!["x".repeat(49)];
    assert_eq!(read(&encode(&wordy), &request), Err(LieError::Value("words")));
    let mut many = contents;
    many.prints = vec![many.prints[0].clone(); 9];
    assert_eq!(
        read(&encode(&many), &request),
        Err(LieError::Value("number of prints"))
    );
}

#[test]
fn no_flipped_bit_and_no_cut_is_taken_for_more_than_it_is() {
    for (request, contents) in answers() {
        let bytes = encode(&contents);
        for cut in 0..bytes.len().min(600) {
            assert!(read(&bytes[..cut], &request).is_err());
        }
        for at in 0..bytes.len().min(600) {
            for bit in 0..8 {
                let mut lie = bytes.clone();
                lie[at] ^= 1 << bit;
                // It may be read as something else; it may never break the reader.
                let _ = read(&lie, &request);
            }
        }
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        let request = Request::new(HashMode::Fast);
        let _ = read(&bytes, &request);
        let mut framed = (bytes.len() as u32 / 2).to_le_bytes().to_vec();
        framed.extend(&bytes);
        let _ = read(&framed, &request);
    }
}

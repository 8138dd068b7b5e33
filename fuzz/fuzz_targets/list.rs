//! Lists of signals: CSV and NDJSON.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pipeline::import::{Form, read};

fuzz_target!(
    init: basira_fuzz::plant(|| vec![
        b"\xef\xbb\xbfType,value,label,expires\nmd5,d41d8cd98f00b204e9800998ecf8427e,chess,2027-01-31T00:00:00Z\n".to_vec(),
        b"{\"type\":\"md5\",\"value\":\"d41d8cd98f00b204e9800998ecf8427e\",\"note\":\"x\",\"quality\":50}\n\n{]\n".to_vec(),
    ]),
    |bytes: &[u8]| {
        for form in [Form::Csv, Form::Ndjson] {
            let _ = read(bytes, form, |row| {
                if let Err(row) = row {
                    assert!(row.line > 0);
                }
            });
        }
    }
);

//! Signal lists: CSV with a header, or NDJSON, to rows that can be banked. A bad row is reported with its line and
//! the others go in.

use std::io::{self, BufRead};

use jiff::Timestamp;
use model::{Label, Quality, SignalType};
use serde::Deserialize;
use thiserror::Error;

use crate::entry::Given;

/// One row of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRow {
    /// The signal.
    pub signal: Given,
    /// Its label.
    pub label: Option<Label>,
    /// A remark for people.
    pub note: Option<String>,
    /// The identity that the source gave it.
    pub external_id: Option<String>,
    /// When it stops to be matched.
    pub expires: Option<Timestamp>,
    /// Quality of the hash, where the source knows it: one that is too low is never compared, and only a known one
    /// lets an allow entry suppress.
    pub quality: Option<Quality>,
}

/// A row that cannot be banked.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("line {line}: {why}")]
pub struct BadRow {
    /// Line in the file, counted from 1.
    pub line: u64,
    /// What is wrong with it.
    pub why: String,
}

/// Why a list cannot be read at all.
#[derive(Debug, Error)]
pub enum ImportError {
    /// Reading failed.
    #[error("reading stopped: {0}")]
    Io(#[from] io::Error),
    /// The first line does not name the columns.
    #[error(
        "the first line must name the columns, at least type,value (and optionally \
         label,note,external_id,expires,quality); it is {0:?}"
    )]
    Header(String),
}

/// Form of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Comma-separated values with a header.
    Csv,
    /// One JSON object a line.
    Ndjson,
}

/// A row as it is written, before validation.
#[derive(Debug, Default, Deserialize)]
#[serde(expecting = "an object with type and value")]
struct Raw {
    #[serde(rename = "type")]
    kind: String,
    value: String,
    #[serde(default)]
    label: Option<String>,
    #[serde(default)]
    note: Option<String>,
    #[serde(default)]
    external_id: Option<String>,
    #[serde(default)]
    expires: Option<String>,
    #[serde(default)]
    quality: Option<Quality>,
}

/// Reads a list and gives each row, or what is wrong with it, to `each`.
///
/// ```
/// use basira_pipeline::import::{Form, read};
/// let list = "type,value,label\nmd5,d41d8cd98f00b204e9800998ecf8427e,chess\nmd5,short,\n";
/// let (mut good, mut bad) = (0, Vec::new());
/// read(list.as_bytes(), Form::Csv, |row| match row {
///     Ok(_) => good += 1,
///     Err(row) => bad.push(row.line),
/// })?;
/// assert_eq!((good, bad), (1, vec![3]));
/// # Ok::<(), basira_pipeline::import::ImportError>(())
/// ```
///
/// # Errors
/// [`ImportError`] when the list cannot be read on; rows before that were given.
pub fn read(
    list: impl BufRead,
    form: Form,
    each: impl FnMut(Result<ImportRow, BadRow>),
) -> Result<(), ImportError> {
    match form {
        Form::Csv => read_csv(list, each),
        Form::Ndjson => read_ndjson(list, each),
    }
}

fn read_csv(list: impl BufRead, mut each: impl FnMut(Result<ImportRow, BadRow>)) -> Result<(), ImportError> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(list);
    let headers = match reader.byte_headers() {
        Ok(headers) => headers.clone(),
        Err(error) => return Err(csv_error(error)),
    };
    let names: Vec<String> = headers.iter().map(header_name).collect();
    let column = |name: &str| names.iter().position(|known| known == name);
    let (Some(kind), Some(value)) = (column("type"), column("value")) else {
        return Err(ImportError::Header(names.join(",")));
    };
    let optional = ["label", "note", "external_id", "expires", "quality"].map(column);
    let mut record = csv::ByteRecord::new();
    loop {
        match reader.read_byte_record(&mut record) {
            Ok(false) => return Ok(()),
            Ok(true) => {}
            Err(error) => return Err(csv_error(error)),
        }
        let line = record.position().map_or(0, csv::Position::line);
        let bad = |why: String| BadRow { line, why };
        let row = std::str::from_utf8(record.as_slice())
            .map_err(|_| bad("it is not UTF-8 text".to_owned()))
            .and_then(|_| {
                if record.len() != headers.len() {
                    return Err(bad(format!(
                        "it has {} columns, the header has {}",
                        record.len(),
                        headers.len()
                    )));
                }
                let text = |at: usize| String::from_utf8_lossy(&record[at]).into_owned();
                let [label, note, external_id, expires, quality] = optional.map(|at| at.map(text));
                let quality = quality
                    .filter(|text| !text.is_empty())
                    .map(|text| parse_quality(&text));
                validate(Raw {
                    kind: text(kind),
                    value: text(value),
                    label,
                    note,
                    external_id,
                    expires,
                    quality: quality.transpose().map_err(bad)?,
                })
                .map_err(bad)
            });
        each(row);
    }
}

fn parse_quality(text: &str) -> Result<Quality, String> {
    let number: Option<u8> = text.parse().ok();
    number
        .and_then(|number| Quality::new(number).ok())
        .ok_or_else(|| format!("quality is 0 to 100, not {text:?}"))
}

/// Column names are taken without white space, case and the byte order mark that spreadsheets write.
fn header_name(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes)
        .trim_start_matches('\u{feff}')
        .trim()
        .to_lowercase()
}

fn csv_error(error: csv::Error) -> ImportError {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => ImportError::Io(error),
        other => ImportError::Io(io::Error::new(io::ErrorKind::InvalidData, format!("{other:?}"))),
    }
}

fn read_ndjson(
    mut list: impl BufRead,
    mut each: impl FnMut(Result<ImportRow, BadRow>),
) -> Result<(), ImportError> {
    let mut text = Vec::new();
    for line in 1.. {
        text.clear();
        if list.read_until(b'\n', &mut text)? == 0 {
            break;
        }
        // Some programs begin a text with a byte order mark, which JSON does not have.
        let text = match line {
            1 => text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&text),
            _ => &text[..],
        };
        if text.trim_ascii().is_empty() {
            continue;
        }
        let bad = |why: String| BadRow { line, why };
        let raw =
            serde_json::from_slice::<Raw>(text).map_err(|error| bad(format!("no such object: {error}")));
        each(raw.and_then(|raw| validate(raw).map_err(bad)));
    }
    Ok(())
}

fn validate(raw: Raw) -> Result<ImportRow, String> {
    let given = |text: Option<String>| text.filter(|text| !text.is_empty());
    let kind: SignalType = raw
        .kind
        .parse()
        .map_err(|error: model::SignalError| error.to_string())?;
    let signal = Given::parse(kind, &raw.value).map_err(|error| error.to_string())?;
    let label = given(raw.label)
        .map(|text| text.parse())
        .transpose()
        .map_err(|error: model::LabelError| error.to_string())?;
    let expires = given(raw.expires)
        .map(|text| text.parse())
        .transpose()
        .map_err(|_| "expires must be a time like 2027-01-31T00:00:00Z".to_owned())?;
    Ok(ImportRow {
        signal,
        label,
        note: given(raw.note),
        external_id: given(raw.external_id),
        expires,
        quality: raw.quality,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MD5: &str = "d41d8cd98f00b204e9800998ecf8427e";

    fn all(list: &str, form: Form) -> Vec<Result<ImportRow, BadRow>> {
        let mut rows = Vec::new();
        read(list.as_bytes(), form, |row| rows.push(row)).unwrap();
        rows
    }

    #[test]
    fn good_rows_go_in_and_bad_rows_have_their_line() {
        let list = format!(
            "\u{feff}Type,value,label,expires\nmd5,{MD5},chess,2027-01-31T00:00:00Z\nmd5,{MD5}0,,\nnope,{MD5},,\n\
             md5,\"{MD5}\n\",,\nmd5,{MD5}\nmd5,{MD5},\"a,b\",\nmd5,{MD5},,soon\nmd5,{MD5},,\n"
        );
        let rows = all(&list, Form::Csv);
        let bad: Vec<u64> = rows
            .iter()
            .filter_map(|row| row.as_ref().err().map(|bad| bad.line))
            .collect();
        assert_eq!(bad, [3, 4, 5, 7, 8, 9]);
        assert_eq!(rows.iter().filter(|row| row.is_ok()).count(), 2);
    }

    #[test]
    fn ndjson_rows_are_read_alike() {
        let list =
            format!("{{\"type\":\"md5\",\"value\":\"{MD5}\",\"note\":\"x\"}}\n\n{{\"type\":\"md5\"}}\n{{]\n");
        let rows = all(&list, Form::Ndjson);
        assert_eq!(rows[0].as_ref().unwrap().note.as_deref(), Some("x"));
        assert_eq!(rows[1].as_ref().unwrap_err().line, 3);
        assert_eq!(rows[2].as_ref().unwrap_err().line, 4);
    }

    #[test]
    fn a_list_without_header_is_refused() {
        let list = format!("md5,{MD5}\n");
        assert!(matches!(
            read(list.as_bytes(), Form::Csv, |_| {}),
            Err(ImportError::Header(_))
        ));
    }

    /// Lists with bytes changed, taken away and put in, by the thousand.
    #[test]
    fn spoilt_lists_are_survived_and_each_bad_row_has_a_line() {
        let csv =
            format!("Type,value,label,expires\nmd5,{MD5},chess,2027-01-31T00:00:00Z\nurl,example.com/a,,\n");
        let ndjson = format!(
            "{{\"type\":\"md5\",\"value\":\"{MD5}\",\"quality\":50}}\n{{\"type\":\"raw_text\",\"value\":\"a b\"}}\n"
        );
        let mut prng = testkit::Prng::new(11, 3);
        let (mut good, mut bad) = (0, 0);
        for round in 0..6_000 {
            let (list, form) = [(&csv, Form::Csv), (&ndjson, Form::Ndjson)][round % 2];
            let mut bytes = list.clone().into_bytes();
            for _ in 0..prng.int(0, 4) {
                let at = prng.int(0, bytes.len() as u32 - 1) as usize;
                let byte = [b'"', b',', b'\n', b'\r', b'{', 0xff, 0, prng.int(0, 255) as u8]
                    [prng.int(0, 7) as usize];
                match prng.int(0, 2) {
                    0 => bytes[at] = byte,
                    1 => bytes.insert(at, byte),
                    _ => drop(bytes.remove(at)),
                }
            }
            let _ = read(&*bytes, form, |row| match row {
                Ok(_) => good += 1,
                Err(row) => {
                    assert!(row.line > 0);
                    bad += 1;
                }
            });
        }
        assert!(good > 1_000 && bad > 1_000, "{good} good, {bad} bad");
    }

    #[test]
    fn any_bytes_are_survived() {
        for form in [Form::Csv, Form::Ndjson] {
            for bytes in [
                &b"\xff\xfe\x00"[..],
                b"type,value\n\xff,\xfe\n",
                b"\"",
                b"type,value\n\"\"\"",
                b"{\"type\":1}\n",
            ] {
                // The outcome may be an error; it must not be a panic.
                let _ = read(bytes, form, |_| {});
            }
        }
    }
}

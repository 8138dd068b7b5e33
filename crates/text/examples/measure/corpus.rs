//! Texts from files.

use std::path::Path;

use crate::Failure;

/// A text of several paragraphs.
pub(crate) struct Text {
    pub(crate) language: String,
    pub(crate) paragraphs: Vec<String>,
}

/// The sentences of a treebank.
pub(crate) fn sentences(conllu: &str) -> Vec<String> {
    let lines = conllu.lines().filter_map(|line| line.strip_prefix("# text = "));
    lines.map(str::to_owned).collect()
}

/// The texts of a language, or of all; what a name adds to a language (`ar-messages`) is asked for by that name only.
pub(crate) fn texts(folder: &Path, language: Option<&str>) -> Result<Vec<Text>, Failure> {
    let mut files: Vec<_> = std::fs::read_dir(folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_, std::io::Error>>()?;
    files.sort();
    let mut texts = Vec::new();
    for file in files {
        let name = file
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if language.map_or(name.contains('-'), |language| language != name) {
            continue;
        }
        let all = std::fs::read_to_string(&file)?;
        texts.extend(all.split('\u{c}').map(|text| {
            Text {
                language: name.clone(),
                paragraphs: text
                    .lines()
                    .filter(|line| !line.trim().is_empty())
                    .map(str::to_owned)
                    .collect(),
            }
        }));
    }
    texts.retain(|text| !text.paragraphs.is_empty());
    Ok(texts)
}

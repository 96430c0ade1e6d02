"""Formats: what is read is written back, and a translation stands in the same places.

The files in ``files/`` were written by hand or made by pandoc, LibreOffice and python-docx.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from summarize_cli import formats, translation
from summarize_cli.document import Document
from summarize_cli.errors import InputError
from summarize_cli.formats import docx, html, markdown, odt, plain, records, srt, zipped
from summarize_cli.translation import Translator

FILES = sorted(path for path in (Path(__file__).parent / "files").iterdir())
DOCUMENTS = [path for path in FILES if path.suffix not in records.ENDINGS]
W = docx.W
LETTERS = str.maketrans("abcdefghijklmnopqrstuvwxyz", "ابتثجحخدذرزسشصضطظعغفقكلمنه")


@dataclass
class Fake:
    """An engine that writes every French letter as an Arabic one, or as a capital."""

    lang: str
    limit: int = 500
    signature: str = "fake"
    steps: Sequence[str] = ("reading",)

    def generate(self, texts: Sequence[str]) -> list[str]:
        return [t.lower().translate(LETTERS) if self.lang == "ar" else t.upper() for t in texts]


def translated(document: Document, lang: str = "ar") -> Document:
    """A translation whose marks are placed by the real code."""
    (result,) = translation.reviewed([document], Translator(lang, (Fake(lang),)), mend=True)
    assert not [f for f in result.findings if f.code == "mark"], result.findings
    return result.document


def read(name: str) -> Document:
    return formats.read(Path(__file__).parent / "files" / name)


def test_there_are_enough_files() -> None:
    """At least twenty, of every kind."""
    assert len(FILES) >= 20
    assert {path.suffix for path in FILES} >= {
        ".txt",
        ".md",
        ".html",
        ".docx",
        ".odt",
        ".srt",
        ".jsonl",
        ".csv",
        ".json",
        ".pdf",
    }


@pytest.mark.parametrize("path", [p for p in DOCUMENTS if p.suffix != ".pdf"], ids=lambda p: p.name)
def test_unchanged_words_give_the_same_bytes(path: Path) -> None:
    """Reading and writing is the identity, also when the engine's echo comes back."""
    document = formats.read(path)
    wanted = path.read_bytes()
    if path.name == "windows.txt":  # another encoding comes out as UTF-8
        wanted = wanted.decode("cp1252").encode()
    assert formats.write(document) == wanted
    echoed = document.translated([segment.text for segment in document.segments], "ar")
    assert formats.write(echoed) == wanted


@pytest.mark.parametrize("path", [p for p in FILES if p.suffix in records.ENDINGS], ids=lambda p: p.name)
def test_records_give_the_same_bytes(path: Path) -> None:
    """Every record, and everything between them."""
    rows = list(records.read(path, "fr", "auto"))
    assert b"".join(row.written(row.document) for row in rows) == path.read_bytes()
    assert any(row.document for row in rows)


@pytest.mark.parametrize("path", [p for p in DOCUMENTS if p.suffix != ".pdf"], ids=lambda p: p.name)
@pytest.mark.parametrize("lang", ["en", "ar"])
def test_a_translation_can_be_read_again(path: Path, lang: str) -> None:
    """What was written holds the translated words, one for one, and nothing of the source."""
    target = translated(formats.read(path), lang)
    readers = {".txt": plain, ".md": markdown, ".html": html, ".docx": docx, ".odt": odt, ".srt": srt}
    reader = readers[path.suffix]
    again = reader.read(formats.write(target), path.name, lang, "auto")
    assert [" ".join(s.text.split()) for s in again.segments] == [
        " ".join(s.text.split()) for s in target.segments
    ]


def test_markdown_keeps_its_structure() -> None:
    """Front matter, code, links, images, tables, lists and footnotes are where they were."""
    found = formats.write(translated(read("communique.md"), "en")).decode()
    for kept in (
        "---\ntitle: L'Office de l'eau ouvre ses données\nlang: fr\n---\n",
        "# L'OFFICE DE L'EAU OUVRE *TOUTES* SES DONNÉES\n",
        "**412 STATIONS**",
        '[SON PORTAIL](https://eau.exemple/donnees "Portail")',
        "[^source]\n",
        "> « CHACUN POURRA VÉRIFIER",
        "`CC-BY-4.0`",
        "<donnees@eau.exemple>",
        "`curl -O https://eau.exemple/412.csv`",
        "|:-------|---------:|-----:|\n| ORIENTAL | 48 | 12 % |\n| **SOUSS** |",
        "![CARTE DES STATIONS DE MESURE](carte.png)",
        'mesures = lire("stations.csv")  # ne pas traduire',
        "<p>UN <b>ENCADRÉ</b> EN HTML.</p>",
        "ADRESSE :\\\n12, RUE DES SOURCES,  \nRABAT.",
        ", presse@eau.exemple",
        "[^source]: MESURES DU RÉSEAU NATIONAL, 2025.",
    ):
        assert kept in found


def test_html_keeps_its_structure() -> None:
    """Tags, comments, scripts and attributes stay; words in alt and title do not."""
    source = (Path(__file__).parent / "files" / "page.html").read_text(encoding="utf-8")
    found = formats.write(translated(read("page.html"), "en")).decode()
    for kept in (
        '<html lang="en">',
        "<title>L'OFFICE DE L'EAU &amp; SES DONNÉES</title>",
        'content="LES MESURES DE 412 STATIONS, LIBRES ET GRATUITES."',
        '<meta name="viewport" content="width=device-width">',
        'if (1 < 2 && "a" > "b") { document.title = "<b>non</b>"; }',
        "<!-- en-tête : ne pas traduire -->",
        '<a href="/presse" title="TOUS LES COMMUNIQUÉS">PRESSE</a>',
        '<a href="https://eau.exemple/donnees?a=1&amp;b=2">LE PORTAIL</a>',
        "<p>ADRESSE :<br>12, RUE DES SOURCES<br/>RABAT</p>",
        '<img src="carte.png" alt="CARTE DES STATIONS DE MESURE">',
        "(<code>CC-BY-4.0</code>)",
        "<pre>ligne   1\n  ligne 2</pre>",
        '<p translate="no">Office national de l\'eau</p>',
        'placeholder="VOTRE ADRESSE"',
        '<a href="mailto:presse@eau.exemple">presse@eau.exemple</a>',
    ):
        assert kept in found, kept
    tags = re.compile(r"</?[a-z][\w-]*")
    assert tags.findall(found) == tags.findall(source)


def test_arabic_pages_run_from_right_to_left() -> None:
    """The language and the direction are on the root, or on the top of a fragment."""
    assert '<html lang="ar" dir="rtl">' in formats.write(translated(read("page.html"))).decode()
    fragment = formats.write(translated(read("fragment.html"))).decode()
    assert fragment.startswith('<h2 lang="ar" dir="rtl">')


def test_html_injects_nothing() -> None:
    """Words that look like tags are escaped, in text and in attributes."""
    source = html.read(b'<p title="Bonjour">Bonjour</p>', "x.html", "fr", "auto")
    bad = '"><script>alert(1)</script>'
    found = formats.write(source.translated([bad] * 2, "en")).decode()
    assert "<script" not in found
    assert found.count("&lt;script&gt;") == 2


def xml(content: bytes, part: str = "word/document.xml") -> etree._Element:
    return etree.fromstring(zipfile.ZipFile(io.BytesIO(content)).read(part))


@pytest.mark.parametrize("name", ["pandoc.docx", "libreoffice.docx", "python-docx.docx"])
def test_word_documents_keep_their_structure(name: str) -> None:
    """As many paragraphs, tables, links and pictures; every other part of the zip as it was."""
    source = (Path(__file__).parent / "files" / name).read_bytes()
    found = formats.write(translated(read(name), "en"))
    for tag in ("p", "tbl", "tr", "tc", "hyperlink", "sectPr", "footnoteReference", "br", "tab"):
        assert len(list(xml(found).iter(W + tag))) == len(list(xml(source).iter(W + tag))), tag
    old, new = (zipfile.ZipFile(io.BytesIO(content)) for content in (source, found))
    assert old.namelist() == new.namelist()
    for part in old.namelist():
        if not docx.WITH_WORDS.fullmatch(part) and part not in ("word/styles.xml", "word/settings.xml"):
            assert old.read(part) == new.read(part)


def test_word_keeps_bold_and_italic_words() -> None:
    """The runs have the properties of the words that they translate."""
    found = xml(formats.write(translated(read("python-docx.docx"), "en")))
    looks = {
        "".join(t.text or "" for t in run.iter(W + "t")): {p.tag.removeprefix(W) for p in run.find(W + "rPr")}
        for run in found.iter(W + "r")
        if run.find(W + "rPr") is not None
    }
    assert looks["412 STATIONS"] == {"b"}
    assert looks["PUBLIQUES"] == {"b", "i"}
    footer = xml(formats.write(translated(read("python-docx.docx"), "en")), "word/footer1.xml")
    kinds = [e.get(W + "fldCharType") for e in footer.iter(W + "fldChar")]
    assert kinds == ["begin", "separate", "end"]


T = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"


@pytest.mark.parametrize("name", ["pandoc.odt", "libreoffice.odt"])
def test_opendocument_texts_keep_their_structure(name: str) -> None:
    """As many paragraphs, spans, links and notes; the zip begins with its type, uncompressed."""
    source = (Path(__file__).parent / "files" / name).read_bytes()
    found = formats.write(translated(read(name), "en"))
    for part in ("content.xml", "styles.xml"):
        for tag in ("p", "h", "span", "a", "note", "list-item", "tab", "line-break", "page-number"):
            assert len(list(xml(found, part).iter(T + tag))) == len(list(xml(source, part).iter(T + tag))), (
                tag
            )
    old, new = (zipfile.ZipFile(io.BytesIO(content)) for content in (source, found))
    assert old.namelist() == new.namelist()
    assert new.infolist()[0].filename == "mimetype"
    assert not new.infolist()[0].compress_type
    for part in set(old.namelist()) - set(odt.WITH_WORDS):
        assert old.read(part) == new.read(part)
    assert "412 STATIONS" in {"".join(e.itertext()) for e in xml(found, "content.xml").iter(T + "span")}


@pytest.mark.parametrize("name", ["pandoc.odt", "libreoffice.odt"])
def test_arabic_opendocument_texts_run_from_right_to_left(name: str) -> None:
    """Every paragraph style says so, and bold styles are bold in the complex script too."""
    found = formats.write(translated(read(name)))
    styles = [style for part in odt.WITH_WORDS for style in xml(found, part).iter()]
    modes = {e.get(STYLE + "writing-mode") for e in styles if e.tag == STYLE + "paragraph-properties"}
    assert modes == {"rl-tb"}
    for properties in (e for e in styles if e.tag == STYLE + "text-properties"):
        bold = properties.get("{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}font-weight")
        assert bold is None or properties.get(STYLE + "font-weight-complex") == bold


def test_only_texts_are_read_of_opendocument(tmp_path: Path) -> None:
    """A sheet, a damaged part and another encoding are refused by a clear line."""
    for mimetype, content in (
        ("application/vnd.oasis.opendocument.spreadsheet", "<a/>"),
        ("application/vnd.oasis.opendocument.text", "<a>"),
        ("application/vnd.oasis.opendocument.text", '<?xml version="1.0" encoding="utf-16"?><a/>'),
    ):
        with zipfile.ZipFile(tmp_path / "x.odt", "w") as archive:
            archive.writestr("mimetype", mimetype)
            archive.writestr("content.xml", content.encode("utf-16" if "utf-16" in content else "utf-8"))
        with pytest.raises(InputError, match=r"not an ODT|damaged|not in UTF-8"):
            formats.read(tmp_path / "x.odt")


def test_arabic_word_documents_run_from_right_to_left() -> None:
    """Paragraphs, runs, tables and sections; bold also for the complex script; schema order."""
    found = xml(formats.write(translated(read("python-docx.docx"))))
    assert all(p.find(f"{W}pPr/{W}bidi") is not None for p in found.iter(W + "p"))
    assert all(t.find(W + "bidiVisual") is not None for t in found.iter(W + "tblPr"))
    assert all(s.find(W + "bidi") is not None for s in found.iter(W + "sectPr"))
    for run in found.iter(W + "r"):
        if re.search(r"[\u0600-\u06ff]", "".join(t.text or "" for t in run.iter(W + "t"))):
            assert run.find(f"{W}rPr/{W}rtl") is not None
            assert (run.find(f"{W}rPr/{W}b") is None) == (run.find(f"{W}rPr/{W}bCs") is None)
    paragraph = next(p for p in found.iter(W + "pPr") if p.find(W + "jc") is not None or len(p) > 1)
    names = [e.tag.removeprefix(W) for e in paragraph]
    assert names.index("pStyle") < names.index("bidi")


def test_subtitles_keep_times_and_lines() -> None:
    """Times, positions and the number of lines of each cue."""
    found = formats.write(translated(read("conference.srt"), "en")).decode()
    assert "00:00:00,500 --> 00:00:03,200 X1:100\n{\\an8}MESDAMES ET MESSIEURS,\n" in found
    assert "NOUS OUVRONS AUJOURD'HUI LES\nDONNÉES DE 412 STATIONS.\n\n3\n" in found
    film = formats.write(translated(read("film.srt"), "en")).decode()
    assert "LE <i>PAYS</i> MESURE SES\r\nRIVIÈRES DEPUIS CINQUANTE ANS.\r\n" in film
    assert "- ET MAINTENANT ?\r\n- TOUT EST PUBLIC.\r\n" in film


def test_records_change_only_their_fields() -> None:
    """Numbers, lists, nested objects and quoting stay to the byte."""

    def written(name: str, fields: Sequence[str] = ()) -> str:
        rows = records.read(Path(__file__).parent / "files" / name, "fr", "auto", fields)
        return b"".join(
            r.written(translated(r.document, "en") if r.document else None) for r in rows
        ).decode()

    lines = written("depeches.jsonl").splitlines()
    assert lines[0].startswith('{"id": 1, "title": "L\'OFFICE OUVRE SES DONNÉES", "body": "LES MESURES')
    assert lines[0].endswith('UN PORTAIL LES MONTRE.", "tags": ["eau", "données"], "lang":"fr"}')
    assert (
        lines[1]
        == '{"id":2,"title":"CR\\u00c9ATION D\'UN PRIX","body":"LE PRIX SERA REMIS EN JUIN.","score":0.75}'
    )
    assert lines[4] == '{"id": 4, "body": "UNE DERNIÈRE DÉPÊCHE.", "extra": {"body": "à laisser"}}'
    assert '"extra": {"body": "À LAISSER"}' in written("depeches.jsonl", ["extra.body"])
    assert '{ "id": 2, "body": "LE PRIX SERA REMIS EN JUIN.", "n": [1,  2] }' in written("depeches.json")
    table = written("depeches.csv")
    assert table.startswith("\ufeffid;title;body;url\r\n")
    assert '"L""OFFICE"" OUVRE"' in table
    assert table.endswith("2;UN PRIX;LE PRIX SERA REMIS EN JUIN.;\r\n")


def test_pdf_gives_its_words_and_says_what_is_lost() -> None:
    """Sentences come out whole, although the page breaks their lines."""
    document = read("libreoffice.pdf")
    texts = [segment.text for segment in document.segments]
    assert any(t.startswith("Elles sont mises à jour toutes les heures.") for t in texts), texts
    assert "lost" in document.notes[0]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.docx", b"PK\x03\x04 not really"),
        ("b.docx", b"plain"),
        ("c.pdf", b"%PDF-1.7 nothing"),
        ("d.html", b"<script>only()</script>"),
        ("e.md", b"```\nonly code\n```\n"),
        ("f.srt", b"no cues here"),
    ],
)
def test_bad_files_are_refused_with_a_reason(tmp_path: Path, name: str, content: bytes) -> None:
    """One error that names the file, never a traceback."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=name):
        formats.read(tmp_path / name)


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    """What claims to unpack to more than the limit is refused before it is."""
    with zipfile.ZipFile(tmp_path / "x.docx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"0" * (zipped.LARGEST + 1))
    with pytest.raises(InputError, match="unpacks to more"):
        formats.read(tmp_path / "x.docx")


def test_xml_entities_are_not_expanded(tmp_path: Path) -> None:
    """A document type with entities (a billion laughs) yields no words."""
    body = (
        b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><w:document xmlns:w='
        b'"http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r>'
        b"<w:t>Mot &b;</w:t></w:r></w:p></w:body></w:document>"
    )
    with zipfile.ZipFile(tmp_path / "x.docx", "w") as archive:
        archive.writestr("word/document.xml", body)
    assert "haha" not in formats.read(tmp_path / "x.docx").text


WORDS = st.text("abé «»*_`[]<>#-+.!|&~\\0123", min_size=1, max_size=30).filter(lambda t: bool(t.strip()))


@given(st.lists(WORDS, min_size=1, max_size=4))
def test_markdown_escapes_whatever_a_model_writes(texts: list[str]) -> None:
    """Signs of Markdown in a translation are words, in paragraphs as in cells."""
    source = "\n\n".join(f"Phrase {n}" for n in range(len(texts)))
    document = markdown.read(source.encode(), "x.md", "fr", "auto")
    texts = [" ".join(text.split()) for text in texts]
    found = formats.write(document.translated(texts, "en"))
    again = markdown.parser().parse(found.decode())
    inline = [token for token in again if token.type == "inline"]
    assert [token.type for token in again if token.level == 0 and token.nesting >= 0] == [
        "paragraph_open"
    ] * len(texts)
    shown = ["".join(child.content for child in token.children or []) for token in inline]
    assert shown == texts


@given(st.lists(st.text("<>abé &;/p\"'=!-\n", max_size=12), max_size=6))
def test_any_html_comes_back(pieces: list[str]) -> None:
    """However broken the page: the same bytes, or a refusal because it has no words."""
    content = "<p>".join(pieces).encode()
    try:
        document = html.read(content, "x.html", "fr", "auto")
    except InputError:
        return
    assert formats.write(document) == content


@given(st.text("ab*_`[]()<>#->|\n !1.~^:", max_size=60))
def test_any_markdown_comes_back(source: str) -> None:
    """However odd: the same bytes."""
    try:
        document = markdown.read(source.encode(), "x.md", "fr", "auto")
    except InputError:
        return
    assert formats.write(document) == source.encode()


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=60))
def test_any_text_comes_back(source: str) -> None:
    """Plain text is its segments and their tails."""
    content = source.encode()
    try:
        document = plain.read(content, "x.txt", "fr", "auto")
    except InputError:
        return
    assert formats.write(document) == content

"""OpenDocument texts (LibreOffice): paragraphs and headings with their spans, notes and headers.

An ODT file is a zip of XML parts (OASIS OpenDocument 1.3). The two with words are cut into tags
and text, as HTML is; paragraphs become slots, and all else comes back byte for byte. An Arabic
document runs from right to left by its styles, and its runs take weight, slope and size from
what the styles say for complex scripts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html import escape, unescape

from ..document import Document, Wrap, same_words
from ..errors import InputError
from .tagged import Part, Parts, Tagged, Words, joined
from .zipped import packed, parsed, unpacked

TOKEN = re.compile(r"""<!--.*?-->|<!\[CDATA\[.*?\]\]>|<(?:[^<>"']|"[^"]*"|'[^']*')*>|[^<]+""", re.DOTALL)
NAME = re.compile(r"</?([\w:.-]+)")
WITH_WORDS = ("content.xml", "styles.xml")  # the second has the headers and footers
PARAGRAPHS = frozenset(("text:p", "text:h"))
MARKS = frozenset(("text:span", "text:a"))
ASIDE = frozenset(("text:note", "style:header", "style:footer", "office:annotation"))
UNTOUCHED = frozenset(("text:tracked-changes", "office:scripts", "math:math"))
LANGUAGES = {"en": ("en", "GB"), "fr": ("fr", "FR"), "ar": ("ar", "SA")}
FOR_COMPLEX_SCRIPT = {
    "fo:font-weight": "style:font-weight-complex",
    "fo:font-style": "style:font-style-complex",
    "fo:font-size": "style:font-size-complex",
}
MIRRORED = {"start": "right", "left": "right", "end": "left", "right": "left"}
DEFAULT = re.compile(
    r'(<style:default-style style:family="paragraph"[^>]*>\s*)(<style:paragraph-properties\b[^>]*>)'
)
PROPERTIES = re.compile(r"<style:(?:text|paragraph|table|page-layout)-properties\b[^>]*>")


def read(content: bytes, name: str, lang: str, wrap: Wrap) -> Document:  # noqa: ARG001
    """Read the paragraphs of text, notes and headers. Raises InputError for what is no ODT with words."""
    file = Odt(content, name)
    return replace(file.tagged.document(name, lang, file.notes), layout=file)


class Odt:
    """The parts of an OpenDocument text, and where its segments stand; a ``Layout``."""

    def __init__(self, content: bytes, name: str) -> None:
        self.content, self.name = content, name
        self.tagged = Tagged(content)
        self.parts: dict[str, Parts] = {}
        self.notes: list[str] = []
        files = self._files()
        if not files.get("mimetype", b"").startswith(b"application/vnd.oasis.opendocument.text"):
            raise InputError(f"{name} is not an ODT file", "only texts are read, not tables or slides")
        for path in WITH_WORDS:
            if path in files:
                parsed(files[path], name)  # what is damaged is refused here
                self.parts[path] = tuple(Reader(_decoded(files[path], name), self.tagged).blocks())
        if b"<text:deletion" in files["content.xml"]:
            self.notes.append("tracked deletions are left as they are: accept the changes first")

    def _files(self) -> dict[str, bytes]:
        return unpacked(self.content, self.name, "content.xml", "ODT")

    def write(self, document: Document) -> bytes:
        """The file with the words of ``document``; untouched if they are the source's."""
        if same_words(document.segments, self.tagged.segments):
            return self.content
        files = self._files()
        for path, parts in self.parts.items():
            files[path] = directed(joined(parts, document), document.lang).encode()
        return packed(self.content, files)


def _decoded(part: bytes, name: str) -> str:
    try:
        return part.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{name} is not in UTF-8", "open it in LibreOffice and save it anew") from None


class Reader:
    """Reads the XML of one part into strings and slots."""

    def __init__(self, text: str, tagged: Tagged) -> None:
        self.tagged = tagged
        self.tokens = iter(TOKEN.findall(text))

    def blocks(self, end: str = "", kind: str = "") -> Iterator[Part]:
        """What stands outside of paragraphs, up to the end tag of the element ``end``."""
        for raw in self.tokens:
            name = _name(raw)
            yield raw
            if raw.startswith("</") and name == end:
                return
            if not _opens(raw):
                continue
            if name in PARAGRAPHS:
                yield from self._paragraph(name, kind or ("heading" if name == "text:h" else ""))
            elif name in UNTOUCHED:
                yield from self._untouched(name)
            elif name == end or name in ASIDE:
                yield from self.blocks(name, "aside" if name in ASIDE else kind)

    def _untouched(self, name: str) -> Iterator[str]:
        for raw in self.tokens:
            yield raw
            if raw.startswith("</") and _name(raw) == name:
                return

    def _paragraph(self, end: str, kind: str) -> Iterator[Part]:
        """The words of a paragraph, and its end tag."""
        words = Words()
        for raw in self.tokens:
            name = _name(raw)
            if not name:
                words.add("" if raw.startswith("<") else unescape(raw), raw)
            elif raw.startswith("</"):
                if name == end:
                    yield from self.tagged.slot(words, encoded, kind)
                    yield raw
                    return
                words.close(name, (raw,))
            elif name == "text:s":
                words.add(" ", raw)
            elif name == "text:tab":
                words.tab(raw)
            elif name == "text:line-break":
                words.line_break(raw)
            elif name in MARKS and _opens(raw):
                words.open(name, (raw,))
            elif _opens(raw):  # a note, a frame, a field: one point, which may have paragraphs of its own
                inside = "aside" if name in ASIDE else kind
                words.point((raw, *self.blocks(name, inside)))
            else:
                words.point((raw,))


def _name(raw: str) -> str:
    """The name of a tag; nothing for text, comments and declarations."""
    found = NAME.match(raw)
    return found[1] if found else ""


def _opens(raw: str) -> bool:
    return not raw.startswith(("</", "<?", "<!")) and raw.startswith("<") and not raw.endswith("/>")


def encoded(text: str) -> str:
    """Text between tags; a tab is an element.

    >>> encoded("R&D < 3")
    'R&amp;D &lt; 3'
    """
    return escape(text, quote=False).replace("\t", "<text:tab/>").replace("\n", "<text:line-break/>")


def directed(xml: str, lang: str) -> str:
    """Say the language in every style, and for Arabic the direction.

    >>> directed('<style:paragraph-properties fo:text-align="start"/>', "ar")
    '<style:paragraph-properties fo:text-align="right" style:writing-mode="rl-tb"/>'
    """
    xml = PROPERTIES.sub(lambda found: _styled(found[0], lang), xml)
    if lang == "ar":
        xml = DEFAULT.sub(lambda found: found[1] + _set(found[2], "fo:text-align", "right", add=True), xml)
    return xml


def _styled(tag: str, lang: str) -> str:
    language, country = LANGUAGES.get(lang, (lang, "none"))
    if lang != "ar":
        return _set(_set(tag, "fo:language", language), "fo:country", country)
    tag = _set(_set(tag, "style:language-complex", language), "style:country-complex", country)
    # Left and right by name: LibreOffice takes "start" for left in either direction.
    tag = re.sub(
        r'(fo:text-align=)"(\w+)"', lambda found: f'{found[1]}"{MIRRORED.get(found[2], found[2])}"', tag
    )
    for name, twin in FOR_COMPLEX_SCRIPT.items():
        value = re.search(rf'\s{name}="([^"]*)"', tag)
        if value and twin not in tag:
            tag = _set(tag, twin, value[1], add=True)
    return _set(tag, "style:writing-mode", "rl-tb", add="paragraph-properties" in tag)


def _set(tag: str, name: str, value: str, add: bool = False) -> str:
    """A tag with another value of an attribute, if it has it or should get it."""
    tag, count = re.subn(rf'(\s{name}=)"[^"]*"', rf'\1"{value}"', tag)
    if count or not add:
        return tag
    end = len(tag) - (2 if tag.endswith("/>") else 1)
    return f'{tag[:end].rstrip()} {name}="{value}"{tag[end:]}'

"""Markdown: the words of headings, paragraphs, lists, quotes and tables, in their places.

markdown-it-py (CommonMark, with tables, strikethrough, front matter and footnotes) says which
lines hold words and what is marked in them; the lines themselves are cut out of the file, so
that whatever has no words stays as it was. Front matter and code are never translated.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterator
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from ..document import Document, Wrap
from . import html
from .plain import decode
from .tagged import Part, Parts, Tagged, Words

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

SPECIAL = re.compile(r"([\\`*\[\]<>])|(?<!\w)(_)|(_)(?!\w)|(~)(?=~)|(?<=~)(~)|(&)(?=#?\w+;)|(!)(?=\[)")
AT_START = re.compile(r"\A(?:(#{1,6}|[-+>=:])(?=\s|\Z|[-=])|(\d{1,9})([.)])(?=\s|\Z))")
PLAIN_OPENING = {"strong_open": "strong", "em_open": "em", "s_open": "s", "link_open": "link"}


def parser() -> MarkdownIt:
    """CommonMark and what people use beside it."""
    from markdown_it import MarkdownIt
    from mdit_py_plugins.footnote import footnote_plugin
    from mdit_py_plugins.front_matter import front_matter_plugin

    return (
        MarkdownIt("commonmark")
        .enable(["table", "strikethrough"])
        .use(front_matter_plugin)
        .use(footnote_plugin, inline=False)
    )


def read(content: bytes, name: str, lang: str, wrap: Wrap) -> Document:  # noqa: ARG001
    """Read a Markdown file. Raises InputError if it holds no words."""
    text = decode(content, name)
    tagged = Tagged(content)
    reader = Reader(tagged, text)
    tagged.parts = list(reader.parts())
    return tagged.document(name, lang, reader.notes)


class Reader:
    """Walks the tokens in the order of the file and cuts the file at their words."""

    def __init__(self, tagged: Tagged, text: str) -> None:
        self.tagged, self.text, self.notes = tagged, text, list[str]()
        # markdown-it counts lines at \n, \r\n and \r, and sees none at the other separators.
        self.lines = [
            0,
            *accumulate(len(line) for line in re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+", text)),
        ]
        self.at = 0

    def parts(self) -> Iterator[Part]:
        """The parts of the file."""
        tokens = parser().parse(self.text)
        heading = in_table = in_note = False
        wanted: list[tuple[int, int, Token, str, bool]] = []
        for n, token in enumerate(tokens):
            heading = token.type == "heading_open" or (heading and token.type == "inline")
            in_table = token.type == "table_open" or (in_table and token.type != "table_close")
            in_note = token.type == "footnote_open" or (in_note and token.type != "footnote_close")
            if token.map and token.type in ("inline", "html_block"):
                kind = "aside" if in_note else "heading" if heading else ""
                wanted.append((token.map[0], n, token, kind, in_table))
        for _, _, token, kind, is_cell in sorted(wanted, key=lambda item: item[:2]):
            yield from self._block(token, kind, is_cell)
        yield self.text[self.at :]

    def _block(self, token: Token, kind: str, cell: bool) -> Iterator[Part]:
        assert token.map  # only tokens that have one come here
        first, last = (self.lines[min(n, len(self.lines) - 1)] for n in token.map)
        self.at, before = max(self.at, first), self.at
        if token.type == "html_block":
            yield self.text[before:first]
            yield from html.fragment(self.tagged, self.text[first:last])
            self.at = last
            return
        places = self._places(token.content, self.at, max(last, self.lines[bisect(self.lines, first)]), cell)
        if places is None:
            self.notes.append(f"line {token.map[0] + 1} could not be placed and is not translated")
            yield self.text[before : self.at]
            return
        if not token.content:
            yield self.text[before : self.at]
            return
        start, end = places[0][0], places[-1][1]
        gaps = [self.text[a[1] : b[0]] for a, b in pairwise(places)]
        yield self.text[before:start]
        words = Words()
        inline = Inline(self.tagged, words, gaps)
        inline.read(token.children or [])
        words.raw = list(inline.raw(self.text[start:end]))
        yield from self.tagged.slot(words, cell_text if cell else escaped, kind)
        self.at = end

    def _places(self, content: str, start: int, end: int, cell: bool) -> list[tuple[int, int]] | None:
        """Where each line of a block's content stands in the file."""
        found = []
        for line in content.split("\n"):
            wanted = line.strip(" \t")
            at = self.text.find(wanted, start, end)
            if at < 0 and cell:
                wanted = wanted.replace("|", r"\|")
                at = self.text.find(wanted, start, end)
            if at < 0:
                return None
            start = at + len(wanted)
            found.append((at, start))
        return found


class Inline:
    """Turns the tokens inside a paragraph into words and marks."""

    def __init__(self, tagged: Tagged, words: Words, gaps: list[str]) -> None:
        self.tagged, self.words, self.gaps = tagged, words, list(gaps)
        self.images: list[tuple[str, Parts]] = []

    def raw(self, text: str) -> Iterator[Part]:
        """The paragraph as it stands in the file, with the descriptions of images as slots."""
        at = 0
        for description, parts in self.images:
            start = text.find(f"![{description}]", at)
            if start >= 0 and description:
                yield text[at : start + 2]
                yield from parts
                at = start + 2 + len(description)
        yield text[at:]

    def read(self, tokens: list[Token]) -> None:
        """Collect the words and marks of the tokens."""
        links: list[tuple[str, str]] = []
        for token in tokens:
            kind = token.type
            if kind == "text":
                self.words.add(token.content, "")
            elif kind == "softbreak":
                self.gaps[:1] = []
                self.words.add(" ", "")
            elif kind == "hardbreak":
                gap = self.gaps.pop(0) if self.gaps else "\n"
                self.words.line_break(gap if gap.startswith("  ") else "\\" + gap)
            elif kind == "code_inline":
                self._code(token)
            elif kind == "link_open":
                auto = token.markup == "autolink"
                links.append(("<", ">") if auto else ("[", f"]({destination(token, 'href')})"))
                self.words.open("link", (links[-1][0],))
            elif kind == "link_close":
                auto = token.markup == "autolink"
                self.words.close("link", (links.pop()[1],), verbatim=auto, literal=auto)
            elif kind in PLAIN_OPENING:
                self.words.open(PLAIN_OPENING[kind], (token.markup,))
            elif kind.removesuffix("_close") in PLAIN_OPENING.values():
                self.words.close(kind.removesuffix("_close"), (token.markup,))
            elif kind == "image":
                alt = self.tagged.plain(token.content, token.content, escaped)
                self.images.append((token.content, alt))
                self.words.point(("![", *alt, f"]({destination(token, 'src')})"))
            elif kind == "footnote_ref":
                self.words.point((f"[^{token.meta['label']}]",))
            elif kind == "html_inline":
                self._tag(token.content)

    def _code(self, token: Token) -> None:
        edge = " " if token.content.startswith("`") or token.content.endswith("`") else ""
        self.words.open("code", (token.markup + edge,))
        self.words.add(token.content, "")
        self.words.close("code", (edge + token.markup,), verbatim=True, literal=True)

    def _tag(self, raw: str) -> None:
        name = re.match(r"</?([a-zA-Z][\w-]*)", raw)
        tag = name[1].lower() if name else ""
        if tag == "br":
            self.words.line_break(raw)
        elif tag in html.INLINE and raw.startswith("</"):
            self.words.close(tag, (raw,))
        elif tag in html.INLINE:
            self.words.open(tag, (raw,))
        else:
            self.words.point((raw,))


def destination(token: Token, key: str) -> str:
    """Where a link or an image leads, as it is written between the parentheses."""
    target = str(token.attrs.get(key, ""))
    if re.search(r"[\s()<>]", target) or not target:
        target = "<" + re.sub(r"([<>])", r"\\\1", target) + ">"
    title = str(token.attrs.get("title", "")).replace('"', '\\"')
    return f'{target} "{title}"' if title else target


def escaped(text: str) -> str:
    r"""Words that Markdown must not take for its own signs.

    >>> escaped("2. *Oui*"), escaped("- un snake_case")
    ('2\\. \\*Oui\\*', '\\- un snake_case')
    """
    text = SPECIAL.sub(lambda m: "\\" + m[0], text)
    return AT_START.sub(lambda m: f"\\{m[1]}" if m[1] else f"{m[2]}\\{m[3]}", text)


def cell_text(text: str) -> str:
    """Words in a table's cell, where a bar would end it."""
    return escaped(text).replace("|", r"\|")

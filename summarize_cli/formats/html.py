"""HTML: the words between the tags, and in ``alt`` and ``title``; everything else untouched.

The standard library's tokenizer finds tags, text and references, and where they stand; unlike
a tree it can give back the very bytes. Block elements (by the content categories of the HTML
standard) end a paragraph, inline ones are marks of it. A page in Arabic gets
``lang="ar" dir="rtl"``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape, unescape
from html.parser import HTMLParser
from itertools import accumulate

from ..document import Document, Wrap
from .plain import decode
from .tagged import Part, Parts, Tagged, Words, joined

INLINE = frozenset(
    """a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark q s samp
    small span strike strong sub sup time tt u var""".split()
)
POINTS = frozenset("img wbr input picture source audio video object embed svg math map area".split())
UNTOUCHED = frozenset(
    "script style pre textarea template svg math object audio video iframe noscript canvas".split()
)
VERBATIM = frozenset("code kbd samp tt var".split())
VOID = frozenset(
    "area base br col embed hr img input link meta source track wbr param keygen command".split()
)
HEADINGS = frozenset("title h1 h2 h3 h4 h5 h6".split())
ATTRIBUTE = re.compile(
    r"""(?P<before>\s(?P<name>[\w:-]+)\s*=\s*)(?P<value>"[^"]*"|'[^']*'|[^\s"'=<>`]+)""", re.DOTALL
)
WORDS_IN = frozenset("alt title placeholder aria-label".split())
META = frozenset(
    """description keywords og:title og:description og:image:alt twitter:title twitter:description
    twitter:image:alt dc.title dc.description""".split()
)
CHARSET = re.compile(r"""(<meta[^>]*charset\s*=\s*["']?)[\w-]+""", re.IGNORECASE)
REFERENCE = re.compile(r"&(?!#?\w+;)")


def read(content: bytes, name: str, lang: str, wrap: Wrap) -> Document:  # noqa: ARG001
    """Read a page or a fragment. Raises InputError if it holds no words."""
    declared = CHARSET.search(content[:2048].decode("ascii", "replace"))
    text = decode(content, name)
    page = Page(content, text)
    page.close_document()
    if declared:
        page.tagged.parts = [
            CHARSET.sub(r"\g<1>utf-8", part) if isinstance(part, str) else part for part in page.tagged.parts
        ]
    return page.tagged.document(name, lang)


def fragment(tagged: Tagged, text: str) -> Parts:
    """Read HTML inside another format, as Markdown allows it."""
    page = Page(b"", text, tagged)
    return page.close_document()


@dataclass(frozen=True)
class Tag:
    """A start tag that says the language or the direction of what it holds."""

    parts: Parts

    def written(self, target: Document) -> str:
        """The tag with the language of the translation, and its direction."""
        wanted = {"lang": target.lang, "dir": "rtl" if target.lang == "ar" else ""}
        raw = joined(self.parts, target)
        raw = re.sub(r"""(\s(?:xml:)?lang\s*=\s*)("[^"]*"|'[^']*'|[^\s>]+)""", "", raw)
        if wanted["dir"]:
            raw = re.sub(r"""\sdir\s*=\s*("[^"]*"|'[^']*'|[^\s>]+)""", "", raw)
        added = "".join(f' {key}="{value}"' for key, value in wanted.items() if value)
        end = re.search(r"\s*/?>\Z", raw)
        at = end.start() if end else len(raw)
        return raw[:at] + added + raw[at:]


class Page(HTMLParser):
    """Reads a text into the parts of ``tagged``."""

    def __init__(self, content: bytes, text: str, tagged: Tagged | None = None) -> None:
        super().__init__(convert_charrefs=False)
        self.tagged = tagged or Tagged(content)
        self.parts: list[Part] = []
        self.words = Words()
        self._source = text
        self._lines = [0, *accumulate(len(line) for line in re.split(r"(?<=\n)", text))]
        self._pending: tuple[str, str, int] | None = None
        self._untouched: list[str] = []
        self._heading = False
        self._depth = 0

    def close_document(self) -> Parts:
        """Read everything; the parts are also the document's own if it is one."""
        self.feed(self._source)
        self.close()
        self._event("end", "", len(self._source))
        self._flush()
        self.tagged.parts = self.tagged.parts or list(self.parts)
        return tuple(self.parts)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag begins where the parser stands."""
        closed = "translate" in dict(attrs) and dict(attrs)["translate"] == "no"
        closed = closed or "notranslate" in (dict(attrs).get("class") or "").split()
        self._event("closed" if closed and tag not in VOID else "open", tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        """``<br/>``; for elements that may have content it is no end, as browsers read it."""
        self._event("open" if tag in VOID or tag not in INLINE else "point", tag)

    def handle_endtag(self, tag: str) -> None:
        """An end tag begins here."""
        self._event("close", tag)

    def handle_data(self, data: str) -> None:  # noqa: ARG002
        """Text begins here."""
        self._event("text", "")

    def handle_entityref(self, name: str) -> None:  # noqa: ARG002
        """A reference begins here."""
        self._event("text", "")

    def handle_charref(self, name: str) -> None:  # noqa: ARG002
        """A reference begins here."""
        self._event("text", "")

    def handle_comment(self, data: str) -> None:  # noqa: ARG002
        """A comment begins here."""
        self._event("point", "")

    def handle_decl(self, decl: str) -> None:  # noqa: ARG002
        """``<!DOCTYPE`` begins here."""
        self._event("other", "")

    def handle_pi(self, data: str) -> None:  # noqa: ARG002
        """``<?`` begins here."""
        self._event("other", "")

    def unknown_decl(self, data: str) -> None:  # noqa: ARG002
        """``<![`` begins here."""
        self._event("other", "")

    def _event(self, what: str, tag: str, at: int | None = None) -> None:
        """Note that something begins; what began before it ends here and is dealt with."""
        if at is None:
            line, column = self.getpos()
            at = self._lines[line - 1] + column
        if self._pending:
            before, name, start = self._pending
            self._take(before, name, self._source[start:at])
        elif at:
            self._take("text", "", self._source[:at])
        self._pending = what, tag, at

    def _take(self, what: str, tag: str, raw: str) -> None:
        if self._untouched:
            self._take_untouched(what, tag, raw)
        elif what == "text":
            self.words.add(unescape(raw), raw)
        elif tag == "br":
            self.words.line_break(raw)
        elif what == "closed" or (what == "open" and tag in UNTOUCHED):
            self._untouched = [tag]
            self._inline_or_block(tag, (raw,))
        elif what == "point" or tag in POINTS:
            self.words.point(self._tag(tag, raw))
        elif tag in INLINE and what == "open":
            self.words.open(tag, self._tag(tag, raw))
        elif tag in INLINE:
            self.words.close(tag, (raw,), tag in VERBATIM)
        else:
            self._flush()
            self._heading = what == "open" and tag in HEADINGS
            self.parts += self._tag(tag, raw) if what == "open" else (raw,)
            self._depth += (what == "open" and tag not in VOID) - (what == "close")

    def _take_untouched(self, what: str, tag: str, raw: str) -> None:
        """Go on to the end tag of the outermost untouched element."""
        if what in ("open", "closed") and tag == self._untouched[0] and tag not in VOID:
            self._untouched.append(tag)
        self._inline_or_block(self._untouched[0], (raw,))
        if what == "close" and tag == self._untouched[0]:
            self._untouched.pop()

    def _inline_or_block(self, tag: str, parts: Parts) -> None:
        if tag in INLINE or tag in POINTS or tag in ("script", "style", "noscript", "template"):
            self.words.point(parts)
        else:
            self._flush()
            self.parts += parts

    def _flush(self) -> None:
        """End the paragraph: white space at its edges stays outside of its slot."""
        words, self.words = self.words, Words()
        lead: list[Part] = []
        while words.text and words.raw and isinstance(words.raw[0], str) and not words.raw[0].strip():
            lead.append(words.raw.pop(0))
        trail: list[Part] = []
        while words.text and words.raw and isinstance(words.raw[-1], str) and not words.raw[-1].strip():
            trail.insert(0, words.raw.pop())
        if words.text and words.raw and isinstance(words.raw[0], str) and words.raw[0][:1].isspace():
            body = words.raw[0].lstrip()
            lead.append(words.raw[0][: -len(body)])
            words.raw[0] = body
        if words.text and words.raw and isinstance(words.raw[-1], str) and words.raw[-1][-1:].isspace():
            body = words.raw[-1].rstrip()
            trail.insert(0, words.raw[-1][len(body) :])
            words.raw[-1] = body
        kind = "heading" if self._heading else ""
        self.parts += [*lead, *self.tagged.slot(words, encoded, kind), *trail]

    def _tag(self, tag: str, raw: str) -> Parts:
        """A start tag as parts; one at the top of a fragment, or with a language, may change."""
        top = not self._depth and tag not in INLINE | VOID | {"head", "body", "meta", "title"}
        if top or tag == "html" or re.search(r"\s(?:lang|dir)\s*=", raw):
            return (Tag(self._attributes(tag, raw)),)
        return self._attributes(tag, raw)

    def _attributes(self, tag: str, raw: str) -> Parts:
        """A start tag whose attributes with words are slots."""
        attributes = {m["name"].lower(): m["value"].strip("\"'").lower() for m in ATTRIBUTE.finditer(raw)}
        wanted = WORDS_IN
        if tag == "meta":
            named = attributes.get("name", attributes.get("property", ""))
            wanted = frozenset({"content"}) if named in META else frozenset()
        parts: list[Part] = []
        at = 0
        for found in ATTRIBUTE.finditer(raw):
            if found["name"].lower() in wanted:
                value = found["value"]
                quoted = value[0] in "\"'"
                inner = value[1:-1] if quoted else value
                parts.append(raw[at : found.start("value")] + (value[0] if quoted else ""))
                parts += self.tagged.plain(unescape(inner), inner, quoted_value if quoted else bare_value)
                at = found.end("value") - quoted
        return (*parts, raw[at:])


def encoded(text: str) -> str:
    """Text between tags.

    >>> encoded("R&D < 3")
    'R&amp;D &lt; 3'
    """
    return escape(text, quote=False).replace("\u00a0", "&nbsp;")


def quoted_value(text: str) -> str:
    """Text of an attribute between quotes of either kind."""
    return escape(text)


def bare_value(text: str) -> str:
    """Text of an attribute that had no quotes, and gets some."""
    return f'"{escape(text)}"'

"""Word documents: the paragraphs of every part, with their runs, and right to left for Arabic.

A DOCX file is a zip of XML parts (ECMA-376). The parts with words are parsed by lxml and only
their changed paragraphs are written anew; every other part is copied byte for byte. That
reaches what python-docx has no face for: footnotes, text boxes, content controls, fields.

In a paragraph the run format that most characters have is the ground; runs in another format
and links are marks, and what is not text (pictures, footnote numbers, fields) is a point.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace

from ..document import Document, Mark, Segment, Wrap, same_words
from ..errors import InputError
from ..marks import runs
from .tagged import segmented
from .zipped import Element, packed, parsed, unpacked

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
SPACE = "{http://www.w3.org/XML/1998/namespace}space"
WITH_WORDS = re.compile(r"word/(?:document\d*|header\d+|footer\d+|footnotes|endnotes)\.xml")

TRANSPARENT = {W + name for name in "ins smartTag sdt sdtContent fldSimple customXml bdo dir moveTo".split()}
DROPPED = {W + name for name in "proofErr bookmarkStart bookmarkEnd lastRenderedPageBreak".split()}
IDLE = {W + name for name in "lang noProof rtl cs".split()}
"""Properties that make no run look different from its neighbours."""

# The places of what is added, by the order that the schema prescribes (CT_PPr, CT_RPr ...).
AFTER_BIDI = """adjustRightInd snapToGrid spacing ind contextualSpacing mirrorIndents
    suppressOverlap jc textDirection textAlignment textboxTightWrap outlineLvl divId cnfStyle rPr
    sectPr pPrChange""".split()
AFTER_RTL = "cs em lang eastAsianLayout specVanish oMath rPrChange".split()
AFTER_VISUAL = """tblStyleRowBandSize tblStyleColBandSize tblW jc tblCellSpacing tblInd tblBorders
    shd tblLayout tblCellMar tblLook tblCaption tblDescription tblPrChange""".split()
AFTER_SECTION_BIDI = "rtlGutter docGrid printerSettings sectPrChange".split()
FOR_COMPLEX_SCRIPT = {"b": "bCs", "i": "iCs", "sz": "szCs"}
"""Arabic runs take their weight, slope and size from these (ECMA-376, 17.3.2)."""
LANGUAGES = {"en": "en-GB", "fr": "fr-FR", "ar": "ar-SA"}


def read(content: bytes, name: str, lang: str, wrap: Wrap) -> Document:  # noqa: ARG001
    """Read the paragraphs of all parts. Raises InputError for what is not a DOCX with words."""
    file = Docx(content, name)
    if not any(segment.text for segment in file.segments):
        raise InputError(f"{name} is empty", "it has no words to translate")
    return Document(name, lang, tuple(file.segments), file, tuple(file.notes))


class Docx:
    """The parts of a Word file and where its segments stand; a ``Layout``."""

    def __init__(self, content: bytes, name: str) -> None:
        self.content, self.name = content, name
        self.segments: list[Segment] = []
        self.notes: list[str] = []
        parts = unpacked(content, name, "word/document.xml", "DOCX")
        for path in sorted((p for p in parts if WITH_WORDS.fullmatch(p)), key=_order):
            for paragraph in parsed(parts[path], name).iter(W + "p"):
                found = Paragraph(paragraph).segments()
                aside = not path.startswith("word/document")
                self.segments += [replace(s, kind="aside") for s in found] if aside else found
        if any(b"<w:del " in parts[path] for path in parts if WITH_WORDS.fullmatch(path)):
            self.notes.append("tracked deletions are left as they are: accept the changes first")

    def write(self, document: Document) -> bytes:
        """The file with the words of ``document``; untouched if they are the source's."""
        if same_words(document.segments, self.segments):
            return self.content
        parts = unpacked(self.content, self.name, "word/document.xml", "DOCX")
        at = 0
        for path in sorted((p for p in parts if WITH_WORDS.fullmatch(p)), key=_order):
            root = parsed(parts[path], self.name)
            changed = []
            for element in root.iter(W + "p"):
                source = Paragraph(element).segments()
                target = document.segments[at : at + len(source)]
                at += len(source)
                if not same_words(source, target):
                    changed.append((element, target))
            for element, target in reversed(changed):  # a text box before the paragraph that holds it
                Paragraph(element).rewrite(target)
            _direct(root, document.lang)
            parts[path] = _serialised(root)
        for path in ("word/styles.xml", "word/settings.xml"):
            if path in parts:
                root = parsed(parts[path], self.name)
                _relabel(root, document.lang)
                parts[path] = _serialised(root)
        return packed(self.content, parts)


def _order(path: str) -> tuple[bool, str]:
    return not path.startswith("word/document"), path  # the body first


def _serialised(root: Element) -> bytes:
    from lxml import etree

    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


@dataclass
class Format:
    """What surrounds a run: its properties, or the link or field that it is part of."""

    before: Sequence[Element] = ()
    after: Sequence[Element] = ()
    properties: Element | None = None
    wrapper: Element | None = None


@dataclass
class Paragraph:
    """One ``w:p`` as text with marks, and back."""

    element: Element
    text: str = ""
    marks: list[Mark] = field(default_factory=list)
    formats: dict[int, Format] = field(default_factory=dict)
    points: dict[int, list[Element]] = field(default_factory=dict)
    breaks: list[Element] = field(default_factory=list)
    ground: Element | None = None
    taken: list[Element] = field(default_factory=list)
    _runs: list[tuple[int, int, Element | None, int]] = field(default_factory=list)
    _field: list[Element] = field(default_factory=list)
    _depth: int = 0
    _link: tuple[int, int, list[Element]] | None = None

    def __post_init__(self) -> None:
        self._walk(self.element)
        if self._field:  # a field that goes on in another paragraph
            self._point(list(self._field))
        self._close_formats()

    def segments(self) -> list[Segment]:
        """The paragraph's sentences; none if it holds no words."""
        stripped = self.text.strip()
        if not stripped:
            return []
        lead = len(self.text) - len(self.text.lstrip())
        moved = [
            Mark(
                min(max(m.start - lead, 0), len(stripped)), min(max(m.end - lead, 0), len(stripped)),
                m.number, m.verbatim,
            )
            for m in self.marks
        ]  # fmt: skip
        style = self.element.find(f"{W}pPr/{W}pStyle")
        name = (style.get(W + "val") or "") if style is not None else ""
        heading = bool(re.match(r"heading|title|titre|berschrift", name, re.IGNORECASE))
        found = segmented(stripped, moved, "heading" if heading else "")
        return [*found[:-1], replace(found[-1], tail="\n\n")]

    def rewrite(self, target: Sequence[Segment]) -> None:
        """Put other words into the paragraph, with the marks that they bring."""
        segments = [*target[:-1], replace(target[-1], tail="")]
        made = list(self._composed(segments))
        place = self._place()
        for element in self.taken:
            parent = element.getparent()
            if parent is not None:
                parent.remove(element)
        for n, element in enumerate(made):
            self.element.insert(place + n, element)

    def _place(self) -> int:
        """Where in the paragraph its words begin: behind the properties."""
        properties = self.element.find(W + "pPr")
        return 0 if properties is None else self.element.index(properties) + 1

    def _composed(self, segments: Sequence[Segment]) -> Iterator[Element]:
        breaks = iter(self.breaks)
        wrapped: tuple[int, Element] | None = None
        for text, numbers in runs(segments):
            link = next((n for n in numbers if n in self.formats and self._is_link(n)), None)
            if wrapped and wrapped[0] != link:
                yield from self._closed(wrapped)
                wrapped = None
            if link is not None and wrapped is None:
                yield from (deepcopy(e) for e in self.formats[link].before)
                shell = self.formats[link].wrapper
                wrapped = link, _shell(shell) if shell is not None else _shell(self.element)
            new = list(self._written(text, numbers, breaks))
            if wrapped:
                wrapped[1].extend(new)
            else:
                yield from new
        if wrapped:
            yield from self._closed(wrapped)

    def _closed(self, wrapped: tuple[int, Element]) -> Iterator[Element]:
        link, shell = wrapped
        if self.formats[link].wrapper is not None:
            yield shell
        else:
            yield from list(shell)
        yield from (deepcopy(e) for e in self.formats[link].after)

    def _is_link(self, number: int) -> bool:
        return self.formats[number].properties is None

    def _written(self, text: str, numbers: tuple[int, ...], breaks: Iterator[Element]) -> Iterator[Element]:
        if not text:
            yield from (deepcopy(e) for e in self.points.get(numbers[-1], ()))
            return
        formats = [self.formats[n].properties for n in numbers if n in self.formats]
        properties = next((p for p in reversed(formats) if p is not None), self.ground)
        for n, line in enumerate(text.split("\n")):
            if n:
                found = next(breaks, None)
                yield deepcopy(found) if found is not None else _run(properties, _new("br"))
            if line:
                yield _run(properties, *_texts(line))

    def _walk(self, parent: Element) -> None:
        for child in parent:
            if child.tag == W + "r":
                self.taken.append(child)
                self._take_run(child)
            elif child.tag == W + "hyperlink":
                self.taken.append(child)
                self._take_link(child)
            elif child.tag in TRANSPARENT:
                self._walk(child)
            elif child.tag not in DROPPED and child.tag != W + "pPr":
                self.taken.append(child)
                self._point([child])

    def _take_link(self, link: Element) -> None:
        start, number = len(self.text), self._number()
        self._walk(link)
        self.taken = [e for e in self.taken if e.getparent() is not link]
        if self.text[start:].strip():
            self.marks.append(Mark(start, len(self.text), number))
            self.formats[number] = Format(wrapper=link)
        elif len(link):
            self._point([link])

    def _take_run(self, run: Element) -> None:
        """Read one run: text is text, a break is a line's end, all else is a point."""
        properties = run.find(W + "rPr")
        if self._depth or run.find(W + "fldChar") is not None:
            self._take_field(run)
            return
        start = len(self.text)
        for child in run:
            if child.tag == W + "t":
                self.text += re.sub(r"\s*\n\s*", " ", child.text or "")
            elif child.tag == W + "noBreakHyphen":
                self.text += "\u2011"
            elif child.tag == W + "tab":
                self.text += "\t"
            elif child.tag in (W + "br", W + "cr") and child.get(W + "type") in (None, "textWrapping"):
                self.text += "\n"
                self.breaks.append(_run(properties, child))
            elif child.tag != W + "rPr" and child.tag not in DROPPED:
                self._point([_run(properties, child)])
        if len(self.text) > start:
            self._runs.append((start, len(self.text), properties, self._number()))

    def _take_field(self, run: Element) -> None:
        """Collect a field: what it shows is made by Word, except the words of a link."""
        for mark in run.iter(W + "fldChar"):
            kind = mark.get(W + "fldCharType")
            self._depth += (kind == "begin") - (kind == "end")
        self._field.append(run)
        words = "".join(t.text or "" for r in self._field for t in r.iter(W + "instrText"))
        if self._depth <= 0:
            self._depth = 0
            before, inside, after = _field_parts(self._field)
            self._field = []
            if words.strip().upper().startswith("HYPERLINK") and inside:
                start, number = len(self.text), self._number()
                for piece in inside:
                    self._take_run(piece)
                self.marks.append(Mark(start, len(self.text), number))
                self.formats[number] = Format(before=before, after=after)
            else:
                self._point([*before, *inside, *after])

    def _close_formats(self) -> None:
        """Find the ground format, and make every other run a mark."""
        from lxml import etree

        weight: Counter[bytes] = Counter()
        looks: dict[int, bytes] = {}
        for start, end, properties, number in self._runs:
            bare = [e for e in (properties if properties is not None else ()) if e.tag not in IDLE]
            looks[number] = b"".join(sorted(etree.tostring(e, method="c14n") for e in bare))
            weight[looks[number]] += end - start
        ground = max(weight, key=lambda look: weight[look], default=b"")
        previous: tuple[bytes, int, int] | None = None
        for start, end, properties, number in self._runs:
            if looks[number] == ground:
                self.ground = properties if self.ground is None else self.ground
                previous = None
                continue
            if previous and previous[0] == looks[number] and self.marks[previous[1]].end == start:
                old = self.marks[previous[1]]
                self.marks[previous[1]] = Mark(old.start, end, old.number)
                continue
            self.formats[number] = Format(properties=properties if properties is not None else _new("rPr"))
            previous = looks[number], len(self.marks), number
            self.marks.append(Mark(start, end, number))
        self.marks = [m for m in self.marks if m.start == m.end or self.text[m.start : m.end].strip()]
        self.marks.sort(key=lambda mark: mark.number)

    def _point(self, elements: list[Element]) -> None:
        number = self._number()
        self.points[number] = elements
        self.marks.append(Mark(len(self.text), len(self.text), number))

    _count: int = 0

    def _number(self) -> int:
        self._count += 1
        return self._count


def _field_parts(elements: list[Element]) -> tuple[list[Element], list[Element], list[Element]]:
    """Cut a field at its ``separate`` mark: instruction, result, end."""
    kinds = [
        next((m.get(W + "fldCharType") for m in e.iter(W + "fldChar")), None) for e in elements
    ]  # fmt: skip
    if kinds.count("separate") != 1 or kinds[-1] != "end" or kinds.count("begin") != 1:
        return elements, [], []
    at = kinds.index("separate")
    return elements[: at + 1], elements[at + 1 : -1], elements[-1:]


def _new(name: str, **attributes: str) -> Element:
    from lxml import etree

    made = etree.Element(W + name, {W + key: value for key, value in attributes.items()})
    return made


def _shell(element: Element) -> Element:
    """An element with its attributes and without its content."""
    from lxml import etree

    return etree.Element(element.tag, dict(element.attrib), nsmap=element.nsmap)


def _run(properties: Element | None, *content: Element) -> Element:
    run = _new("r")
    if properties is not None and len(properties):
        run.append(deepcopy(properties))
    run.extend(deepcopy(element) for element in content)
    return run


def _texts(line: str) -> Iterator[Element]:
    """The elements of a stretch of text: tabs have their own."""
    for n, piece in enumerate(line.split("\t")):
        if n:
            yield _new("tab")
        if piece:
            made = _new("t")
            made.text = piece
            made.set(SPACE, "preserve")
            yield made


def _direct(root: Element, lang: str) -> None:
    """Say the language of every run, and for Arabic the direction of everything."""
    _relabel(root, lang)
    if lang != "ar":
        return
    for paragraph in root.iter(W + "p"):
        _add(_child(paragraph, "pPr"), "bidi", AFTER_BIDI)
    for run in root.iter(W + "r"):
        words = "".join(t.text or "" for t in run.iter(W + "t"))
        if re.search(r"[\u0600-\u06ff]", words):
            properties = _child(run, "rPr")
            for name, twin in FOR_COMPLEX_SCRIPT.items():
                own = properties.find(W + name)
                if own is not None and properties.find(W + twin) is None:
                    made = deepcopy(own)
                    made.tag = W + twin
                    own.addnext(made)
            _add(properties, "rtl", AFTER_RTL)
    for table in root.iter(W + "tblPr"):
        _add(table, "bidiVisual", AFTER_VISUAL)
    for section in root.iter(W + "sectPr"):
        _add(section, "bidi", AFTER_SECTION_BIDI)


def _relabel(root: Element, lang: str) -> None:
    for element in root.iter(W + "lang"):
        element.set(W + ("bidi" if lang == "ar" else "val"), LANGUAGES.get(lang, lang))


def _child(parent: Element, name: str) -> Element:
    """The properties of a paragraph or run, which stand first; made if there are none."""
    found = parent.find(W + name)
    if found is None:
        found = _new(name)
        parent.insert(0, found)
    return found


def _add(properties: Element, name: str, following: Sequence[str]) -> None:
    """Switch a property on, at the place that the schema wants."""
    old = properties.find(W + name)
    if old is not None:
        properties.remove(old)
    after = next((e for e in properties if e.tag.removeprefix(W) in following), None)
    if after is None:
        properties.append(_new(name))
    else:
        after.addprevious(_new(name))

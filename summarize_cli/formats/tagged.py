"""What the formats of marked-up text share: words in slots, and everything else as it stands.

A file becomes a list of parts. Most are strings, which are never touched; a ``Slot`` holds the
words of one paragraph, heading, cell or attribute, with its inline marks. Writing puts the
parts together again: a slot whose words have not changed gives back what the file had, byte
for byte; another one is composed from the translation and its marks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from ..document import Document, Mark, Segment, same_words
from ..errors import InputError
from ..marks import runs
from ..text import split

Encode = Callable[[str], str]


class Written(Protocol):
    """A part of a file that depends on the translation."""

    def written(self, target: Document) -> str:
        """The part, as it stands in the file of ``target``."""
        ...


Part = str | Written
Parts = tuple[Part, ...]


def joined(parts: Iterable[Part], target: Document) -> str:
    """Write parts one after the other."""
    return "".join(part if isinstance(part, str) else part.written(target) for part in parts)


@dataclass(frozen=True)
class Slot:
    """The segments ``first`` to ``last`` of a document, and how they stand in the file.

    ``raw`` is what the file had, ``pairs`` what stands before and behind the words of each
    mark, ``points`` what stands for a mark without words, ``breaks`` each line break; the
    words of ``literal`` marks are written as they are.
    """

    first: int
    source: tuple[Segment, ...]
    raw: Parts
    encode: Encode
    pairs: Mapping[int, tuple[Parts, Parts]] = field(default_factory=dict)
    points: Mapping[int, Parts] = field(default_factory=dict)
    breaks: tuple[str, ...] = ()
    literal: frozenset[int] = frozenset()

    def written(self, target: Document) -> str:
        """The words of ``target`` between their marks, or what the file had if none changed."""
        segments = target.segments[self.first : self.first + len(self.source)]
        if same_words(segments, self.source):
            return joined(self.raw, target)
        return "".join(self._composed([*segments[:-1], replace(segments[-1], tail="")], target))

    def _composed(self, segments: Sequence[Segment], target: Document) -> Iterator[str]:
        active: list[int] = []
        breaks = iter(self.breaks)
        for text, numbers in runs(segments):
            wanted = [n for n in numbers if n in self.pairs]
            while active and active != wanted[: len(active)]:
                yield joined(self.pairs[active.pop()][1], target)
            for number in wanted[len(active) :]:
                yield joined(self.pairs[number][0], target)
                active.append(number)
            if not text:
                yield joined(self.points.get(numbers[-1], ()), target)
            for n, line in enumerate(text.split("\n")):
                literal = self.literal.intersection(numbers)
                yield (next(breaks, "\n") if n else "") + (line if literal else self.encode(line))
        while active:
            yield joined(self.pairs[active.pop()][1], target)


class Words:
    """Collects the text and the inline marks of one slot while its file is read."""

    def __init__(self) -> None:
        self.text = ""
        self.raw: list[Part] = []
        self.pairs: dict[int, tuple[Parts, Parts]] = {}
        self.points: dict[int, Parts] = {}
        self.breaks: list[str] = []
        self.literal: set[int] = set()
        self._marks: list[Mark] = []
        self._open: list[tuple[int, int, str, Parts]] = []
        self._count = 0

    def add(self, text: str, raw: Part) -> None:
        """Add words. White space counts once, as in HTML."""
        for piece in text.splitlines(keepends=True) or [text]:
            for char in piece:
                if char in " \t\n\r\f":
                    if self.text and self.text[-1] not in " \n":
                        self.text += " "
                else:
                    self.text += char
        self.raw.append(raw)

    def line_break(self, raw: str) -> None:
        """Add a line break that stays one."""
        self.text = self.text.rstrip(" ") + "\n"
        self.breaks.append(raw)
        self.raw.append(raw)

    def tab(self, raw: str) -> None:
        """Add a tab that stays one."""
        self.text += "\t"
        self.raw.append(raw)

    def open(self, name: str, parts: Parts) -> None:
        """Begin a mark."""
        self._open.append((self._number(), len(self.text), name, parts))
        self.raw.extend(parts)

    def close(self, name: str, parts: Parts, verbatim: bool = False, literal: bool = False) -> None:
        """End the innermost mark; the end of something else is a point."""
        if not self._open or self._open[-1][2] != name:
            self.point(parts)
            return
        number, start, _, opening = self._open.pop()
        self.raw.extend(parts)
        if self.text[start:].strip():
            self._marks.append(Mark(start, len(self.text), number, verbatim, self._outer()))
            self.pairs[number] = opening, parts
            self.literal |= {number} if literal else set()
        else:
            self._point(number, (*opening, *parts))

    def point(self, parts: Parts) -> None:
        """Add something that stands between words."""
        self.raw.extend(parts)
        self._point(self._number(), parts)

    def marks(self) -> list[Mark]:
        """All marks, by number; one that was never closed is a point."""
        for number, start, _, opening in self._open:
            self.points[number] = opening
            self._marks.append(Mark(start, start, number))
        self._open.clear()
        return sorted(self._marks, key=lambda mark: mark.number)

    def _point(self, number: int, parts: Parts) -> None:
        self.points[number] = parts
        self._marks.append(Mark(len(self.text), len(self.text), number, within=self._outer()))

    def _outer(self) -> int:
        return self._open[-1][0] if self._open else 0

    def _number(self) -> int:
        self._count += 1
        return self._count


@dataclass
class Tagged:
    """The parts of a file as they are read, and the segments in its slots; a ``Layout``."""

    content: bytes
    parts: list[Part] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)

    def slot(self, words: Words, encode: Encode, kind: str = "") -> Parts:
        """Make a slot of collected words; without any, what the file had."""
        text = words.text.rstrip()
        if not text:
            return tuple(words.raw)
        source = segmented(text, words.marks(), kind)
        for mark in source[-1].marks:
            if len(words.text) > len(text) and mark.start == mark.end == len(source[-1].text):
                words.points[mark.number] = (" ", *words.points[mark.number])  # the space before it
                break
        source[-1] = replace(source[-1], tail="\n\n")
        first = len(self.segments)
        self.segments += source
        raw, breaks = tuple(words.raw), tuple(words.breaks)
        literal = frozenset(words.literal)
        return (Slot(first, tuple(source), raw, encode, words.pairs, words.points, breaks, literal),)

    def plain(self, text: str, raw: str, encode: Encode, kind: str = "") -> Parts:
        """Make a slot of words without marks, such as an attribute's."""
        words = Words()
        words.add(text, raw)
        return self.slot(words, encode, kind)

    def document(self, name: str, lang: str, notes: Sequence[str] = ()) -> Document:
        """What was read, as a document. Raises InputError if there were no words."""
        if not any(segment.text for segment in self.segments):
            raise InputError(f"{name} is empty", "it has no words to translate")
        return Document(name, lang, tuple(self.segments), self, tuple(notes))

    def write(self, document: Document) -> bytes:
        """The file with the words of ``document``; untouched if they are the source's."""
        if same_words(document.segments, self.segments):
            return self.content
        return joined(self.parts, document).encode()


def segmented(text: str, marks: Sequence[Mark], kind: str = "") -> list[Segment]:
    """Split a paragraph into sentences and give each its share of the marks.

    >>> [[(m.start, m.end) for m in s.marks] for s in segmented("Un. Deux.", [Mark(0, 9, 1)])]
    [[(0, 3)], [(0, 5)]]
    """
    found: list[Segment] = []
    left = list(marks)
    at = 0
    for segment in split(text, "keep"):
        end = at + len(segment.text)
        own = [
            replace(m, start=max(m.start, at) - at, end=min(m.end, end) - at)
            for m in marks
            if max(m.start, at) < min(m.end, end)
        ]
        reach = end + len(segment.tail)
        points = [m for m in left if m.start == m.end and (m.start < reach or reach == len(text))]
        left = [m for m in left if m not in points]
        own += [replace(m, start=place, end=place) for m in points for place in [min(m.start, end) - at]]
        own.sort(key=lambda m: m.number)
        found.append(replace(segment, marks=tuple(own), kind=kind))
        at = reach
    return found

"""The data that travels through the house: frozen, without any input or output.

White space and list marks travel *in* the data, as the ``tail`` of the segment before
them, so that nobody has to find them again in a translation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol

Wrap = Literal["auto", "keep", "join"]
"""What becomes of line ends within paragraphs when a text is read: ``text.split``."""
KINDS = (
    "label",
    "embargo",
    "headline",
    "standfirst",
    "dateline",
    "quote",
    "boilerplate",
    "contact",
    "note",
    "end",
)
"""The parts of a press release that ``anatomy.py`` knows."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of a segment that its format marks: bold words, a link, code.

    ``start`` and ``end`` count characters; a mark without width is a point: an image, the
    number of a footnote. ``number`` is the format's name for it; of two nested marks the inner
    one has the higher number, and ``within`` is the number of the outer one, or 0.
    ``verbatim`` text is never translated.
    """

    start: int
    end: int
    number: int
    verbatim: bool = False
    within: int = 0


@dataclass(frozen=True, slots=True)
class Segment:
    """A sentence, heading or list item, and the layout (white space, list marks) that follows it.

    ``kind`` is its part in a press release (``anatomy.py``), ``heading`` or ``aside`` (a footnote,
    a page header) as its format has it, or empty for ordinary text.
    """

    text: str
    tail: str = ""
    marks: tuple[Mark, ...] = ()
    kind: str = ""


def same_words(some: Iterable[Segment], others: Iterable[Segment]) -> bool:
    """Whether two runs of as many segments have the same texts."""
    return all(a.text == b.text for a, b in zip(some, others, strict=True))


class Layout(Protocol):
    """What a format knows to write a document, or a translation of it, around its words."""

    def write(self, document: Document) -> bytes:
        """The document as a file."""
        ...


@dataclass(frozen=True, slots=True)
class Document:
    r"""A text in one language, as segments whose concatenation is the text.

    ``layout`` writes it in the format that it was read from; ``notes`` say what of the file
    could not be read.

    >>> Document("note", "fr", (Segment("Bonjour.", "\n"), Segment("Merci."))).text
    'Bonjour.\nMerci.'
    """

    name: str
    lang: str
    segments: tuple[Segment, ...]
    layout: Layout | None = field(default=None, compare=False, repr=False)
    notes: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The exact inverse of splitting."""
        return "".join(segment.text + segment.tail for segment in self.segments)

    @property
    def words(self) -> int:
        """How many words, counted at white space."""
        return sum(len(segment.text.split()) for segment in self.segments)

    def translated(self, texts: Iterable[str], lang: str) -> Document:
        """The same document with other words: as many segments, the same layout.

        The marks of a segment whose text changes are left out: ``marks.py`` finds their places.
        """
        pairs = zip(self.segments, texts, strict=True)
        segments = tuple(
            segment if text == segment.text else replace(segment, text=text, marks=())
            for segment, text in pairs
        )
        return replace(self, lang=lang, segments=segments)

    def part(self, numbers: Iterable[int]) -> Document:
        """Some of the segments, as a document of their own, without a layout."""
        return Document(self.name, self.lang, tuple(self.segments[n] for n in numbers))


@dataclass(frozen=True, slots=True)
class Support:
    """The segments (from 0) that say what a statement says, nearest first.

    ``similarity`` is the e5 cosine of statement and nearest segment; 1 where it is that
    segment's own words.
    """

    segments: tuple[int, ...]
    similarity: float


@dataclass(frozen=True, slots=True)
class Summary:
    """A summary as sentences, each with the segment it was taken from or is nearest to.

    ``support`` has an entry for each sentence; ``method`` is ``extractive`` or ``abstractive``.
    """

    lang: str
    sentences: tuple[str, ...]
    sources: tuple[int, ...] = ()
    support: tuple[Support, ...] = ()
    method: str = "extractive"

    @property
    def text(self) -> str:
        """The sentences as one paragraph."""
        return " ".join(self.sentences)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a person should look at in one segment of one translation.

    ``code`` names the check, ``serious`` says whether the text is likely to be wrong,
    ``message`` is for the reader. The spans say where in the segment's source and target it
    is, in characters: the first, and the one after the last; None where it is no one place.
    """

    lang: str
    segment: int
    code: str
    serious: bool
    message: str
    source_span: tuple[int, int] | None = None
    target_span: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Repair:
    """One attempt to mend a segment: by which ``step``, for which ``reason``, and whether it was kept.

    The reason is the code of a finding, or ``verbatim`` for something that must stand as it is.
    """

    lang: str
    segment: int
    step: str
    reason: str
    kept: bool


@dataclass(frozen=True, slots=True)
class Article:
    """What comes out for one document, before it is rendered.

    ``approved`` maps a language to the segments whose translation a person has approved.
    """

    source: Document
    translations: Mapping[str, Document]
    summaries: Mapping[str, Summary] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    repairs: tuple[Repair, ...] = ()
    approved: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

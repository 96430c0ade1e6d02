"""The data that travels through the house: frozen, without any input or output.

White space and list marks travel *in* the data, as the ``tail`` of the segment before
them, so that nobody has to find them again in a translation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Segment:
    """A sentence, heading or list item, and the layout (white space, marks) that follows it."""

    text: str
    tail: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    r"""A text in one language, as segments whose concatenation is the text.

    >>> Document("note", "fr", (Segment("Bonjour.", "\n"), Segment("Merci."))).text
    'Bonjour.\nMerci.'
    """

    name: str
    lang: str
    segments: tuple[Segment, ...]

    @property
    def text(self) -> str:
        """The exact inverse of splitting."""
        return "".join(segment.text + segment.tail for segment in self.segments)

    @property
    def words(self) -> int:
        """How many words, counted at white space."""
        return sum(len(segment.text.split()) for segment in self.segments)

    def translated(self, texts: Iterable[str], lang: str) -> Document:
        """The same document with other words: as many segments, the same layout."""
        pairs = zip(self.segments, texts, strict=True)
        segments = tuple(replace(segment, text=text) for segment, text in pairs)
        return Document(self.name, lang, segments)

    def part(self, numbers: Iterable[int]) -> Document:
        """Some of the segments, as a document of their own."""
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
    ``message`` is for the reader.
    """

    lang: str
    segment: int
    code: str
    serious: bool
    message: str


@dataclass(frozen=True, slots=True)
class Article:
    """What comes out for one document, before it is rendered.

    ``retried`` maps a language to the segments that were translated a second time because
    the first attempt had a serious finding and the second had fewer.
    """

    source: Document
    translations: Mapping[str, Document]
    summaries: Mapping[str, Summary] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    retried: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

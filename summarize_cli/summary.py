"""Summaries: chosen or written in the document's own language, then in the others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from . import text
from .document import Document, Finding, Segment, Summary
from .engines import Engine


class Reviewed(Protocol):
    """A translation and what the guard finds in it: ``pipeline.Result`` is one."""

    @property
    def document(self) -> Document:
        """The translation."""
        ...

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What a person should look at."""
        ...


def summarise(document: Document, engine: Engine, extractive: bool = True) -> Summary:
    """Summarise a document in its own language.

    An extractive engine reads the segments one a line and answers with some of them; any
    other reads the running text, at most ``engine.limit`` characters of it.
    """
    readings = [text.reading(segment.text) for segment in document.segments]
    if not extractive:
        parts = text.clauses(" ".join(filter(None, readings)), engine.limit)
        answers = engine.generate(parts)
        sentences = [s.text for answer in answers for s in text.split(answer) if s.text]
        return Summary(document.lang, tuple(sentences))
    chosen = engine.generate(["\n".join(readings)])[0].split("\n")
    numbers = tuple(readings.index(line) for line in chosen if line)
    return Summary(document.lang, tuple(line for line in chosen if line), numbers)


def summary_in(summary: Summary, translation: Document) -> Summary:
    """The same summary in a language into which its sentences are already translated."""
    sentences = tuple(translation.segments[n].text for n in summary.sources)
    return Summary(translation.lang, sentences, summary.sources)


def translated_summary(
    summary: Summary, lang: str, review: Callable[[Document], Reviewed]
) -> tuple[Summary, tuple[Finding, ...]]:
    """The summary's own sentences translated and reviewed; findings count its sentences."""
    document = Document("summary", summary.lang, tuple(Segment(s, " ") for s in summary.sentences))
    result = review(document)
    sentences = tuple(segment.text for segment in result.document.segments)
    return Summary(lang, sentences, summary.sources), result.findings

"""Summaries: chosen or written in the document's own language, fitted, then in the others.

    Document -> anatomy -> ranked by an engine -> the first N, in order      (extractive)
    Document -> sections -> written by an engine -> supported -> reduced     (abstractive)

Extractive summaries are sentences of the document and can say nothing that it does not say.
What a model writes must be *supported*: its numbers, dates and names stand in its section of
the source, and a sentence there means about the same. What is not is left out, with a finding;
where nothing is left, the extractive summary takes its place, and a finding says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from . import facts, text
from .document import Document, Finding, Segment, Summary, Support
from .engines import Engine
from .release import Sentence, anatomy, is_heading

SHORT = 60
"""Below so many words the beginning of a text is its summary: there is nothing to choose."""
HEADLINE = 90
"""Characters of a headline at most."""
SOCIAL = 280
"""Characters of a post at most, as on X; the link counts in full, which is on the safe side."""
NEAR = 0.89
"""The least e5 cosine of a statement and its nearest source sentence (``docs/summaries.md``)."""


class Reviewed(Protocol):
    """A translation and what the guard finds in it: ``translation.Result`` is one."""

    @property
    def document(self) -> Document:
        """The translation."""
        ...

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What a person should look at."""
        ...


Show = Callable[[Summary], str]
"""How a summary will be printed: limits are limits of what is printed."""


def summarise(document: Document, engine: Engine, sentences: int = 3) -> Summary:
    """The best sentences of a document, in its order; below 60 words its first ones."""
    return first(ranked(document, engine), sentences)


def ranked(document: Document, engine: Engine) -> Summary:
    """The sentences that a summary may take, best first: ``first`` puts them in order."""
    release = anatomy(document)
    found = release.sentences
    if document.words >= SHORT and len(found) > 1:
        lines = ["\t" * sentence.leans + sentence.text for sentence in found]
        title = release.title.text if release.title else ""
        answer = engine.generate(["\n".join([title, *lines])])[0]
        known = {sentence.text: sentence for sentence in found}
        found = tuple(known[line] for line in answer.split("\n") if line)
    return _of_sentences(document.lang, found)


def _of_sentences(lang: str, sentences: Sequence[Sentence]) -> Summary:
    return Summary(
        lang,
        tuple(sentence.text for sentence in sentences),
        tuple(sentence.segment for sentence in sentences),
        tuple(Support((sentence.segment,), 1.0) for sentence in sentences),
    )


def first(ranking: Summary, count: int, ordered: bool = True) -> Summary:
    """The best sentences of a ranking, if ``ordered`` in the order of the document.

    Statements that a model wrote are in order already.
    """
    numbers = list(range(min(count, len(ranking.sentences))))
    if ordered and ranking.method == "extractive":
        numbers.sort(key=lambda n: ranking.sources[n])
    return replace(
        ranking,
        sentences=tuple(ranking.sentences[n] for n in numbers),
        sources=tuple(ranking.sources[n] for n in numbers),
        support=tuple(ranking.support[n] for n in numbers),
    )


def lead(document: Document, count: int = 3) -> Summary:
    """The first sentences below the title: the baseline that is hard to beat on news (lead-3)."""
    body = [
        Sentence(number, text.reading(segment.text))
        for number, segment in enumerate(document.segments)
        if segment.text and not is_heading(document, number)
    ]
    return _of_sentences(document.lang, body[:count])


def headline(document: Document, ranking: Summary, characters: int | None = None) -> Summary:
    """The document's own title if it fits into a headline, else the main clause of a good sentence.

    Where no clause of the five best sentences fits, the best sentence, for ``fitted`` to cut.
    """
    room = min(HEADLINE, characters or HEADLINE)
    title = anatomy(document).title
    if title and len(title.text) <= room:
        return _of_sentences(document.lang, [title])
    for number, sentence in enumerate(ranking.sentences[:5]):
        for clause in (sentence, *text.abridged(sentence, document.lang)):
            if len(clause.rstrip(".")) <= room:
                return _of_sentences(document.lang, [Sentence(ranking.sources[number], clause)])
    return first(ranking, 1)


def fitted(
    ranking: Summary, show: Show, count: int, words: int | None = None, characters: int | None = None
) -> tuple[Summary, str]:
    """The largest beginning of a ranking that fits as it is shown, and a note if it was cut.

    Whole sentences if one fits; else the best sentence without its last clauses; else cut after
    a word, which the note says; else nothing, which it says, too.
    """

    def fits(candidate: Summary) -> bool:
        return text.fits(show(candidate), words, characters)

    for size in range(min(count, len(ranking.sentences)), 0, -1):
        if fits(whole := first(ranking, size)):
            return whole, ""
    best = first(ranking, 1)
    if not best.sentences:
        return best, "there is no sentence to take"
    sentence = best.sentences[0]
    for clause in text.abridged(sentence, ranking.lang):
        if fits(shorter := replace(best, sentences=(clause,))):
            return shorter, ""
    for size in range(len(sentence.split()), 0, -1):
        cut = text.shortened(sentence, size, None)
        if cut and fits(shorter := replace(best, sentences=(cut,))):
            return shorter, "not even a clause fits the limit: the summary was cut after a word"
    return first(ranking, 0), "not even a word fits the limit"


def in_language(
    own: Summary,
    lang: str,
    source: Document,
    translation: Document | None,
    review: Callable[[Document], Reviewed],
) -> tuple[Summary, tuple[Finding, ...]]:
    """A summary in another language, and what the guard finds in it, by segments of the source.

    Sentences that are whole segments are already in ``translation``, if there is one. The others
    (an opener or a clause was taken off, or a model wrote them) are translated and reviewed like
    any text.
    """
    ready = {
        n: translation.segments[segment].text
        for n, segment in enumerate(own.sources)
        if translation and own.sentences[n] == text.reading(source.segments[segment].text)
    }
    missing = [n for n in range(len(own.sentences)) if n not in ready]
    findings: tuple[Finding, ...] = ()
    if missing:
        segments = tuple(Segment(own.sentences[n], " ") for n in missing)
        result = review(Document("summary", own.lang, segments))
        ready.update(zip(missing, (s.text for s in result.document.segments), strict=True))
        findings = tuple(
            replace(f, segment=own.sources[missing[f.segment]], message=f"summary: {f.message}")
            for f in result.findings
        )
    sentences = tuple(ready[n] for n in range(len(own.sentences)))
    return replace(own, lang=lang, sentences=sentences), findings


# --- abstractive ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Part:
    """What a model reads in one piece, and the source segments that it stands for."""

    text: str
    segments: tuple[int, ...]


def abstract(
    document: Document, writer: Engine, ranker: Engine, judge: Engine, sentences: int = 3
) -> tuple[Summary, tuple[Finding, ...]]:
    """Let a model write the summary: map over whole sections, then reduce what it wrote.

    Every statement must be supported by its own section. ``ranker`` makes the summary of a
    text below 60 words, and the one that takes over where no statement is supported.
    """
    if document.words < SHORT:
        return summarise(document, ranker, sentences), ()
    parts = sections(document, writer.limit)
    findings: list[Finding] = []
    while True:
        statements, found = _supported(document, parts, writer.generate([p.text for p in parts]), judge)
        findings += found
        reduced = _joined(statements, writer.limit)
        if len(statements) <= sentences or len(parts) == 1 or len(reduced) >= len(parts):
            break
        parts = reduced
    if not statements:
        message = "summary: nothing that the model wrote is supported by the source; extractive instead"
        findings.append(Finding(document.lang, 0, "fallback", False, message))
        return summarise(document, ranker, sentences), tuple(findings)
    supports = tuple(Support(part.segments, similarity) for part, similarity in statements)
    written = Summary(
        document.lang,
        tuple(part.text for part, _ in statements),
        tuple(support.segments[0] for support in supports),
        supports,
        "abstractive",
    )
    return first(written, sentences), tuple(findings)


def sections(document: Document, limit: int) -> list[Part]:
    """A document's news as parts of at most ``limit`` characters, cut at headings where possible.

    Neighbouring sections that fit into one part share it; a section that does not fit is cut
    between sentences, and a sentence that does not fit at clauses.
    """
    grouped: list[list[Part]] = []
    news = {sentence.segment: sentence.text for sentence in anatomy(document).sentences}
    fresh = True
    for number in range(len(document.segments)):
        fresh = fresh or is_heading(document, number)
        if number in news:
            if fresh:
                grouped.append([])
            grouped[-1] += [Part(piece, (number,)) for piece in text.clauses(news[number], limit)]
            fresh = False
    return _packed([whole for group in grouped for whole in _packed(group, limit)], limit)


def _packed(parts: Iterable[Part], limit: int) -> list[Part]:
    """Join neighbours as long as they fit into ``limit`` characters."""
    packed: list[Part] = []
    for part in parts:
        if packed and len(packed[-1].text) + 1 + len(part.text) <= limit:
            last = packed.pop()
            segments = tuple(dict.fromkeys([*last.segments, *part.segments]))
            part = Part(f"{last.text} {part.text}", segments)  # noqa: PLW2901
        packed.append(part)
    return packed


def _joined(statements: Sequence[tuple[Part, float]], limit: int) -> list[Part]:
    """Statements as the parts of the next round; their segments are those that support them."""
    pieces = [
        Part(piece, part.segments) for part, _ in statements for piece in text.clauses(part.text, limit)
    ]
    return _packed(pieces, limit)


def _supported(
    document: Document, parts: Sequence[Part], answers: Sequence[str], judge: Engine
) -> tuple[list[tuple[Part, float]], list[Finding]]:
    """The statements of some answers that their parts support: (statement, similarity) and findings."""
    kept: list[tuple[Part, float]] = []
    findings: list[Finding] = []
    for part, answer in zip(parts, answers, strict=True):
        lines = [text.reading(document.segments[n].text) for n in part.segments]
        for statement in (s.text for s in text.split(answer) if s.text):
            strange = facts.unsupported(statement, " ".join(lines), document.lang)
            near = support(statement, lines, judge)
            foreign = text.language(statement) not in (None, document.lang)
            if strange or foreign or near.similarity < NEAR:
                reason = ", ".join(f"{fact.kind} {fact.text}" for fact in strange) or statement
                message = f"summary: left out, not in the source: {reason}"
                findings.append(Finding(document.lang, part.segments[0], "unsupported", False, message))
            elif all(statement != other.text for other, _ in kept):
                segments = tuple(part.segments[n] for n in near.segments)
                kept.append((Part(statement, segments), near.similarity))
    return kept, findings


def support(statement: str, lines: Sequence[str], judge: Engine) -> Support:
    """The lines that say what a statement says, nearest first, and how near the first one is.

    Lines that are less near than ``NEAR`` are named only if there is no other.
    """
    if not lines or not statement.strip():
        return Support((), 0.0)
    answer = judge.generate(["\n".join([text.reading(statement), *lines])])[0]
    pairs = [line.split("\t") for line in answer.split("\n")]
    best = float(pairs[0][1])
    near = tuple(int(number) for number, cosine in pairs if float(cosine) >= min(NEAR, best))
    return Support(near, best)

"""Translate documents, many at once, review every segment and mend what can be mended.

All segments of all documents go through each engine in one call, so that short releases share
batches. A segment that a person has approved, or that is a formula, needs no engine. The
others are checked by the guard, and climb a ladder while something serious is found:

    protected   translated around its addresses, code and numbers of reference, which then stand
    clauses     clause by clause: a small model loses less in short pieces
    again       the engine's second settings (beam search, no repeated n-grams)
    put right   a figure or a mark corrected in the text, where that is no guess
    glossary    terms and names put right in the text itself, where that is safe

Each step is kept only if the guard finds less in it, and is recorded with its reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeVar

from . import anatomy, guard, marks, memory, text
from .document import Document, Finding, Repair, Segment
from .engines import Engine
from .glossary import Glossary
from .guard.repair import ARABIC_MARKS

Known = Mapping[str, str]
"""What ``text.cased_words`` finds in a document."""

T = TypeVar("T")
Asking = Generator[tuple[Engine, Sequence[str]], list[str], T]
"""A work that asks engines for answers on its way, and leaves it to others how they are had."""

SHORT = 100
"""Segments up to this many characters are not cut into clauses."""
CLAUSE = (80, 160)
"""About how many characters the pieces then have: at least, and at most."""


@dataclass(frozen=True, slots=True)
class Translator:
    """The engines that lead from one language to another, one after the other.

    One engine is a direct route, two are a pivot. ``retry`` does the same by other settings.
    ``approved`` says which of some texts a person has translated, and how; ``formulas`` whether
    the formulas of the trade are written without an engine; ``glossary`` holds the terms and
    names that must be followed.
    """

    lang: str
    steps: tuple[Engine, ...]
    retry: tuple[Engine, ...] = ()
    approved: Callable[[Sequence[str]], Mapping[str, str]] = lambda texts: {}
    formulas: bool = True
    glossary: Glossary = field(default_factory=Glossary)


@dataclass(frozen=True, slots=True)
class Result:
    """A translation, what the guard still finds in it, how it was mended, what was approved."""

    document: Document
    findings: tuple[Finding, ...]
    repairs: tuple[Repair, ...] = ()
    approved: tuple[int, ...] = ()


def reviewed(
    documents: Sequence[Document], translator: Translator, known: Known | None = None, mend: bool = True
) -> list[Result]:
    """Translate and check documents of one language, and try their weak segments again.

    ``known`` are the cased words of a larger document that these are parts of.
    """
    return in_languages(documents, {translator.lang: translator}, known, mend)[translator.lang]


def in_languages(
    documents: Sequence[Document],
    translators: Mapping[str, Translator],
    known: Known | None = None,
    mend: bool = True,
) -> dict[str, list[Result]]:
    """Do that in several languages side by side: where one model serves them, in the same batches."""
    if not documents:
        return {lang: [] for lang in translators}
    drafts = [Draft(documents, translator, known).made(mend) for translator in translators.values()]
    return dict(zip(translators, side_by_side(drafts), strict=True))


def side_by_side(works: Sequence[Asking[T]]) -> list[T]:
    """Let several works go on together; what they ask of engines at one time is asked in one go."""
    results: dict[int, T] = {}
    asked: dict[int, tuple[Engine, Sequence[str]]] = {}
    answers: dict[int, list[str]] = {}
    waiting: Sequence[int] = range(len(works))
    while waiting:
        for n in waiting:
            try:
                asked[n] = works[n].send(answers[n]) if n in answers else next(works[n])
            except StopIteration as end:
                results[n] = end.value
                asked.pop(n, None)
        waiting = [*asked]
        answers = dict(zip(waiting, memory.together([*asked.values()]), strict=True))
    return [results[n] for n in range(len(works))]


def lowered(document: Document, known: Known | None = None) -> list[str]:
    """The segments' texts, with headlines in capitals brought down to ordinary case."""
    if not any(text.is_shouted(segment.text) for segment in document.segments):
        return [segment.text for segment in document.segments]
    known = text.cased_words(document.segments) if known is None else known
    return [
        text.truecase(segment.text, known) if text.is_shouted(segment.text) else segment.text
        for segment in document.segments
    ]


def readings(engine: Engine, segment: str) -> list[str]:
    """What an engine reads of a segment: prepared, and cut at clauses where it is too long.

    Nothing of a segment that has nothing to translate: it stays as it is.
    """
    if text.is_verbatim(segment):
        return []
    for step in engine.steps:
        segment = text.STEPS[step](segment)
    return text.clauses(segment, engine.limit)


def through(engines: Sequence[Engine], texts: Sequence[str]) -> Asking[list[str]]:
    """Translate texts through one engine after another."""
    words = list(texts)
    for engine in engines:
        pieces = [readings(engine, word) for word in words]
        answers = iter((yield engine, [piece for parts in pieces for piece in parts]))
        words = [
            " ".join(next(answers) for _ in parts) if parts else word
            for word, parts in zip(words, pieces, strict=True)
        ]
    return words


class Draft:
    """All segments of some documents on their way into one language."""

    def __init__(
        self, documents: Sequence[Document], translator: Translator, known: Known | None = None
    ) -> None:
        self.documents, self.translator = documents, translator
        self.lang, self.source_lang = translator.lang, documents[0].lang
        self.sources = [segment for document in documents for segment in document.segments]
        self.owner = [d for d, document in enumerate(documents) for _ in document.segments]
        self.usual = [0.0] * len(documents)
        self.words = [word for document in documents for word in lowered(document, known)]
        self.targets = [segment.text for segment in self.sources]
        self.findings: dict[int, list[Finding]] = {}
        self.repairs: list[Repair] = []
        self.labels: dict[str, str] = {}
        approved = translator.approved([segment.text for segment in self.sources])
        self.fixed: dict[int, str] = {}
        for n, segment in enumerate(self.sources if translator.formulas else ()):
            if segment.kind and (formula := anatomy.template(segment, self.lang)) is not None:
                self.fixed[n] = formula
        self.approved = {n: approved[s.text] for n, s in enumerate(self.sources) if s.text in approved}
        self.fixed |= self.approved

    def made(self, mend: bool) -> Asking[list[Result]]:
        """All of it."""
        yield from self.translate()
        if mend:
            yield from self.mend()
        return self.results()

    def translate(self) -> Asking[None]:
        """The first translation of everything, and of the labels of marks, in one call."""
        open_ones = [n for n in range(len(self.sources)) if n not in self.fixed]
        labels = [label for n in open_ones for label in marks.labels(self.sources[n])]
        labels = list(dict.fromkeys(labels))
        found = yield from through(self.translator.steps, [*(self.words[n] for n in open_ones), *labels])
        self.labels = {
            label: label if text.kept(label) else answer
            for label, answer in zip(labels, found[len(open_ones) :], strict=True)
        }
        for n, target in zip(open_ones, found, strict=False):
            self.targets[n] = self._cased(n, target)
        for n, target in self.fixed.items():
            self.targets[n] = target
        pairs: list[list[tuple[str, str]]] = [[] for _ in self.documents]
        for n in open_ones:
            pairs[self.owner[n]].append((self.sources[n].text, self.targets[n]))
        self.usual = [guard.usual_length(own, self.lang) for own in pairs]
        self._review(open_ones)

    def mend(self) -> Asking[None]:
        """Climb the ladder with the segments in which something serious is found.

        An engine that gives back whatever it gets, as ``echo`` does, has nothing to mend with.
        """
        pairs = zip(self.targets, self.sources, strict=True)
        if all(target == source.text for target, source in pairs):
            return
        steps, retry = self.translator.steps, self.translator.retry
        yield from self._try(
            "protected", [n for n in self.findings if self._missing(n, self.targets[n])], steps, _around
        )
        long = [n for n in self._weak() if len(self.sources[n].text) > SHORT]
        yield from self._try("clauses", long, steps, _by_clauses)
        if retry:
            yield from self._try("again", self._weak(), retry, _whole)
        self._put_right()
        self._enforce()

    def results(self) -> list[Result]:
        """The documents with their words, marks and findings."""
        found = []
        start = 0
        repairs: list[list[Repair]] = [[] for _ in self.documents]
        for repair in self.repairs:
            repairs[self.owner[repair.segment]].append(repair)
        for document, own in zip(self.documents, repairs, strict=True):
            numbers = range(start, start + len(document.segments))
            start += len(document.segments)
            segments, findings = [], []
            for at, n in enumerate(numbers):
                segment, lost = self._placed(n)
                segments.append(segment)
                findings += [replace(f, segment=at) for f in (*self.findings.get(n, ()), *lost)]
            target = replace(document, lang=self.lang, segments=tuple(segments))
            mended = tuple(replace(r, segment=r.segment - numbers.start) for r in own)
            approved = tuple(at for at, n in enumerate(numbers) if n in self.approved)
            found.append(Result(target, tuple(findings), mended, approved))
        return found

    def _placed(self, n: int) -> tuple[Segment, list[Finding]]:
        """A segment's target with its marks, and what must be said about them."""
        source, target = self.sources[n], self.targets[n]
        if target == source.text:
            return source, []
        if not source.marks:
            return replace(source, text=target), []
        placed, lost = marks.place(source, target, self.labels)
        return replace(source, text=target, marks=placed), [
            Finding(self.lang, n, "mark", False, f"the bold, link or code of “{label}” stands at the end")
            for label in lost
        ]

    def _cased(self, n: int, target: str) -> str:
        """Capitals again where the source is in capitals; Arabic has none.

        What an engine gives back as it read it keeps its capitals and typographic spaces.
        """
        if target == text.reading(self.words[n]):
            return self.sources[n].text
        return target.upper() if self.lang != "ar" and text.is_shouted(self.sources[n].text) else target

    def _review(self, numbers: Iterable[int]) -> None:
        """Check some segments as they are now."""
        for n in numbers:
            self.findings[n] = self._check(n, self.targets[n])

    def _check(self, n: int, target: str) -> list[Finding]:
        """What the guard and the glossary find in a candidate; ``results`` numbers it."""
        source = self.sources[n].text
        found = [*guard.check(source, target, self.lang, self.source_lang, self.usual[self.owner[n]])]
        if self.translator.glossary:
            pair = ((self.source_lang, source), (self.lang, target))
            documents = [Document("", lang, (Segment(words),)) for lang, words in pair]
            found += self.translator.glossary.review(*documents)
        return found

    def _put_right(self) -> None:
        """Put figures and marks right in the text itself, where that is no guess."""
        for n, findings in self.findings.items():
            done = (
                guard.repaired(self.sources[n].text, self.targets[n], self.lang, self.source_lang)
                if findings
                else None
            )
            if done:
                target, message = done
                self.targets[n] = target
                self.findings[n] = [
                    *self._check(n, target),
                    Finding(self.lang, n, "repaired", False, message),
                ]
                self.repairs.append(Repair(self.lang, n, "put right", findings[0].code, True))

    def _enforce(self) -> None:
        """Put terms and names of the glossary right where that is safe."""
        missed = [n for n, found in self.findings.items() if any(f.code in ("term", "name") for f in found)]
        better: dict[int, str] = {}
        for n in missed:
            target = self.translator.glossary.enforced(self.sources[n].text, self.targets[n], self.lang)
            if target is not None:
                better[n] = target
                reason = next(f.code for f in self.findings[n] if f.code in ("term", "name"))
                self.repairs.append(Repair(self.lang, n, "glossary", reason, True))
        self.targets = [better.get(n, target) for n, target in enumerate(self.targets)]
        self._review(better)

    def _weak(self) -> list[int]:
        return [n for n, findings in self.findings.items() if any(f.serious for f in findings)]

    def _missing(self, n: int, target: str) -> list[str]:
        """What must stand in a segment as it is, and does not."""
        return [kept for kept in self.kept[n] if kept not in target]

    @cached_property
    def kept(self) -> list[list[str]]:
        """What of each segment passes unchanged: addresses, references, handles, and code."""
        return [_kept(source, words) for source, words in zip(self.sources, self.words, strict=True)]

    def _try(
        self,
        step: str,
        numbers: Sequence[int],
        engines: Sequence[Engine],
        pieces: Callable[[str, Sequence[str]], list[str]],
    ) -> Asking[None]:
        """Translate some segments in pieces, and keep what is better than what is there.

        ``pieces`` cuts a text; a piece that must be kept as it is is one of the kept strings.
        """
        if not numbers:
            return
        cut = {n: pieces(self.words[n], self.kept[n]) for n in numbers}
        wanted = [
            (n, piece) for n in numbers for piece in cut[n] if piece not in self.kept[n] and piece.strip()
        ]
        found = yield from through(engines, [piece.strip() for _, piece in wanted])
        answers = dict(zip(wanted, found, strict=True))
        targets = [
            self._cased(
                n, "".join(_joined(p, answers.get((n, p), p.strip()), self.lang) for p in cut[n]).strip()
            )
            for n in numbers
        ]
        for n, target in zip(numbers, targets, strict=True):
            new = self._check(n, target)
            before = (len(self._missing(n, self.targets[n])), *guard.score(self.findings[n]))
            better = (len(self._missing(n, target)), *guard.score(new)) < before
            reason = next((f.code for f in self.findings[n] if f.serious), "verbatim")
            self.repairs.append(Repair(self.lang, n, step, reason, better))
            if better:
                self.targets[n], self.findings[n] = target, new


def _kept(segment: Segment, words: str) -> list[str]:
    code = [segment.text[m.start : m.end] for m in segment.marks if m.verbatim]
    return [*text.kept(words), *(c for c in code if c)]


def _whole(words: str, kept: Sequence[str]) -> list[str]:  # noqa: ARG001
    return [words]


def _around(words: str, kept: Sequence[str]) -> list[str]:
    """Cut a text at what must be kept: the pieces between, and the kept strings."""
    if not kept:
        return [words]
    alternatives = "|".join(re.escape(k) for k in sorted(set(kept), key=len, reverse=True))
    return [piece for piece in re.split(f"({alternatives})", words) if piece]


def _by_clauses(words: str, kept: Sequence[str]) -> list[str]:  # noqa: ARG001
    least, most = CLAUSE
    parts = text.clauses(text.reading(words), max(least, min(most, len(words) * 3 // 5)))
    return [part + " " for part in parts[:-1]] + parts[-1:]


def _joined(piece: str, answer: str, lang: str) -> str:
    """An answer as its piece stands in the sentence: its white space and comma, no capital or stop.

    >>> _joined("pour renforcer ses équipes, ", "To strengthen its teams.", "en")
    'to strengthen its teams, '
    """
    bare = piece.strip()
    if not bare:
        return piece
    lead = piece[: len(piece) - len(piece.lstrip())]
    tail = piece[len(piece.rstrip()) :]
    first = answer.partition(" ")[0]
    if bare[0].islower() and first.istitle() and first.lower() in text.SMALL_WORDS:
        answer = answer[:1].lower() + answer[1:]
    if bare[-1].isalnum() or bare[-1] in "),;":
        answer = answer.removesuffix(".")
    if bare[-1] in ",;" and answer[-1:] not in (",", ";", "،", "؛"):
        answer += bare[-1].translate(ARABIC_MARKS) if lang == "ar" else bare[-1]
    return lead + answer + tail

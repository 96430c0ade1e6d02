"""The whole story on one screen: a document in, an article out.

Document(fr) -> translate -> Document(en), Document(ar)
             -> summarise -> Summary(fr), then in the other languages
             -> guard     -> findings; segments with a serious one are tried once more
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from . import guard, text
from .document import Article, Document, Finding, Segment, Summary
from .engines import Engine

Known = Mapping[str, str]
"""What ``text.cased_words`` finds in a document."""


@dataclass(frozen=True, slots=True)
class Translator:
    """The engines that lead from one language to another, one after the other.

    One engine is a direct route, two are a pivot. ``retry`` does the same by other settings,
    for segments in which the guard found something serious.
    """

    lang: str
    steps: tuple[Engine, ...]
    retry: tuple[Engine, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """A translation, what the guard still finds in it, and which segments were tried twice."""

    document: Document
    findings: tuple[Finding, ...]
    retried: tuple[int, ...] = ()


def translate(
    document: Document, engines: Sequence[Engine], lang: str, known: Known | None = None
) -> Document:
    """Translate every segment, in order, through one engine after another.

    ``known`` are the cased words of a larger document that this one is a part of.
    """
    words = lowered(document, known)
    for engine in engines:
        pieces = [readings(engine, segment) for segment in words]
        answers = iter(engine.generate([piece for parts in pieces for piece in parts]))
        words = [
            " ".join(next(answers) for _ in parts) if parts else word
            for word, parts in zip(words, pieces, strict=True)
        ]
    if lang != "ar":  # Arabic has no capitals
        pairs = zip(words, document.segments, strict=True)
        words = [w.upper() if text.is_shouted(segment.text) else w for w, segment in pairs]
    return document.translated(words, lang)


def lowered(document: Document, known: Known | None = None) -> list[str]:
    """The segments' texts, with headlines in capitals brought down to ordinary case."""
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
    return text.clauses(_read(engine, segment), engine.limit)


def _read(engine: Engine, segment: str) -> str:
    for step in engine.steps:
        segment = text.STEPS[step](segment)
    return segment


def reviewed(document: Document, translator: Translator, known: Known | None = None) -> Result:
    """Translate and check a document, try its weak segments again, keep what is better."""
    first = translate(document, translator.steps, translator.lang, known)
    findings = guard.review(document, first)
    weak = sorted({finding.segment for finding in findings if finding.serious})
    if not weak or not translator.retry:
        return Result(first, tuple(findings))
    known = text.cased_words(document.segments) if known is None else known
    part = document.part(weak)
    again = translate(part, translator.retry, translator.lang, known)
    before = Counter(f.segment for f in findings if f.serious)
    after = Counter(weak[f.segment] for f in guard.review(part, again) if f.serious)
    pairs = zip(weak, again.segments, strict=True)
    better = {number: segment.text for number, segment in pairs if after[number] < before[number]}
    texts = [better.get(n, segment.text) for n, segment in enumerate(first.segments)]
    second = first.translated(texts, first.lang)
    return Result(second, tuple(guard.review(document, second)), tuple(better))


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
    summary: Summary, translator: Translator, known: Known | None = None
) -> tuple[Summary, tuple[Finding, ...]]:
    """The summary's own sentences translated and reviewed; findings count its sentences."""
    document = Document("summary", summary.lang, tuple(Segment(s, " ") for s in summary.sentences))
    result = reviewed(document, translator, known)
    sentences = tuple(segment.text for segment in result.document.segments)
    return Summary(translator.lang, sentences, summary.sources), result.findings


def process(
    source: Document,
    translators: Mapping[str, Translator],
    to: Sequence[str],
    summariser: Engine | None = None,
    summary_languages: Sequence[str] = (),
    extractive: bool = True,
    tell: Callable[[str], None] = lambda what: None,
) -> Article:
    """Make the press kit of one document: translations, summaries, findings.

    ``to`` names the languages of the whole text; a summary in another language has only its
    own sentences translated. ``translators`` has an entry for every language but the source's.
    """
    translations: dict[str, Document] = {}
    findings: list[Finding] = []
    retried: dict[str, tuple[int, ...]] = {}
    for lang in to:
        tell(f"{source.lang} to {lang}")
        result = reviewed(source, translators[lang])
        translations[lang], retried[lang] = result.document, result.retried
        findings += result.findings
    summaries: dict[str, Summary] = {}
    if summariser and summary_languages:
        tell("summary")
        own = summarise(source, summariser, extractive)
        for lang in summary_languages:
            if lang == source.lang:
                summaries[lang] = own
            elif own.sources and lang in translations:
                summaries[lang] = summary_in(own, translations[lang])
            else:
                known = text.cased_words(source.segments)
                summaries[lang], found = translated_summary(own, translators[lang], known)
                findings += [_of_source(finding, own) for finding in found]
    return Article(source, translations, summaries, tuple(findings), retried)


def _of_source(finding: Finding, summary: Summary) -> Finding:
    """A finding in a summary's sentence, placed at the segment that it was taken from."""
    number = summary.sources[finding.segment] if summary.sources else finding.segment
    return replace(finding, segment=number, message=f"summary: {finding.message}")

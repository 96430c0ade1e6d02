"""The whole story on one screen: a document in, an article out.

Document(fr) -> translate -> Document(en), Document(ar)
             -> summarise -> Summary(fr), then in the other languages
             -> guard     -> findings; segments with a serious one are tried once more
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from . import guard, text
from .document import Article, Document, Finding, Segment, Summary
from .engines import Engine


@dataclass(frozen=True, slots=True)
class Translator:
    """The engines that lead from one language to another, one after the other.

    One engine is a direct route, two are a pivot. ``retry`` does the same by other settings,
    for segments in which the guard found something serious.
    """

    lang: str
    steps: tuple[Engine, ...]
    retry: tuple[Engine, ...] = ()


def translate(document: Document, engines: Sequence[Engine], lang: str) -> Document:
    """Translate every segment, in order, through one engine after another."""
    words = lowered(document)
    for engine in engines:
        pieces = [readings(engine, segment) for segment in words]
        answers = iter(engine.generate([piece for parts in pieces for piece in parts]))
        words = [" ".join(next(answers) for _ in parts) for parts in pieces]
    if lang != "ar":  # Arabic has no capitals
        pairs = zip(words, document.segments, strict=True)
        words = [w.upper() if text.is_shouted(segment.text) else w for w, segment in pairs]
    return document.translated(words, lang)


def lowered(document: Document) -> list[str]:
    """The segments' texts, with headlines in capitals brought down to ordinary case."""
    known = text.cased_words(document.segments)
    return [
        text.truecase(segment.text, known) if text.is_shouted(segment.text) else segment.text
        for segment in document.segments
    ]


def readings(engine: Engine, segment: str) -> list[str]:
    """What an engine reads of a segment: prepared, and cut at clauses where it is too long."""
    prepared = _read(engine, segment)
    return text.clauses(prepared, engine.limit) if prepared else []


def _read(engine: Engine, segment: str) -> str:
    for step in engine.steps:
        segment = text.STEPS[step](segment)
    return segment


def reviewed(
    source: Document, first: Document, translator: Translator
) -> tuple[Document, list[Finding], tuple[int, ...]]:
    """Check a translation, try its weak segments again, and keep what is better.

    Returns the document, its remaining findings and the numbers of the replaced segments.
    """
    findings = guard.review(source, first)
    weak = sorted({finding.segment for finding in findings if finding.serious})
    if not weak or not translator.retry:
        return first, findings, ()
    part = Document(source.name, source.lang, tuple(source.segments[n] for n in weak))
    again = translate(part, translator.retry, translator.lang)
    texts = [segment.text for segment in first.segments]
    better = []
    for number, segment in zip(weak, again.segments, strict=True):
        old, new = (
            sum(serious for _, serious, _ in guard.check(source.segments[number].text, t, first.lang))
            for t in (texts[number], segment.text)
        )
        if new < old:
            texts[number] = segment.text
            better.append(number)
    second = first.translated(texts, first.lang)
    return second, guard.review(source, second), tuple(better)


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


def translated_summary(summary: Summary, translator: Translator) -> Summary:
    """The summary's own sentences translated: where they are not segments of the document."""
    document = Document("summary", summary.lang, tuple(Segment(s, " ") for s in summary.sentences))
    result = translate(document, translator.steps, translator.lang)
    return Summary(translator.lang, tuple(segment.text for segment in result.segments))


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
        first = translate(source, translators[lang].steps, lang)
        result = reviewed(source, first, translators[lang])
        translations[lang], found, retried[lang] = result
        findings += found
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
                summaries[lang] = translated_summary(own, translators[lang])
    return Article(source, translations, summaries, tuple(findings), retried)

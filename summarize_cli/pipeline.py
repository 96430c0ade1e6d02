"""The whole story on one screen: a document in, an article out.

Document(fr) -> translate -> Document(en), Document(ar)
             -> summarise -> Summary(fr), then in the other languages
             -> guard     -> findings; segments with a serious one are tried once more
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from . import guard, summary, text
from .document import Article, Document, Finding, Summary
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


def process(
    source: Document,
    translators: Mapping[str, Translator],
    to: Sequence[str],
    summariser: Engine | None = None,
    summary_languages: Sequence[str] = (),
    sentences: int = 3,
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
        own = summary.summarise(source, summariser, sentences)
        for lang in summary_languages:
            if lang == source.lang:
                summaries[lang] = own
            else:
                translator, known = translators[lang], text.cased_words(source.segments)
                review = partial(reviewed, translator=translator, known=known)
                summaries[lang], found = summary.in_language(
                    own, lang, source, translations.get(lang), review
                )
                findings += found
    return Article(source, translations, summaries, tuple(findings), retried)

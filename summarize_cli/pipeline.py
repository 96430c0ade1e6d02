"""The whole story on one screen: documents in, articles out.

Documents(fr) -> translation.reviewed -> Documents(en), Documents(ar), findings, repairs
              -> summarise            -> Summary(fr), then in the other languages
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from . import summary, text, translation
from .document import Article, Document, Finding, Summary
from .engines import Engine
from .translation import Result, Translator


def process(
    sources: Sequence[Document],
    translators: Mapping[str, Translator],
    to: Sequence[str],
    summariser: Engine | None = None,
    summary_languages: Sequence[str] = (),
    extractive: bool = True,
    tell: Callable[[str], None] = lambda what: None,
) -> list[Article]:
    """Make the press kits of some documents: translations, summaries, findings.

    ``to`` names the languages of the whole text; a summary in another language has only its
    own sentences translated. ``translators`` has an entry for every language but the sources'.
    """
    results: dict[str, list[Result]] = {}
    for lang in to:
        tell(f"{sources[0].lang} to {lang}")
        results[lang] = translation.reviewed(sources, translators[lang])
    if summariser:
        tell("summaries")
    articles = []
    for n, source in enumerate(sources):
        own = {lang: results[lang][n] for lang in to}
        article = Article(
            source,
            {lang: result.document for lang, result in own.items()},
            findings=tuple(finding for result in own.values() for finding in result.findings),
            repairs=tuple(repair for result in own.values() for repair in result.repairs),
            approved={lang: result.approved for lang, result in own.items()},
        )
        if summariser and summary_languages:
            article = _summarised(article, summariser, translators, summary_languages, extractive)
        articles.append(article)
    return articles


def _summarised(
    article: Article,
    summariser: Engine,
    translators: Mapping[str, Translator],
    languages: Sequence[str],
    extractive: bool,
) -> Article:
    source, found = article.source, list(article.findings)
    own = summary.summarise(source, summariser, extractive)
    summaries: dict[str, Summary] = {}
    for lang in languages:
        if lang == source.lang:
            summaries[lang] = own
        elif own.sources and lang in article.translations:
            summaries[lang] = summary.summary_in(own, article.translations[lang])
        else:
            summaries[lang], findings = translated_summary(own, translators[lang], source)
            found += [_of_source(finding, own) for finding in findings]
    return replace(article, summaries=summaries, findings=tuple(found))


def translated_summary(
    own: Summary, translator: Translator, source: Document
) -> tuple[Summary, tuple[Finding, ...]]:
    """A summary's own sentences in another language; findings count its sentences."""

    def review(sentences: Document) -> Result:
        return translation.reviewed([sentences], translator, text.cased_words(source.segments))[0]

    return summary.translated_summary(own, translator.lang, review)


def _of_source(finding: Finding, own: Summary) -> Finding:
    """A finding in a summary's sentence, placed at the segment that it was taken from."""
    number = own.sources[finding.segment] if own.sources else finding.segment
    return replace(finding, segment=number, message=f"summary: {finding.message}")

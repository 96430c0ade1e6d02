"""The whole story on one screen: documents in, articles out.

Documents(fr) -> translation.in_languages -> Documents(en), Documents(ar), findings, repairs
              -> summarise            -> Summary(fr), then in the other languages
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from . import summary, text, translation
from .document import Article, Document, Summary
from .engines import Engine
from .translation import Result, Translator


def process(
    sources: Sequence[Document],
    translators: Mapping[str, Translator],
    to: Sequence[str],
    summariser: Engine | None = None,
    summary_languages: Sequence[str] = (),
    sentences: int = 3,
    tell: Callable[[str], None] = lambda what: None,
) -> list[Article]:
    """Make the press kits of some documents: translations, summaries, findings.

    ``to`` names the languages of the whole text; a summary in another language has only its
    own sentences translated. ``translators`` has an entry for every language but the sources'.
    """
    tell(f"{sources[0].lang} to {', '.join(to)}")
    results = translation.in_languages(sources, {lang: translators[lang] for lang in to})
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
            own_summary = summary.summarise(source, summariser, sentences)
            article = _summarised(article, own_summary, translators, summary_languages)
        articles.append(article)
    return articles


def _summarised(
    article: Article, own: Summary, translators: Mapping[str, Translator], languages: Sequence[str]
) -> Article:
    """The article with its summary in some languages."""
    source, findings = article.source, list(article.findings)
    summaries: dict[str, Summary] = {}
    for lang in languages:
        if lang == source.lang:
            summaries[lang] = own
        else:
            review = reviewer(translators[lang], source)
            translated = article.translations.get(lang)
            summaries[lang], found = summary.in_language(own, lang, source, translated, review)
            findings += found
    return replace(article, summaries=summaries, findings=tuple(findings))


def reviewer(translator: Translator, source: Document) -> Callable[[Document], Result]:
    """A translator of parts of a document, which knows the names of the whole."""
    known = text.cased_words(source.segments)
    return lambda part: translation.reviewed([part], translator, known)[0]

"""``summarize``: one document, as short as one likes."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from .. import pipeline, release, render, summary
from ..document import Document, Finding, Summary
from ..errors import ModelUnavailable
from . import options as o
from .session import Session, languages, read_input, with_session
from .work import one


@with_session
def summarize(
    session: Session,
    path: Annotated[str, typer.Argument(help="A file, or - for stdin.")] = "-",
    lang: Annotated[str, typer.Option(help="The language of the summary.")] = "fr",
    sentences: Annotated[int, typer.Option(min=1, help="How many sentences.")] = 3,
    max_words: Annotated[int | None, typer.Option(min=1, help="At most so many words.")] = None,
    max_chars: Annotated[int | None, typer.Option(min=1, help="At most so many characters.")] = None,
    style: Annotated[o.Style, typer.Option(help="Its shape.")] = o.Style.paragraph,
    method: Annotated[o.Method, typer.Option(help="auto is extractive.")] = o.Method.auto,
    cite: Annotated[
        bool, typer.Option("--cite", help="Put the source sentence's number behind each.")
    ] = False,
    wrap: o.WrapOption = "auto",
) -> None:
    """Summarise one document in French, English or Arabic.

    Example: summarize-cli summarize samples/maroc-oracle.fr.txt --lang en --sentences 2
    """
    wanted = one(languages(lang))
    task = "abstractive" if method is o.Method.abstractive else "summary"
    translator = session.translators([wanted], [task, "summary"]).get(wanted)
    document = read_input(path, session.source, wrap)
    session.check_language(document)
    if style is o.Style.sentence:
        sentences = 1
    ranking, findings = _ranking(session, document, task, sentences)
    if style is o.Style.headline:
        ranking = summary.headline(document, ranking, max_chars)
    ranking = summary.first(ranking, sentences, ordered=False)
    if translator:
        review = pipeline.reviewer(translator, document)
        ranking, found = summary.in_language(ranking, wanted, document, None, review)
        findings += found
    result, shown = _fitted(session, ranking, style, cite, sentences, max_words, max_chars, document)
    typer.echo(shown)
    # What was found in a sentence that did not fit is nobody's concern.
    kept = (f for f in findings if f.lang == document.lang or f.segment in result.sources)
    session.report(kept, lambda _: "segment")


def _ranking(
    session: Session, document: Document, task: str, sentences: int
) -> tuple[Summary, tuple[Finding, ...]]:
    """The sentences or statements that the summary may take, best first."""
    chosen = session.choose([task, "summary"])
    profile = chosen[task]
    if profile.installed() is None:
        raise ModelUnavailable(
            f"the model {profile.name} is not installed",
            f"summarize-cli models pull {profile.name}, or --method extractive",
        )
    ranker = session.engine(chosen["summary"], "summary")
    if task == "summary":
        return summary.ranked(document, ranker), ()
    judge = session.engine(chosen["summary"], "support")
    return summary.abstract(document, session.engine(profile, "summary"), ranker, judge, sentences)


def _fitted(
    session: Session,
    ranking: Summary,
    style: o.Style,
    cite: bool,
    count: int,
    words: int | None,
    characters: int | None,
    document: Document,
) -> tuple[Summary, str]:
    """The summary, and as it is printed: within its limits, with what had to give way in a note."""
    most = {o.Style.headline: summary.HEADLINE, o.Style.social: summary.SOCIAL}.get(style)
    characters = min(filter(None, (characters, most)), default=None)
    link = release.link(document) if style is o.Style.social else ""
    for address in dict.fromkeys((link, "")):
        show = partial(render.styled, style=style.value, cite=cite, link=address)
        result, note = summary.fitted(ranking, show, count, words, characters)
        if result.sentences:
            break
    if link and not address:
        session.warn(f"the link does not fit beside the text: {link}")
    if note:
        session.warn(note)
    return result, show(result)

"""``summarize``: one document, as short as one likes."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from .. import pipeline, render, summary, text
from ..document import Document, Finding, Summary
from ..errors import ModelUnavailable
from ..pipeline import Translator
from . import options as o
from .session import Session, languages, with_session
from .work import one, read_input


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
    wrap: o.WrapOption = o.Wrap.auto,
) -> None:
    """Summarise one document in French, English or Arabic.

    Example: summarize-cli summarize samples/maroc-oracle.fr.txt --lang en --sentences 2
    """
    wanted = one(languages(lang))
    task = "abstractive" if method is o.Method.abstractive else "summary"
    translator = session.translators([wanted], [task]).get(wanted)
    document = read_input(path, session.source, wrap)
    session.check_language(document)
    limits = (max_words, max_chars)
    for count in range(1 if style is o.Style.sentence else sentences, 0, -1):
        result, findings = _summary(session, document, task, count, translator)
        shown = render.styled(result, style, cite)
        if text.fits(shown, *limits):
            break
    else:
        shown = text.shortened(shown, *limits)
    typer.echo(shown)
    session.report(findings, lambda _: "sentence")


def _summary(
    session: Session, document: Document, task: str, count: int, translator: Translator | None
) -> tuple[Summary, tuple[Finding, ...]]:
    """A summary of ``count`` sentences in the translator's language, or the document's own."""
    profile = session.choose([task])[task]
    if profile.installed() is None:
        raise ModelUnavailable(
            f"the model {profile.name} is not installed",
            f"summarize-cli models pull {profile.name}, or --method extractive",
        )
    settings = {"sentences": count} if profile.kind == "extractive" else {}
    engine = session.engine(profile, "summary", settings)
    own = summary.summarise(document, engine, profile.kind == "extractive")
    own = Summary(own.lang, own.sentences[:count], own.sources[:count])
    if translator is None:
        return own, ()
    known = text.cased_words(document.segments)
    review = partial(pipeline.reviewed, translator=translator, known=known)
    return summary.translated_summary(own, translator.lang, review)

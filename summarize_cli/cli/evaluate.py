"""``evaluate``: quality and fidelity on texts whose translation, or whose summary, is known."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .. import batch, pipeline, summary, translation
from .. import evaluate as measure
from ..document import Document, Segment, Summary
from ..errors import InputError
from . import options as o
from .session import Session, languages, targets, with_session

if TYPE_CHECKING:
    from ..translation import Translator


@with_session
def evaluate(
    session: Session,
    path: Annotated[Path, typer.Argument(help="A TSV file with a header (fr, en, ar), or JSON lines.")],
    to: Annotated[
        str | None, typer.Option(help="Languages to measure.", show_default="en,ar; summary: fr")
    ] = None,
    task: Annotated[o.Task, typer.Option(help="What is measured.")] = o.Task.translation,
    sentences: Annotated[int, typer.Option(min=1, help="Sentences of the summaries.")] = 3,
    limit: Annotated[int, typer.Option(min=0, help="Only the first so many rows; 0 is all.")] = 0,
    review: Annotated[bool, typer.Option(help="Try weak segments again, as run and translate do.")] = True,
    save: Annotated[Path | None, typer.Option(help="Write source, output, reference as TSV.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure translations or summaries against references.

    Translations: BLEU, chrF, chrF++, and what the guard sees. Summaries: ROUGE, beside that of
    the first sentences (lead), and the numbers, dates and names that the document does not have.

    Example: summarize-cli evaluate our-past-releases.tsv --to ar
    """
    if task is o.Task.summary:
        _summaries(session, path, languages(to or "fr"), limit, sentences, as_json)
        return
    rows = measure.read_set(path)[: limit or None]
    results = {}
    translators = session.translators(targets(to or "en,ar", session.source))
    for lang, translator in translators.items():
        if any(not row.get("fr") or not row.get(lang) for row in rows):
            raise InputError(f"{path} has rows without fr or {lang}", "mend it, or change --to")
        source = Document(str(path), "fr", tuple(Segment(row["fr"]) for row in rows))
        outputs = [
            s.text for s in translation.reviewed([source], translator, mend=review)[0].document.segments
        ]
        references = [row[lang] for row in rows]
        sources = [row["fr"] for row in rows]
        results[lang] = [
            *measure.quality(outputs, references),
            *measure.fidelity(sources, outputs, lang),
        ]
        if save:
            lines = ["\t".join(row) for row in zip(sources, outputs, references, strict=True)]
            content = ("\n".join(lines) + "\n").encode()
            batch.write({save.with_suffix(f".{lang}.tsv"): content}, overwrite=True)
    if as_json:
        plain = {lang: {s.name: s.value for s in scores} for lang, scores in results.items()}
        typer.echo(json.dumps({"models": session.chosen, "rows": len(rows), "to": plain}))
        return
    typer.echo(f"{path.name}, {len(rows)} segments, models: {session.chosen}")
    for lang, scores in results.items():
        for score in scores:
            typer.echo(f"fr-{lang} {score.name:15} {score.value:6.1f}   {score.signature}")


def _summaries(
    session: Session, path: Path, wanted: list[str], limit: int, count: int, as_json: bool
) -> None:
    """Print the scores of our summaries, and of the first sentences through the same translators."""
    people = measure.read_summaries(path)[: limit or None]
    translators = session.translators(wanted, ["summary"])
    ranker = session.engine(session.choose(["summary"])["summary"], "summary")
    documents = [reference.document for reference in people]
    made = {
        "ours": [summary.summarise(document, ranker, count) for document in documents],
        f"lead-{count}": [summary.lead(document, count) for document in documents],
    }
    results: dict[str, dict[str, list[measure.Score]]] = {}
    for lang in wanted:
        if any(not reference.summaries.get(lang) for reference in people):
            raise InputError(f"{path} has documents without a summary in {lang}", "mend it, or change --to")
        results[lang] = {
            name: _scores(owns, people, lang, translators.get(lang)) for name, owns in made.items()
        }
    if as_json:
        plain = {
            lang: {name: {s.name: s.value for s in scores} for name, scores in table.items()}
            for lang, table in results.items()
        }
        typer.echo(json.dumps({"models": session.chosen, "documents": len(people), "to": plain}))
        return
    typer.echo(f"{path.name}, {len(people)} documents, {count} sentences, models: {session.chosen}")
    for lang, table in results.items():
        for name, scores in table.items():
            for s in scores:
                typer.echo(f"{lang} {name:7} {s.name:19} {s.value:5.1f}   {s.signature}".rstrip())


def _scores(
    owns: list[Summary], people: list[measure.Reference], lang: str, translator: Translator | None
) -> list[measure.Score]:
    """ROUGE and faithfulness of some summaries in a language."""
    documents = [reference.document for reference in people]
    pairs = zip(owns, documents, strict=True)
    outputs = [_in_language(own, document, lang, translator).text for own, document in pairs]
    return [
        *measure.rouge(outputs, [reference.summaries[lang] for reference in people]),
        *measure.faithfulness(outputs, [document.text for document in documents], lang),
    ]


def _in_language(own: Summary, document: Document, lang: str, translator: Translator | None) -> Summary:
    if translator is None:
        return own
    return summary.in_language(own, lang, document, None, pipeline.reviewer(translator, document))[0]

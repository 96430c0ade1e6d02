"""``evaluate``: quality and fidelity on texts whose translation is known."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from .. import batch, translation
from .. import evaluate as measure
from ..document import Document, Segment
from ..errors import InputError
from .session import Session, targets, with_session


@with_session
def evaluate(
    session: Session,
    path: Annotated[Path, typer.Argument(help="A TSV file with a header (fr, en, ar), or JSON lines.")],
    to: Annotated[str, typer.Option(help="Languages to measure.")] = "en,ar",
    limit: Annotated[int, typer.Option(min=0, help="Only the first so many rows; 0 is all.")] = 0,
    review: Annotated[bool, typer.Option(help="Try weak segments again, as run and translate do.")] = True,
    save: Annotated[Path | None, typer.Option(help="Write source, output, reference as TSV.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure translations against references: BLEU, chrF, chrF++, and what the guard sees.

    Example: summarize-cli evaluate our-past-releases.tsv --to ar
    """
    rows = measure.read_set(path)[: limit or None]
    results = {}
    translators = session.translators(targets(to, session.source))
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

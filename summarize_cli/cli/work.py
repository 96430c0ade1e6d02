"""The commands that do the work: run, translate."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from .. import anatomy, batch, formats, translation
from ..document import Document, Wrap
from ..errors import UsageError
from ..formats.records import ENDINGS
from . import options as o
from .kit import Delivery, Kit, Plan, Where
from .session import Session, languages, targets, with_session


@with_session
def run(
    session: Session,
    paths: Annotated[
        list[str] | None, typer.Argument(help="Files, folders, patterns, or - for stdin.")
    ] = None,
    to: Annotated[str, typer.Option(help="Languages of the translations.")] = "en,ar",
    summaries: Annotated[
        str | None, typer.Option(help="Languages of the summaries; '' for none.", show_default="all")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write files into this folder.")
    ] = None,
    format: Annotated[o.Format, typer.Option(help="What stdout shows without -o.")] = o.Format.text,
    files_from: Annotated[str | None, typer.Option(help="A file with paths, one a line.")] = None,
    field: o.FieldOption = None,
    name_template: Annotated[str, typer.Option(help="How outputs are named.")] = batch.TEMPLATE,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace outputs of an earlier run that have changed.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Make everything again, also what is up to date.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 3 if a serious finding is left.")
    ] = False,
    sentences: Annotated[int, typer.Option(min=1, help="Sentences of the summaries.")] = 3,
    wrap: o.WrapOption = "auto",
    parts: o.PartsOption = o.ALL_PARTS,
    jobs: Annotated[int, typer.Option(min=1, help="Threads that read and write beside the model.")] = 2,
    watch: Annotated[
        bool, typer.Option("--watch", help="Stay, and do what arrives in the folders; needs -o.")
    ] = False,
    review: Annotated[
        bool, typer.Option("--review", help="With -o: a page to review the translations, too.")
    ] = False,
    manifest: Annotated[
        Path | None, typer.Option(help="With -o: say here what was made of what; models verify holds to it.")
    ] = None,
) -> None:
    """Make the press kit of one release or many: translations, summaries, review.

    Example: summarize-cli run samples/maroc-oracle.fr.txt -o out
    """
    if review and not output:
        raise UsageError("--review writes a file", "say where: -o out")
    if manifest and not output:
        raise UsageError("--manifest describes files", "say where they go: -o out")
    if dry_run and not session.remembers:
        session.cache = False  # to look is not to touch
    if watch and output is None:
        raise UsageError("--watch needs a folder for its results", "-o out")
    to_languages = targets(to, session.source)
    wanted = [session.source, *to_languages] if summaries is None else languages(summaries)
    kinds = tuple(o.parts_of_release(parts))
    plan = Plan(tuple(to_languages), tuple(wanted), sentences, wrap, kinds, tuple(field or ()))
    kit = Kit(session, plan)
    named = [*(paths or []), *(batch.read_list(files_from) if files_from else [])]
    where = Where(output, format, name_template, overwrite or watch, force, jobs, review, manifest)
    if dry_run:
        for item in _items(named, output):
            typer.echo(f"{item.path}: {kit.estimate(item)}")
        return
    delivery = Delivery(kit, where)
    if watch:
        _watch(delivery, named)
    delivery.deliver(_items(named, output))
    if strict and delivery.serious:
        raise typer.Exit(3)


def _items(named: list[str], output: Path | None) -> list[batch.Input]:
    """The documents that the paths name; ``-`` is stdin."""
    stdin = [batch.Input(Path("-"), Path("stdin.txt"))] if "-" in named else []
    others = [name for name in named if name != "-"]
    return stdin + (batch.find(others, output) if others or not stdin else [])


def _watch(delivery: Delivery, named: list[str], pause: float = 2.0) -> None:
    """Do what is new or changed in some folders, once it has stopped growing, until interrupted."""
    delivery.session.note("watching; Ctrl-C ends it")
    done: dict[Path, tuple[int, float]] = {}
    before: dict[Path, tuple[int, float]] = {}
    while True:
        now = {}
        try:
            items = _items(named, delivery.where.folder)
        except UsageError:  # nothing there yet
            items = []
        for item in items:
            if item.path.exists():
                stat = item.path.stat()
                now[item.path] = stat.st_size, stat.st_mtime
        ready = [i for i in items if now.get(i.path) == before.get(i.path) != done.get(i.path)]
        if ready:
            try:
                delivery.deliver(ready)
            except typer.Exit:
                pass  # each failure has been said; the watch goes on
            delivery.forget()
            done |= {item.path: now[item.path] for item in ready if item.path in now}
        before = now
        time.sleep(pause)


@with_session
def translate(
    session: Session,
    path: Annotated[str, typer.Argument(help="A file, or - for stdin.")] = "-",
    to: Annotated[str, typer.Option(help="The language to translate into.")] = "en",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write to this file, not to stdout.")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace that file.")] = False,
    field: o.FieldOption = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 3 if a serious finding is left.")
    ] = False,
    wrap: o.WrapOption = "keep",
    parts: o.PartsOption = o.ALL_PARTS,
    input_format: o.InputFormat = "",
) -> None:
    """Translate one document into the same format; one line in is one line out.

    Example: echo 'Bonjour à tous.' | summarize-cli translate --to ar
    """
    lang = one(targets(to, session.source))
    translator = session.translators([lang])[lang]
    kinds = o.parts_of_release(parts)
    if output:
        batch.refuse_existing([output], overwrite)
    found = bytearray()
    serious = 0
    works = _documents(session, path, wrap, tuple(field or ()), input_format)
    for chunk in batch.chunks(works, lambda work: len(work[1].segments) if work[1] else 0):
        documents = [anatomy.marked(document, kinds) for _, document in chunk if document]
        results = iter(translation.reviewed(documents, translator))
        for before, document in chunk:
            found += before
            if document:
                result = next(results)
                found += formats.write(result.document)
                session.report(result.findings, lambda _: "segment")
                serious += sum(finding.serious for finding in result.findings)
    if output:
        batch.write({output: bytes(found)}, overwrite)
    else:
        if not path.lower().endswith(formats.ZIPPED) and not found.endswith(b"\n"):
            found += b"\n"
        sys.stdout.flush()
        sys.stdout.buffer.write(found)
    if strict and serious:
        raise typer.Exit(3)


def _documents(
    session: Session, path: str, wrap: Wrap, fields: tuple[str, ...], ending: str
) -> Iterator[tuple[bytes, Document | None]]:
    """A document, or the records of a file with what stands between them."""
    if Path(path).suffix.lower() not in ENDINGS:
        yield b"", session.read(path, wrap, ending)
        return
    for record in formats.records.read(Path(path), session.source, wrap, fields):
        if record.error:
            session.warn(f"{record.error.message}: left as it is")
        between = (
            record.before.encode("utf-8", "surrogateescape") if record.document else record.written(None)
        )
        yield between, record.document


def one(found: list[str]) -> str:
    """Take the only language. Raises UsageError where there are several, or none."""
    if len(found) != 1:
        raise UsageError(f"one language is wanted, not {', '.join(found)}", "en or ar, for instance")
    return found[0]

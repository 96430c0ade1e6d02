"""``cache``: the memory of model output and of approved translations."""

from __future__ import annotations

import time
from collections import Counter
from contextlib import closing
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .. import batch, memory, tmx, translation
from ..errors import InputError, MemoryDamaged, MemoryUnusable
from . import options as o
from .session import LANGUAGES, Session, languages, memory_path, read_input, targets, with_session
from .work import one

if TYPE_CHECKING:
    from ..memory import Approved, Store

app = typer.Typer(help="The memory of model output and approved translations.", no_args_is_help=True)


@app.command()
def info(cache_path: o.CachePath = None) -> None:
    """Show where the memory is, how large, and what it holds for which model.

    Example: summarize-cli cache info
    """
    path = memory_path(cache_path)
    if not path.exists():
        typer.echo(f"{path}: empty, nothing is remembered yet")
        return
    with closing(memory.Store(path)) as store:
        counts, approved = store.count(), store.count_approved()
    typer.echo(
        f"{path}: {path.stat().st_size / 1e6:.1f} MB, {sum(counts.values())} outputs, "
        f"{sum(approved.values())} approved translations"
    )
    for signature, number in sorted(counts.items()):
        typer.echo(f"  {signature:45} {number}")
    for (source, lang), number in sorted(approved.items()):
        typer.echo(f"  {f'approved: {source} to {lang}':45} {number}")


@app.command()
@with_session
def why(
    session: Session,
    path: Annotated[str, typer.Argument(help="A document, or - for stdin.")],
    to: Annotated[str, typer.Option(help="The language of the translation.")] = "en",
    wrap: o.WrapOption = "auto",
) -> None:
    """Say for each segment whether it is remembered, and if not, why not.

    Example: summarize-cli cache why samples/maroc-oracle.fr.txt --to ar
    """
    lang = one(targets(to, session.source))
    engine = session.translators([lang])[lang].steps[0]
    document = read_input(path, session.source, wrap)
    for number, segment in enumerate(translation.lowered(document)):
        for piece in translation.readings(engine, segment):
            reason = _reason(session.store, engine.signature, piece)
            typer.echo(f"{number + 1:4} {reason:55} {piece[:60]}")


def _reason(store: Store, signature: str, piece: str) -> str:
    if store.get(signature, [piece]):
        return f"hit: {signature}"
    others = store.signatures(piece)
    task = signature.split("#", maxsplit=1)[0]
    same = [other for other in others if other.startswith(task + "#")]
    if same:
        return f"miss: other settings or weights ({same[0]})"
    if others:
        return f"miss: known only to {others[0].split('#')[0]}"
    return "miss: this text was never translated"


@app.command()
def clear(
    cache_path: o.CachePath = None,
    approved: Annotated[
        bool, typer.Option("--approved", help="Forget the approved translations, too.")
    ] = False,
) -> None:
    """Forget all model output; a damaged memory file is put aside.

    Example: summarize-cli cache clear
    """
    path = memory_path(cache_path)
    if not path.exists():
        typer.echo(f"{path}: nothing to clear")
        return
    try:
        with closing(memory.Store(path)) as store:
            typer.echo(f"{path}: {store.clear()} outputs forgotten")
            if approved:
                typer.echo(f"{path}: {store.clear_approved()} approved translations forgotten")
    except MemoryDamaged:
        _put_aside(path)


@app.command()
def prune(
    older_than: Annotated[int, typer.Option(min=1, metavar="DAYS", help="Days since it was computed.")],
    cache_path: o.CachePath = None,
) -> None:
    """Forget old model output; approved translations stay.

    Example: summarize-cli cache prune --older-than 90
    """
    path = memory_path(cache_path)
    if not path.exists():
        typer.echo(f"{path}: nothing to prune")
        return
    with closing(memory.Store(path)) as store:
        typer.echo(f"{path}: {store.prune(older_than)} outputs forgotten")


@app.command("import")
def import_(
    files: Annotated[list[Path], typer.Argument(help="TMX, or the JSON that the review page saves.")],
    source_lang: Annotated[
        str | None, typer.Option(help="The language of the source, where it is not what the file says.")
    ] = None,
    cache_path: o.CachePath = None,
) -> None:
    """Take approved translations from files; they win over what a model says.

    Example: summarize-cli cache import approved.tmx
    """
    source = one(languages(source_lang)) if source_lang else None
    contents = {path: _read(path, source) for path in files}  # all are read before one is stored
    with closing(memory.Store(memory_path(cache_path))) as store:
        for path, content in contents.items():
            rows = content.translations
            ways = Counter(f"{row.source_lang} to {row.lang}" for row in rows)
            left_out = f", {content.left_out} texts left out" if content.left_out else ""
            typer.echo(
                f"{path}: {len(rows)} translations, {_approve(store, rows)} new or changed "
                f"({', '.join(f'{way} {number}' for way, number in sorted(ways.items()))}){left_out}"
            )


def _read(path: Path, source_lang: str | None) -> tmx.Content:
    """Read a file of translations. Raises InputError if it cannot be read or has none of ours."""
    try:
        content = tmx.read(path.read_bytes(), path.name, LANGUAGES, source_lang)
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}", "check the name and the rights") from error
    if not content.translations:
        raise InputError(
            f"{path} has no translations from {source_lang or 'one'} into another of {', '.join(LANGUAGES)}",
            "say which language is the source: --source-lang fr",
        )
    return content


def _approve(store: Store, rows: tuple[Approved, ...]) -> int:
    """Store translations, those of the same languages and origin together."""

    def kind(row: Approved) -> tuple[str, str, str]:
        return row.source_lang, row.lang, row.origin

    return sum(
        store.approve({row.source: row.target for row in group}, *same)
        for same, group in groupby(sorted(rows, key=kind), kind)
    )


@app.command()
def export(
    file: Annotated[Path, typer.Argument(help="The TMX file to write.")],
    into: Annotated[str | None, typer.Option("--lang", help="Only translations into this.")] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace that file.")] = False,
    cache_path: o.CachePath = None,
) -> None:
    """Write the approved translations as TMX, for other tools and other machines.

    Example: summarize-cli cache export approved.tmx --lang ar
    """
    lang = one(languages(into)) if into else None
    with closing(memory.Store(memory_path(cache_path))) as store:
        rows = list(store.all_approved(lang))
    if not rows:
        raise InputError("nothing is approved yet", "summarize-cli run --review, then cache import")
    batch.write({file: tmx.write(rows)}, overwrite)
    typer.echo(f"{file}: {len(rows)} translations")


def _put_aside(path: Path) -> None:
    """Rename a file that SQLite cannot read, and its log, so that nothing is destroyed."""
    stem = f"{path.name}.damaged-{time.strftime('%Y%m%d-%H%M%S')}"
    try:
        for ending in ("", "-wal", "-shm"):
            part = path.with_name(path.name + ending)
            if part.exists():
                part.replace(path.with_name(stem + ending))
    except OSError as error:
        raise MemoryUnusable(f"cannot move {path}: {error.strerror}", "move it by hand") from error
    typer.echo(f"{path}: was damaged, and is now {stem}")

"""``cache``: the memory of model output."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from .. import translation
from ..errors import MemoryDamaged, MemoryUnusable
from ..memory import Store
from . import options as o
from .session import Session, memory_path, read_input, targets, with_session
from .work import one

app = typer.Typer(help="The memory of model output.", no_args_is_help=True)


@app.command()
def info(cache_path: o.CachePath = None) -> None:
    """Show where the memory is, how large, and what it holds for which model.

    Example: summarize-cli cache info
    """
    path = memory_path(cache_path)
    if not path.exists():
        typer.echo(f"{path}: empty, nothing is remembered yet")
        return
    store = Store(path)
    counts = store.count()
    store.close()
    typer.echo(f"{path}: {path.stat().st_size / 1e6:.1f} MB, {sum(counts.values())} outputs")
    for signature, number in sorted(counts.items()):
        typer.echo(f"  {signature:45} {number}")


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
def clear(cache_path: o.CachePath = None) -> None:
    """Forget all model output; a damaged memory file is put aside.

    Example: summarize-cli cache clear
    """
    path = memory_path(cache_path)
    if not path.exists():
        typer.echo(f"{path}: nothing to clear")
        return
    try:
        store = Store(path)
        typer.echo(f"{path}: {store.clear()} outputs forgotten")
        store.close()
    except MemoryDamaged:
        _put_aside(path)


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

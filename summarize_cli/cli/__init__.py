"""The command line: parse, assemble, run, report. The only room that knows all the others.

Results go to stdout, everything else to stderr. Errors of the house are caught here, once.
"""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType
from typing import Annotated, NoReturn

import typer

from .. import __version__
from ..errors import SummarizeError
from . import cache, doctor, models, settings, work

app = typer.Typer(
    name="summarize-cli",
    help="Translate French press releases into English and Arabic, and summarise them, on this machine.",
    no_args_is_help=True,
    rich_markup_mode=None,  # plain help starts twice as fast
    pretty_exceptions_enable=False,
)
app.command()(work.run)
app.command()(work.translate)
app.command()(work.summarize)
app.add_typer(models.app, name="models")
app.add_typer(cache.app, name="cache")
app.command()(doctor.doctor)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def start(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Translate French press releases into English and Arabic, and summarise them, on this machine."""
    context.default_map = settings.default_map()


def main() -> NoReturn:
    """Run the command line and leave with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8")  # Arabic, also where the console says otherwise
    signal.signal(signal.SIGTERM, _terminate)
    try:
        # Not Typer's own handling: it would turn an interrupt into a bare "Aborted".
        app(standalone_mode=False)
        sys.stdout.flush()
        code = 0
    except SummarizeError as error:
        code = _say(error)
    except KeyboardInterrupt:
        code = _interrupted(130)
    except BrokenPipeError:
        # Whoever reads us has had enough: end quietly, also when the interpreter flushes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    sys.exit(code)


def _say(error: SummarizeError) -> int:
    print(f"error: {error.message}", file=sys.stderr)
    if error.hint:
        print(f"hint: {error.hint}", file=sys.stderr)
    return error.exit_code


def _interrupted(code: int) -> int:
    command = " ".join(["summarize-cli", *sys.argv[1:]])
    print("\ninterrupted: what was finished is kept", file=sys.stderr)
    print(f"hint: go on with: {command}", file=sys.stderr)
    return code


def _terminate(signum: int, frame: FrameType | None) -> None:
    sys.exit(_interrupted(128 + signum))

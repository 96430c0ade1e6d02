"""The command line: parse, assemble, run, report. The only room that knows all the others.

Results go to stdout, everything else to stderr. Errors of the house are caught here, once.
"""

from __future__ import annotations

import errno
import os
import shlex
import signal
import sys
from types import FrameType
from typing import Annotated, NoReturn

import typer
from typer.exceptions import TyperException

from .. import __version__, lazy

# These rooms compile their patterns when they are imported: they are when a command uses them, so
# that --help is not the slowest command. Before the commands, which import them by name.
# Not those that the threads of --jobs use first: the loader is not safe there.
LAZY = """align engines.causal engines.gemma evaluate glossary guard hub memory pipeline release
    roundtrip summary tmx translation render.checks render.review"""
for _name in LAZY.split():
    lazy.register(f"summarize_cli.{_name}")

from ..errors import OutputError, SummarizeError, UsageError
from . import cache, check, diff, doctor, evaluate, models, settings, summarize, work
from .session import say

app = typer.Typer(
    name="summarize-cli",
    help="Translate French press releases into English and Arabic, and summarise them, on this machine.",
    no_args_is_help=True,
    rich_markup_mode=None,  # plain help starts twice as fast
    pretty_exceptions_enable=False,
)
app.command()(work.run)
app.command()(work.translate)
app.command()(summarize.summarize)
app.command()(check.check)
app.command()(diff.diff)
app.add_typer(models.app, name="models")
app.add_typer(cache.app, name="cache")
app.command()(evaluate.evaluate)
app.command()(doctor.doctor)

COMMANDS: settings.Commands = {
    "run": work.run,
    "translate": work.translate,
    "summarize": summarize.summarize,
    "check": check.check,
    "diff": diff.diff,
    "evaluate": evaluate.evaluate,
    "cache": {
        "info": cache.info,
        "why": cache.why,
        "clear": cache.clear,
        "prune": cache.prune,
        "import": cache.import_,
        "export": cache.export,
    },
    "models": {"pull": models.pull},
}
"""The commands that take defaults from ``summarize-cli.toml``."""


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
    context.default_map = settings.default_map(COMMANDS)


class _Interrupted(BaseException):
    """Ctrl-C or a polite kill, under a name that Typer does not turn into a bare exit."""


def main() -> NoReturn:
    """Run the command line and leave with its exit code."""
    # Threads that wait for work spin, and on a machine that does something else besides they
    # take its time for nothing (GNU OpenMP spins for some milliseconds by default).
    os.environ.setdefault("GOMP_SPINCOUNT", "10000")
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # Arabic, also where the console says otherwise; file names as they are.
            stream.reconfigure(encoding="utf-8", errors="surrogateescape")
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    sys.exit(_exit_code())


def _exit_code() -> int:
    try:
        code = app(standalone_mode=False)  # what typer.Exit was raised with, or None
        sys.stdout.flush()
        return int(code or 0)
    except SummarizeError as error:
        return _say(error)
    except TyperException as error:
        if error.message.startswith("Usage:"):  # no arguments at all: the help
            print(error.message, file=sys.stderr)
            return error.exit_code
        return _say(UsageError(error.format_message(), "summarize-cli --help"))
    except _Interrupted as stopped:
        return _say_interrupted(128 + int(stopped.args[0]))
    except BrokenPipeError:
        # Whoever reads us has had enough: end quietly, also when the interpreter flushes.
        _silence_stdout()
        return 0
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        _silence_stdout()
        return _say(OutputError("cannot write the result: the disk is full", "free space there"))


def _silence_stdout() -> None:
    """What is still in the buffer goes nowhere, instead of failing when the interpreter ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _say(error: SummarizeError) -> int:
    say(error)
    return error.exit_code


def _say_interrupted(code: int) -> int:
    command = shlex.join(["summarize-cli", *sys.argv[1:]])
    print("\ninterrupted: what was finished is kept", file=sys.stderr)
    print(f"hint: go on with: {command}", file=sys.stderr)
    return code


def _interrupt(signum: int, frame: FrameType | None) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # once is enough: the rest is tidying up
    raise _Interrupted(signum)

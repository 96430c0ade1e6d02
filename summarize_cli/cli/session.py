"""Assemble what a command needs: the chosen models, the memory, the progress on stderr."""

from __future__ import annotations

import inspect
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import __version__, formats, glossary, memory, profiles, text, translation
from ..document import Document, Finding, Wrap
from ..engines import Engine, Place, build
from ..errors import SummarizeError, UsageError
from ..profiles import Profile
from . import options as o

if TYPE_CHECKING:
    from rich.progress import Progress

    from ..glossary import Glossary
    from ..memory import CachedEngine, Store
    from ..translation import Translator

LANGUAGES = ("fr", "en", "ar")
SHOWN = 12
"""How many serious findings of a document are said without being asked."""


def say(error: SummarizeError) -> None:
    """Print an error of the house and what can be done about it."""
    print(f"error: {error.message}", file=sys.stderr)
    if error.hint:
        print(f"hint: {error.hint}", file=sys.stderr)


def memory_path(path: Path | None) -> Path:
    """The memory file: the one that was named, or the one in the data folder."""
    return path or profiles.data_home() / "memory.sqlite"


def read_input(path: str, lang: str, wrap: Wrap, ending: str = "") -> Document:
    """Read a file, or stdin for ``-``, which holds what ``ending`` says or else plain text."""
    if path == "-":
        return formats.parse(sys.stdin.buffer.read(), "stdin", "." + ending.lstrip("."), lang, wrap)
    return formats.read(Path(path), lang, wrap)


def languages(value: str, among: Sequence[str] = LANGUAGES) -> list[str]:
    """Read a list such as ``en,ar``. Raises UsageError for a language that is not served."""
    return o.listed(value, among, "language")


def targets(value: str, source: str) -> list[str]:
    """Read the languages to translate into, without the source's own.

    Raises UsageError when none is left.
    """
    wanted = [lang for lang in languages(value, LANGUAGES) if lang != source]
    if not wanted:
        raise UsageError(f"nothing to translate from {source} into {value!r}", "--to en,ar, for instance")
    return wanted


def with_session(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of ``Session``, and a session made of them.

    The command takes ``session`` first; Typer sees its other parameters, then the session's.
    """
    shared = inspect.signature(Session, eval_str=True).parameters
    own = list(inspect.signature(command, eval_str=True).parameters.values())[1:]

    def run(**values: Any) -> None:
        options = {name: values.pop(name) for name in shared}
        with Session(**options) as session:
            command(session, **values)

    parameters = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in [*own, *shared.values()]]
    run.__name__, run.__doc__ = command.__name__, command.__doc__
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {p.name: p.annotation for p in parameters}
    return run


@dataclass
class Session:
    """One command's choice of models and memory, and what it tells the user.

    Its fields are the options that the commands share: ``with_session`` gives them to a command.
    """

    models: o.Models = "auto"
    route: o.Route = "direct"
    cache: o.Cache = True
    cache_path: o.CachePath = None
    refresh: o.Refresh = False
    cache_only: o.CacheOnly = False
    commercial_only: o.Commercial = False
    batch_size: o.BatchSize = 32
    threads: o.Threads = 0
    device: o.Device = "auto"
    source_lang: o.SourceLang = None
    glossary_file: o.GlossaryFile = None
    names_file: o.NamesFile = None
    quiet: o.Quiet = False
    verbose: o.Verbose = False
    built: dict[str, CachedEngine] = field(default_factory=dict, init=False)
    used: dict[str, Profile] = field(default_factory=dict, init=False)
    chosen: str = field(default="", init=False)
    documents: str = field(default="", init=False)
    """How many documents are finished, for the progress bar."""
    _glossary: Glossary | None = field(default=None, init=False)
    _store: Store | None = field(default=None, init=False)
    _bar: Progress | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        if self.source_lang not in (None, *LANGUAGES):
            raise UsageError(
                f"no such source language here: {self.source_lang}", f"known: {', '.join(LANGUAGES)}"
            )
        if self.route not in ("direct", "pivot:en"):
            raise UsageError(f"no such route: {self.route}", "known: direct, pivot:en")

    @property
    def source(self) -> str:
        """The language of the documents."""
        return self.source_lang or "fr"

    @property
    def store(self) -> Store:
        """The memory, opened when it is first needed."""
        if self._store is None:
            self._store = memory.Store(memory_path(self.cache_path) if self.cache else ":memory:")
        return self._store

    @property
    def glossary(self) -> Glossary:
        """The names and the terms of ``--names`` and ``--glossary``, read when first needed."""
        if self._glossary is None:
            names = glossary.read(self.names_file, names=True) if self.names_file else glossary.Glossary()
            terms = glossary.read(self.glossary_file) if self.glossary_file else glossary.Glossary()
            self._glossary = names + terms
        return self._glossary

    @property
    def remembers(self) -> bool:
        """Whether there is a memory to look into."""
        return self.cache and memory_path(self.cache_path).exists()

    def choose(self, tasks: Sequence[str]) -> dict[str, Profile]:
        """Choose the models for some tasks of a set and say which set it was."""
        name, chosen = profiles.choose(self.chosen or self.models, list(tasks), self.commercial_only)
        if name != self.chosen:
            self.chosen = name
            if self.models == "auto":
                self.note(f"models: {name}{self._remark(chosen)}")
        return chosen

    def _remark(self, chosen: dict[str, Profile]) -> str:
        """What a user should know of a set that was chosen for him."""
        if self.chosen == "embedded":
            return " (drafts; better ones: summarize-cli models list)"
        closed = [p for p in chosen.values() if not p.commercial]
        return f" ({closed[0].about['licence']}: not for commercial use)" if closed else ""

    def engine(
        self, profile: Profile, task: str, settings: dict[str, Any] | None = None, label: str = ""
    ) -> CachedEngine:
        """The remembering engine of a profile for a task, made once."""
        place = Place(self.device, self.threads, self._prepare)
        engine: Engine = build(profile, task, settings, place)
        label = label or task
        if engine.signature not in self.built:
            self.built[engine.signature] = memory.CachedEngine(
                engine,
                self.store,
                batch=self.batch_size,
                refresh=self.refresh,
                only=self.cache_only,
                progress=lambda done, total, words: self._tick(label, done, total, words),
            )
            self.used[engine.signature] = profile
        return self.built[engine.signature]

    def translators(self, wanted: Sequence[str], also: Sequence[str] = ()) -> dict[str, Translator]:
        """A translator for each language but the source's; ``also`` are other tasks of the set."""
        plans = {lang: self._tasks(lang) for lang in wanted if lang != self.source}
        chosen = self.choose([*dict.fromkeys(t for tasks in plans.values() for t in tasks), *also])
        told = {task: self._told(profile, task) for task, profile in chosen.items()}
        return {
            lang: translation.Translator(
                lang,
                tuple(self.engine(chosen[task], task, told[task]) for task in tasks),
                tuple(
                    self.engine(chosen[task], task, {**chosen[task].retry, **told[task]}, f"{task}, again")
                    for task in tasks
                )
                if any(chosen[task].retry for task in tasks)
                else (),
                formulas=all(chosen[task].kind != "echo" for task in tasks),  # an echo changes nothing
                glossary=self.glossary,
                approved=partial(self._approved, lang),
            )
            for lang, tasks in plans.items()
        }

    def _told(self, profile: Profile, task: str) -> dict[str, Any]:
        """The glossary, for a model that reads one; what it says is part of the model's signature."""
        source, _, target = task.partition("-")
        terms = self.glossary.prescribed(target) if source == "fr" and profile.reads_terms(task) else {}
        return {"terms": terms} if terms else {}

    def _approved(self, lang: str, texts: Sequence[str]) -> dict[str, str]:
        """What people have approved among some texts."""
        return self.store.approved(texts, self.source, lang) if self.remembers else {}

    def _tasks(self, lang: str) -> list[str]:
        if self.route == "pivot:en" and lang == "ar" and self.source != "en":
            return [f"{self.source}-en", "en-ar"]
        return [f"{self.source}-{lang}"]

    def read(self, path: str, wrap: Wrap, ending: str = "") -> Document:
        """Read a document, warn if it does not look right, and say what of it is lost."""
        document = read_input(path, self.source, wrap, ending)
        self.check_language(document)
        for note in document.notes:
            self.warn(f"{document.name}: {note}")
        return document

    def check_language(self, document: Document) -> None:
        """Warn when a document does not look French and nobody said what it is."""
        if self.source_lang:
            return
        found = text.language(document.text)
        if found not in (None, self.source):
            self.warn(f"{document.name} does not look French ({found}); --source-lang fr forces it")

    def state(self) -> list[str]:
        """What besides models and options decides an output: glossary and approved translations."""
        approved = map(repr, self.store.all_approved()) if self.remembers else ()
        return [repr(entry) for entry in self.glossary.entries] + sorted(approved)

    def tallies(self) -> dict[str, tuple[int, int]]:
        """How much each engine has remembered and computed so far."""
        return {s: (e.tally.hits, e.tally.misses) for s, e in self.built.items()}

    def provenance(
        self, started: float, before: dict[str, tuple[int, int]], **settings: Any
    ) -> dict[str, Any]:
        """What made an output: models with licences and checksums, memory, time, version.

        ``before`` are the tallies when the document began, ``settings`` its own.
        """
        return {
            "tool": f"summarize-cli {__version__}",
            "models": [
                {
                    "signature": signature,
                    "name": profile.name,
                    "licence": profile.about.get("licence"),
                    "commercial": profile.commercial,
                    "weights": dict(profile.weights),
                    "installed": profile.installed(),
                    "remembered": hits - before.get(signature, (0, 0))[0],
                    "computed": misses - before.get(signature, (0, 0))[1],
                }
                for signature, profile in self.used.items()
                for hits, misses in [self.tallies()[signature]]
            ],
            "settings": {
                "models": self.chosen,
                "route": self.route,
                "device": self.device,
                "source_lang": self.source,
                **settings,
            },
            "seconds": round(time.time() - started, 3),
        }

    def note(self, message: str) -> None:
        """Say something on stderr, unless --quiet."""
        if not self.quiet:
            print(message, file=sys.stderr)

    def report(self, findings: Iterable[Finding], what: Callable[[Finding], str]) -> None:
        """Say the first serious findings, and with --verbose all; ``what`` names the place of one."""
        wanted = [finding for finding in findings if finding.serious or self.verbose]
        shown = wanted if self.verbose else wanted[:SHOWN]
        for finding in shown:
            self.note(f"{what(finding)} {finding.segment + 1}: {finding.message}")
        if len(wanted) > len(shown):
            self.note(f"  and {len(wanted) - len(shown)} more: --verbose shows them all")

    def warn(self, message: str) -> None:
        """Say something on stderr that matters, also with --quiet."""
        print(f"warning: {message}", file=sys.stderr)

    def _prepare(self, what: str, done: int, total: int) -> None:
        if done == 0:
            self.note(f"first use: {what} (once, about half a minute)" if total == 1 else f"  {what}")
        if total > 1:
            self._tick(what, done + 1, total)

    def _tick(self, label: str, done: int, total: int, words: int = 0) -> None:
        """Move the progress bar: on a terminal only, and without --quiet.

        It shows the task, how many documents are finished, segments, words a second, time left.
        """
        if self.quiet or not sys.stderr.isatty():
            return
        if self._bar is None:
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

            self._bar = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("{task.fields[speed]}"),
                TimeRemainingColumn(),
                console=Console(stderr=True),
                transient=True,
            )
            self._bar.start()
            self._bar.add_task("", total=total, speed="")
        task = self._bar.tasks[0]
        label = f"{self.documents}{label}"
        if task.description != label or not done:
            self._bar.reset(task.id, description=label, total=total)
        speed = f"{words / task.elapsed:.0f} words/s" if words and task.elapsed else ""
        self._bar.update(task.id, completed=done, total=total, speed=speed)

    def close(self) -> None:
        """Take the progress bar away and close the memory."""
        if self._bar:
            self._bar.stop()
            self._bar = None
        if self._store:
            self._store.close()
            self._store = None

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *ignored: object) -> None:
        self.close()

"""Read the profiles in ``models/``: everything that can change an output, in one file a model.

``models/<name>/profile.toml`` says where the weights come from, which tasks the model does
(``fr-en``, ``fr-ar``, ``en-ar``, the ways back ``en-fr`` and ``ar-fr``, ``summary``), and how it
is asked. Everything outside ``[about]`` can change the output, so everything outside
``[about]`` is in the signature (sacreBLEU's ``Signature`` is the model: a result carries the
recipe that made it).
``models/sets.toml`` names sets of models that work together.
"""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any

from .errors import PolicyRefused, ProfileError

Table = Mapping[str, Any]

KNOWN_TABLES = {"kind", "weights", "tasks", "generation", "retry", "limits", "about"}
TASKS = {"fr-en", "fr-ar", "en-ar", "en-fr", "ar-fr", "summary", "support"}
GENERATION = {
    "num_beams", "length_penalty", "no_repeat_ngram_size", "repetition_penalty",
    "max_new_tokens", "growth", "sentences", "shortlist", "diversity", "position", "title",
    "figures", "bits",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Profile:
    """One model, as its ``profile.toml`` describes it."""

    name: str
    folder: Path
    kind: str
    weights: Table
    tasks: Table
    generation: Table
    retry: Table
    limits: Table
    about: Table

    @property
    def commercial(self) -> bool:
        """Whether the weights' licence allows commercial use."""
        return bool(self.about.get("commercial", False))

    @property
    def home(self) -> Path:
        """Where the weights of a hub model are kept once they have been pulled."""
        return data_home() / "models" / self.name

    def reads_terms(self, task: str) -> bool:
        """Whether the prompt of a task has room for the terms of a lexicon and a glossary."""
        return "{terms}" in self.tasks.get(task, {}).get("prompt", "")

    def installed(self) -> dict[str, Any] | None:
        """What ``models pull`` recorded (commit, checksums), or None before it.

        Models that need no download are always installed.
        """
        if "hub" not in self.weights:
            return {}
        try:
            return dict(json.loads((self.home / "installed.json").read_text()))
        except (OSError, ValueError):
            return None

    def signature(self, task: str, settings: Table | None = None, version: int | str = 1) -> str:
        """Name everything that can change the output of this model for a task.

        ``version`` is that of the engine's own code.

        >>> load("echo").signature("fr-en").startswith("echo/fr-en#")
        True
        """
        recipe: dict[str, Any] = {
            "kind": [self.kind, version],
            "weights": dict(self.weights),
            "task": dict(self.tasks[task]),
            "generation": {**self.generation, **(settings or {})},
            "limits": dict(self.limits),
        }
        if installed := self.installed():
            recipe["commit"] = installed.get("commit")
        if "path" in self.weights:  # a folder of the user's own: by its files, not their content
            files = sorted((self.folder / str(self.weights["path"])).glob("*"))
            recipe["files"] = [(p.name, p.stat().st_size, p.stat().st_mtime_ns) for p in files]
        canonical = json.dumps(recipe, sort_keys=True, ensure_ascii=False)
        return f"{self.name}/{task}#{sha256(canonical.encode()).hexdigest()[:16]}"


def data_home() -> Path:
    """The data folder: ``SUMMARIZE_CLI_HOME``, or the platform's place for such data."""
    if home := os.environ.get("SUMMARIZE_CLI_HOME"):
        return Path(home).expanduser()
    from platformdirs import user_data_path

    return user_data_path("summarize-cli", appauthor=False)


def digest(path: Path) -> str:
    """The sha256 of a file, read in blocks."""
    with path.open("rb") as content:
        return file_digest(content, "sha256").hexdigest()


def models_folder() -> Path:
    """The folder of the profiles: inside the installed package, or beside it in a checkout."""
    inside = Path(__file__).parent / "models"
    return inside if inside.is_dir() else Path(__file__).parent.parent / "models"


@cache
def names() -> list[str]:
    """The names of all profiles, sorted."""
    return sorted(path.parent.name for path in models_folder().glob("*/profile.toml"))


@cache
def load(name: str) -> Profile:
    """Read and check one profile.

    Raises ProfileError when the name is unknown or the file says something senseless.
    """
    if name not in names():
        raise ProfileError(f"no model is called {name!r}", f"known models: {', '.join(names())}")
    path = models_folder() / name / "profile.toml"
    return parse(name, path.parent, tomllib.loads(path.read_text(encoding="utf-8")))


def parse(name: str, folder: Path, table: Table) -> Profile:
    """Check the content of a profile and make it one."""

    def wrong(what: str) -> ProfileError:
        return ProfileError(f"the profile of {name} {what}", f"see {folder / 'profile.toml'}")

    if unknown := set(table) - KNOWN_TABLES:
        raise wrong(f"has unknown entries: {', '.join(sorted(unknown))}")
    weights = table.get("weights", {})
    if table.get("kind") not in ("echo", "extractive"):
        if len({"hub", "path", "package"} & set(weights)) != 1:
            raise wrong("must name exactly one of hub, path and package for its weights")
        if "hub" in weights and "revision" not in weights:
            raise wrong("must pin a revision")
        if "package" in weights and "sha256" not in weights:
            raise wrong("must give the sha256 of its weights")
    if unknown := set(table.get("tasks", {})) - TASKS:
        raise wrong(f"has unknown tasks: {', '.join(sorted(unknown))}")
    if "lexicon" not in weights and any("{terms}" in str(task) for task in table.get("tasks", {}).values()):
        raise wrong("asks for {terms} and names no lexicon in [weights]")
    for file in ("lexicon", "letters"):
        if file in weights and f"{file}_sha256" not in weights:
            raise wrong(f"must give the sha256 of its {file}")
    for section in ("generation", "retry"):
        if unknown := set(table.get(section, {})) - GENERATION:
            raise wrong(
                f"asks for {', '.join(sorted(unknown))} in [{section}]; "
                "sampling and other unknown settings are refused, outputs must be repeatable"
            )
    return Profile(
        name=name,
        folder=folder,
        kind=str(table["kind"]),
        weights=weights,
        tasks=table.get("tasks", {}),
        generation=table.get("generation", {}),
        retry=table.get("retry", {}),
        limits=table.get("limits", {}),
        about=table.get("about", {}),
    )


@cache
def sets() -> dict[str, dict[str, str]]:
    """The sets of models, in order of preference: task to model name.

    ``abstractive`` names a second model for the task ``summary``.
    """
    return tomllib.loads((models_folder() / "sets.toml").read_text(encoding="utf-8"))


def choose(name: str, tasks: list[str], commercial_only: bool = False) -> tuple[str, dict[str, Profile]]:
    """Pick the models for some tasks: a set by its name, or ``auto``.

    ``auto`` takes the first set of ``sets.toml`` whose models for these tasks are all
    installed and allowed; the embedded set always is, and echo is no model to choose.
    Returns the set's name and a profile for each task.

    Raises ProfileError for an unknown set or one that cannot do a task, and PolicyRefused
    when ``commercial_only`` excludes a model that was asked for by name.
    """
    if name != "auto" and name not in sets():
        raise ProfileError(f"no set of models is called {name!r}", f"known sets: auto, {', '.join(sets())}")
    for candidate in sets() if name == "auto" else [name]:
        members = sets()[candidate]
        if missing := [task for task in tasks if task not in members]:
            if name == "auto":
                continue
            raise ProfileError(
                f"the set {name} has no model for {', '.join(missing)}",
                "choose another set with --models: summarize-cli models list",
            )
        chosen = {task: load(members[task]) for task in tasks}
        refused = [p for p in chosen.values() if commercial_only and not p.commercial]
        absent = any(p.installed() is None or p.kind == "echo" for p in chosen.values())
        if name == "auto" and (refused or absent):
            continue
        if refused:
            raise PolicyRefused(
                f"{refused[0].name} is under {refused[0].about['licence']}, not for commercial use",
                "choose another set with --models, or leave out --commercial-only",
            )
        return candidate, chosen
    wanted = [task for task in tasks if task not in sets()["embedded"]] or tasks
    able = next((m[wanted[0]] for m in sets().values() if wanted[0] in m), "")
    raise ProfileError(
        f"no installed set of models does {', '.join(wanted)}",
        f"summarize-cli models pull {able}" if able else "summarize-cli models list",
    )

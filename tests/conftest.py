"""Fixtures that many tests share. No test may use the network or the user's own data."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

os.environ.setdefault("GOMP_SPINCOUNT", "10000")  # as the command line does, before torch is imported

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "samples" / "maroc-oracle.fr.txt"


@pytest.fixture(scope="session")
def session_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder for the whole session: the embedded model is prepared in it once."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(autouse=True)
def home(session_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An own memory and settings for each test, and the session's prepared model."""
    own = tmp_path / "home"
    own.mkdir()
    prepared = session_home / "prepared"
    prepared.mkdir(exist_ok=True)
    (own / "prepared").symlink_to(prepared)
    monkeypatch.setenv("SUMMARIZE_CLI_HOME", str(own))
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    monkeypatch.chdir(tmp_path)
    return own


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make every connection fail loudly."""

    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("a test tried to use the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)


@pytest.fixture(scope="session")
def tiny_models(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder like ``models/`` with real tiny models of every architecture, and our own."""
    import tiny

    folder = tmp_path_factory.mktemp("models")
    text = SAMPLE.read_text(encoding="utf-8") + "\nالمغرب يوقع اتفاقا مع شركة أوراكل\n"
    tiny.write_profiles(folder, text)
    for name in ("echo", "extractive", "embedded"):
        shutil.copytree(ROOT / "models" / name, folder / name)
    shutil.copy(ROOT / "models" / "sets.toml", folder)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(autouse=True)
def no_fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the hub's models through transformers, whatever is installed; tests of the other say so."""
    from summarize_cli import engines

    monkeypatch.setattr(engines, "has_fast", lambda: False)


@pytest.fixture
def tiny(tiny_models: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Let the tiny models stand in the place of ``models/``."""
    from summarize_cli import profiles

    monkeypatch.setattr(profiles, "models_folder", lambda: tiny_models)
    caches = (profiles.names, profiles.load, profiles.sets)
    for cached in caches:
        cached.cache_clear()
    yield tiny_models
    for cached in caches:
        cached.cache_clear()


@pytest.fixture
def environment(home: Path) -> dict[str, str]:
    """The environment of a subprocess that sees this checkout and the test's own data."""
    return {**os.environ, "SUMMARIZE_CLI_HOME": str(home), "PYTHONPATH": str(ROOT)}


class Result(NamedTuple):
    code: int
    out: str
    err: str


Cli = Callable[..., Result]


@pytest.fixture
def cli(environment: dict[str, str], tmp_path: Path) -> Cli:
    """Run ``python -m summarize_cli`` in a process of its own."""

    def run(*arguments: str, stdin: bytes = b"", **extra: str) -> Result:
        done = subprocess.run(
            [sys.executable, "-W", "error", "-m", "summarize_cli", *arguments],
            input=stdin, capture_output=True, cwd=tmp_path, env={**environment, **extra},
            timeout=300, check=False,
        )  # fmt: skip
        return Result(done.returncode, done.stdout.decode(), done.stderr.decode())

    return run

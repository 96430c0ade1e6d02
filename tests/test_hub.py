"""Pulling models, with a hub that is a folder: install whole or not at all, convert, verify."""

from __future__ import annotations

import fnmatch
import json
import shutil
import socket
from pathlib import Path

import pytest
import tiny as builder
from conftest import SAMPLE

from summarize_cli import hub, profiles
from summarize_cli.cli.models import verify_one
from summarize_cli.engines import build
from summarize_cli.errors import ModelUnavailable
from summarize_cli.profiles import Profile

NAME = "opus-mt-fr-ar"


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    """What the hub has: a Marian model as a pickle only, as opus-mt-fr-ar is."""
    return builder.marian(tmp_path / "remote", SAMPLE.read_text(encoding="utf-8"), pickled=True)


def fetch_from(remote: Path, fails: bool = False, asked: list[str] | None = None) -> hub.Fetch:
    asked = [] if asked is None else asked

    def fetch(profile: Profile, revision: str, patterns: list[str], folder: Path) -> str:
        asked.append(revision)
        for path in remote.iterdir():
            if any(fnmatch.fnmatch(path.name, pattern) for pattern in patterns):
                shutil.copy(path, folder)
        if fails and patterns == hub.WANTED:
            raise ModelUnavailable("the line is dead")
        return "c0ffee"

    return fetch


def test_pull_converts_records_and_loads(remote: Path) -> None:
    """A pickle becomes safetensors with equal tensors; the model translates afterwards."""
    import torch
    from safetensors.torch import load_file

    profile = profiles.load(NAME)
    state = torch.load(remote / "pytorch_model.bin", weights_only=True)
    folder = hub.pull(profile, fetch_from(remote))
    assert not list(folder.glob("*.bin"))
    kept = load_file(folder / "model.safetensors")
    assert kept
    assert all(torch.equal(kept[name], state[name]) for name in kept)
    record = json.loads((folder / "installed.json").read_text())
    assert record["commit"] == "c0ffee"
    assert set(record["files"]) == {p.name for p in folder.iterdir()} - {"installed.json"}
    answer = build(profile, "fr-ar", {"max_new_tokens": 5}).generate(["Le Maroc signe."])
    assert len(answer) == 1


def test_the_converted_model_is_the_same_model(remote: Path, tmp_path: Path) -> None:
    """No weight is lost with the tied ones: what loads has the pickle's tensors."""
    import torch
    from transformers import MarianMTModel

    folder = hub.pull(profiles.load(NAME), fetch_from(remote))
    state = torch.load(remote / "pytorch_model.bin", weights_only=True)
    loaded = MarianMTModel.from_pretrained(folder).state_dict()
    assert all(torch.equal(loaded[name], tensor) for name, tensor in state.items())


def test_an_interrupted_pull_is_not_installed(remote: Path) -> None:
    """After a failure nothing is installed, and the next pull succeeds."""
    profile = profiles.load(NAME)
    with pytest.raises(ModelUnavailable):
        hub.pull(profile, fetch_from(remote, fails=True))
    assert profile.installed() is None
    hub.pull(profile, fetch_from(remote))
    assert profile.installed() is not None


def test_the_recorded_commit_is_pulled_again(remote: Path) -> None:
    """A repair does not silently bring another model; ``update`` does it on purpose."""
    profile = profiles.load(NAME)
    asked: list[str] = []
    hub.pull(profile, fetch_from(remote, asked=asked))
    assert asked[0] == "main"
    hub.pull(profile, fetch_from(remote, asked=(again := [])))
    assert set(again) == {"c0ffee"}
    hub.pull(profile, fetch_from(remote, asked=(updated := [])), update=True)
    assert updated[0] == "main"


def test_verify_finds_a_changed_byte(remote: Path) -> None:
    """A file that is not what was pulled is named, with the command that mends it."""
    profile = profiles.load(NAME)
    folder = hub.pull(profile, fetch_from(remote))
    assert hub.damaged(profile) == []
    path = folder / "vocab.json"
    path.write_text(path.read_text() + " ")
    assert hub.damaged(profile) == ["vocab.json"]
    with pytest.raises(ModelUnavailable, match=r"vocab\.json") as caught:
        verify_one(profile)
    assert caught.value.hint == f"summarize-cli models pull {NAME}"


def test_verify_refuses_a_model_that_talks_nonsense(remote: Path) -> None:
    """Good checksums are not enough: random weights do not write Arabic."""
    profile = profiles.load(NAME)
    hub.pull(profile, fetch_from(remote))
    with pytest.raises(ModelUnavailable, match="does not translate"):
        verify_one(profile)


def test_verify_accepts_the_embedded_model() -> None:
    """The shipped model passes its own smoke test."""
    verify_one(profiles.load("embedded"))


def test_a_malicious_pickle_runs_nothing(remote: Path, tmp_path: Path) -> None:
    """``weights_only`` refuses code; the model is not installed."""
    import pickle

    class Evil:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return (exec, (f"open({str(tmp_path / 'pwned')!r}, 'w')",))

    (remote / "pytorch_model.bin").write_bytes(pickle.dumps(Evil(), protocol=2))
    with pytest.raises(ModelUnavailable, match="cannot be read safely"):
        hub.pull(profiles.load(NAME), fetch_from(remote))
    assert not (tmp_path / "pwned").exists()
    assert profiles.load(NAME).installed() is None


def test_offline_is_respected(monkeypatch: pytest.MonkeyPatch) -> None:
    """``HF_HUB_OFFLINE`` keeps even pull from the network."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(ModelUnavailable, match="HF_HUB_OFFLINE"):
        hub.pull(profiles.load(NAME))


def test_no_network_is_one_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real fetch without a network: an error of ours, with a hint."""

    def refuse(*args: object, **kwargs: object) -> None:
        raise OSError("network is unreachable")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    with pytest.raises(ModelUnavailable, match="cannot pull") as caught:
        hub.pull(profiles.load(NAME))
    assert "again" in caught.value.hint

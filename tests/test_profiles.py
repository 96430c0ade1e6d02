"""Profiles: every shipped one is sound, and senseless ones are refused."""

from __future__ import annotations

import tomllib
from hashlib import sha256
from pathlib import Path

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st

from summarize_cli import engines, profiles, text
from summarize_cli.engines import gemma
from summarize_cli.errors import PolicyRefused, ProfileError

HUB = {"hub": "a/b", "revision": "main"}


@pytest.mark.parametrize("name", profiles.names())
def test_every_shipped_profile_is_sound(name: str) -> None:
    """Known kind, tasks, steps, a licence, and an engine for each task."""
    profile = profiles.load(name)
    assert profile.tasks
    assert profile.about["licence"]
    assert isinstance(profile.about["commercial"], bool)
    assert set(profile.limits.get("steps", [])) <= set(text.STEPS)
    for task in profile.tasks:
        assert engines.build(profile, task).signature.startswith(f"{name}/{task}#")


def test_the_licences_that_forbid_commerce_are_marked() -> None:
    """NLLB-200 and mT5 XL-Sum are the non-commercial ones."""
    marked = {name for name in profiles.names() if not profiles.load(name).commercial}
    assert marked == {"nllb-200-distilled-600M", "mt5-xlsum"}


def test_arabic_marian_models_have_their_language_token() -> None:
    """Without ``>>ara<<`` these models answer in another language."""
    for name in ("opus-mt-fr-ar", "opus-mt-tc-big-itc-ar", "opus-mt-tc-big-en-ar"):
        (task,) = profiles.load(name).tasks.values()
        assert task["prefix"] == ">>ara<< "


def test_the_embedded_checksums_are_those_of_the_files() -> None:
    """The profile names the adapter and the vocabulary that are shipped."""
    profile = profiles.load("embedded")
    for part in ("adapter", "vocabulary"):
        content = (profile.folder / profile.weights[part]).read_bytes()
        assert sha256(content).hexdigest() == profile.weights[f"{part}_sha256"]
    assert profile.weights["recipe"] == gemma.RECIPE
    assert (profile.folder / profile.weights["adapter"]).stat().st_size < 32e6


@pytest.mark.parametrize(
    ("table", "what"),
    [
        ({"kind": "seq2seq", "weights": {}}, "exactly one"),
        ({"kind": "seq2seq", "weights": {"hub": "a/b"}}, "pin a revision"),
        ({"kind": "seq2seq", "weights": {"hub": "a", "path": "b", "revision": "c"}}, "exactly one"),
        ({"kind": "causal", "weights": {"package": "a"}}, "sha256"),
        ({"kind": "seq2seq", "weights": HUB, "tasks": {"fr-xx": {}}}, "unknown tasks"),
        ({"kind": "seq2seq", "weights": HUB, "generation": {"temperature": 1.0}}, "repeatable"),
        ({"kind": "seq2seq", "weights": HUB, "retry": {"do_sample": True}}, "repeatable"),
        ({"kind": "seq2seq", "weights": HUB, "sampling": {}}, "unknown entries"),
    ],
)
def test_senseless_profiles_are_refused(table: profiles.Table, what: str) -> None:
    """Each mistake is named; sampling is among them."""
    with pytest.raises(ProfileError, match=what):
        profiles.parse("bad", Path("bad"), table)


@given(st.sampled_from(["weights", "tasks", "generation", "limits"]), st.integers(2, 99))
def test_everything_outside_about_is_in_the_signature(section: str, value: int) -> None:
    """A change anywhere but in ``[about]`` and ``[retry]`` changes the signature."""
    path = ROOT / "models" / "opus-mt-fr-ar" / "profile.toml"
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    before = profiles.parse("m", path.parent, table).signature("fr-ar")
    table["about"]["quality"] = "other"
    assert profiles.parse("m", path.parent, table).signature("fr-ar") == before
    key = {"weights": "revision", "tasks": "fr-ar", "generation": "num_beams"}.get(section, "x")
    table[section][key] = {"prefix": str(value)} if section == "tasks" else value + 10
    assert profiles.parse("m", path.parent, table).signature("fr-ar") != before


def test_unknown_names_list_the_known_ones() -> None:
    """A typing error is answered with the choices."""
    with pytest.raises(ProfileError) as caught:
        profiles.load("opus-mt-fr-de")
    assert "opus-mt-fr-en" in caught.value.hint
    with pytest.raises(ProfileError) as caught:
        profiles.choose("big", ["fr-en"])
    assert "opus-big" in caught.value.hint


def test_auto_takes_what_is_installed(home: Path) -> None:
    """Nothing pulled: the embedded set. M2M100 pulled: that one."""
    assert profiles.choose("auto", ["fr-en", "fr-ar"])[0] == "embedded"
    folder = home / "models" / "m2m100_418M"
    folder.mkdir(parents=True)
    (folder / "installed.json").write_text('{"commit": "abc"}')
    name, chosen = profiles.choose("auto", ["fr-en", "fr-ar"])
    assert (name, chosen["fr-ar"].name) == ("m2m100", "m2m100_418M")


def test_the_commit_that_was_pulled_is_in_the_signature(home: Path) -> None:
    """Another commit of the same model is another model."""
    profile = profiles.load("m2m100_418M")
    folder = home / "models" / "m2m100_418M"
    folder.mkdir(parents=True)
    signatures = set()
    for commit in ("abc", "def"):
        (folder / "installed.json").write_text(f'{{"commit": "{commit}"}}')
        signatures.add(profile.signature("fr-en"))
    assert len(signatures) == 2


def test_commercial_only(home: Path) -> None:
    """NLLB by name is refused; auto passes over it even when it is installed."""
    with pytest.raises(PolicyRefused, match="CC-BY-NC"):
        profiles.choose("nllb", ["fr-en"], commercial_only=True)
    folder = home / "models" / "nllb-200-distilled-600M"
    folder.mkdir(parents=True)
    (folder / "installed.json").write_text('{"commit": "abc"}')
    assert profiles.choose("auto", ["fr-en"])[0] == "nllb"
    assert profiles.choose("auto", ["fr-en"], commercial_only=True)[0] == "embedded"

"""What a run was made of, and whether a rerun is the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import Cli

from summarize_cli import manifest
from summarize_cli.errors import InputError


def made(cli: Cli, tmp_path: Path, out: str = "out") -> Path:
    """Two documents through echo, with a manifest."""
    folder = tmp_path / "in" / "deep"
    folder.mkdir(parents=True, exist_ok=True)
    (folder.parent / "un.txt").write_text("Le ministre arrive.\n")
    (folder / "deux.txt").write_text("Le ministre part.\n")
    done = cli("run", "in", "-o", out, "--models", "echo", "--manifest", "m.json", "--summaries", "")
    assert done.code == 0, done.err
    return tmp_path / "m.json"


def test_a_manifest_names_sources_engines_and_outputs(cli: Cli, tmp_path: Path) -> None:
    """Everything by its checksum, every engine by its signature; written again by a run of nothing."""
    path = made(cli, tmp_path)
    content = json.loads(path.read_text())
    assert {Path(d["source"]).name: sorted(d["outputs"]) for d in content["documents"]} == {
        "un.txt": ["un.ar.txt", "un.en.txt"],
        "deux.txt": ["deep/deux.ar.txt", "deep/deux.en.txt"],
    }
    assert {e["signature"].partition("#")[0] for e in content["engines"]} == {"echo/fr-en", "echo/fr-ar"}
    assert json.loads(made(cli, tmp_path).read_text()) == content


def test_a_rerun_is_held_to_it(cli: Cli, tmp_path: Path) -> None:
    """The same elsewhere agrees; a changed or missing file does not, and is named."""
    path = made(cli, tmp_path)
    again = cli("run", "in", "-o", "other", "--models", "echo", "--summaries", "")
    assert again.code == 0
    same = cli("models", "verify", "--manifest", str(path), "--outputs", "other")
    assert (same.code, "agree" in same.out) == (0, True)
    (tmp_path / "other" / "un.en.txt").write_text("tampered")
    (tmp_path / "other" / "un.ar.txt").unlink()
    differs = cli("models", "verify", "--manifest", str(path), "--outputs", "other")
    assert differs.code == 1
    assert differs.out.splitlines() == ["un.ar.txt is missing", "un.en.txt is not the same"]


def test_other_models_are_named(cli: Cli, tmp_path: Path) -> None:
    """A model that would answer otherwise today, one that is unknown, another version of the tool."""
    path = made(cli, tmp_path)
    content = json.loads(path.read_text())
    content["tool"] = "summarize-cli 0.0.0"
    content["engines"][0]["settings"] = {"num_beams": 9}
    content["engines"][1]["signature"] = "no-such-model/fr-en#0"
    path.write_text(json.dumps(content))
    differs = cli("models", "verify", "--manifest", str(path))
    assert differs.code == 4
    assert "0.0.0" in differs.out
    assert "another model, or other settings" in differs.out
    assert "no-such-model" in differs.out


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"schema": 2, "documents": []}'])
def test_what_is_no_manifest(tmp_path: Path, content: str) -> None:
    """One clear error."""
    (tmp_path / "m.json").write_text(content)
    with pytest.raises(InputError, match="not a manifest"):
        manifest.read(tmp_path / "m.json")


def test_usage(cli: Cli) -> None:
    """A manifest is of files, and files are held to a manifest."""
    assert cli("run", "a.txt", "--manifest", "m.json").code == 2
    assert cli("models", "verify", "--outputs", "out").code == 2

"""A corrected release: only what changed is translated again, edits are carried over."""

from __future__ import annotations

from pathlib import Path

from conftest import Cli

from summarize_cli import profiles
from summarize_cli.cli.diff import changes
from summarize_cli.document import Document
from summarize_cli.engines import build
from summarize_cli.memory import Store
from summarize_cli.text import split

OLD = "Le plan avance.\n\nIl crée 1 000 postes. Il coûte cher.\n\nFin.\n"
NEW = OLD.replace("1 000", "1 200").replace("\nFin.\n", "\nUn mot de plus.\n\nFin.\n")


def document(content: str) -> Document:
    return Document("note", "fr", split(content))


def test_changes_are_sentences() -> None:
    """A changed sentence is gone and new, an inserted one is new, the others are neither."""
    assert changes(document(OLD), document(NEW)) == ([1], [1, 3])
    assert changes(document(OLD), document(OLD)) == ([], [])


def test_only_what_changed_is_computed(cli: Cli, home: Path, tmp_path: Path) -> None:
    """After a run over the old text, two texts of the new one are new to the memory."""
    for name, content in (("old.txt", OLD), ("new.txt", NEW)):
        (tmp_path / name).write_text(content, encoding="utf-8")
    assert cli("run", "old.txt", "--models", "echo", "--to", "en", "--summaries", "", "-q").code == 0
    signature = build(profiles.load("echo"), "fr-en").signature
    before = count(home)
    result = cli("diff", "old.txt", "new.txt", "--models", "echo", "--to", "en", "-o", "out", "-q")
    assert result.code == 0, result.err
    assert count(home)[signature] - before[signature] == 2
    assert result.out.startswith(
        "2 of 5 sentences changed, 1 are gone\n- Il crée 1 000 postes.\n+ Il crée 1 200"
    )
    assert (tmp_path / "out" / "new.en.txt").read_text(encoding="utf-8") == NEW


def test_edits_are_carried_over(cli: Cli, tmp_path: Path) -> None:
    """What a person wrote for a sentence that did not change is what the new text has."""
    edited = "The plan moves on.\n\nIt creates 1,000 jobs. It costs a lot.\n\nEnd.\n"
    for name, content in (("old.txt", OLD), ("new.txt", NEW), ("old.en.txt", edited)):
        (tmp_path / name).write_text(content, encoding="utf-8")
    result = cli(
        "diff",
        "old.txt",
        "new.txt",
        "--models",
        "echo",
        "--to",
        "en",
        "--edited",
        "en=old.en.txt",
        "-o",
        "out",
    )
    assert result.code == 0, result.err
    assert "en: 3 of 5 sentences as approved or edited" in result.err
    written = (tmp_path / "out" / "new.en.txt").read_text(encoding="utf-8")
    assert (
        written == "The plan moves on.\n\nIl crée 1 200 postes. It costs a lot.\n\nUn mot de plus.\n\nEnd.\n"
    )


def test_bad_edits_are_refused(cli: Cli, tmp_path: Path) -> None:
    """What is not LANG=FILE is a wrong usage."""
    (tmp_path / "a.txt").write_text(OLD, encoding="utf-8")
    result = cli("diff", "a.txt", "a.txt", "--models", "echo", "--edited", "a.txt")
    assert result.code == 2
    assert "LANG=FILE" in result.err


def count(home: Path) -> dict[str, int]:
    store = Store(home / "memory.sqlite")
    found = store.count()
    store.close()
    return found

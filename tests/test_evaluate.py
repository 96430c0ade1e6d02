"""Evaluation: figures that can be checked by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from summarize_cli import evaluate
from summarize_cli.errors import InputError


def named(scores: list[evaluate.Score]) -> dict[str, float]:
    return {score.name: score.value for score in scores}


def test_a_perfect_translation_has_full_marks() -> None:
    """100 points, with signatures; a wrong one has fewer."""
    texts = ["The plan was adopted on Thursday by the council.", "It will last ten years."]
    scores = evaluate.quality(texts, texts)
    assert all(score.value == pytest.approx(100) for score in scores)
    assert all("version:" in score.signature for score in scores)
    assert named(evaluate.quality(["Nothing.", "No."], texts))["chrF"] < 20


def test_fidelity_counts_what_the_guard_sees() -> None:
    """One of two figures kept, one loop in three, all in the right script."""
    sources = ["Il y a 500 postes.", "Il y a 700 postes.", "Une phrase tout à fait ordinaire."]
    outputs = ["There are 500 posts.", "There are posts.", "so so so so so so so so"]
    scores = named(evaluate.fidelity(sources, outputs, "en"))
    assert scores["figures kept"] == pytest.approx(50)
    assert scores["loops"] == pytest.approx(100 / 3)
    assert scores["wrong script"] == 0
    assert scores["addresses kept"] == 100


def test_similarity_knows_translations_from_strangers() -> None:
    """A translation is nearer to its source than another sentence is."""
    source = ["Le conseil a adopté un plan de gestion de l’eau."]
    near = evaluate.similarity(source, ["اعتمد المجلس خطة لتدبير المياه."])
    assert near > evaluate.similarity(source, ["My cat sleeps on the sofa."]) + 0.03


def test_sets_are_read_and_refused(tmp_path: Path) -> None:
    """TSV with quotes left alone, JSON lines of press documents; other files are errors."""
    tsv = tmp_path / "a.tsv"
    tsv.write_text('id\tfr\ten\n1\t"Oui\tYes\n', encoding="utf-8")
    assert evaluate.read_set(tsv) == [{"id": "1", "fr": '"Oui', "en": "Yes"}]
    press = tmp_path / "a.jsonl"
    press.write_text('{"sentences": [{"fr": "Oui", "en": "Yes", "ar": "نعم"}]}\n', encoding="utf-8")
    assert evaluate.read_set(press)[0]["ar"] == "نعم"
    for name, content in (("b.tsv", "x\ty\n1\t2\n"), ("b.jsonl", "{}\n"), ("c.tsv", "")):
        (tmp_path / name).write_text(content)
        with pytest.raises(InputError):
            evaluate.read_set(tmp_path / name)
    with pytest.raises(InputError):
        evaluate.read_set(tmp_path / "missing.tsv")

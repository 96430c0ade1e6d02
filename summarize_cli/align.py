"""Pair the segments of a text with those of a translation that somebody else made.

Where both have the same shape, one segment answers to one. Else paragraphs are aligned first,
then the sentences inside them, by the lengths of the texts (Gale and Church, *A program for
aligning sentences in bilingual corpora*, 1993) and by the words and figures that look alike on
both sides (Simard, Foster and Isabelle, *Using cognates to align sentences*, 1992).
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .document import Document, Segment

PRIORS = {(1, 1): 0.89, (1, 0): 0.0099, (0, 1): 0.0099, (2, 1): 0.089, (1, 2): 0.089, (2, 2): 0.011}
"""How often so many sentences answer to so many (Gale and Church, table 5)."""
PARAGRAPHS = {(1, 1): 0.89, (1, 0): 0.0445, (0, 1): 0.0445, (2, 1): 0.0099, (1, 2): 0.0099}
"""The same for paragraphs, which are left out or added rather than merged or divided."""
RATIOS = {"en": 0.91, "ar": 0.77}
"""Characters of a translation for each of the French: measured on ``training/corpus``."""
VARIANCE = 6.8
"""Of the length of a translation, in characters, for each character of the source."""
COGNATES, CHANCE = 0.30, 0.09
"""The share of words that look alike in translations and in other pairs (Simard et al.)."""
SENTENCE, PARAGRAPH = 40.0, 5.0
"""What a pair costs at most: a paragraph without one of its sentences is still one."""
BAND = 50
"""Pairs further from the diagonal are not looked at: long texts would take minutes."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Segments that answer to one another, by their numbers (from 0); one side may be empty."""

    source: tuple[int, ...]
    target: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    """What alignment sees of some segments: their length, and what may look alike elsewhere."""

    length: int = 0
    marks: frozenset[str] = frozenset()


def pairs(source: Document, target: Document) -> list[Pair]:
    """Pair all segments of two documents, in order; each that has words stands in one pair."""
    left, right = _paragraphs(source), _paragraphs(target)
    every, other = ([n for paragraph in side for n in paragraph] for side in (left, right))
    if len(every) == len(other) and (len(left) != len(right) or all(map(_alike, left, right))):
        return [Pair((a,), (b,)) for a, b in zip(every, other, strict=True)]
    ratio = RATIOS.get(target.lang, 1.0)
    found = []
    for some, others in _aligned(_parts(source, left), _parts(target, right), ratio, PARAGRAPHS, PARAGRAPH):
        inside = [n for paragraph in some for n in left[paragraph]]
        answers = [n for paragraph in others for n in right[paragraph]]
        if len(inside) == len(answers):
            found += [Pair((a,), (b,)) for a, b in zip(inside, answers, strict=True)]
            continue
        sides = _parts(source, [[n] for n in inside]), _parts(target, [[n] for n in answers])
        found += [
            Pair(tuple(inside[n] for n in a), tuple(answers[n] for n in b))
            for a, b in _aligned(*sides, ratio, PRIORS, SENTENCE)
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


def _parts(document: Document, parts: Iterable[Sequence[int]]) -> list[_Part]:
    return [_together([_part(document.segments[n].text) for n in part]) for part in parts]


def _part(text: str) -> _Part:
    plain = unicodedata.normalize("NFD", re.sub(r"(?<=\d)[\s.,](?=\d{3})", "", text.lower()))
    bare = "".join(c for c in plain if not unicodedata.combining(c))
    marks = re.findall(r"\d+|[a-z]{4,}", bare)
    return _Part(len(text), frozenset(str(int(m)) if m.isdecimal() else m[:4] for m in marks))


def _together(parts: Sequence[_Part]) -> _Part:
    marks = frozenset[str]().union(*(part.marks for part in parts))
    return parts[0] if len(parts) == 1 else _Part(sum(part.length for part in parts), marks)


def _aligned(
    left: list[_Part], right: list[_Part], ratio: float, priors: Mapping[tuple[int, int], float], most: float
) -> list[tuple[range, range]]:
    """The cheapest way to pair two rows of parts, as ranges of numbers on both sides.

    ``ratio`` is how many characters of the right one character of the left becomes.
    """
    best: dict[tuple[int, int], tuple[float, tuple[int, int]]] = {(0, 0): (0.0, (0, 0))}
    for i in range(len(left) + 1):
        middle = i * len(right) // max(1, len(left))
        near = BAND + abs(len(left) - len(right))
        for j in range(max(0, middle - near), min(len(right), middle + near) + 1):
            for (a, b), prior in priors.items():
                if i >= a and j >= b and (i - a, j - b) in best:
                    before = best[i - a, j - b][0]
                    cost = before - math.log(prior) + _cost(left[i - a : i], right[j - b : j], ratio, most)
                    if cost < best.get((i, j), (math.inf,))[0]:
                        best[i, j] = (cost, (a, b))
    found, i, j = [], len(left), len(right)
    while i or j:
        a, b = best[i, j][1]
        found.append((range(i - a, i), range(j - b, j)))
        i, j = i - a, j - b
    return found[::-1]


def _cost(source: list[_Part], target: list[_Part], ratio: float, most: float) -> float:
    """How unlikely it is that some parts answer to others; nothing where one side is empty."""
    if not source or not target:
        return 0.0
    one, other = _together(source), _together(target)
    mean = (one.length + other.length / max(ratio, 0.01)) / 2
    delta = abs(other.length - one.length * ratio) / math.sqrt(max(mean, 1) * VARIANCE)
    tail = max(math.erfc(delta / math.sqrt(2)), 1e-99)  # both tails of the normal distribution
    alike, every = len(one.marks & other.marks), min(len(one.marks), len(other.marks))
    cost = -math.log(tail) - alike * math.log(COGNATES / CHANCE)
    cost -= (every - alike) * math.log((1 - COGNATES) / (1 - CHANCE))
    return min(cost, most)

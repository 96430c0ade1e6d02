"""Inline marks survive translation: find the words of a target that a source's marks belong to.

No engine here gives word alignments, so the label of a mark (the words that it covers) is
translated by itself, with the same engine and in the same batch, and the stretch of the target
that resembles it most takes the mark; of two equal ones the one nearest to the same relative
place (a poor man's phrase alignment; Koehn, 2010, ch. 5, has the real thing). A mark that
covers its whole segment goes on doing so. Where nothing resembles the label, the text stays
whole, the mark goes to the last word, and ``place`` says so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from .document import Mark, Segment

WORD = re.compile(r"\S+")
EDGES = " \t\n«»“”\"'()[],;:.!?…،؛؟"
# An exact match is one of words; Arabic writes particles before them, and endings behind.
CLITICS, ENDINGS = r"(?<!\w)(?:[وفبلك]?(?:ال)?|لل)", r"[اًةسs]?(?!\w)"
ALIKE = 0.6
"""The least resemblance, from 0 to 1, of a label and a stretch that may take its mark."""


def label(segment: Segment, mark: Mark) -> str:
    """The words that a mark covers, without the punctuation around them."""
    return segment.text[mark.start : mark.end].strip(EDGES)


def labels(segment: Segment) -> list[str]:
    """The labels of a segment that must be translated to find their marks' places again."""
    wanted = [m for m in segment.marks if not m.verbatim and not _whole(segment, m)]
    return [text for text in dict.fromkeys(label(segment, m) for m in wanted) if text]


def place(source: Segment, target: str, translated: Mapping[str, str]) -> tuple[tuple[Mark, ...], list[str]]:
    """Place the marks of ``source`` in its translation; return them, and the labels that got lost.

    ``translated`` maps each of ``labels(source)`` to its translation. Every mark is in the
    result; the lost ones stand at the last word.
    """
    placed: list[Mark] = []
    lost: list[str] = []
    for mark in source.marks:
        span = _span(source, mark, target, translated)
        if span is None:
            lost.append(label(source, mark))
            words = list(WORD.finditer(target))
            span = (words[-1].start(), len(target)) if words else (0, len(target))
        placed.append(replace(mark, start=span[0], end=span[1]))
    return tuple(placed), lost


def _whole(segment: Segment, mark: Mark) -> bool:
    rest = segment.text[: mark.start] + segment.text[mark.end :]
    return mark.end > mark.start and not rest.strip(EDGES)


def _span(source: Segment, mark: Mark, target: str, translated: Mapping[str, str]) -> tuple[int, int] | None:
    if mark.start == mark.end:
        at = _point(source.text, mark.start, target)
        return at, at
    if _whole(source, mark):
        return 0, len(target)
    words = label(source, mark)
    if not words:  # marked punctuation or white space: as good as a point
        at = _point(source.text, mark.start, target)
        return at, at
    near = mark.start / max(1, len(source.text))
    known = translated.get(words, "").strip(EDGES)
    for wanted in filter(None, (words, "" if mark.verbatim else known)):
        pattern = re.escape(wanted) if mark.verbatim else rf"{CLITICS}{re.escape(wanted)}{ENDINGS}"
        exact = [m.span() for m in re.finditer(pattern, target)]
        if exact:
            return min(exact, key=lambda span: abs(span[0] / len(target) - near))
    return None if mark.verbatim else _likeliest(target, known, near)


def _point(source: str, at: int, target: str) -> int:
    """The place of a point: the same end of the text, else a word's end at the same share."""
    if not source[:at].strip():
        return 0
    if not source[at:].strip(EDGES):
        rest = len(source[at:].strip())
        same = 0 < rest <= len(target) and not target[-rest:].strip(EDGES)
        return len(target) - rest if same else len(target)
    ends = [word.end() for word in WORD.finditer(target)]
    wanted = at / len(source) * len(target)
    return min(ends, key=lambda end: abs(end - wanted), default=len(target))


def _likeliest(target: str, words: str, near: float) -> tuple[int, int] | None:
    """The stretch of whole words that resembles ``words`` most."""
    from rapidfuzz.fuzz import ratio

    spans = [match.span() for match in WORD.finditer(target)]
    length, wanted = max(1, len(words.split())), _plain(words)
    best: tuple[float, int, int] | None = None
    for first in range(len(spans)):
        for last in range(first, min(len(spans), first + length + 2)):
            start, end = _trimmed(target, spans[first][0], spans[last][1])
            alike = ratio(wanted, _plain(target[start:end])) / 100
            worth = alike - 0.1 * abs(start / len(target) - near)
            if alike >= ALIKE and (best is None or worth > best[0]):
                best = worth, start, end
    return best[1:] if best else None


@lru_cache(maxsize=4096)  # bounded: a batch may be as long as it likes
def _plain(text: str) -> str:
    """A text as it is compared: without case, Arabic vowel signs and leading particles."""
    text = re.sub(r"[\u064b-\u0652\u0640]", "", text.casefold()).strip(EDGES)
    return re.sub(r"(?<!\w)(?:و?ال|وال|لل|بال|the |a |an )(?=\w)", "", text)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start] in EDGES:
        start += 1
    while end > start and text[end - 1] in EDGES:
        end -= 1
    return start, end


def runs(segments: Sequence[Segment]) -> list[tuple[str, tuple[int, ...]]]:
    """Cut segments into stretches of text with the numbers of the marks that cover them.

    The tail of a segment has the marks that go on behind it. A point is a stretch without text.

    >>> runs([Segment("un mot", "", (Mark(3, 6, 0),))])
    [('un ', ()), ('mot', (0,))]
    """
    found: list[tuple[str, tuple[int, ...]]] = []
    for n, segment in enumerate(segments):
        found += _of_segment(segment)
        following = segments[n + 1] if n + 1 < len(segments) else None
        if segment.tail and following:
            ending = {m.number for m in segment.marks if m.end == len(segment.text) and m.start < m.end}
            going = tuple(sorted(m.number for m in following.marks if not m.start and m.number in ending))
            found.append((segment.tail, going))
        elif segment.tail:
            found.append((segment.tail, ()))
    return found


def _of_segment(segment: Segment) -> list[tuple[str, tuple[int, ...]]]:
    points = [m for m in segment.marks if m.start == m.end]
    spans = [m for m in segment.marks if m.start < m.end]
    cuts = sorted({0, len(segment.text), *(at for m in segment.marks for at in (m.start, m.end))})
    found: list[tuple[str, tuple[int, ...]]] = []
    for start, end in zip(cuts, [*cuts[1:], None], strict=True):
        for point in points:
            if point.start == start:
                around = _around(point, spans)
                inside = [
                    m.number
                    for m in spans
                    if m.start < start < m.end or (m in around and m.start <= start <= m.end)
                ]
                found.append(("", (*sorted(inside), point.number)))
        if end is not None and start < end:
            over = sorted(m.number for m in spans if m.start <= start and end <= m.end)
            found.append((segment.text[start:end], tuple(over)))
    return found


def _around(mark: Mark, spans: Sequence[Mark]) -> list[Mark]:
    """The spans that a mark stood in, innermost first."""
    outer = next((m for m in spans if m.number == mark.within and m.number < mark.number), None)
    return [outer, *_around(outer, spans)] if outer else []

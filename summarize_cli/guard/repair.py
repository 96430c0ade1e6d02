"""What can be put right without a translator: a figure, a month or weekday, Latin marks in Arabic."""

from __future__ import annotations

from . import units
from .figures import DIGIT, Figure, compared, figures
from .marks import LATIN_MARK
from .pair import Pair, masked

ARABIC_MARKS = str.maketrans("?,;", "؟،؛")
INDIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


def repaired(source: str, target: str, lang: str, source_lang: str = "fr") -> tuple[str, str] | None:
    """The target with its wrong figure, month, weekday and Latin marks put right, and what was done.

    None where there is nothing to repair, or where it would be a guess: a figure is put right only
    if one figure of the source is missing and one strange figure of the same kind stands at the
    corresponding place, and if nothing is wrong with the figures afterwards. A month or weekday is if
    it is the only one missing, and stands there untranslated or there is one that the source has not.

    >>> repaired("40 % des postes", "14% of the jobs", "en")
    ('40% of the jobs', '14 was put right to 40, as in the source')
    """
    text, done = target, []
    figure = _with_figure(Pair(source, target, lang, source_lang))
    if figure:
        text, message = figure
        done.append(message)
    for kind in ("month", "weekday"):
        dated = _with_date(Pair(source, text, lang, source_lang), kind)
        if dated:
            text, message = dated
            done.append(message)
    marked = _with_arabic_marks(text) if lang == "ar" else text
    if marked != text:
        done.append("Latin punctuation was replaced by Arabic")
    return (marked, "; ".join(done)) if done else None


def _with_arabic_marks(text: str) -> str:
    plain = masked(text)
    for match in LATIN_MARK.finditer(plain):
        text = text[: match.start()] + match.group().translate(ARABIC_MARKS) + text[match.end() :]
    return text


def _with_date(pair: Pair, kind: str) -> tuple[str, str] | None:
    missing, strange = units.compared(pair, kind)
    if len(missing) != 1 or pair.lang not in units.DATES:
        return None
    (right,) = missing
    left = units.mentioned(pair.target, pair.source_lang, kind).get(right)
    if left is None and len(strange) != 1:
        return None
    start, end = left or units.bare(pair.target, pair.lang, kind, *strange)
    new = units.DATES[pair.lang][kind][right - 1].partition("|")[0]
    message = f"{pair.target[start:end]} was put right to {new}, as in the source"
    return pair.target[:start] + new + pair.target[end:], message


def _with_figure(pair: Pair) -> tuple[str, str] | None:
    both = compared(pair)
    if len(both.missing) != 1 or len(both.strange) != 1:
        return None
    right, wrong = both.missing[0], both.strange[0]
    old = pair.target[slice(*wrong.span)]
    if not (right.digits and wrong.digits and len(right.bare) == 1 and _replaceable(pair, right, wrong)):
        return None
    new = _written(pair.source[slice(*right.span)], old, pair.lang)
    text = pair.target[: wrong.span[0]] + new + pair.target[wrong.span[1] :]
    left = compared(Pair(pair.source, text, pair.lang, pair.source_lang))
    if left.missing or left.strange:
        return None
    return text, f"{old} was put right to {new}, as in the source"


def _replaceable(pair: Pair, right: Figure, wrong: Figure) -> bool:
    """Whether two figures are of one kind, and each is as far from the beginning among its own."""
    source, target = pair.prose
    ours, theirs = figures(source, pair.source_lang), figures(target, pair.lang)
    if len(ours) != len(theirs) or ours.index(right) != theirs.index(wrong):
        return False
    return _kind(right, source) == _kind(wrong, target) and not any(map(str.isalpha, wrong.text))


def _kind(figure: Figure, text: str) -> tuple[object, ...]:
    """Scale, per cent, time of day, a year: what must agree before one figure replaces another."""
    scale = round(max(figure.values) / max(figure.bare)) if max(figure.bare) else 1
    after = text[figure.span[1] : figure.span[1] + 2].replace("٪", "%")
    year = len(figure.text) == 4 and figure.text.isdigit() and figure.text[0] in "12"
    hour = min(figure.values) != min(figure.bare) and "%" not in after
    return scale, "%" in after, year, hour


def _written(source: str, old: str, lang: str) -> str:
    """A French figure in the notation of the target, grouped and with digits like the old one."""
    whole, _, fraction = source.partition(",")
    digits = "".join(DIGIT.findall(whole))
    grouped = lang == "en" and len(digits) < len(whole)
    new = f"{int(digits):,}" if grouped else digits
    if fraction:
        new += ("," if lang == "ar" and "," in old else ".") + fraction
    return new.translate(INDIC) if any("٠" <= c <= "٩" for c in old) else new

"""The guard's challenge set: correct translations, and the same with one damage each.

Made from the project's own corpus (``training/corpus``), of which every fifth document is held
back: rules and thresholds of the guard were set on the others. Everything follows from one
seed, so the set is the same on every machine. A damage is something that a model or a hurried
person does, and each damaged pair is wrong: where a kind does not apply to a sentence, the
sentence is not used for it.
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from summarize_cli.document import Finding

CORPUS = Path(__file__).parent.parent / "training" / "corpus"
FILES = "encyclopaedia grammar news press-companies press-public press world".split()
"""What the corpus had when rules and thresholds were set; what was written since changes nothing."""
SEED = 5
EACH = 60
"""At most so many pairs of a kind and language."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A French sentence, its translation into ``lang``, and what was done to it (or nothing)."""

    kind: str
    lang: str
    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Row:
    """A correct triple, and the one that follows it in its document."""

    here: dict[str, str]
    next: dict[str, str]


def rows(held_back: bool = True) -> list[Row]:
    """The triples of the documents that are held back, or of all the others."""
    found = []
    for name in FILES:
        for number, line in enumerate((CORPUS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()):
            if (number % 5 == 0) == held_back:
                sentences = json.loads(line)["sentences"]
                found += [Row(*two) for two in zip(sentences, sentences[1:] + sentences[:1], strict=True)]
    return found


def correct(held_back: bool = True) -> list[Pair]:
    """Every triple as two correct pairs."""
    return [Pair("", lang, r.here["fr"], r.here[lang]) for lang in ("en", "ar") for r in rows(held_back)]


def damaged(held_back: bool = True) -> list[Pair]:
    """At most ``EACH`` pairs of each kind and language."""
    found = []
    for lang in ("en", "ar"):
        for kind, damage in KINDS.items():
            chance = random.Random(f"{SEED} {kind} {lang}")
            shuffled = rows(held_back)
            chance.shuffle(shuffled)
            pairs = (_made(kind, lang, row, damage, chance) for row in shuffled)
            found += [pair for pair, _ in zip(filter(None, pairs), range(EACH), strict=False)]
    return found


Damage = Callable[[Row, str, random.Random], "str | tuple[str, str] | None"]
"""Makes a wrong target, or a new source and a wrong target, or nothing where it cannot."""


def _made(kind: str, lang: str, row: Row, damage: Damage, chance: random.Random) -> Pair | None:
    made = damage(row, lang, chance)
    if made is None or made == row.here[lang]:
        return None
    source, target = made if isinstance(made, tuple) else (row.here["fr"], made)
    return Pair(kind, lang, source, target)


# -- figures --------------------------------------------------------------------------------

FIGURE = re.compile(r"(?<![\w.,-])\d+(?:[.,]\d+)*(?![\w-])")


def _figure(row: Row, lang: str, chance: random.Random) -> re.Match[str] | None:
    """One of the figures that the target has in digits."""
    found = list(FIGURE.finditer(row.here[lang]))
    return chance.choice(found) if found else None


def number_changed(row: Row, lang: str, chance: random.Random) -> str | None:
    """Another digit, two digits the other way round, or a nought too many."""
    found = _figure(row, lang, chance)
    if not found:
        return None
    old = found.group()
    at = chance.choice([n for n, c in enumerate(old) if c.isdigit()])
    digit = chance.choice([c for c in "123456789" if c != old[at]])
    options = [old[:at] + digit + old[at + 1 :]]
    if old.isdigit():
        options.append(old + "0")
        if len(old) > 1 and old[-1] != old[-2] and old[-1] != "0":
            options.append(old[:-2] + old[-1] + old[-2])
    return _put(row.here[lang], found, chance.choice(options))


def number_dropped(row: Row, lang: str, chance: random.Random) -> str | None:
    """The figure is gone, and what was written with it."""
    found = _figure(row, lang, chance)
    if not found or int(re.sub(r"\D", "", found.group())) < 3:  # the dual and "one" need no figure
        return None
    text = row.here[lang]
    gone = re.compile(r"[€$£]?" + re.escape(found.group()) + r"\s?%?")
    return _tidy(text[: max(0, found.start() - 1)] + gone.sub("", text[max(0, found.start() - 1) :], count=1))


def scale_changed(row: Row, lang: str, chance: random.Random) -> str | None:
    """Millions become billions, or the other way round."""
    swaps = {"million": "billion", "billion": "million", "مليون": "مليار", "مليار": "مليون"}
    found = re.search(r"(?<=\d )(?:million|billion|مليون|مليار)\b", row.here[lang])
    return _put(row.here[lang], found, swaps[found.group()]) if found else None


MONTHS = {
    "en": "January February March April May June July August September October November December",
    "ar": "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
}


def month_changed(row: Row, lang: str, chance: random.Random) -> str | None:
    """May becomes July."""
    months = MONTHS[lang].split()
    found = re.search(rf"\b(?:{'|'.join(months)})\b", row.here[lang])
    if not found or len(re.findall(rf"\b{found.group()}\b", row.here[lang])) > 1:
        return None
    others = [month for month in months if month not in row.here[lang]]
    return _put(row.here[lang], found, chance.choice(others))


def number_invented(row: Row, lang: str, chance: random.Random) -> str | None:
    """A year that nobody spoke of."""
    if re.search(r"\d", row.here["fr"] + row.here[lang]):
        return None
    year = {"en": " in {}", "ar": " في عام {}"}[lang].format(chance.randint(1990, 2026))
    body = row.here[lang].rstrip(".")
    return body + year + "." if body != row.here[lang] and body[-1].isalpha() else None


# -- omissions and additions ----------------------------------------------------------------

COMMA = re.compile(r"(?<=[,،;؛:–])\s+")


def clause_dropped(row: Row, lang: str, chance: random.Random) -> str | None:
    """One clause of two or more is missing: at least four words, a fifth of the text."""
    parts = COMMA.split(row.here[lang])
    long = [n for n, part in enumerate(parts) if _long(part, row.here[lang])]
    if len(parts) < 2 or not long:
        return None
    gone = chance.choice(long)
    rest = [part for n, part in enumerate(parts) if n != gone]
    end = parts[-1][-1] if parts[-1][-1] in '.!?؟»”"' else "."
    return " ".join(rest).rstrip(",،;؛:– ") + ("" if gone < len(parts) - 1 else end)


def _long(part: str, whole: str) -> bool:
    return len(part.split()) >= 4 and len(whole) / 5 <= len(part) <= 0.8 * len(whole)


def truncated(row: Row, lang: str, chance: random.Random) -> str | None:
    """The model stopped before the end."""
    words = row.here[lang].split()
    return " ".join(words[: chance.randint(len(words) // 3, 3 * len(words) // 4)]) if len(words) > 9 else None


def sentence_added(row: Row, lang: str, chance: random.Random) -> str:
    """The translation of another sentence stands in it, too."""
    return f"{row.here[lang]} {row.next[lang]}"


def swapped(row: Row, lang: str, chance: random.Random) -> str | None:
    """The translation of the next sentence, where it is about as long."""
    here, after = row.here[lang], row.next[lang]
    return after if 0.7 <= len(after) / len(here) <= 1.4 else None


def empty(row: Row, lang: str, chance: random.Random) -> str:
    """Nothing, or only a mark."""
    return chance.choice(["", " ", ".", "…", "-"])


# -- loops, languages -----------------------------------------------------------------------


def loop(row: Row, lang: str, chance: random.Random) -> str | None:
    """The model falls into repeating one to six words, up to a limit, and does not recover."""
    words = row.here[lang].rstrip(".").split()
    size = chance.randint(1, 6)
    if len(words) < size + 4:
        return None
    at = chance.randint(2, len(words) - size)
    return " ".join(words[:at] + words[at : at + size] * chance.randint(3, 12))


def left_in_french(row: Row, lang: str, chance: random.Random) -> str | None:
    """The sentence was not translated at all."""
    return row.here["fr"] if len(row.here["fr"].split()) > 3 else None


def clause_in_french(row: Row, lang: str, chance: random.Random) -> str | None:
    """One clause was left in French."""
    french, target = COMMA.split(row.here["fr"]), COMMA.split(row.here[lang])
    at = chance.randrange(len(target))
    if len(french) != len(target) or len(target) < 2 or len(french[at].split()) < 5:
        return None
    return " ".join([*target[:at], french[at], *target[at + 1 :]])


def other_language(row: Row, lang: str, chance: random.Random) -> str | None:
    """English where Arabic is wanted, and the reverse."""
    other = {"en": "ar", "ar": "en"}[lang]
    return row.here[other] if len(row.here["fr"].split()) > 3 else None


# -- names, words, punctuation --------------------------------------------------------------


@cache
def names() -> dict[str, dict[str, str]]:
    """The corpus' names, and their Arabic form: the one word that always goes with them.

    A name is a capitalised word inside a sentence that English keeps and that is never
    written small. Its Arabic form is found by company alone, not by its sound, which is what
    the guard goes by.
    """
    every = [row.here for half in (True, False) for row in rows(half)]
    small = {word for here in every for word in re.findall(r"\b[a-zà-ÿ]\w+", here["fr"] + " " + here["en"])}
    common = Counter(word for here in every for word in set(re.findall(r"\w+", here["ar"])))
    found: dict[str, list[set[str]]] = {}
    for here in every:
        english = set(re.findall(r"\w+", here["en"]))
        for name in set(re.findall(r"(?<=[a-zà-ÿ,] )[A-Z][a-zà-ÿ]{3,}\b", here["fr"])) & english:
            if name.lower() not in small:
                found.setdefault(name, []).append(set(re.findall(r"\w{3,}", here["ar"])))
    known = {}
    for name, sets in found.items():
        together = set.intersection(*sets)
        form = min(together, key=lambda word: (common[word] - len(sets), word), default="")
        if form and len(sets) > 2 and common[form] <= 1.5 * len(sets):
            known[name] = {"en": name, "ar": form}
    return known


def name_replaced(row: Row, lang: str, chance: random.Random) -> str | None:
    """A name gives way to another one: what small models do to names that they do not know."""
    here = [n for n, forms in sorted(names().items()) if re.search(rf"\b{n}\b", row.here["fr"])]
    here = [n for n in here if re.search(rf"\b{names()[n][lang]}\b", row.here[lang])]
    if not here:
        return None
    name = chance.choice(here)
    others = [n for n in sorted(names()) if n not in here and n[0] != name[0]]
    other = names()[chance.choice(others)][lang]
    return re.sub(rf"\b{names()[name][lang]}\b", other, row.here[lang])


FRENCH_NO = re.compile(
    r"\b(?:ne|n['’]\w+)\b.*\b(?:pas|jamais|plus|aucune?|rien|personne)\b|\bsans\b|\baucune?\b"
)
NO = {
    "en": [(r"\b(do|does|did) not (?=\w)", ""), (r"\bcannot\b", "can"), (r" not\b", ""), (r"n't\b", ""),
           (r"\bnever ", ""), (r"\bwithout\b", "with"), (r"\b[Nn]o (?!longer)", "a "), (r" no longer\b", "")],
    "ar": [(r"(?<!\w)(?:ولا|لا|لم|لن|ليس|ليست|غير) ", ""), (r"(?<!\w)(?:من )?دون(?!\w)", "مع"),
           (r"(?<!\w)بدون ", "مع ")],
}  # fmt: skip


def negation_removed(row: Row, lang: str, chance: random.Random) -> str | None:
    """The sentence says the contrary."""
    if len(FRENCH_NO.findall(row.here["fr"])) != 1:
        return None
    for pattern, other in NO[lang]:
        if len(re.findall(pattern, row.here[lang])) == 1:
            return re.sub(pattern, other, row.here[lang])
    return None


def mark_lost(row: Row, lang: str, chance: random.Random) -> str | None:
    """One quotation mark or bracket of a pair is gone."""
    text = row.here[lang]
    marks = [m.start() for m in re.finditer(r"[«»“”()]", text)] if '"' not in text else [text.index('"')]
    balanced = all(text.count(a) == text.count(b) for a, b in ("«»", "“”", "()")) and text.count('"') % 2 == 0
    if not marks or not balanced:
        return None
    at = chance.choice(marks)
    return text[:at] + text[at + 1 :]


def latin_marks(row: Row, lang: str, chance: random.Random) -> str | None:
    """Latin ? , ; in Arabic."""
    return row.here[lang].translate(str.maketrans("؟،؛", "?,;")) if lang == "ar" else None


def quotation_lost(row: Row, lang: str, chance: random.Random) -> str | None:
    """What somebody said stands there as if the writer said it."""
    bare = _tidy(re.sub(r"(?<=[«“])\s|\s(?=[»”])|[«»“”\"]", "", row.here[lang]))
    return bare if re.search(r"«.+»", row.here["fr"]) else None


def address_damaged(row: Row, lang: str, chance: random.Random) -> tuple[str, str]:
    """An address behind the sentence loses or changes something."""
    good, bad = chance.choice([
        ("https://www.exemple.ma/presse/2026", "https://www.exemple.ma/press/2026"),
        ("presse@exemple.ma", "press@exemple.ma"),
        ("www.atlas-energie.example", "www.atlas-energy.example"),
        ("contact@festival.example", "contact @ festival.example"),
        ("https://exemple.fr/a-propos", "https://exemple.fr/about"),
        ("@AtlasEnergie", "@AtlasEnergy"),
    ])  # fmt: skip
    return f"{row.here['fr']} {good}", f"{row.here[lang]} {bad}"


def _put(text: str, found: re.Match[str], new: str) -> str:
    return text[: found.start()] + new + text[found.end() :]


def _tidy(text: str) -> str:
    return re.sub(r" (?=[.,،])", "", re.sub(r"\s{2,}", " ", text)).strip()


KINDS: dict[str, Damage] = {
    damage.__name__: damage
    for damage in (
        number_changed, number_dropped, number_invented, scale_changed, month_changed, clause_dropped, truncated,
        empty, sentence_added, loop, left_in_french, clause_in_french, other_language, name_replaced,
        negation_removed, swapped, mark_lost, quotation_lost, latin_marks, address_damaged,
    )
}  # fmt: skip
SERIOUS = {
    "numbers": "number_changed number_dropped number_invented scale_changed month_changed".split(),
    "omissions": "clause_dropped truncated empty".split(),
    "loops": ["loop"],
    "script, language": "left_in_french clause_in_french other_language".split(),
}
"""Groups of damage of which a serious finding must find 95 in 100, in each language."""


def share(found: list[list[Finding]], serious: bool = False) -> float:
    """The share of pairs that have a finding, or a serious one."""
    return sum(any(f.serious or not serious for f in each) for each in found) / max(1, len(found))


def of(pairs: list[Pair], found: list[list[Finding]], lang: str, kinds: list[str]) -> list[list[Finding]]:
    """The findings of the pairs of one language that were damaged in one of some ways."""
    return [each for p, each in zip(pairs, found, strict=True) if p.lang == lang and p.kind in kinds]


def recall(pairs: list[Pair], found: list[list[Finding]]) -> Iterator[str]:
    """A table of the damage that was found, by kind and group, and of the codes that found it."""
    yield "| damage | lang | pairs | serious | any | codes |"
    yield "| --- | --- | --- | --- | --- | --- |"
    groups = {f"**{group}**": kinds for group, kinds in SERIOUS.items()}
    for name, kinds in [*((kind, [kind]) for kind in KINDS), *groups.items()]:
        for lang in ("en", "ar"):
            some = of(pairs, found, lang, kinds)
            if some:
                codes = Counter(code for each in some for code in {f.code for f in each}).most_common(3)
                usual = ", ".join(f"{code} {count / len(some):.0%}" for code, count in codes)
                figures = f"{len(some)} | {share(some, serious=True):.1%} | {share(some):.1%}"
                yield f"| {name.replace('_', ' ')} | {lang} | {figures} | {usual} |"


def alarms(pairs: list[Pair], found: list[list[Finding]]) -> Iterator[str]:
    """A table of the false alarms on correct pairs, by code."""
    yield "| code | serious | en | ar |"
    yield "| --- | --- | --- | --- |"
    parts = [of(pairs, found, lang, [""]) for lang in ("en", "ar")]
    kinds = Counter((f.code, f.serious) for each in found for f in each)
    for (code, serious), _ in kinds.most_common():
        with_it = [
            sum(any((f.code, f.serious) == (code, serious) for f in each) for each in part) for part in parts
        ]
        shares = " | ".join(f"{count / len(part):.2%}" for count, part in zip(with_it, parts, strict=True))
        yield f"| {code} | {'yes' if serious else 'no'} | {shares} |"
    for name, serious in (("any serious", True), ("any", False)):
        shares = " | ".join(f"{share(part, serious):.2%} of {len(part)}" for part in parts)
        yield f"| **{name}** | | {shares} |"

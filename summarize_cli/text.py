"""French text work: split into segments without loss, and prepare what a model reads.

Two laws hold for every text, and are property tests: ``"".join(text + tail) == text`` for
the segments of ``split``, and no segment text begins or ends with white space.

The sentence rule is the usual one (end mark, optional closing marks, white space, a plausible
beginning; Moses' ``split-sentences.perl``), with French abbreviations after its
non-breaking prefixes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any

from .document import Segment, Wrap

# A full stop after one of these never ends a sentence: a name, number or example follows.
NEVER_LAST = frozenset(
    """m mm mme mmes mlle mlles me mgr dr drs pr prof st ste sts cdt cne lt sgt adj bd boul
    cf cfr p pp ex fig n no nos c.-à-d s.m s.a.r s.e ss""".split()
)
# After these, and after initials, it ends one only before a common opener of sentences: they
# may belong to a name that goes on, or be a word that happens to look like a short form.
SELDOM_LAST = frozenset(
    """inc ltd ltée cie co corp bros sté ets me mes cl gal col cap maj av pl rte art al alin chap
    coll comp éd ed env hab ibid id inf janv févr fév avr juil sept oct nov déc lun mar mer jeu
    ven sam dim ms nb op par préf préc réf rem suiv sq sup supra trad vol vs tél tel fax min max
    approx""".split()
)
OPENERS = frozenset(
    """le la les l un une des ce cet cette ces il elle ils elles on nous vous je en dans c d
    pour par avec selon mais or car de du au aux sur son sa ses leur leurs à après depuis""".split()
)

SPACE = r"[\s\u00a0\u202f\u2009]"
BOUNDARY = re.compile(
    rf"""(?P<mark>[.!?…]+ | (?:{SPACE}?[!?])+)   # one end mark or several
         (?P<close>(?:{SPACE}?[»”’"')\]])*)      # closing quotes and brackets
         (?P<gap>\s+)                            # the white space that goes to the tail
         (?=[«“"'‘(\[—–-]*{SPACE}*[^\W_])""",
    re.VERBOSE,
)
LIST_MARK = re.compile(r"[ \t]*(?:[-*•–—‣▪◦·][ \t\u00a0\u202f]+|(?:\d{1,2}|[a-z])[.)][ \t]+)")
WORD_BEFORE = re.compile(r"[^\s«»“”\"'’()\[\]]*\Z")
INITIALS = re.compile(r"(?:[^\W\d_]\.-?)*[^\W\d_]")
ADDRESS = re.compile(r"https?://[^\s<>«»\"”،]+|www\.[^\s<>«»\"”،]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
CLAUSE = re.compile(r"(?<=[;:؛])\s+|(?<=[,،])\s+|\s+(?=[–—(]\s?)|(?<=\))\s+")


def split(text: str, wrap: Wrap = "auto") -> tuple[Segment, ...]:
    """Split a text into sentences, headings and list items; nothing is lost.

    ``wrap`` says what a line break inside a paragraph means: ``keep``, it ends a segment;
    ``join``, it is only white space; ``auto``, join where the lines look hard-wrapped.

    >>> [s.text for s in split("M. Alami arrive. Il parle.")]
    ['M. Alami arrive.', 'Il parle.']
    """
    pieces: list[list[str]] = [["", ""]]
    for line in _lines(text, wrap):
        mark = LIST_MARK.match(line)
        start = mark.end() if mark and line[mark.end() :].strip() else 0
        pieces[-1][1] += line[:start]
        for sentence, gap in _sentences(line[start:]):
            body = sentence.lstrip()
            pieces[-1][1] += sentence[: len(sentence) - len(body)]
            pieces.append([body.rstrip(), body[len(body.rstrip()) :] + gap])
            if not pieces[-1][0]:
                tail = pieces.pop()[1]
                pieces[-1][1] += tail
    segments = tuple(Segment(body, tail) for body, tail in pieces)
    return segments if segments[0] != Segment("") or len(segments) == 1 else segments[1:]


def _lines(text: str, wrap: Wrap) -> Iterator[str]:
    """Yield the text in pieces that end where a segment must end, line breaks included."""
    for paragraph in re.split(r"(?<=\n)(?=[^\S\n]*\n)", text):
        lines = paragraph.splitlines(keepends=True)
        start = 0
        for at in range(1, len(lines) + 1):
            if at == len(lines) or not _joins(lines, at, wrap):
                yield "".join(lines[start:at])
                start = at


def _joins(lines: list[str], at: int, wrap: Wrap) -> bool:
    """Whether line ``at`` goes on with the sentence of the line before it."""
    before = lines[at - 1].strip()
    if wrap == "keep" or not before or not lines[at].strip():
        return False
    # A mark at the start of a line is one only where a line can end: else it is a dash or a date.
    if LIST_MARK.match(lines[at]) and (LIST_MARK.match(lines[at - 1]) or before[-1] in ".!?:;…»"):
        return False
    return wrap == "join" or (_hard_wrapped(lines) and not before.isupper())


def _hard_wrapped(lines: list[str]) -> bool:
    """Whether an editor broke these lines: no next first word would have fitted.

    Headings above a paragraph do not make it ragged: only lines of at least half the width
    are held against it.
    """
    bare = [line.strip() for line in lines if line.strip()]
    width = max(map(len, bare), default=0)
    if not 40 <= width <= 120 or len(bare) < 2:
        return False
    tight = [len(line) + 1 + len(following.split()[0]) > width for line, following in pairwise(bare)]
    unfinished = any(line[-1] not in ".!?:;…»" for line in bare[:-1])
    return unfinished and sum(tight) >= 0.8 * len(tight)


def _sentences(line: str) -> Iterator[tuple[str, str]]:
    """Yield (sentence, white space after it); their concatenation is the line."""
    start = 0
    for found in BOUNDARY.finditer(line):
        if _ends_sentence(line[start : found.start()], found, line[found.end() :]):
            yield line[start : found.start("gap")], found["gap"]
            start = found.end()
    yield line[start:], ""


def _ends_sentence(before: str, found: re.Match[str], after: str) -> bool:
    opening = after.lstrip("«“\"'‘([—–- \u00a0\u202f")
    if opening[:1].islower():
        return False
    if found["mark"] != "." or found["close"]:
        return True
    matched = WORD_BEFORE.search(before)
    word = matched.group() if matched else ""
    if word.lower() in NEVER_LAST:
        return False
    if word.lower() in SELDOM_LAST or (INITIALS.fullmatch(word) and word.lower() != "h"):
        return re.split(r"[\s’']", opening.lower(), maxsplit=1)[0] in OPENERS
    return not (word.endswith("°") and opening[:1].isdigit())


@lru_cache(2048)
def reading(text: str) -> str:
    r"""What a model reads of a segment: composed characters, single ordinary spaces.

    The narrow and no-break spaces of French typography, and line breaks inside a sentence,
    become ordinary spaces; digits and punctuation stay as they are.

    >>> reading("1\u202f000\u00a0€\nenviron")
    '1 000 € environ'
    """
    return " ".join(unicodedata.normalize("NFC", text).split())


def moses(text: str) -> str:
    """Normalise punctuation as OPUS-MT did in training (sacremoses), figures left alone.

    Moses reads ``3 500`` as 3.5 thousand badly written and puts a comma into it, so
    ``norm_numbers`` is off; ``reading`` has already unified the spaces.
    """
    return str(_normaliser().normalize(text.replace("« ", "«").replace(" »", "»")))


@cache
def _normaliser() -> Any:
    from sacremoses import MosesPunctNormalizer

    return MosesPunctNormalizer("fr", norm_numbers=False)


STEPS: Mapping[str, Callable[[str], str]] = {"reading": reading, "moses": moses}
"""The named steps a profile may ask for; their behaviour is part of the signature."""


KEPT = re.compile(
    rf"""{ADDRESS.pattern}
    |(?<![\w&])[#@][^\W\d_][\w.]*\w            # a hashtag, a handle
    |(?<!\w)(?:\+|00)\d[\d\x20.()/-]{{6,}}\d    # a telephone number
    |(?<!\w)0\d(?:[\x20.-]?\d\d){{4}}(?!\d)
    |(?<![\w/-])(?=[A-Z\d/-]*[A-Z])(?=[A-Z\d/-]*\d)[A-Z\d]+(?:[/-][A-Z\d]+)+(?![\w/-])  # A/RES/70/1
    """,
    re.VERBOSE,
)


SIGN = re.compile(r"[@#/\d]|www\.")
"""Without one of these a text has nothing of the kind: most have none, and this is quick."""


def kept(text: str) -> list[str]:
    """What of a text passes through a translation unchanged.

    >>> kept("Écrire à a@b.ma, suivre #Rabat2026, réf. DC-2024/7, tél. +212 5 24 00 00 00.")
    ['a@b.ma', '#Rabat2026', 'DC-2024/7', '+212 5 24 00 00 00']
    """
    if not SIGN.search(text):
        return []
    return [found.group().rstrip(".,;:!?)") for found in KEPT.finditer(text)]


@lru_cache(2048)
def is_verbatim(text: str) -> bool:
    """Whether a segment has nothing to translate: addresses, references and figures only.

    >>> is_verbatim("presse@exemple.ma, +212 5 24 00 00 00"), is_verbatim("Tél. : 5 24")
    (True, False)
    """
    return not any(map(str.isalpha, KEPT.sub("", text) if SIGN.search(text) else text))


def is_shouted(text: str) -> bool:
    """Whether a text is written in capitals throughout, as headlines are."""
    return text.isupper() and len(re.findall(r"\w+", text)) > 1 and sum(map(str.isalpha, text)) > 8


def cased_words(segments: Iterable[Segment]) -> dict[str, str]:
    """The words that a document writes with a capital inside its ordinary sentences.

    They tell names and acronyms from common words when a headline in capitals is brought
    down (the idea of truecasing: Lita et al., 2003).
    """
    known: dict[str, str] = {}
    for segment in segments:
        if not is_shouted(segment.text):
            for word in INSIDE.findall(segment.text):
                if not word.islower() and len(word) > 1 and word.lower() not in _WORDS["fr"]:
                    known.setdefault(word.upper(), word)
    return known


INSIDE = re.compile(r"(?:(?<=[^\W_][ ’'\u00a0-])|(?<=, ))\w+")
"""Words inside a sentence: not after a full stop, a colon or an opening quote."""


def truecase(text: str, known: Mapping[str, str]) -> str:
    """Bring a text in capitals down to ordinary case, names by ``cased_words``.

    >>> truecase("LE MAROC INVESTIT", {"MAROC": "Maroc"})
    'Le Maroc investit'
    """
    lowered = re.sub(r"\w+", lambda word: known.get(word[0], word[0].lower()), text)
    first = re.search(r"\w", lowered)
    at = first.start() if first else 0
    return lowered[:at] + lowered[at : at + 1].upper() + lowered[at + 1 :]


def clauses(text: str, limit: int) -> list[str]:
    """Cut a text into parts of at most ``limit`` characters, at clause ends where possible.

    Joined with spaces, the parts give the text again. A stretch without a clause end is cut
    at a space, one without a space wherever it must be.
    """
    if len(text) <= limit:
        return [text]
    parts: list[str] = []
    for clause in CLAUSE.split(text):
        if parts and len(parts[-1]) + 1 + len(clause) <= limit:
            parts[-1] += " " + clause
        else:
            parts.extend(_at_spaces(clause, limit))
    return parts


def _at_spaces(text: str, limit: int) -> list[str]:
    parts: list[str] = []
    for word in re.split(r" (?!\d{3}\b)", text):  # never inside 1 000
        for start in range(0, len(word), limit):
            piece = word[start : start + limit]
            if not start and parts and len(parts[-1]) + 1 + len(piece) <= limit:
                parts[-1] += " " + piece
            else:
                parts.append(piece)
    return parts


SUBORDINATE = re.compile(  # what may go without changing what is said before it
    r"""\s(?=[–—]\s|\() | (?<=;)\s+ | (?<=[,،])\s+(?=(?:
    qui|dont|où|ce\squi|ce\sque|afin|pour|grâce|soit|tandis|alors\sque|notamment|avec|contre|en\s\w+ant
    |\w+ant|which|who|where|while|whereas|including|with|in\sorder|to|compared|\w+ing
    |حيث|مما|بما|وذلك|مقابل|بينما|فيما|لا\sسيما|الذي|التي)\b)""",
    re.VERBOSE,
)
VERB = {
    "fr": r"a|ont|est|sont|était|étaient|fut|peut|peuvent|doit|doivent|va|vont|fait|font|met|"
    r"annoncent?|lancent?|publient?|présentent?|prévoi(?:t|ent)|compten?t?|reçoi(?:t|vent)|confirment?|"
    r"\w+(?:era|eront|ira|iront|dra|dront|rait|raient|ait|aient|èrent)",
    "en": r"is|are|was|were|has|have|had|will|would|can|could|may|must|should|\w{2,}ed|said|announces|plans|"
    r"aims|expects|remains|includes|provides|receives",
    "ar": r"\w+",  # its verb comes first
}


def abridged(sentence: str, lang: str) -> Iterator[str]:
    """A sentence without its last subordinate clauses, the longest version first.

    Only what can go is cut off: no condition, no « selon », nothing that stands between the
    subject and its verb; quotation marks and brackets stay in pairs.

    >>> list(abridged("Le plan est adopté, grâce à deux voix, ce qui a surpris.", "fr"))
    ['Le plan est adopté, grâce à deux voix.', 'Le plan est adopté.']
    """
    for at in reversed([found.start() for found in SUBORDINATE.finditer(sentence)]):
        kept = sentence[:at].rstrip(" ,;:–—،")
        paired = all(kept.count(a) == kept.count(b) for a, b in ("«»", "()", "“”", "[]"))
        if paired and len(kept.split()) > 3 and re.search(rf"\b(?:{VERB.get(lang, '')})\b", kept):
            yield kept + "."


def shortened(text: str, words: int | None, characters: int | None) -> str:
    """Cut a text after a word, to at most so many words and characters; '' if none fits.

    An ellipsis, which counts as a character, says that something is missing. A figure is
    never the last thing before it (« 4,8… » could have been millions), nor is « et » or « of the ».
    """
    if fits(text, words, characters):
        return text
    room = (len(text) if characters is None else characters) - 1
    kept = text.split()[:words]
    while kept and (
        len(" ".join(kept).rstrip(TRAILING)) > room
        or re.search(r"\d", kept[-1])
        or not re.search(r"\w", kept[-1])
        or (len(kept) > 1 and kept[-1].lower() in _LINKS)
    ):
        kept.pop()
    cut = " ".join(kept).rstrip(TRAILING)
    return cut + "…" if cut else ""


TRAILING = " ,;:.،؛–—(«"


def fits(text: str, words: int | None, characters: int | None) -> bool:
    """Whether a text keeps within a number of words and of characters; None is no limit."""
    return (words is None or len(text.split()) <= words) and (characters is None or len(text) <= characters)


# Alternatives with |, the usual form first; Arabic months have a Mashriqi and a Maghrebi name
# beside the Latin one.
MONTHS = {
    "fr": """janvier février mars avril mai juin juillet août septembre octobre novembre
    décembre""".split(),
    "en": """January February March April May June July August September|Sept October November
    December""".split(),
    "ar": [
        "يناير|كانون الثاني|جانفي", "فبراير|شباط|فيفري", "مارس|آذار", "أبريل|إبريل|ابريل|نيسان|أفريل",
        "مايو|أيار|ماي", "يونيو|يونيه|حزيران|جوان", "يوليو|يوليه|يوليوز|تموز|جويلية", "أغسطس|آب|غشت|أوت",
        "سبتمبر|أيلول|شتنبر", "أكتوبر|اكتوبر|تشرين الأول", "نوفمبر|تشرين الثاني|نونبر",
        "ديسمبر|كانون الأول|دجنبر",
    ],
}  # fmt: skip


FUNCTION_WORDS = {
    "fr": """le la les des et est une un du dans pour que qui par sur au aux avec ce cette sont
    ne pas plus il elle nous vous à se ses son leur ont été""",
    "en": """the of and to in is that for it was on are with as be at by this from or have an
    not which their has were""",
    "es": """el los las una del y en que es por con para se su al lo como más fue ha son este""",
    "de": """der die das und ist nicht ein eine mit von zu den auf für des dem im sich auch wird""",
    "it": """il gli della di che è per una con sono del nel alla dei delle si anche più""",
    "pt": """o os uma do da em não para com as dos das ao mais foi são pelo pela""",
}
_WORDS = {language: frozenset(words.split()) for language, words in FUNCTION_WORDS.items()}

SMALL_WORDS = _WORDS["en"] | frozenset("in its his her our they while after before if when where who".split())
"""English words that have a capital only at the beginning of a sentence."""

_LINKS = _WORDS["fr"] | _WORDS["en"] | OPENERS


def language(text: str) -> str | None:
    """Guess the language of a text from its script and function words, or None if unclear.

    Enough to tell that a document is not French; a real identifier would weigh 100 MB or
    read a pickle (``docs/why.md``).

    >>> language("Le ministre a présenté le plan dans la capitale et les régions.")
    'fr'
    """
    letters = [c for c in text if c.isalpha()]
    if sum("\u0600" <= c <= "\u06ff" for c in letters) > 0.5 * max(1, len(letters)):
        return "ar"
    if sum(c < "\u0250" for c in letters) < 0.5 * len(letters):
        return "other"
    words = re.findall(r"[^\W\d_]+", text.lower())
    counts = {code: sum(word in known for word in words) for code, known in _WORDS.items()}
    best = max(counts, key=lambda code: counts[code])
    return best if counts[best] >= max(3, 0.1 * len(words)) else None

"""What a press release is made of: title, news, link, and what stands around the news.

Rules of thumb, each for one habit of the genre; what no rule knows is news. They leave out
what a summary must not say (boilerplate « À propos de », contacts, quotations without a
speaker) and mark the sentences that mean little by themselves: « Elle prévoit ... » *leans*
on the sentence before it. An opener that only adds (« De plus, ») is taken off instead.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .document import Document
from .text import ADDRESS, LIST_MARK, reading

SHORTEST = 6
"""Words that a sentence has at least; shorter ones are headings, labels, exclamations."""

LABEL = re.compile(
    r"communiqué|dossier de presse|pour (?:diffusion|publication)|embargo|sous embargo|press release|"
    r"for immediate release|بيان صحفي|بلاغ صحفي",
    re.IGNORECASE,
)
BOILERPLATE = re.compile(
    r"à propos d|notes? aux? (?:rédact|édit)|notes? à l|contacts?\b|relations? (?:presse|médias)|"
    r"pour (?:en savoir plus|plus d.informations?)|mentions? légales?|avertissement|qui sommes|"
    r"about\b|notes? to editors|for (?:more|further) information|forward-looking|disclaimer|"
    r"نبذة عن|للتواصل|للاتصال|للمزيد من المعلومات|ملاحظة للمحررين",
    re.IGNORECASE,
)
DATE = r"(?:(?:le )?\d{1,2}(?:er)? [^\W\d_]+,? \d{4}|[^\W\d_]+ \d{1,2},? \d{4})"
DATELINE = re.compile(
    rf"[^\W\d_][^.!?:;«»,،(]{{1,40}}(?:[,،]| ?\([^)]*\),?) {DATE}(?:,[^.!?;:«»–—]{{1,15}})? [–—-] (?=\S)"
)
ADDING = re.compile(
    r"(?:de plus|en outre|par ailleurs|de surcroît|d.autre part|enfin|également|parallèlement|"
    r"in addition|moreover|furthermore|additionally|besides|finally|also|meanwhile|"
    r"علاوة على ذلك|(?:و?بال)?إضافة إلى ذلك|فضلا عن ذلك|من جهة أخرى)[,،] ?",
    re.IGNORECASE,
)
LEANING = re.compile(
    r"""(?:il(?!\s(?:faut|existe|y\sa|convient|est\stemps))|ils|elle|elles|celui|celle|ceux|celles|
    ce(?!\s(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|matin|soir|mois))|cet|
    cette(?!\s(?:année|semaine|saison|nuit))|ces|c['’]|cela|ceci|son|sa|ses|leurs?|
    (?:à|de|dans|sur|avec|pour|par|en)\s(?:son|sa|ses|leurs?|ce|cet|cette|ces|cela|elle|elles|lui|eux)|
    ainsi|cependant|toutefois|pourtant|néanmoins|en\srevanche|mais|or|car|donc|dès\slors|par\sconséquent|
    en\sconséquence|au\scontraire|en\seffet|d['’]ailleurs|autrement\sdit|à\sl['’]inverse|de\smême|et|puis|
    ensuite|dans\sle\smême\stemps|quant|là|parmi\s(?:eux|elles)|pour\sy|tous|toutes|chacune?|aucune?\sd|
    l['’](?:un|une|autre)|(?:le|la)\s(?:deuxième|troisième|quatrième|cinquième|second|seconde)|
    (?:le\spremier|la\spremière)\s(?:concerne|porte|consiste|vise)|
    he|she|it|they|this|these|that|those|his|her|its|their|however|but|yet|thus|therefore|hence|instead|
    so|and|nevertheless|still|then|such|
    و?هو|و?هي|و?هم|و?هذا|و?هذه|و?تلك|و?ذلك|كما|و?لكن|غير\sأن|إلا\sأن|لذلك|وبذلك|وأضاف|وأضافت|وأوضح|وأوضحت)
    (?:(?<=['’])|\b)""",
    re.IGNORECASE | re.VERBOSE,
)
POINTS = re.compile(  # « ramener ce taux à 20 % »: which rate?
    r"\b(?:(?:cet|cette|ces)(?! (?:année|semaine|saison|nuit))|"
    r"ce(?! (?:qu|dont|à|n|s|sont|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|matin|soir|mois))|"
    r"celui-ci|celle-ci|ceux-ci|celles-ci|(?:this|these)(?! (?:year|week|month|morning)))\b",
    re.IGNORECASE,
)
THERE = re.compile(r"(?<!\bil )(?<!\bn['’])\by\b(?!\s?a\b)", re.IGNORECASE)  # a place named before
LATER = re.compile(  # « Élaboré en 2025, il doit », « Le groupe auquel il appartient »
    r"(?:[^,«»]{1,90}|\w+(?:ée?|i|u|it|is|ant)e?s? [^«»;]{1,120}?), (?:il|elle)s? "
    r"(?!faut|existe|y a|convient|s.agit)"
    r"|(?:l[ea]s? |l['’])[\w-]+ (?:auxquel|auquel|à laquelle|dont|que |qu['’])\w* ?(?:il|elle)s?\b",
    re.IGNORECASE,
)
SPEAKER_BEFORE = re.compile(r"-(?:t-)?(?:il|elle|ils|elles|on)\b", re.IGNORECASE)  # « a-t-il déclaré »
QUOTATION = re.compile(r"«[^»]*»|“[^”]*”|\"[^\"]*\"")
CONTACT = re.compile(rf"{ADDRESS.pattern}|\+\d[\d ]{{7,}}")  # addresses, telephones
FIELD = re.compile(r"[^:«»]{1,40} ?: ")
END_MARK = re.compile(r"[.!…][\s»”\"')\]]*$")
FULL_STOP = re.compile(r"[.…][\s»”\"')\]]*$")  # a heading may exclaim or ask


AROUND = frozenset("label embargo boilerplate contact note end aside".split())
"""Parts of a release (``anatomy.py``) that are not its news."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as a summary may say it: of which segment, and whether it leans on the one before."""

    segment: int
    text: str
    leans: bool = False


@dataclass(frozen=True, slots=True)
class Release:
    """The title (or None), the sentences that carry the news, the first link (or '')."""

    title: Sentence | None
    sentences: tuple[Sentence, ...]
    link: str


def anatomy(document: Document) -> Release:
    """Take a document apart.

    Where no segment is a sentence of the news, all segments outside the boilerplate are taken
    for one.
    """
    title: Sentence | None = None
    found: list[Sentence] = []
    rest: list[Sentence] = []
    skipping = follows = False
    for number, segment in enumerate(document.segments):
        line = reading(segment.text)
        heading = is_heading(document, number)
        if segment.kind in AROUND:
            follows = False
            continue
        if heading or BOILERPLATE.match(line):
            skipping = bool(BOILERPLATE.match(line)) or (skipping and not heading)
        if heading and not found and title is None and _is_title(line):
            title = Sentence(number, line)
        elif line and not skipping:
            rest.append(Sentence(number, line))
        taken = not skipping and not heading and not _is_item(document, number) and _is_news(line)
        if taken:
            said = alone(line)
            leans = bool(found) and leaning(said)
            taken = follows or not leans
            if taken and all(said != other.text for other in found):
                found.append(Sentence(number, said, leans))
        if line and not heading:
            follows = taken
    fallback = rest or [title] if title else rest
    return Release(title, tuple(found or fallback), link(document))


def is_heading(document: Document, number: int) -> bool:
    """Whether a segment is a line of its own that does not end like a sentence."""
    segment = document.segments[number]
    before = document.segments[number - 1].tail if number else "\n"
    last = number == len(document.segments) - 1
    alone_on_line = "\n" in before and ("\n" in segment.tail or last)
    line = reading(segment.text)
    return alone_on_line and not _is_item(document, number) and not FULL_STOP.search(line) and len(line) < 160


def _is_item(document: Document, number: int) -> bool:
    """Whether a list mark stands before a segment."""
    before = document.segments[number - 1].tail if number else ""
    return bool(LIST_MARK.fullmatch(before.rpartition("\n")[2]))


def _is_title(line: str) -> bool:
    return len(line.split()) >= 3 and not LABEL.match(line) and not BOILERPLATE.match(line)


def _is_news(line: str) -> bool:
    """Whether a line is a sentence that says something of its own, and says who says it.

    A field (« Production : 3 214 GWh. ») is not, nor part of a quotation, nor a contact.
    """
    if len(line.split()) < SHORTEST or not END_MARK.search(line) or FIELD.match(line):
        return False
    if line.count("«") != line.count("»") or line.count("“") != line.count("”") or line.count('"') % 2:
        return False
    outside = QUOTATION.sub(" ", line)
    quoted = outside != line
    return (not quoted or len(re.findall(r"\w+", outside)) >= 4) and not CONTACT.search(line)


def alone(line: str) -> str:
    """A sentence without its dateline and without an opener that only adds.

    >>> alone("De plus, Oracle prévoit deux bureaux.")
    'Oracle prévoit deux bureaux.'
    >>> alone("Oujda, le 3 avril 2026 – le conseil a adopté un plan.")
    'Le conseil a adopté un plan.'
    """
    for pattern in (DATELINE, ADDING):
        found = pattern.match(line)
        if found and re.search(r"\w", line[found.end() :]):
            line = line[found.end() :]
            line = line[:1].upper() + line[1:]
    return line


def leaning(line: str) -> bool:
    """Whether a sentence speaks of something that the sentence before it names.

    >>> leaning("Elle sera construite à Nador."), leaning("Il faut agir."), leaning("Le plan est adopté.")
    (True, False, False)
    """
    if any(pattern.match(line) for pattern in (LEANING, LATER)) or THERE.search(line):
        return True
    outside = QUOTATION.sub("", line)
    return bool(POINTS.search(outside) or SPEAKER_BEFORE.search(outside))


def link(document: Document) -> str:
    """The first address of a page in a document, or ''."""
    for found in ADDRESS.findall(" ".join(segment.text for segment in document.segments)):
        if "@" not in found.split("/")[0] or "://" in found:
            return str(found).rstrip(".,;:!?)")
    return ""

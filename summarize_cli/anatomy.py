"""The parts of a press release, and what becomes of each in a translation.

Newsrooms expect them in a fixed order: a label, an embargo, the headline and standfirst, a
dateline, the text with its quotations, the boilerplate, contacts, notes to editors, an end
mark. ``marked`` recognises them line by line; ``template`` gives the words for those that are
formulas and need no model. Contacts are never translated: they are names and numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from .document import KINDS, Document, Segment
from .text import MONTHS, kept

_DAY = rf"(?P<day>\d{{1,2}})(?:er)?\s+(?P<month>{'|'.join(MONTHS['fr'])})\s+(?P<year>\d{{4}})"
EMBARGO = re.compile(
    rf"(?:sous\s+)?embargo\s*[:–—-]?\s*(?:jusqu['’]au\s+|jusqu['’]à\s+)?(?:[a-z]+di\s+|dimanche\s+)?{_DAY}"
    r"(?:\s*(?:à|,|–|-)\s*(?P<hour>\d{1,2})\s*(?:h|heures?|:)\s*(?P<minute>\d{2})?)?\s*(?P<zone>\(?(?:GMT|UTC)[+\d]*\)?)?\s*\.?",
    re.IGNORECASE,
)
IS_EMBARGO = re.compile(r"(?:sous\s+)?embargo\b|ne pas (?:diffuser|publier) avant", re.IGNORECASE)
DATELINE = re.compile(rf"[A-ZÀ-Ý][\w'’ ()-]{{1,40}},\s+(?:le\s+)?{_DAY}\s*[–—:-]", re.IGNORECASE)
QUOTE = re.compile(r"«\s*(?:[^»]*\s){4,}[^»]*(?:»|\Z)")
_NAME = r"(?:[A-ZÀ-Ý]\.|[A-ZÀ-Ý][\w'’-]+)"
SPEAKER = re.compile(
    r"»,?\s+(?:a\s+)?(?:déclar|affirm|expliqu|soulign|indiqu|ajout|précis|estim|rappel|not|conclu|confi|préven|"
    r"se félicit|s['’]est félicit|assur|annonc|dit|observ|insist)\w*,?\s+"
    rf"(?P<name>{_NAME}(?:\s+(?:(?:d[eu]|des|la|le|el|al|bin|ben|ould|van|von)\s+|d['’])*{_NAME})*)"
)
END = re.compile(r"[-–—\s]*(?:30|fin|end)[-–—\s]*|[#*]{3,}", re.IGNORECASE)

# The first words of a section, and the formulas that stand alone.
FORMULAS = {
    "label": {
        "communiqué de presse": ("Press release", "بيان صحفي"),
        "communiqué": ("Press release", "بيان"),
        "dossier de presse": ("Press kit", "ملف صحفي"),
        "pour diffusion immédiate": ("For immediate release", "للنشر الفوري"),
        "à diffuser immédiatement": ("For immediate release", "للنشر الفوري"),
    },
    "contact": {
        "contact presse": ("Press contact", "للتواصل الصحفي"),
        "contacts presse": ("Press contacts", "للتواصل الصحفي"),
        "contact média": ("Media contact", "للتواصل الإعلامي"),
        "contact médias": ("Media contact", "للتواصل الإعلامي"),
        "contacts médias": ("Media contacts", "للتواصل الإعلامي"),
        "relations presse": ("Press office", "العلاقات الصحفية"),
        "service de presse": ("Press office", "المكتب الصحفي"),
    },
    "note": {
        "note aux rédactions": ("Note to editors", "ملاحظة للمحررين"),
        "notes aux rédactions": ("Notes to editors", "ملاحظات للمحررين"),
        "note à l'éditeur": ("Note to editors", "ملاحظة للمحررين"),
        "note aux éditeurs": ("Note to editors", "ملاحظة للمحررين"),
    },
}
ABOUT = re.compile(r"à propos d(?:e\s|u\s|es\s|['’])", re.IGNORECASE)
COLON = re.compile(r"\s*[:：]\s*")


def marked(document: Document, kinds: Iterable[str] = KINDS) -> Document:
    """Say of every segment which part of a release it is; only ``kinds`` are told apart."""
    wanted = frozenset(kinds)
    found = zip(document.segments, _kinds(document.segments), strict=True)
    return replace(
        document,
        segments=tuple(replace(segment, kind=kind) if kind in wanted else segment for segment, kind in found),
    )


def _kinds(segments: tuple[Segment, ...]) -> Iterator[str]:
    section, headline, begins = "", False, True
    for n, segment in enumerate(segments):
        if segment.kind == "aside":  # a footnote, a header: not in the flow of the text
            yield "aside"
            continue
        kind = _own_kind(segment, begins)
        if kind in ("contact", "note", "boilerplate", "end"):
            section = kind
        elif begins and segment.kind == "heading" and section:
            section = ""  # a heading that opens nothing known closes what was open
        ends = "\n" in segment.tail or n + 1 == len(segments)
        if section == "contact" and not kind and _is_prose(segment.text):
            section = ""
        if not kind and section and section != "end":
            kind = section
        if not kind and not headline and begins and _is_title(segment, ends):
            kind, headline = "headline", True
        elif not kind and headline and n and _stands_between(segments, n):
            kind = "standfirst"
        yield kind or segment.kind
        begins = "\n" in segment.tail or (begins and not segment.text)


def _own_kind(segment: Segment, begins: bool) -> str:
    """What a segment is by its own words."""
    text = segment.text.strip()
    if begins and END.fullmatch(text) and len(text) > 2:
        return "end"
    if begins and IS_EMBARGO.match(text):
        return "embargo"
    if begins and ABOUT.match(text) and len(text) < 120:
        return "boilerplate"
    if begins:
        for kind, formulas in FORMULAS.items():
            if _head(text) in formulas:
                return kind
    if DATELINE.match(text):
        return "dateline"
    return "quote" if QUOTE.search(text) else ""


def _head(text: str) -> str:
    """The words before a colon, in the form of ``FORMULAS``."""
    return COLON.split(text, maxsplit=1)[0].lower().replace("’", "'").strip()


def _is_title(segment: Segment, ends: bool) -> bool:
    words = segment.text.split()
    return segment.kind == "heading" or (ends and 2 < len(words) <= 30 and segment.text[-1] not in ".!?…:")


def _is_prose(text: str) -> bool:
    """Whether a line is a sentence, and so does not belong to an address block."""
    return len(text.split()) >= 5 and text[-1] in ".!?…»" and not kept(text)


def _stands_between(segments: tuple[Segment, ...], n: int) -> bool:
    """Whether a paragraph of one sentence stands between the headline and a dateline."""
    following = next((s for s in segments[n + 1 :] if s.text), None)
    alone = "\n" in segments[n].tail and "\n" in segments[n - 1].tail
    return alone and following is not None and bool(DATELINE.match(following.text))


def speaker(text: str) -> str | None:
    """Who says the quotation of a sentence, if the sentence says so.

    >>> speaker("« Nous ouvrons un centre », a déclaré Samira Alaoui, directrice.")
    'Samira Alaoui'
    """
    found = SPEAKER.search(text)
    return found["name"].strip() if found else None


def template(segment: Segment, lang: str) -> str | None:
    """The words of a formula in another language, or None where a model must find them.

    >>> template(Segment("Embargo jusqu'au 3 avril 2026 à 9 h", kind="embargo"), "en")
    'Embargoed until 3 April 2026, 9:00'
    """
    text = segment.text
    if segment.kind == "end":
        return text
    if segment.kind == "embargo":
        return _embargo(text, lang)
    formula = FORMULAS.get(segment.kind, {}).get(_head(text))
    if formula and lang in ("en", "ar"):
        words = formula[lang == "ar"]
        if text.isupper():
            words = words.upper()
        rest = COLON.search(text)
        if rest is None:
            return words
        if segment.kind == "contact" or rest.end() == len(text):
            return words + (rest[0].lstrip() if lang == "en" else rest[0]) + text[rest.end() :]
        return None
    return text if segment.kind == "contact" else None


def _embargo(text: str, lang: str) -> str | None:
    found = EMBARGO.fullmatch(text.strip())
    if not found or lang not in ("en", "ar"):
        return None
    month = MONTHS[lang][MONTHS["fr"].index(found["month"].lower())].split("|")[0]
    day = f"{int(found['day'])} {month} {found['year']}"
    hour = f"{int(found['hour'])}:{found['minute'] or '00'}" if found["hour"] else ""
    zone = f" {found['zone']}" if found["zone"] else ""
    if lang == "en":
        return f"Embargoed until {day}" + (f", {hour}" if hour else "") + zone
    return f"محظور النشر حتى {day}" + (f"، الساعة {hour}" if hour else "") + zone

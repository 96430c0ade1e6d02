"""Terms and names that the client insists on: read them, find them, check them, put them right.

A glossary (``--glossary``) and a register of names (``--names``) give the same kind of
entries; a name that is not kept is serious, a term that is not kept asks for a look. The
formats are described in ``docs/glossary.md``; TBX is ISO 30042, both its editions.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from functools import cached_property
from pathlib import Path
from xml.etree import ElementTree

from .document import Document, Finding
from .errors import InputError
from .text import is_shouted
from .words import Phrase, Span, find, index, words

COLUMNS = {
    "source": "source fr french français francais terme term",
    "en": "en english anglais",
    "ar": "ar arabic arabe",
    "note": "note notes remarque remarques commentaire comment",
    "variants": "variants variantes variant variante",
    "keep": "do-not-translate dnt keep ne-pas-traduire",
}
COLUMN = {name: column for column, names in COLUMNS.items() for name in names.split()}
YES, NO = frozenset("x yes y oui o true vrai 1".split()), frozenset(["", *"no n non false faux 0".split()])
TARGETS = ("en", "ar")


@dataclass(frozen=True)
class Term:
    """One entry: what stands in the source, and what may stand for it in each language.

    ``sources`` and ``targets`` are alternatives, the first one prescribed. ``variants`` are
    forms that are known and not wanted. ``name`` makes a miss serious; ``keep`` asks for the
    source's own form in every language.
    """

    sources: tuple[str, ...]
    targets: Mapping[str, tuple[str, ...]]
    note: str = ""
    variants: tuple[str, ...] = ()
    name: bool = False
    keep: bool = False
    line: int = 0

    @property
    def known(self) -> tuple[str, ...]:
        """The forms in which it is recognised in a French text; of a name the variants, too."""
        return self.sources + (tuple(filter(_is_latin, self.variants)) if self.name else ())

    def accepted(self, lang: str) -> tuple[str, ...]:
        """What may stand in a target of this language, the prescribed form first, or nothing.

        A name for which the register has no English form keeps its own.
        """
        if self.keep or (self.name and lang == "en" and not self.targets.get("en")):
            return (*self.sources, *self.targets.get(lang, ()))
        return self.targets.get(lang, ())

    def unwanted(self, lang: str) -> tuple[str, ...]:
        """What may not: the known variants, and the source's own form left as it was."""
        accepted = self.accepted(lang)
        return tuple(form for form in (*self.variants, *self.sources) if form not in accepted)


@dataclass(frozen=True, slots=True)
class Match:
    """An entry, and where in the source it was found."""

    term: Term
    span: Span


@dataclass(frozen=True, slots=True)
class Miss:
    """A match to which nothing in the target answers; ``variant`` is where an unwanted form does."""

    match: Match
    variant: Span | None = None


@dataclass(frozen=True, slots=True)
class Forms:
    """Which forms of a name a translation uses, each with the segments it stands in (from 0).

    The empty form counts the segments that have the name in the source only.
    """

    name: str
    lang: str
    forms: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    @property
    def consistent(self) -> bool:
        """Whether it is one form everywhere."""
        return len(self.forms) < 2 and "" not in self.forms


@dataclass(frozen=True)
class Glossary:
    """All entries, from any number of files."""

    entries: tuple[Term, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.entries)

    def __add__(self, other: Glossary) -> Glossary:
        return Glossary(self.entries + other.entries)

    @cached_property
    def _sources(self) -> tuple[dict[str, list[Phrase]], dict[Phrase, Term]]:
        owners: dict[Phrase, Term] = {}
        for term in self.entries:
            for text in term.known:
                owners.setdefault(Phrase(text, "fr", term.name or term.keep), term)
        return index(owners), owners

    def terms(self, source: str) -> list[Match]:
        """The entries that stand in a French text, the longest first where they overlap.

        >>> eau = Term(("eau potable",), {"en": ("drinking water",)})
        >>> Glossary((eau,)).terms("La demande en eaux potables.")[0].span
        (14, 27)
        """
        phrases, owners = self._sources
        return [Match(owners[phrase], span) for phrase, span in find(phrases, source, "fr")]

    def misses(self, source: str, target: str, lang: str) -> list[Miss]:
        """The matches in a source that are not followed in its target.

        Each occurrence in the target answers to one in the source, so a term that stands twice
        on one side and once on the other is a miss.
        """
        open_matches = [match for match in self.terms(source) if match.term.accepted(lang)]
        forms = {id(match): match.term.accepted(lang) for match in open_matches}
        found = [text for text, _ in _found(open_matches, target, lang, Term.accepted)]
        # What few matches accept is given away first: "AI" is no intelligence artificielle.
        for text in sorted(found, key=lambda text: sum(text in accepted for accepted in forms.values())):
            able = [match for match in open_matches if text in forms[id(match)]]
            if able:
                open_matches.remove(min(able, key=lambda match: len(forms[id(match)])))
        variants = list(_found(open_matches, target, lang, Term.unwanted))
        misses = []
        for match in open_matches:
            place = next((found for found in variants if found[0] in match.term.unwanted(lang)), None)
            if place:
                variants.remove(place)
            misses.append(Miss(match, place[1] if place else None))
        return misses

    def review(self, source: Document, target: Document) -> list[Finding]:
        """Check every segment of a translation: codes ``term`` and ``name``."""
        return [
            _finding(miss, number, a.text, b.text, target.lang)
            for number, (a, b) in enumerate(zip(source.segments, target.segments, strict=True))
            for miss in self.misses(a.text, b.text, target.lang)
        ]

    def consistency(self, source: Document, target: Document) -> list[Forms]:
        """For each name of the register that stands in the source, the forms the target uses."""
        used: dict[str, dict[str, list[int]]] = {}
        for number, (a, b) in enumerate(zip(source.segments, target.segments, strict=True)):
            named = [m for m in self.terms(a.text) if m.term.name and m.term.accepted(target.lang)]
            found = list(_found(named, b.text, target.lang, _all_forms))
            for match in named:
                place = next((f for f in found if f[0] in _all_forms(match.term, target.lang)), None)
                if place:
                    found.remove(place)
                places = used.setdefault(match.term.sources[0], {})
                places.setdefault(place[0] if place else "", []).append(number)
        return [
            Forms(name, target.lang, {form: tuple(numbers) for form, numbers in places.items()})
            for name, places in used.items()
        ]

    def prescribed(self, lang: str) -> dict[str, str]:
        """What each French form is to become, for models that can be told.

        Names and acronyms keep their capitals, other terms have none.

        >>> Glossary((Term(("Appel d'offres",), {"ar": ("طلب عروض",)}),)).prescribed("ar")
        {"appel d'offres": 'طلب عروض'}
        """
        return {
            source if term.name or term.keep or source.isupper() else source.lower(): forms[0]
            for term in reversed(self.entries)  # the first of several wins, as in a check
            if (forms := term.accepted(lang))
            for source in term.known
        }

    def enforced(self, source: str, target: str, lang: str) -> str | None:
        """The target with terms put right where that is safe, or None where nothing is.

        Safe is an unwanted form that stands there literally, and, in English, a name of which
        exactly one near spelling stands in the target and not in the source. Inflected forms
        are left alone, as is what would need another article.
        """
        misses = self.misses(source, target, lang)
        repaired = target
        for miss in misses:
            better = _repaired(miss.match.term, source, repaired, lang)
            if better and len(self.misses(source, better, lang)) < len(self.misses(source, repaired, lang)):
                repaired = better
        return repaired if repaired != target else None


def _is_latin(text: str) -> bool:
    return not any("\u0600" <= c <= "\u06ff" for c in text)


def _all_forms(term: Term, lang: str) -> tuple[str, ...]:
    return term.accepted(lang) + term.unwanted(lang)


def _found(
    matches: Iterable[Match], target: str, lang: str, forms: Callable[[Term, str], tuple[str, ...]]
) -> Iterator[tuple[str, Span]]:
    """Where the given forms of the matched terms stand in a target."""
    phrases = {
        Phrase(text, lang, m.term.name or m.term.keep) for m in matches for text in forms(m.term, lang)
    }
    for phrase, span in find(index(phrases), target, lang, strict=False):
        yield phrase.text, span


def _finding(miss: Miss, number: int, source: str, target: str, lang: str) -> Finding:
    term, (start, end) = miss.match.term, miss.match.span
    place = "register of names" if term.name else "glossary"
    wanted, here = term.accepted(lang)[0], source[start:end]
    message = f"the {place} keeps {here}" if here == wanted else f"the {place} has {wanted} for {here}"
    if miss.variant:
        message += f", not {target[slice(*miss.variant)]}"
    if term.note:
        message += f" ({term.note})"
    serious = term.name or term.keep
    return Finding(
        lang, number, "name" if term.name else "term", serious, message, miss.match.span, miss.variant
    )


# --- repair -----------------------------------------------------------------------------

NEAR = 0.8
"""How alike two spellings of a name must be (Ratcliff and Obershelp's ratio, as in difflib)."""


def _repaired(term: Term, source: str, target: str, lang: str) -> str | None:
    """The target with one unwanted form of a term replaced, or None where that is not safe."""
    wanted = term.accepted(lang)[0]
    place = _literal_variant(term, target, lang, wanted)
    if not place and lang == "en" and wanted in term.sources and (term.keep or " " in wanted):
        place = _near_spelling(wanted, source, target)
    if not place:
        return None
    start, end = place
    article = re.search(r"\ban?\s+\Z", target[:start], re.IGNORECASE)
    if article and (wanted[0].lower() in "aeiou") != (target[start].lower() in "aeiou"):
        return None
    if is_shouted(target) and not term.keep:
        wanted = wanted.upper()
    elif target[start].isupper() and not term.keep:
        wanted = wanted[0].upper() + wanted[1:]
    return target[:start] + wanted + target[end:]


def _literal_variant(term: Term, target: str, lang: str, wanted: str) -> Span | None:
    """Where an unwanted form stands as it is written, behind one Arabic particle at most.

    An Arabic article must be there on both sides or on neither: behind a particle it changes.
    """
    unwanted = sorted(term.unwanted(lang), key=len, reverse=True)
    for _, (start, end) in _found([Match(term, (0, 0))], target, lang, Term.unwanted):
        for form in unwanted:
            at = end - len(form)
            particle = target[start:at].rstrip("ـ")
            article = form.startswith("ال") == wanted.startswith("ال") or (not particle and _is_latin(form))
            if target[at:end].lower() == form.lower() and particle in ("", *"وفبلك") and article:
                return start + len(particle), end
    return None


def _near_spelling(name: str, source: str, target: str) -> Span | None:
    """The one run of capitalised words in an English target that is nearly this name."""
    size, run = len(words(name)), words(target)
    places = []
    for at in range(len(run) - size + 1):
        start, end = run[at].start, run[at + size - 1].end
        text = target[start:end]
        alike = SequenceMatcher(None, name.lower(), text.lower(), autojunk=False).ratio()
        capitals = all(word.text[0].isupper() for word in run[at : at + size])
        # A longer word is a derivation: the Casablancans are not Casablanca.
        if capitals and alike >= NEAR and text not in source and not text.startswith(name):
            places.append((start, end))
    return places[0] if len(places) == 1 else None


# --- files ------------------------------------------------------------------------------


def read(path: Path, names: bool = False) -> Glossary:
    """Read a glossary, or with ``names`` a register of names: CSV, TSV or TBX.

    Raises InputError, with the line and what to do, for what cannot be read as one.
    """
    readers = {".csv": _table, ".tsv": _table, ".txt": _table, ".tbx": _tbx, ".xml": _tbx}
    if path.suffix.lower() not in readers:
        raise InputError(
            f"{path}: a glossary of the type {path.suffix or 'without ending'} is not supported",
            "supported: .csv, .tsv, .tbx",
        )
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}", "check the name and the rights") from error
    terms = list(readers[path.suffix.lower()](content, path, names))
    if not terms:
        raise InputError(f"{path} has no entries", "a line for each: source,en,ar,note")
    return Glossary(tuple(terms))


def _wrong(path: Path, line: int, what: str, hint: str) -> InputError:
    return InputError(f"{path}, line {line}: {what}", hint)


def _table(content: bytes, path: Path, names: bool) -> Iterator[Term]:
    """Read CSV (commas or, as French Excel has it, semicolons) or TSV, by its first line."""
    lines = _decoded(content, path).splitlines(keepends=True)
    if lines and lines[0].lower().startswith("sep="):  # Excel's own mark
        lines[0] = "\n"
    first = next((line for line in lines if line.strip()), "")
    rows = csv.reader(lines, delimiter=max("\t;,", key=first.count), strict=True)
    columns: list[str] = []
    seen: dict[str, Term] = {}
    try:
        for row in rows:
            cells = [" ".join(unicodedata.normalize("NFC", cell).split()) for cell in row]
            if not any(cells):
                continue
            if columns:
                term = _term(cells, columns, path, rows.line_num, names)
                earlier = seen.setdefault(term.sources[0], term)
                if earlier is term:
                    yield term
                elif (earlier.targets, earlier.keep) != (term.targets, term.keep):
                    raise _wrong(
                        path, term.line, f"{term.sources[0]} stands in line {earlier.line} already",
                        "put alternatives into one cell, with | between them",
                    )  # fmt: skip
            else:
                columns = _columns(cells, path, rows.line_num)
    except csv.Error as error:
        raise _wrong(path, rows.line_num, f"not a table: {error}", "check the quotation marks") from error


def _decoded(content: bytes, path: Path) -> str:
    """Decode UTF-8, or the UTF-16 of Excel's "Unicode text", which says so in its first bytes."""
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _wrong(path, line, "not UTF-8", "save it as CSV UTF-8, which also keeps Arabic") from None


def _columns(cells: list[str], path: Path, line: int) -> list[str]:
    columns = [COLUMN.get(cell.lower().replace(" ", "-").replace("_", "-"), "") for cell in cells]
    if "source" not in columns or len(set(filter(None, columns))) < len(list(filter(None, columns))):
        raise _wrong(
            path, line, f"no such columns: {', '.join(filter(None, cells))}",
            "the first line names them: source,en,ar,note; for names fr,en,ar,variants,do-not-translate",
        )  # fmt: skip
    return columns


def _term(cells: list[str], columns: list[str], path: Path, line: int, names: bool) -> Term:
    """Make one row an entry. Raises InputError for one that says nothing or cannot be used."""
    if any(cells[len(columns) :]):
        raise _wrong(
            path, line, f"{len(cells)} cells under {len(columns)} columns", "quote cells with commas"
        )
    row = {column: cell for column, cell in zip(columns, cells, strict=False) if column}
    if row.get("ar") and not row["ar"].strip("? |"):
        raise _wrong(path, line, "question marks for Arabic", "save it as CSV UTF-8, which keeps Arabic")
    forms = {c: _alternatives(row.get(c, ""), path, line) for c in ("source", *TARGETS, "variants")}
    if not forms["source"]:
        raise _wrong(path, line, "the source is missing", "fill it in, or delete the line")
    flag = row.get("keep", "").lower()
    if flag not in YES | NO:
        raise _wrong(path, line, f"{flag} is neither yes nor no", "x in do-not-translate, or nothing")
    targets = {lang: forms[lang] for lang in TARGETS if forms[lang]}
    if not (targets or names or flag in YES):
        raise _wrong(path, line, f"{forms['source'][0]} has no translation", "fill in en or ar")
    return Term(forms["source"], targets, row.get("note", ""), forms["variants"], names, flag in YES, line)


def _alternatives(cell: str, path: Path, line: int) -> tuple[str, ...]:
    found = tuple(filter(None, (part.strip() for part in cell.split("|"))))
    if wordless := [part for part in found if not words(part)]:
        raise _wrong(path, line, f"{wordless[0]} has no letters", "a word, or nothing")
    return found


XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
NOT_WANTED = re.compile("deprecated|superseded|obsolete|forbidden", re.IGNORECASE)


def _tbx(content: bytes, path: Path, names: bool) -> Iterator[Term]:
    """Read TBX, of 2008 (martif, termEntry, langSet, tig) or 2019 (tbx, conceptEntry, langSec).

    Translate-toolkit knows the first only, and of its terms those in ``tig``. Deprecated terms
    are forms that are not wanted.
    """
    try:
        # expat bounds what entities grow to, and nothing is loaded from outside
        root = ElementTree.fromstring(content)  # noqa: S314
    except ElementTree.ParseError as error:
        raise _wrong(path, error.position[0], "not XML", "export the glossary again, as TBX") from error
    concepts = [element for element in root.iter() if _tag(element) in ("termEntry", "conceptEntry")]
    if not concepts:
        raise _wrong(path, 1, "no terms in it", "TBX has termEntry or conceptEntry elements")
    merged: dict[str, Term] = {}
    for concept in concepts:
        term = _concept(concept, names)
        if term.sources and (names or term.targets):
            earlier = merged.get(term.sources[0])
            merged[term.sources[0]] = _merged(earlier, term) if earlier else term
    return iter(merged.values())


def _concept(concept: ElementTree.Element, names: bool) -> Term:
    forms: dict[str, list[str]] = {}
    for section in concept.iter():
        if _tag(section) in ("langSet", "langSec"):
            lang = section.get(XML_LANG, section.get("lang", ""))[:2].lower()
            for text, wanted in _tbx_terms(section):
                forms.setdefault(lang if wanted else "variants", []).append(text)
    targets = {lang: tuple(forms[lang]) for lang in TARGETS if lang in forms}
    note = next((_text(element) for element in concept.iter() if _tag(element) == "note"), "")
    return Term(tuple(forms.get("fr", ())), targets, note, tuple(forms.get("variants", ())), names)


def _merged(one: Term, other: Term) -> Term:
    """Two concepts that share a French term: what either has is accepted."""
    targets = {
        lang: tuple(dict.fromkeys(one.targets.get(lang, ()) + other.targets.get(lang, ())))
        for lang in {**one.targets, **other.targets}
    }
    return replace(one, targets=targets, variants=one.variants + other.variants)


def _tbx_terms(section: ElementTree.Element) -> Iterator[tuple[str, bool]]:
    """The terms of one language, and whether each is wanted."""
    for group in section.iter():
        if _tag(group) in ("tig", "ntig", "termSec"):
            status = " ".join(_text(e) for e in group.iter() if e.get("type") == "administrativeStatus")
            for element in group.iter():
                if _tag(element) == "term" and words(_text(element)):
                    yield _text(element), not NOT_WANTED.search(status)


def _tag(element: ElementTree.Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _text(element: ElementTree.Element) -> str:
    return " ".join(unicodedata.normalize("NFC", "".join(element.itertext())).split())

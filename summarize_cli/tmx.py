"""Approved translations as files: TMX for every other tool, JSON from our own review page.

TMX 1.4b is the exchange format of translation memories (LISA OSCAR, 2005); it is read and
written with translate-toolkit. This room lies above ``memory``, whose ``Approved`` it turns into
bytes and back, and knows nothing of the store: it does for exchange files what ``formats`` does
for documents.

Files come from strangers. One that declares or uses entities is refused: nothing that makes a
translation memory needs them, and expanding them is how a small file fills a large machine
("billion laughs") or reads somebody else's file (CWE-776, CWE-611).
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import __version__
from .errors import InputError
from .memory import Approved

if TYPE_CHECKING:
    from lxml.etree import _Element
    from translate.storage.tmx import tmxfile, tmxunit

ORIGIN = "x-origin"
"""The TMX property that says where a translation came from."""
ANY_LANGUAGE = "*all*"
"""What TMX has in the place of a source language where every variant may be the source."""


@dataclass(frozen=True, slots=True)
class Content:
    """The translations in a file, and how many of its texts are in none of them.

    Those are in other languages, empty, without a partner, or second variants of a language.
    """

    translations: tuple[Approved, ...]
    left_out: int = 0


def read(
    content: bytes, name: str, languages: Collection[str] = ("fr", "en", "ar"), source_lang: str | None = None
) -> Content:
    """Read a TMX file, or the JSON that the review page saves.

    ``source_lang`` says which variant of a TMX unit is the source; otherwise the file says it,
    and where it does not, the first of ``languages`` is. Raises InputError for anything else.
    """
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return _read_json(content, name, languages)
    return _read_tmx(content, name, languages, source_lang)


def _read_json(content: bytes, name: str, languages: Collection[str]) -> Content:
    try:
        rows = [
            Approved(row["source_lang"], row["lang"], row["source"], row["target"], name)
            for row in json.loads(content.decode("utf-8-sig"))["approved"]
        ]
        good = all(
            {row.source_lang, row.lang} <= set(languages) and isinstance(row.source + row.target, str)
            for row in rows
        )
    except (ValueError, RecursionError, KeyError, TypeError):
        good = False
    if not good:
        raise InputError(f"{name} is not a file of approved segments", "save it again in the review page")
    return Content(tuple(rows))


def _read_tmx(content: bytes, name: str, languages: Collection[str], source_lang: str | None) -> Content:
    found: list[Approved] = []
    left_out = 0
    for unit in _parse(content, name).units:
        texts = list(_variants(unit))
        variants = {lang: text for lang, text in reversed(texts) if lang in languages and text.strip()}
        source = source_lang or _source_lang(unit, variants, languages)
        targets = sorted(variants.keys() - {source}) if source in variants else []
        origin = _origin(unit) or name
        found += [Approved(source, lang, variants[source], variants[lang], origin) for lang in targets]
        left_out += len(texts) - (len(targets) + 1 if targets else 0)
    return Content(tuple(found), left_out)


def _source_lang(unit: tmxunit, variants: Collection[str], languages: Collection[str]) -> str:
    """What the unit or its file calls the source, if it is there; else the first of ``languages``."""
    root = unit.xmlelement.getroottree().getroot()
    header = root.find(unit.namespaced("header"))
    said = unit.xmlelement.get("srclang") or (header.get("srclang", "") if header is not None else "")
    return _code(said) if _code(said) in variants else next(iter(languages))


def _parse(content: bytes, name: str) -> tmxfile:
    """The file as translate-toolkit has it. Raises InputError for what is not TMX, or unsafe."""
    from lxml import etree
    from translate.storage.tmx import tmxfile

    try:
        parsed = tmxfile.parsestring(content)
    except (etree.LxmlError, AssertionError, ValueError) as error:
        raise InputError(
            f"{name} is not a TMX file: {error or 'no <tmx>'}", "export it again as TMX 1.4"
        ) from error
    declared = parsed.document.docinfo.internalDTD
    entities = [
        *(declared.iterentities() if declared is not None else ()),
        *parsed.document.iter(etree.Entity),
    ]
    if entities:
        raise InputError(f"{name} uses XML entities, which may be an attack", "export it again as TMX 1.4")
    return parsed


def _variants(unit: tmxunit) -> Iterator[tuple[str, str]]:
    """The texts of a unit, each with its language, of which only the first part matters here."""
    from translate.misc.xml_helpers import getXMLlang

    for variant in unit.getlanguageNodes():
        segment = variant.find(unit.namespaced("seg"))
        if segment is not None:
            yield _code(getXMLlang(variant) or variant.get("lang", "")), _plain(segment)  # TMX 1.1: lang


def _code(tag: str) -> str:
    """The language of a tag, without its region.

    >>> _code("fr-FR"), _code("EN_gb"), _code("ar")
    ('fr', 'en', 'ar')
    """
    return tag.replace("_", "-").partition("-")[0].lower()


def _plain(node: _Element) -> str:
    """The text of a segment without the formatting that it had in the other tool.

    ``bpt``, ``ept``, ``it``, ``ph`` and ``ut`` hold that tool's code (``<b>``, say); ``hi`` holds text.
    """
    parts = [(_plain(child) if _name(child) == "hi" else "") + (child.tail or "") for child in node]
    return (node.text or "") + "".join(parts)


def _name(node: _Element) -> str:
    return str(node.tag).rpartition("}")[2]


def _origin(unit: tmxunit) -> str:
    properties = unit.xmlelement.iterchildren(unit.namespaced("prop"))
    return next((p.text or "" for p in properties if p.get("type") == ORIGIN), "")


def write(rows: Iterable[Approved]) -> bytes:
    """Write translations as TMX 1.4, a unit each, with their origin and when they last changed."""
    from lxml import etree
    from translate.storage.tmx import tmxfile

    file = tmxfile(sourcelanguage=ANY_LANGUAGE)
    header = file.document.getroot().find("header")
    header.set("creationtool", "summarize-cli")
    header.set("creationtoolversion", __version__)
    for row in rows:
        unit = file.addsourceunit(row.source, row.source_lang)
        unit.settarget(row.target, row.lang, append=True)
        if row.changed:
            unit.xmlelement.set("changedate", re.sub("[-:]", "", row.changed).replace(" ", "T") + "Z")
        origin = etree.Element("prop", type=ORIGIN)
        origin.text = row.origin
        unit.xmlelement.insert(0, origin)
    return bytes(file)

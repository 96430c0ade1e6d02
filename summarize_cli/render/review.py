"""An article as a page for the person who reviews it: one HTML file that needs nothing else.

It works from the file system and offline. ``review.html`` is the page (Jinja, everything in it
escaped), ``review.css`` how it looks, ``review.js`` what it does; this module joins them. A content
security policy lets that style and that script in by their hashes, and nothing else: markup in a
document could do no harm even if some of it came through.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from pathlib import Path, PurePath
from typing import Any

from ..document import Article
from ..memory import Match

NAMES = {"fr": "French", "en": "English", "ar": "Arabic"}
FOLDER = Path(__file__).parent
OF_SUMMARY = "summary: "
"""How the message of a finding begins that belongs to a summary, not to its segment."""

Suggestions = Mapping[str, Mapping[str, Sequence[Match]]]
"""What ``Store.similar`` finds, by language of the translation."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text and the findings that mark it: their numbers, and what they say."""

    text: str
    findings: tuple[int, ...] = ()
    serious: bool = False
    message: str = ""


def pieces(text: str, spans: Iterable[tuple[int, int, Mapping[str, Any]]]) -> list[Piece]:
    """Cut a text wherever a mark begins or ends; marks may overlap.

    A span is (start, end, finding), in characters; one that does not lie in the text is left out.

    >>> [p.text for p in pieces("in 2022", [(3, 7, {"id": 0, "serious": True, "message": "?"})])]
    ['in ', '2022']
    """
    marks = [span for span in spans if 0 <= span[0] < span[1] <= len(text)]
    cuts = sorted({0, len(text), *(at for start, end, _ in marks for at in (start, end))})
    found = []
    for start, end in pairwise(cuts):
        here = [finding for first, last, finding in marks if first <= start and end <= last]
        found.append(
            Piece(
                text[start:end],
                tuple(finding["id"] for finding in here),
                any(finding["serious"] for finding in here),
                "; ".join(finding["message"] for finding in here),
            )
        )
    return found


def page(article: Article, record: Mapping[str, Any], suggestions: Suggestions | None = None) -> str:
    """Make the review page of an article.

    ``record`` is the article's JSON, schema 1 (``docs/json.md``). Findings with ``source_span``
    or ``target_span`` are marked in place, the others stand below their segment. Segments that
    name a language in ``approved`` are shown as approved in it. ``suggestions`` are offered at
    their segments; nobody but the reader takes them.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    style, script = (_asset(name) for name in ("review.css", "review.js"))
    environment = Environment(
        loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    return environment.get_template("review.html").render(
        policy=f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
        "base-uri 'none'; form-action 'none'",
        style=Markup(style),  # noqa: S704 - our own files
        script=Markup(script),  # noqa: S704
        data=Markup(_data(article, record)),  # noqa: S704 - escaped there
        **_content(article, record, suggestions or {}),
    )


def _asset(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def _hash(content: str) -> str:
    """The source expression of an inline style or script (W3C CSP 3)."""
    return f"'sha256-{b64encode(sha256(content.encode()).digest()).decode()}'"


def _data(article: Article, record: Mapping[str, Any]) -> str:
    """What the script works on, as JSON in which no tag can begin or end."""
    name = PurePath(article.source.name).stem.removesuffix(".fr")
    data = {"name": name, "source_lang": article.source.lang, "segments": record["segments"]}
    return json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")


def _content(article: Article, record: Mapping[str, Any], suggestions: Suggestions) -> dict[str, Any]:
    """What the template shows."""
    findings = [{**finding, "id": number} for number, finding in enumerate(record["findings"])]
    in_text = [f for f in findings if not _of_summary(f, article)]
    of_summary = [f for f in findings if _of_summary(f, article)]
    return {
        "name": PurePath(article.source.name).name,
        "quality": record["quality"],
        "findings": len(findings),
        "serious": sum(bool(finding["serious"]) for finding in findings),
        "summaries": [
            {
                **_language(lang),
                "text": summary.text,
                "support": sorted({n + 1 for found in summary.support for n in found.segments}),
                "findings": _in_language(of_summary, lang),
            }
            for lang, summary in article.summaries.items()
        ],
        "source": _language(article.source.lang),
        "targets": [_language(lang) for lang in article.translations],
        "rows": list(_rows(article, record, in_text, suggestions)),
        "tool": record.get("tool", ""),
        "models": [
            f"{model['name']} ({model['licence'] or 'no licence stated'})"
            for model in record.get("models", ())
        ],
    }


def _of_summary(finding: Mapping[str, Any], article: Article) -> bool:
    return finding["lang"] not in article.translations or finding["message"].startswith(OF_SUMMARY)


def _in_language(findings: Iterable[dict[str, Any]], lang: str) -> list[dict[str, Any]]:
    return [finding for finding in findings if finding["lang"] == lang]


def _language(code: str) -> dict[str, str]:
    return {"lang": code, "name": NAMES.get(code, code), "dir": "rtl" if code == "ar" else "ltr"}


def _rows(
    article: Article, record: Mapping[str, Any], findings: list[dict[str, Any]], suggestions: Suggestions
) -> Iterable[dict[str, Any]]:
    """A row for each segment that has words; ``paragraph`` tells that a new one begins there."""
    gap = ""
    for number, segment in enumerate(article.source.segments):
        if segment.text.strip():
            here = [finding for finding in findings if finding["segment"] == number]
            yield {
                "number": number,
                "paragraph": gap.count("\n") > 1,
                "source": pieces(segment.text, _spans(here, "source_span")),
                "cells": [
                    _cell(lang, record["segments"][number], _in_language(here, lang), suggestions)
                    for lang in article.translations
                ],
            }
        gap = segment.tail


def _cell(
    lang: str, segment: Mapping[str, Any], findings: list[dict[str, Any]], suggestions: Suggestions
) -> dict[str, Any]:
    similar = suggestions.get(lang, {}).get(segment["source"], ())
    return {
        **_language(lang),
        "pieces": pieces(segment[lang], _spans(findings, "target_span")),
        "findings": findings,
        "approved": lang in segment.get("approved", ()),
        "retried": lang in segment.get("retried", ()),
        "suggestions": [match for match in similar if match.target != segment[lang]],
    }


def _spans(findings: Iterable[Mapping[str, Any]], field: str) -> Iterable[tuple[int, int, Mapping[str, Any]]]:
    return [(*finding[field], finding) for finding in findings if finding.get(field)]

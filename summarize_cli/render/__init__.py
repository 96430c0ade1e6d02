"""An article as something to read: plain text, Markdown, or JSON (schema 1)."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from ..anatomy import speaker
from ..document import Article, Segment, Summary

LANGUAGES = {"fr": "Français", "en": "English", "ar": "العربية"}
HEADINGS = {"fr": "Résumé", "en": "Summary", "ar": "ملخص"}


def text(article: Article) -> str:
    """The press kit for a terminal or a file; Arabic in its logical order, never reversed."""
    parts = [f"── {LANGUAGES[lang]} ──\n\n{d.text.strip()}" for lang, d in article.translations.items()]
    parts += [f"── {HEADINGS[lang]} ──\n\n{s.text}" for lang, s in article.summaries.items()]
    return "\n\n".join(parts) + "\n"


def markdown(article: Article) -> str:
    """The press kit as Markdown, with Arabic marked as right to left for renderers."""
    parts = []
    for lang, document in article.translations.items():
        parts.append(f"## {LANGUAGES[lang]}\n\n{_directed(lang, document.text.strip())}")
    for lang, summary in article.summaries.items():
        parts.append(f"## {HEADINGS[lang]}\n\n{_directed(lang, summary.text)}")
    return "\n\n".join(parts) + "\n"


def _directed(lang: str, body: str) -> str:
    return f'<div dir="rtl" lang="ar">\n\n{body}\n\n</div>' if lang == "ar" else body


def summaries(article: Article) -> str:
    """All summaries, each under its heading: what ``NAME.summary.txt`` holds."""
    return "\n\n".join(f"{HEADINGS[lang]}\n{s.text}" for lang, s in article.summaries.items()) + "\n"


def styled(summary: Summary, style: str = "paragraph", cite: bool = False, link: str = "") -> str:
    """One summary as a ``paragraph``, ``sentence``, ``bullets``, ``headline`` or ``social`` post.

    ``cite`` puts the numbers of the source segments, counted from 1, behind each sentence. A
    post ends with the link, unless it is in the text already; a headline has no full stop.
    """
    sentences = summary.sentences[:1] if style in ("sentence", "headline") else summary.sentences
    if style == "headline":
        sentences = tuple(sentence.removesuffix(".") for sentence in sentences)
    if cite:
        sentences = tuple(
            f"{sentence} [{', '.join(str(n + 1) for n in found.segments)}]"
            for sentence, found in zip(sentences, summary.support, strict=False)
        )
    if style == "bullets":
        return "\n".join(f"- {sentence}" for sentence in sentences)
    whole = " ".join(sentences)
    return f"{whole} {link}".strip() if style == "social" and link not in whole else whole


def _said_by(segment: Segment) -> dict[str, str]:
    """Who says a quotation, if its sentence says so."""
    name = speaker(segment.text) if segment.kind == "quote" else None
    return {"speaker": name} if name else {}


def record(article: Article, provenance: dict[str, Any]) -> dict[str, Any]:
    """The article as data, schema 1: every segment with its translations and findings."""
    source = article.source
    return {
        "schema": 1,
        "name": source.name,
        "source_lang": source.lang,
        "quality": "draft",
        "segments": [
            {
                "source": segment.text,
                **{lang: doc.segments[n].text for lang, doc in article.translations.items()},
                **({"kind": segment.kind} if segment.kind else {}),
                **_said_by(segment),
                "retried": sorted({r.lang for r in article.repairs if r.segment == n and r.kept}),
                "approved": [lang for lang, numbers in article.approved.items() if n in numbers],
            }
            for n, segment in enumerate(source.segments)
        ],
        "summaries": {
            lang: {
                "text": s.text,
                "method": s.method,
                "sentences": list(s.sentences),
                "segments": list(s.sources),
                "support": [{"segments": [*p.segments], "similarity": p.similarity} for p in s.support],
            }
            for lang, s in article.summaries.items()
        },
        "findings": [
            {
                "lang": f.lang,
                "segment": f.segment,
                "code": f.code,
                "serious": f.serious,
                "message": f.message,
                "source_span": f.source_span,
                "target_span": f.target_span,
            }
            for f in article.findings
        ],
        "repairs": [asdict(repair) for repair in article.repairs],
        **provenance,
    }


def dumps(data: dict[str, Any], lines: bool = False) -> str:
    """JSON for people (indented) or for JSON lines; always real characters, never escapes."""
    return json.dumps(data, ensure_ascii=False, indent=None if lines else 1) + "\n"

"""What ``check`` found, for people (text) and for programs: JSON, JUnit XML, SARIF 2.1.0."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import PurePath
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

from .. import __version__, align
from ..document import Document, Finding
from ..glossary import Forms
from ..roundtrip import Trip, worst


@dataclass(frozen=True)
class Check:
    """Two documents, how their segments were paired, and what was found in each pair.

    The segments of ``findings``, ``names`` and ``trips`` are numbers of pairs (from 0).
    """

    source: Document
    target: Document
    pairs: Sequence[align.Pair]
    findings: Sequence[Finding]
    names: Sequence[Forms] = ()
    trips: Sequence[Trip] | None = None

    @cached_property
    def sides(self) -> tuple[Document, Document]:
        """Both documents with one segment for each pair."""
        return align.paired(self.source, self.target, self.pairs)

    @property
    def unpaired(self) -> tuple[int, int]:
        """How many pairs have a source only, and how many a target only."""
        return sum(not p.target for p in self.pairs), sum(not p.source for p in self.pairs)

    def label(self, number: int) -> str:
        """How a pair is called: by its segments in the source, counted from 1.

        Those of the target are named where they are others.
        """
        pair = self.pairs[number]
        here, there = _numbers(pair.source), _numbers(pair.target)
        if not pair.source:
            return f"target segment {there}"
        return f"segment {here}" + (f" (target {there})" if there not in (here, "") else "")

    @property
    def verdict(self) -> str:
        """One line that says how it went."""
        serious = sum(finding.serious for finding in self.findings)
        parts = [f"{len(self.pairs)} pairs, {len(self.findings)} findings, {serious} serious"]
        alone, added = self.unpaired
        if alone or added:
            parts.append(f"not paired: {alone} of the source, {added} of the target")
        return "; ".join(parts)


def _numbers(numbers: Sequence[int]) -> str:
    if len(numbers) < 2:
        return str(numbers[0] + 1) if numbers else ""
    return f"{numbers[0] + 1}-{numbers[-1] + 1}"


def text(check: Check) -> str:
    """Every pair with findings, the names that vary, the worst segments of a round trip."""
    lines = []
    for number, found in _by_pair(check).items():
        source, target = (side.segments[number].text for side in check.sides)
        lines += [check.label(number), f"  source: {_line(source)}", f"  target: {_line(target)}"]
        lines += [f"  {'serious' if f.serious else 'look at'}: {f.message} [{f.code}]" for f in found]
        lines.append("")
    if varying := [forms for forms in check.names if not forms.consistent]:
        lines.append("names that vary, and the segments")
        lines += [f"  {forms.name}: {_forms(check, forms)}" for forms in varying]
        lines.append("")
    if check.trips is not None:
        lines += ["there and back, the worst segments", *_trips(check), ""]
    return "\n".join([*lines, check.verdict]) + "\n"


def _by_pair(check: Check) -> dict[int, list[Finding]]:
    found: dict[int, list[Finding]] = {}
    for finding in sorted(check.findings, key=lambda finding: (finding.segment, not finding.serious)):
        found.setdefault(finding.segment, []).append(finding)
    return found


def _forms(check: Check, forms: Forms) -> str:
    return "; ".join(
        f"{form or 'none of its forms'} in {', '.join(_numbers(check.pairs[n].source) for n in numbers)}"
        for form, numbers in forms.forms.items()
    )


def _trips(check: Check) -> list[str]:
    lines = []
    for trip in worst(check.trips or ()):
        source = check.sides[0].segments[trip.segment].text
        lost = [*trip.figures, *trip.names, *trip.words]
        lines += [
            f"  {check.label(trip.segment)}: {trip.kept:.0%} of its names and content words came back",
            f"    source: {_line(source)}",
            f"    back:   {_line(trip.back)}",
            f"    lost:   {', '.join(lost)}",
        ]
    return lines or ["  nothing was lost"]


def _line(words: str) -> str:
    return " ".join(words.split())


def record(check: Check) -> dict[str, Any]:
    """The check as data, schema 1 (``docs/json.md``)."""
    source, target = check.sides
    return {
        "schema": 1,
        "tool": f"summarize-cli {__version__}",
        "source": {"name": check.source.name, "lang": check.source.lang},
        "target": {"name": check.target.name, "lang": check.target.lang},
        "pairs": [
            {
                "source": a.text,
                "target": b.text,
                "source_segments": list(pair.source),
                "target_segments": list(pair.target),
            }
            for pair, a, b in zip(check.pairs, source.segments, target.segments, strict=True)
        ],
        "findings": [asdict(finding) for finding in check.findings],
        "names": [asdict(forms) for forms in check.names],
        "round_trip": None if check.trips is None else [asdict(trip) for trip in check.trips],
        "worst": None if check.trips is None else [trip.segment for trip in worst(check.trips)],
    }


def junit(check: Check, strict: bool = False) -> str:
    """JUnit XML: a test case for each pair, a failure for each serious finding.

    With ``strict`` every finding is a failure; else the others are in ``system-out``.
    """
    found = _by_pair(check)
    failing = {n: [f for f in some if strict or f.serious] for n, some in found.items()}
    failures = sum(map(bool, failing.values()))
    counts = {"tests": str(len(check.pairs)), "failures": str(failures), "errors": "0"}
    root = ElementTree.Element("testsuites", counts)
    suite = ElementTree.SubElement(root, "testsuite", {"name": "summarize-cli check", **counts})
    for number in range(len(check.pairs)):
        case = ElementTree.SubElement(
            suite, "testcase", classname=_legal(check.target.name), name=check.label(number)
        )
        texts = [f"{name}: {_line(side.segments[number].text)}" for name, side in _named(check)]
        for finding in failing.get(number, []):
            failure = ElementTree.SubElement(
                case, "failure", type=finding.code, message=_legal(finding.message)
            )
            failure.text = _legal("\n".join(texts))
        rest = [f for f in found.get(number, []) if f not in failing[number]]
        if rest:
            out = ElementTree.SubElement(case, "system-out")
            out.text = _legal("\n".join([*(f"{f.code}: {f.message}" for f in rest), *texts]))
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _named(check: Check) -> list[tuple[str, Document]]:
    return list(zip(("source", "target"), check.sides, strict=True))


def _legal(words: str) -> str:
    """A text with the characters replaced that XML 1.0 has no place for, escaped or not."""
    return re.sub("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", words)


def sarif(check: Check) -> dict[str, Any]:
    """SARIF 2.1.0 (OASIS, 2020): findings as results at their place in the target file."""
    codes = sorted({finding.code for finding in check.findings})
    uri = quote(PurePath(check.target.name).as_posix())
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "summarize-cli",
                        "version": __version__,
                        "rules": [{"id": code} for code in codes],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [
                    {
                        "ruleId": finding.code,
                        "ruleIndex": codes.index(finding.code),
                        "level": "error" if finding.serious else "warning",
                        "message": {"text": f"{check.label(finding.segment)}: {finding.message}"},
                        "locations": [
                            {
                                "physicalLocation": {
                                    "artifactLocation": {"uri": uri},
                                    "region": _region(check, finding),
                                }
                            }
                        ],
                    }
                    for finding in check.findings
                ],
            }
        ],
    }


def _region(check: Check, finding: Finding) -> dict[str, int]:
    """Where a finding is in the target's text: its span, else its segment, else what precedes it."""
    answering = check.pairs[finding.segment].target
    before = [n for pair in check.pairs[: finding.segment] for n in pair.target]
    first = answering[0] if answering else max(before, default=0)
    segments = check.target.segments
    start = sum(len(s.text) + len(s.tail) for s in segments[:first])
    end = start + len(segments[first].text)
    if finding.target_span and len(answering) == 1:
        start, end = (start + at for at in finding.target_span)
    places = [_line_and_column(check.target.text, at) for at in (start, end)]
    names = (("startLine", "startColumn"), ("endLine", "endColumn"))
    return {
        name: value for two, place in zip(names, places, strict=True)
        for name, value in zip(two, place, strict=True)
    }  # fmt: skip


def _line_and_column(text: str, at: int) -> tuple[int, int]:
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)

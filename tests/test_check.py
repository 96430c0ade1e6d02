"""``check``: pairing, reports for people and for CI, exit codes, the round trip."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from conftest import ROOT, SAMPLE, Cli
from hypothesis import given
from hypothesis import strategies as st
from test_cli import failed, golden
from test_lazy import HEAVY, loaded

from summarize_cli import align, profiles, roundtrip, text
from summarize_cli.document import Document, Finding, Segment
from summarize_cli.glossary import Glossary
from summarize_cli.render import checks

FRENCH = """Le Maroc signe un accord avec Oracle

Safra Catz annonce 1 000 postes dans la cybersécurité. Elle remercie le conseil régional.

Un appel d’offres suivra en mai.
"""
ENGLISH = """Morocco signs an agreement with Oracle

Safra Katz announces 10,000 jobs in cyber security. She thanks the regional council.

A call for tenders will follow in May.
"""
ARABIC = """المغرب يوقع اتفاقا مع أوروسال

تعلن صفرا كاتز عن 1000 منصب في الأمن السيبراني. وتشكر المجلس الجهوي.

"""
GOOD = ENGLISH.replace("Katz", "Catz").replace("10,000", "1,000").replace("cyber security", "cybersecurity")
TERMS = ["--glossary", str(ROOT / "samples" / "glossaire.csv"), "--names", str(ROOT / "samples" / "noms.csv")]


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A release, two bad translations and a good one."""
    texts = {"note.fr.txt": FRENCH, "note.en.txt": ENGLISH, "note.ar.txt": ARABIC, "good.txt": GOOD}
    for name, content in texts.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    return tmp_path


def document(lang: str, words: str) -> Document:
    return Document(f"note.{lang}.txt", lang, text.split(words))


# --- pairing ----------------------------------------------------------------------------


def test_equal_shapes_are_paired_one_to_one() -> None:
    """As many sentences in each paragraph, or as many sentences in all."""
    one_to_one = [align.Pair((n,), (n,)) for n in range(4)]
    assert align.pairs(document("fr", FRENCH), document("en", ENGLISH)) == one_to_one
    flat = " ".join(ENGLISH.replace("Oracle\n", "Oracle.").split())
    assert align.pairs(document("fr", FRENCH), document("en", flat)) == one_to_one
    assert (
        align.pairs(document("fr", FRENCH), document("en", f"\n{ENGLISH}"))
        == [align.Pair((n,), (n + 1,)) for n in range(4)]
        or len(document("en", f"\n{ENGLISH}").segments) == 4
    )


@pytest.mark.parametrize(
    ("english", "wanted"),
    [
        (
            ENGLISH.replace("security. She thanks", "security, and she thanks"),
            [((0,), (0,)), ((1, 2), (1,)), ((3,), (2,))],
        ),
        (
            ENGLISH.replace("announces 10,000 jobs in", "has made an announcement. It is 10,000 jobs in"),
            [((0,), (0,)), ((1,), (1, 2)), ((2,), (3,)), ((3,), (4,))],
        ),
        (
            ENGLISH.replace("Morocco signs an agreement with Oracle\n\n", ""),
            [((0,), ()), ((1,), (0,)), ((2,), (1,)), ((3,), (2,))],
        ),
        (
            ENGLISH + "\nThis last paragraph was added by somebody who knew more about it than the source.",
            [((0,), (0,)), ((1,), (1,)), ((2,), (2,)), ((3,), (3,)), ((), (4,))],
        ),
    ],
    ids=["merged", "divided", "left out", "added"],
)
def test_other_shapes_are_aligned_by_length(english: str, wanted: list[tuple[Any, Any]]) -> None:
    """Two sentences in one, one in two, a heading left out, a paragraph added."""
    pairs = align.pairs(document("fr", FRENCH), document("en", english))
    assert [(pair.source, pair.target) for pair in pairs] == wanted


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_a_damaged_corpus_document_is_realigned(lang: str) -> None:
    """Every fifth sentence left out, in thirty documents: most of the others find their partners."""
    right = every = 0
    lines = (ROOT / "training" / "corpus" / "press.jsonl").read_text(encoding="utf-8").splitlines()
    for line in lines[:30]:
        rows = json.loads(line)["sentences"]
        kept = [n for n in range(len(rows)) if n % 5 != 2]
        source = Document("", "fr", tuple(Segment(row["fr"], " ") for row in rows))
        target = Document("", lang, tuple(Segment(rows[n][lang], " ") for n in kept))
        pairs = {pair.source: [kept[n] for n in pair.target] for pair in align.pairs(source, target)}
        right += sum(pairs.get((n,)) == [n] for n in kept)
        every += len(kept)
    assert right / every > {"en": 0.9, "ar": 0.75}[lang]


TEXTS = st.lists(
    st.tuples(st.text("ab .", min_size=1, max_size=90), st.sampled_from([" ", "\n\n"])), max_size=9
)


@given(TEXTS, TEXTS)
def test_every_segment_is_in_one_pair(left: list[tuple[str, str]], right: list[tuple[str, str]]) -> None:
    """In order, none twice, none lost, whatever the two texts are."""
    source, target = (
        Document("", lang, tuple(Segment(*both) for both in side))
        for lang, side in (("fr", left), ("en", right))
    )
    pairs = align.pairs(source, target)
    assert [n for pair in pairs for n in pair.source] == list(range(len(left)))
    assert [n for pair in pairs for n in pair.target] == list(range(len(right)))
    assert all(pair.source or pair.target for pair in pairs)


def test_long_texts_are_aligned_in_time() -> None:
    """A thousand sentences of which one is missing: the rest still answer to one another."""
    lines = [f"La phrase numéro {n} " + "est longue " * (n * 7919 % 13) + "." for n in range(1000)]
    source = Document("", "fr", tuple(Segment(line, " ") for line in lines))
    target = Document("", "en", tuple(Segment(line, " ") for line in lines[:500] + lines[501:]))
    pairs = align.pairs(source, target)
    assert (
        sum(pair.target == (pair.source[0] - (pair.source[0] > 500),) for pair in pairs if pair.source) > 950
    )


# --- reports ----------------------------------------------------------------------------


def scrubbed(output: str) -> str:
    """An output without what changes from version to version."""
    return re.sub(r'"(tool|version)": "(summarize-cli )?\d+\.\d+\.\d+"', r'"\1": "..."', output)


@pytest.mark.parametrize("format", ["text", "json", "junit", "sarif"])
@pytest.mark.parametrize("lang", ["en", "ar"])
def test_golden_reports(cli: Cli, files: Path, format: str, lang: str) -> None:
    """A changed figure, a changed name, a term not kept, a sentence that is missing."""
    result = cli("check", "note.fr.txt", f"note.{lang}.txt", *TERMS, "--format", format, "-q")
    assert result.code == 3, result.err
    assert result.err == ""
    golden(f"check.{lang}.{format}", scrubbed(result.out))


def test_exit_codes(cli: Cli, files: Path) -> None:
    """0 for a good translation, 3 for a serious finding, with --strict for any."""
    good = cli("check", "note.fr.txt", "good.txt", *TERMS)
    assert (good.code, good.out) == (0, "4 pairs, 0 findings, 0 serious\n")
    (files / "term.txt").write_text(GOOD.replace("cybersecurity", "cyber security"), encoding="utf-8")
    assert cli("check", "note.fr.txt", "term.txt", *TERMS).code == 0
    assert cli("check", "note.fr.txt", "term.txt", *TERMS, "--strict").code == 3
    assert cli("check", "note.fr.txt", "note.en.txt", *TERMS).code == 3


def test_a_check_loads_nothing_heavy(environment: dict[str, str], files: Path) -> None:
    """No model and no network are needed."""
    assert not loaded(environment, files, "check", "note.fr.txt", "good.txt", *TERMS, "-q") & HEAVY


def test_the_language_of_the_translation(cli: Cli, files: Path) -> None:
    """As the user says, as the file is called, as it looks."""
    (files / "copy.ar.txt").write_text(FRENCH, encoding="utf-8")
    assert "not in Arabic script" in cli("check", "note.fr.txt", "copy.ar.txt").out
    assert "not in Arabic script" in cli("check", "note.fr.txt", "good.txt", "--lang", "ar").out
    (files / "arabic.txt").write_text(ARABIC, encoding="utf-8")
    assert "Latin script" not in cli("check", "note.fr.txt", "arabic.txt").out
    failed(cli("check", "note.fr.txt", "good.txt", "--lang", "fr"), 2, "known: en, ar")


def test_what_cannot_be_paired_is_said(cli: Cli, files: Path) -> None:
    """A heading left out is serious; an added sentence asks for a look."""
    (files / "cut.txt").write_text(
        GOOD.partition("\n\n")[2] + "\nAdded by a person who knew more about it.\n"
    )
    result = cli("check", "note.fr.txt", "cut.txt", *TERMS)
    assert "serious: nothing was translated [empty]" in result.out
    assert "target segment 4\n" in result.out
    assert "look at: nothing in the source answers to this [added]" in result.out
    assert "not paired: 1 of the source, 1 of the target" in result.out


def test_errors(cli: Cli, files: Path) -> None:
    """Files that are missing or no glossary, and a translation that is empty."""
    failed(cli("check", "note.fr.txt", "missing.txt"), 1, "missing.txt")
    failed(cli("check", "note.fr.txt", "good.txt", "--glossary", "good.txt"), 1, "good.txt, line 1")
    failed(cli("check", "note.fr.txt", "good.txt", "--names", "missing.csv"), 1, "missing.csv")
    (files / "empty.txt").write_text("")
    failed(cli("check", "note.fr.txt", "empty.txt"), 1, "empty")


def test_the_glossary_may_stand_in_the_settings(cli: Cli, files: Path) -> None:
    """Under its long name, as every option; the sample is found from where one works."""
    (files / "g.csv").write_text("source,en\nconseil régional,county council\n")
    (files / "summarize-cli.toml").write_text('glossary = "g.csv"\n[check]\nformat = "json"\n')
    found = json.loads(cli("check", "note.fr.txt", "good.txt").out)["findings"]
    assert [finding["message"] for finding in found] == [
        "the glossary has county council for conseil régional"
    ]


def report(**more: Any) -> checks.Check:
    source = Document(
        "a b.fr.txt", "fr", (Segment("Un.", " "), Segment("Deux\0 <&>.", "\n\n"), Segment("Trois."))
    )
    target = Document(
        "dir/é b.en.txt", "en", (Segment("One.", " "), Segment("Two\0 <&>.", "\n\n"), Segment("Six."))
    )
    findings = [
        Finding("en", 2, "number", True, "3 \x1b<is> missing", None, (1, 3)),
        Finding("en", 1, "term", False, "a & b"),
    ]
    return checks.Check(source, target, align.pairs(source, target), findings, **more)


@pytest.mark.parametrize("strict", [False, True])
def test_junit_is_xml_whatever_the_text(strict: bool) -> None:
    """Control characters and marks of XML come through; failures are counted."""
    root = ElementTree.fromstring(checks.junit(report(), strict))
    (suite,) = root
    assert (suite.get("tests"), suite.get("failures")) == ("3", "2" if strict else "1")
    assert [case.get("name") for case in suite] == ["segment 1", "segment 2", "segment 3"]
    (failure,) = suite[2]
    assert (failure.tag, failure.get("type")) == ("failure", "number")
    assert failure.get("message") == "3 \ufffd<is> missing"
    assert suite[1][0].tag == ("failure" if strict else "system-out")
    assert "Two\ufffd <&>." in (suite[1][0].text or "")


def test_sarif_has_what_the_standard_requires() -> None:
    """SARIF 2.1.0: version, tool, rules that results point to, levels, URIs, regions from 1."""
    log = json.loads(json.dumps(checks.sarif(report())))
    assert log["version"] == "2.1.0"
    assert "sarif-2.1.0" in log["$schema"]
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"]
    assert len({rule["id"] for rule in driver["rules"]}) == len(driver["rules"]) == 2
    for result in run["results"]:
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in {"none", "note", "warning", "error"}
        assert result["message"]["text"]
        (location,) = result["locations"]
        place = location["physicalLocation"]
        assert place["artifactLocation"]["uri"] == "dir/%C3%A9%20b.en.txt"
        assert min(place["region"].values()) >= 1
    regions = [r["locations"][0]["physicalLocation"]["region"] for r in run["results"]]
    assert regions[0] == {"startLine": 3, "startColumn": 2, "endLine": 3, "endColumn": 4}
    assert regions[1] == {"startLine": 1, "startColumn": 6, "endLine": 1, "endColumn": 15}


# --- there and back ---------------------------------------------------------------------


def test_a_round_trip_names_what_is_lost() -> None:
    """Figures, names and content words, in whatever form; the worst segments first."""
    source = document(
        "fr", "Le Maroc crée 1 000 postes. Il remercie Karim Benjelloun. Les ports sont ouverts. Oui."
    )
    back = source.translated(
        ["Le pays crée 10 000 emplois.", "Il remercie Karim.", "Un port est ouvert.", "Oui."], "fr"
    )
    found = roundtrip.trips(source, back, Glossary())
    assert found[0].names == ("Maroc",)
    assert found[0].words == ("postes",)
    assert any("1 000" in message for message in found[0].figures)
    assert (found[1].names, found[1].words) == (("Benjelloun",), ())
    assert (found[2].names, found[2].words, found[2].kept) == ((), (), 1.0)
    assert [trip.segment for trip in roundtrip.worst(found)] == [0, 1]


@given(st.lists(st.sampled_from(SAMPLE.read_text(encoding="utf-8").splitlines()), min_size=1, max_size=4))
def test_nothing_is_lost_of_what_comes_back_whole(lines: list[str]) -> None:
    """A text that comes back as it was has lost nothing."""
    source = Document("", "fr", tuple(Segment(line, "\n") for line in lines))
    found = roundtrip.trips(source, source, Glossary())
    assert roundtrip.worst(found) == []
    assert {trip.kept for trip in found} <= {1.0}


def test_back_translation(cli: Cli, files: Path) -> None:
    """Through the session's models, here the echo; three segments at most, in all formats."""
    arguments = ["check", "note.fr.txt", "good.txt", "--back-translate", "--models", "echo", "-q"]
    shown = cli(*arguments).out
    assert shown.count("of its names and content words came back") == 3
    assert "lost:   appel, offres, suivra, mai" in shown
    record = json.loads(cli(*arguments, "--format", "json").out)
    kept = [record["round_trip"][n]["kept"] for n in record["worst"]]
    assert len(kept) == 3
    assert max(kept) < 1.0


def test_without_a_way_back(cli: Cli, files: Path) -> None:
    """One line that says so, a command that brings one, exit code 4; echo is not taken for one."""
    base = ["check", "note.fr.txt", "good.txt", "--back-translate"]
    failed(cli(*base), 4, "no way back from en to fr is installed", "models pull m2m100_418M")
    failed(cli(*base, "--models", "nllb"), 4, "models pull nllb-200-distilled-600M")
    failed(cli(*base, "--models", "opus"), 4, "no way back")


def test_ways_back_have_their_language_tokens() -> None:
    """The two models that know both directions."""
    for name in ("m2m100_418M", "nllb-200-distilled-600M"):
        tasks = profiles.load(name).tasks
        for lang in ("en", "ar"):
            there, back = tasks[f"fr-{lang}"], tasks[f"{lang}-fr"]
            assert there["source_language"] in back["target_token"]
            assert back["source_language"] in there["target_token"]

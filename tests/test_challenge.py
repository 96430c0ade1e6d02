"""The guard on the challenge set: what it must find, and how rarely it may be wrong."""

from __future__ import annotations

import challenge
import pytest
from challenge import Pair, of, share

from summarize_cli import guard
from summarize_cli.document import Finding

Reviewed = tuple[list[Pair], list[list[Finding]]]


def reviewed(pairs: list[Pair]) -> Reviewed:
    return pairs, [list(guard.check(pair.source, pair.target, pair.lang)) for pair in pairs]


@pytest.fixture(scope="module")
def damaged() -> Reviewed:
    """The damaged pairs, and what the guard says of each."""
    return reviewed(challenge.damaged())


@pytest.fixture(scope="module")
def correct() -> Reviewed:
    """The correct pairs, and what the guard says of each."""
    return reviewed(challenge.correct())


def test_the_set_is_large_and_always_the_same(damaged: Reviewed, correct: Reviewed) -> None:
    """300 pairs of each sort at least; every kind of damage applies; nothing depends on the day."""
    assert len(damaged[0]) >= 300
    assert len(correct[0]) >= 300
    assert {pair.kind for pair in damaged[0]} == set(challenge.KINDS)
    assert challenge.damaged() == damaged[0]


def test_held_back_documents_are_in_no_other_half() -> None:
    """Thresholds were set on sentences of which none is in the challenge set."""
    here, there = ({row.here["fr"] for row in challenge.rows(half)} for half in (True, False))
    assert len(here & there) <= 2  # stock phrases: « Que faire ? »


def test_damage_is_damage(damaged: Reviewed) -> None:
    """No damaged target is a correct translation of its source."""
    right = {(pair.lang, pair.source, pair.target) for pair in challenge.correct()}
    assert not [pair for pair in damaged[0] if (pair.lang, pair.source, pair.target) in right]


@pytest.mark.parametrize("lang", ["en", "ar"])
@pytest.mark.parametrize("group", challenge.SERIOUS)
def test_serious_damage_is_found(damaged: Reviewed, group: str, lang: str) -> None:
    """Numbers, omissions, loops, wrong script and language: 95 in 100 have a serious finding."""
    found = of(*damaged, lang, challenge.SERIOUS[group])
    assert share(found, serious=True) >= 0.95, "\n".join(challenge.recall(*damaged))


@pytest.mark.parametrize("lang", ["en", "ar"])
@pytest.mark.parametrize(
    ("kind", "least"),
    [("clause_dropped", 0.88), ("sentence_added", 0.9), ("swapped", 0.7), ("address_damaged", 0.99),
     ("negation_removed", 0.7), ("name_replaced", 0.5), ("mark_lost", 0.95), ("quotation_lost", 0.95)],
)  # fmt: skip
def test_other_damage_is_shown(damaged: Reviewed, kind: str, least: float, lang: str) -> None:
    """What is found of the other kinds does not become less."""
    assert share(of(*damaged, lang, [kind])) >= least, "\n".join(challenge.recall(*damaged))


def test_latin_marks_in_arabic_are_shown(damaged: Reviewed) -> None:
    """A kind of damage that English does not have."""
    assert share(of(*damaged, "ar", ["latin_marks"])) >= 0.95


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_false_alarms_are_rare(correct: Reviewed, lang: str) -> None:
    """At most 5 in 100 correct pairs have a serious finding, and at most 8 any."""
    found = of(*correct, lang, [""])
    assert share(found, serious=True) <= 0.05, "\n".join(challenge.alarms(*correct))
    assert share(found) <= 0.08, "\n".join(challenge.alarms(*correct))

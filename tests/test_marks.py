"""Marks find their words again, and none is ever lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from summarize_cli import marks
from summarize_cli.document import Mark, Segment

SENTENCE = Segment(
    "Le Maroc et Oracle signent un accord.", "", (Mark(3, 8, 1), Mark(12, 18, 2), Mark(27, 36, 3))
)


def words(target: str, placed: tuple[Mark, ...]) -> list[str]:
    return [target[mark.start : mark.end] for mark in placed]


def test_english_words_are_found() -> None:
    """Names by themselves, other words by the translation of their label."""
    assert marks.labels(SENTENCE) == ["Maroc", "Oracle", "un accord"]
    target = "Morocco and Oracle have signed an agreement."
    known = {"Maroc": "Morocco", "Oracle": "Oracle", "un accord": "an agreement"}
    placed, lost = marks.place(SENTENCE, target, known)
    assert words(target, placed) == ["Morocco", "Oracle", "an agreement"]
    assert lost == []


def test_arabic_words_are_found_behind_their_particles() -> None:
    """The article and the conjunction before a word do not hide it."""
    target = "وقع المغرب وأوراكل اتفاقا."
    known = {"Maroc": "المغرب", "Oracle": "أوراكل", "un accord": "اتفاق"}
    placed, lost = marks.place(SENTENCE, target, known)
    assert words(target, placed) == ["المغرب", "وأوراكل", "اتفاقا"]
    assert lost == []


def test_a_lost_mark_goes_to_the_end_and_is_named() -> None:
    """The text stays whole."""
    target = "They signed."
    placed, lost = marks.place(SENTENCE, target, {"Maroc": "Morocco"})
    assert lost == ["Maroc", "Oracle", "un accord"]
    assert words(target, placed) == ["signed."] * 3


def test_whole_segments_stay_whole() -> None:
    """A bold heading is bold to the end, full stop or not."""
    source = Segment("Un titre.", "", (Mark(0, 8, 1),))
    assert marks.labels(source) == []
    placed, lost = marks.place(source, "A heading.", {})
    assert words("A heading.", placed) == ["A heading."]
    assert lost == []


def test_points_keep_their_end() -> None:
    """A footnote's number behind the last word stays there, an image at the start as well."""
    source = Segment("Un fait connu.", "", (Mark(0, 0, 1), Mark(13, 13, 2), Mark(14, 14, 3)))
    placed, _ = marks.place(source, "A known fact.", {})
    assert [mark.start for mark in placed] == [0, 12, 13]


@given(st.data())
def test_every_mark_is_placed_inside(data: st.DataObject) -> None:
    """Whatever the texts: as many marks as before, within the target."""
    text = data.draw(st.text("abé .«»", min_size=1, max_size=30))
    target = data.draw(st.text("abع .،", max_size=30))
    spans = data.draw(st.lists(st.tuples(st.integers(0, len(text)), st.integers(0, len(text))), max_size=4))
    own = tuple(Mark(min(a, b), max(a, b), n) for n, (a, b) in enumerate(spans))
    known = data.draw(st.dictionaries(st.just("ab"), st.text("ab", max_size=5)))
    placed, _ = marks.place(Segment(text, "", own), target, known)
    assert [mark.number for mark in placed] == [mark.number for mark in own]
    assert all(0 <= mark.start <= mark.end <= len(target) for mark in placed)


@given(st.data())
def test_runs_hold_the_whole_text(data: st.DataObject) -> None:
    """The stretches of segments with any marks add up to their text."""
    segments = []
    for _ in range(data.draw(st.integers(1, 3))):
        text = data.draw(st.text("ab ", max_size=12))
        spans = data.draw(
            st.lists(st.tuples(st.integers(0, len(text)), st.integers(0, len(text))), max_size=4)
        )
        own = tuple(Mark(min(a, b), max(a, b), n) for n, (a, b) in enumerate(spans))
        segments.append(Segment(text, data.draw(st.sampled_from(["", " ", "\n"])), own))
    assert "".join(text for text, _ in marks.runs(segments)) == "".join(s.text + s.tail for s in segments)
    points = sum(mark.start == mark.end for segment in segments for mark in segment.marks)
    assert sum(not text for text, _ in marks.runs(segments)) == points

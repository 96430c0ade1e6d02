"""Exchange files: what is written is read again, and what strangers send does no harm."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarize_cli import tmx
from summarize_cli.cli import app
from summarize_cli.errors import InputError, OutputError
from summarize_cli.memory import Approved, Store

LANGUAGES = ("fr", "en", "ar")


def unit(*variants: tuple[str, str], attributes: str = "", name: str = "xml:lang") -> str:
    """A TMX unit with these (language, inner XML of the segment)."""
    inner = "".join(f'<tuv {name}="{lang}"><seg>{text}</seg></tuv>' for lang, text in variants)
    return f"<tu {attributes}>{inner}</tu>"


def file(*units: str, srclang: str = "fr", doctype: str = "") -> bytes:
    """A TMX file with these units."""
    header = f'<header srclang="{srclang}" segtype="sentence"/>'
    return f'<?xml version="1.0"?>{doctype}<tmx version="1.4">{header}<body>{"".join(units)}</body></tmx>'.encode()


def pairs(content: tmx.Content) -> list[tuple[str, str, str, str]]:
    """What was read, without where it came from."""
    return [(row.source_lang, row.lang, row.source, row.target) for row in content.translations]


@given(
    st.lists(
        st.tuples(
            st.permutations(LANGUAGES), st.text(max_size=20), st.text(max_size=20), st.text(max_size=5)
        ),
        max_size=8,
    )
)
def test_export_then_import_is_the_same(entries: list[tuple[list[str], str, str, str]]) -> None:
    """Whatever was approved, a fresh memory has it again after the way through a TMX file."""
    first, second = Store(":memory:"), Store(":memory:")
    for (source_lang, lang, _), source, target, origin in entries:
        first.approve({source: target}, source_lang, lang, f"from {origin}")
    for row in tmx.read(tmx.write(first.all_approved()), "file").translations:
        second.approve({row.source: row.target}, row.source_lang, row.lang, row.origin)

    def content(store: Store) -> list[tuple[str, ...]]:
        return [(r.source_lang, r.lang, r.source, r.target, r.origin) for r in store.all_approved()]

    assert content(second) == content(first)


def test_what_is_written() -> None:
    """A unit of TMX 1.4 with its source language, origin and date."""
    row = Approved("fr", "ar", "« Oui »", "\u202bنعم & <b>", "note", "2026-01-02 03:04:05")
    written = tmx.write([row]).decode()
    for part in ('<tu srclang="fr" changedate="20260102T030405Z">', '<prop type="x-origin">note</prop>',
                 '<tuv xml:lang="ar">', "نعم &amp; &lt;b&gt;", 'creationtool="summarize-cli"'):  # fmt: skip
        assert part in written


def test_several_languages_and_codes() -> None:
    """Regions and cases of codes do not matter; other languages are left out and counted."""
    content = tmx.read(
        file(
            unit(("fr-FR", "Un"), ("EN", "One"), ("ar_MA", "واحد"), ("de", "Eins")),
            unit(("FR", "Deux"), ("en-GB", "Two"), ("en-US", "Two, y'all")),
            unit(("fr", "Trois"), ("es", "Tres")),
            unit(("fr", "Quatre"), ("en", " ")),
        ),
        "x",
    )
    assert pairs(content) == [
        ("fr", "ar", "Un", "واحد"), ("fr", "en", "Un", "One"), ("fr", "en", "Deux", "Two"),
    ]  # fmt: skip
    assert content.left_out == 1 + 1 + 2 + 2


def test_which_side_is_the_source() -> None:
    """What the user says, else the unit, else the file, else French."""
    both = (("fr", "Un"), ("en", "One"))
    there, back = [("fr", "en", "Un", "One")], [("en", "fr", "One", "Un")]
    assert pairs(tmx.read(file(unit(*both), srclang="en-US"), "x")) == back
    assert pairs(tmx.read(file(unit(*both, attributes='srclang="fr"'), srclang="en"), "x")) == there
    assert pairs(tmx.read(file(unit(*both), srclang="*all*"), "x")) == there
    assert pairs(tmx.read(file(unit(*both), srclang="de"), "x")) == there
    assert pairs(tmx.read(file(unit(*both), srclang="en"), "x", source_lang="fr")) == there


def test_inline_tags() -> None:
    """The text stays, the other tool's code goes; comments are no text."""
    tagged = (
        'Le <bpt i="1">&lt;b&gt;</bpt>grand <hi type="x">beau <it pos="begin">&lt;i&gt;</it>projet</hi>'
        '<ept i="1">&lt;/b&gt;</ept><ph x="1">{1}</ph><!-- note -->, &amp; fin.'
    )
    assert pairs(tmx.read(file(unit(("fr", tagged), ("en", "x"))), "x")) == [
        ("fr", "en", "Le grand beau projet, & fin.", "x")
    ]


def test_old_and_wide_files() -> None:
    """TMX 1.1 says ``lang``; Windows tools write UTF-16; a namespace changes nothing."""
    old = file(unit(("FR", "Été"), ("EN", "Summer"), name="lang"))
    expected = [("fr", "en", "Été", "Summer")]
    assert pairs(tmx.read(old, "x")) == expected
    assert pairs(tmx.read(old.decode().encode("utf-16"), "x")) == expected
    spaced = old.replace(b"<tmx ", b'<tmx xmlns="http://www.lisa.org/tmx14" ')
    assert pairs(tmx.read(spaced, "x")) == expected
    assert pairs(tmx.read(old.replace(b"<tmx", b'<!DOCTYPE tmx SYSTEM "tmx14.dtd"><tmx'), "x")) == expected


LAUGHS = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))


@pytest.mark.parametrize(
    "declared",
    ['<!ENTITY l0 "ha">' + LAUGHS, '<!ENTITY l9 SYSTEM "file://{secret}">', '<!ENTITY % p SYSTEM "file://{secret}"> %p;'],
    ids=["billion laughs", "external entity", "parameter entity"],
)  # fmt: skip
@pytest.mark.parametrize("place", ["text", "attribute", "nowhere"])
def test_no_entities(tmp_path: Path, declared: str, place: str) -> None:
    """Neither expanded nor fetched, wherever they are used: refused, at once."""
    secret = tmp_path / "secret"
    secret.write_text('<!ENTITY l9 "TOP SECRET">')
    text = "x &l9; y" if place == "text" else "x"
    attributes = 'tuid="&l9;"' if place == "attribute" else ""
    content = file(
        unit(("fr", text), ("en", "y"), attributes=attributes),
        doctype=f"<!DOCTYPE tmx [{declared.format(secret=secret)}]>",
    )
    started = time.process_time()
    with pytest.raises(InputError) as caught:
        tmx.read(content, "evil.tmx")
    assert "SECRET" not in caught.value.message
    assert time.process_time() - started < 5


def test_an_entity_nobody_declared() -> None:
    """What an absent DTD would have to explain is not silently dropped from a text."""
    with pytest.raises(InputError, match="entities"):
        tmx.read(file(unit(("fr", "x &e; y"), ("en", "y")), doctype='<!DOCTYPE tmx SYSTEM "t.dtd">'), "x")


ROW = {"source_lang": "fr", "lang": "en", "source": "a", "target": "b"}


@given(st.one_of(st.binary(), st.binary().map(lambda b: b"{" + b), st.text().map(str.encode)))
def test_rubbish_is_one_error(content: bytes) -> None:
    """Whatever the bytes are, they are refused in one line, or read."""
    try:
        tmx.read(content, "x")
    except InputError as error:
        assert error.hint  # noqa: PT017 - both ways are right
        assert len(error.message.splitlines()) == 1  # noqa: PT017


@pytest.mark.parametrize(
    "content",
    [b"", b"<html/>", b"<tmx>", file()[:-9], b"{}", b'{"approved": 1}', b'{"approved": [1]}', b"{" * 100_000,
     b'{"approved":' + b"[" * 100_000, json.dumps({"approved": [{**ROW, "target": 1}]}).encode(),
     json.dumps({"approved": [{**ROW, "lang": ["en"]}]}).encode(),
     json.dumps({"approved": [{**ROW, "lang": "de"}]}).encode()],
)  # fmt: skip
def test_bad_files(content: bytes) -> None:
    """Not ours, cut short, too deep, of the wrong types: an error of the house."""
    with pytest.raises(InputError) as caught:
        tmx.read(content, "bad.file")
    assert "bad.file" in caught.value.message


# --- the commands -----------------------------------------------------------------------


def command(*arguments: str) -> None:
    """Run a command of the tool."""
    assert not app(list(arguments), standalone_mode=False)


def test_import_info_export(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file in, what is there, a file out, and that one into another memory."""
    (tmp_path / "agency.tmx").write_bytes(
        file(unit(("fr", "Un"), ("en", "One"), ("ar", "واحد"), ("de", "Eins")))
    )
    (tmp_path / "page.json").write_text(json.dumps({"schema": 1, "approved": [ROW]}), encoding="utf-8")
    command("cache", "import", "agency.tmx", "page.json")
    assert capsys.readouterr().out.splitlines() == [
        "agency.tmx: 2 translations, 2 new or changed (fr to ar 1, fr to en 1), 1 texts left out",
        "page.json: 1 translations, 1 new or changed (fr to en 1)",
    ]
    command("cache", "info")
    shown = capsys.readouterr().out
    assert "0 outputs, 3 approved translations" in shown
    assert [line.split() for line in shown.splitlines()[1:]] == [
        ["approved:", "fr", "to", "ar", "1"], ["approved:", "fr", "to", "en", "2"],
    ]  # fmt: skip
    command("cache", "export", "all.tmx")
    command("cache", "export", "en.tmx", "--lang", "en")
    assert capsys.readouterr().out.splitlines() == ["all.tmx: 3 translations", "en.tmx: 2 translations"]
    with pytest.raises(OutputError, match="exists"):
        command("cache", "export", "all.tmx")
    command("cache", "import", "all.tmx", "--cache-path", "other.sqlite")
    assert [row.origin for row in Store("other.sqlite").all_approved()] == [
        "agency.tmx",
        "agency.tmx",
        "page.json",
    ]
    command("cache", "clear")
    command("cache", "export", "again.tmx")  # to clear model output is not to lose work
    command("cache", "clear", "--approved")
    with pytest.raises(InputError, match="nothing is approved"):
        command("cache", "export", "none.tmx")


def test_one_bad_file_stores_nothing(tmp_path: Path) -> None:
    """All files are read before one of them is stored."""
    (tmp_path / "good.tmx").write_bytes(file(unit(("fr", "Un"), ("en", "One"))))
    (tmp_path / "bad.tmx").write_bytes(b"<tmx>")
    (tmp_path / "german.tmx").write_bytes(file(unit(("de", "Eins"), ("es", "Uno"))))
    for other, reason in (
        ("bad.tmx", "not a TMX"),
        ("german.tmx", "no translations"),
        ("missing.tmx", "read"),
    ):
        with pytest.raises(InputError, match=reason):
            command("cache", "import", "good.tmx", other)
    assert not list(tmp_path.glob("home/*.sqlite"))


def test_prune(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The command forgets old output and says how much."""
    command("cache", "prune", "--older-than", "30")
    store = Store(home / "memory.sqlite")
    store.put("s", {"a": "1"})
    store._db.execute("UPDATE machine SET made = datetime('now', '-31 days')")
    store._db.commit()
    store.close()
    command("cache", "prune", "--older-than", "30")
    assert [line.partition(": ")[2] for line in capsys.readouterr().out.splitlines()] == [
        "nothing to prune", "1 outputs forgotten",
    ]  # fmt: skip

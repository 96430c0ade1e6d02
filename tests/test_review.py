"""The review page: complete in itself, nothing injected, and usable in a real browser."""

from __future__ import annotations

import itertools
import json
import re
import shutil
import socket
import time
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarize_cli import batch, profiles, tmx
from summarize_cli.cli import app
from summarize_cli.document import Article, Document, Finding, Repair, Segment, Summary, Support
from summarize_cli.engines import build
from summarize_cli.errors import UsageError
from summarize_cli.memory import Approved, Match, Store
from summarize_cli.render import record, review

if TYPE_CHECKING:
    from selenium.webdriver import Chrome
    from selenium.webdriver.remote.webelement import WebElement

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
CHROMEDRIVER = shutil.which("chromedriver")
in_browser = pytest.mark.skipif(
    not (CHROMIUM and CHROMEDRIVER), reason="no Chromium with its driver: apt-get install chromium-driver"
)

NASTY = (
    '<script>window.hit=1</script>"><img src=x onerror=window.hit=1>\'"` </script></textarea></style>'
    "<!-- <script> --> &lt;b&gt; &amp; {{ 7*7 }} {% raw %} javascript:window.hit=1 ]]>"
)


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """The browser's driver listens on this machine; everything else is refused, as elsewhere."""
    connect = socket.socket.connect

    def local(self: socket.socket, address: Any) -> None:
        assert address[0] in ("127.0.0.1", "::1", "localhost"), "a test tried to use the network"
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", local)


def article(text: Callable[[str], str]) -> tuple[Article, dict[str, Any], review.Suggestions]:
    """Two segments in three languages, with every kind of content, each made by ``text``."""
    source = Document(text("a/note") + ".fr.txt", "fr", (Segment(text("un"), "\n\n"), Segment(text("deux"))))
    made = Article(
        source,
        {
            "en": source.translated([text("one"), text("two")], "en"),
            "ar": source.translated([text("واحد"), text("اثنان")], "ar"),
        },
        {"fr": Summary("fr", (text("un"),), (0,)), "ar": Summary("ar", (text("واحد"),), (0,))},
        (
            Finding("en", 0, text("code"), True, text("wrong")),
            Finding("ar", 1, text("code"), False, text("odd")),
            Finding("ar", 0, text("code"), True, "summary: " + text("wrong")),
        ),
        (Repair("ar", 1, "again", "number", True),),
    )
    data = record(
        made,
        {
            "tool": text("tool"),
            "models": [{"name": text("model"), "licence": text("MIT")}, {"name": "x", "licence": None}],
        },
    )
    data["findings"][0] |= {"source_span": [0, 2], "target_span": [1, 3]}
    data["segments"][1]["approved"] = ["en"]
    similar = {"en": {text("un"): [Match(text("une"), text("a one"), 80.0)]}}
    return made, data, similar


def plain(text: str) -> str:
    """Text as it is."""
    return text


class Page(HTMLParser):
    """A page's tags with the names of their attributes, and the text in each class."""

    VOID = frozenset({"meta", "input", "br", "img"})

    def __init__(self, content: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.texts: list[str] = []
        self._open: list[bool] = []
        self.feed(content)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(name for name, _ in attrs)))
        if tag in self.VOID:
            return
        is_text = "text" in (dict(attrs).get("class") or "").split()
        self._open.append(is_text)
        if is_text:
            self.texts.append("")

    def handle_endtag(self, tag: str) -> None:
        self._open.pop()

    def handle_data(self, data: str) -> None:
        if any(self._open):
            self.texts[-1] += data


def data_of(content: str) -> Any:
    """The data that the page gives its script."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', content, re.DOTALL)
    assert found
    return json.loads(found[1])


# --- what is in the page ----------------------------------------------------------------

printable = st.text(
    st.characters(codec="utf-8", exclude_characters="\r", exclude_categories=("Cc", "Cs")), max_size=30
)


@given(st.one_of(printable, st.just(NASTY)))
def test_no_text_changes_the_page(extra: str) -> None:
    """Whatever a document says, the page has the tags it would have, and says it to the letter."""
    calm = Page(review.page(*article(plain)))
    content = review.page(*article(lambda text: text + extra))
    page = Page(content)
    assert page.tags == calm.tags
    assert page.texts == [
        # the summaries, then row after row: source, English (with what is similar), Arabic
        *(text + extra for text in ("un", "واحد", "un", "one", "une", "a one", "واحد")),
        *(text + extra for text in ("deux", "two", "اثنان")),
    ]
    segments = data_of(content)["segments"]
    assert [segment["ar"] for segment in segments] == ["واحد" + extra, "اثنان" + extra]


def test_the_page_needs_nothing_else() -> None:
    """No address but its own places, and a policy whose hashes are those of its style and script."""
    content = review.page(*article(plain))
    assert re.findall(r'(?:src|href|action|poster|srcset|data)="([^"]*)', content) == ["#segments"]
    assert not re.findall(r"https?:|url\(|@import|fetch|XMLHttp|WebSocket|innerHTML|eval", content)
    policy = re.search('Content-Security-Policy" content="([^"]*)"', content)
    assert policy
    for tag in ("style", "script"):
        found = re.search(f"<{tag}>(.*?)</{tag}>", content, re.DOTALL)
        assert found
        digest = b64encode(sha256(found[1].encode()).digest()).decode()
        assert f"{tag}-src &#39;sha256-{digest}&#39;" in policy[1]
    assert policy[1].startswith("default-src &#39;none&#39;;")
    assert "unsafe" not in policy[1]


def test_languages_and_directions() -> None:
    """Columns follow the languages there are; Arabic runs from right to left, nothing else does."""
    made, data, _ = article(plain)
    both = review.page(made, data)
    assert set(re.findall(r'lang="(\w+)" dir="(\w+)"', both)) == {("fr", "ltr"), ("en", "ltr"), ("ar", "rtl")}
    assert both.count('scope="col"') == 4
    made = Article(made.source, {"ar": made.translations["ar"]})
    assert review.page(made, record(made, {})).count('scope="col"') == 3


def test_findings_stand_where_they_belong() -> None:
    """Marked in both texts, listed at their segment, or under the summary they are about."""
    content = review.page(*article(plain))
    mark = '<mark class="serious" data-findings="0" title="wrong">'
    assert f'lang="fr" dir="ltr">{mark}un</mark></div>' in content
    assert f'lang="en" dir="ltr">o{mark}ne</mark></div>' in content
    before, _, after = content.partition("<main")
    assert re.findall(r'data-finding="(\d)"', before) == ["2"]
    assert re.findall(r'data-finding="(\d)"', after) == ["0", "1"]
    assert len(re.findall("▲ Serious:", content)) == 2
    assert len(re.findall("○ Look:", content)) == 1


@given(st.text(max_size=12), st.lists(st.tuples(st.integers(-2, 14), st.integers(-2, 14)), max_size=5))
def test_pieces_are_the_text(text: str, spans: list[tuple[int, int]]) -> None:
    """Marks may overlap, touch or lie outside: no character is lost, each has the marks over it."""
    given_ = [(a, b, {"id": n, "serious": n > 2, "message": str(n)}) for n, (a, b) in enumerate(spans)]
    found = review.pieces(text, given_)
    assert "".join(piece.text for piece in found) == text
    each = [piece.findings for piece in found for _ in piece.text]
    inside = [(a, b, f) for a, b, f in given_ if 0 <= a < b <= len(text)]
    assert each == [tuple(f["id"] for a, b, f in inside if a <= at < b) for at in range(len(text))]


def _luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_contrast_is_enough() -> None:
    """4.5 to 1 for every text on every ground it stands on, in the light and the dark scheme."""
    css = (review.FOLDER / "review.css").read_text(encoding="utf-8")
    schemes = [
        dict(re.findall(r"--([\w-]+): (#\w{6});", block)) for block in re.findall(r":root {.*?}", css, re.S)
    ]
    assert len(schemes) == 2
    assert schemes[0].keys() == schemes[1].keys()
    grounds = {"page": "text muted accent serious look", "panel": "text muted accent", "serious-mark": "text",
               "look-mark": "text", "done-mark": "text muted accent"}  # fmt: skip
    for scheme, (ground, texts) in itertools.product(schemes, grounds.items()):
        for text in texts.split():
            light = sorted(_luminance(scheme[name]) for name in (ground, text))
            assert (light[1] + 0.05) / (light[0] + 0.05) >= 4.5, (ground, text)


# --- in a browser -----------------------------------------------------------------------


@pytest.fixture
def browser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Chrome]:
    """Headless Chromium that knows no host and saves into ``downloads``."""
    from selenium.webdriver import Chrome, ChromeOptions
    from selenium.webdriver.chrome.service import Service

    monkeypatch.setenv("SE_OFFLINE", "true")
    monkeypatch.setenv("SE_AVOID_STATS", "true")
    options = ChromeOptions()
    assert CHROMIUM
    options.binary_location = CHROMIUM
    for flag in ("headless", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run",
                 "disable-background-networking", "disable-component-update", "disable-sync",
                 "disable-dev-shm-usage", "host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
                 f"user-data-dir={tmp_path / 'profile'}", "window-size=1400,900"):  # fmt: skip
        options.add_argument(f"--{flag}")
    options.add_experimental_option("prefs", {"download.default_directory": str(tmp_path / "downloads")})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = Chrome(options, Service(CHROMEDRIVER))
    yield driver
    driver.quit()


def opened(browser: Chrome, path: Path) -> Callable[..., WebElement]:
    """Open a page; what comes back sends keys to what has the focus, and says what has it then."""
    browser.get(path.as_uri())

    def press(*keys: str) -> WebElement:
        for key in keys:
            browser.switch_to.active_element.send_keys(key)
        return browser.switch_to.active_element

    return press


def downloaded(path: Path) -> Path:
    """Wait until the browser has written a file."""
    for _ in range(200):
        if path.exists():
            return path
        time.sleep(0.05)
    raise AssertionError(f"{path} was not saved: {list(path.parent.glob('*'))}")


def command(*arguments: str) -> None:
    """Run a command of the tool."""
    assert not app(list(arguments), standalone_mode=False)


FRENCH = "Le groupe crée 1 000 postes à Casablanca."
KNOWN = {
    "en": {FRENCH: "The group creates many jobs in Casablanca.", "Il recrute.": "It recruits."},
    "ar": {FRENCH: "تحدث المجموعة مناصب كثيرة في الدار البيضاء.", "Il recrute.": "إنها توظف."},
}
MENDED = {
    "en": "The group creates 1,000 jobs in Casablanca.",
    "ar": "تحدث المجموعة 1000 منصب في الدار البيضاء.",
}


@pytest.fixture
def made(home: Path, tmp_path: Path) -> Path:
    """The review page that ``run --review`` writes, with a wrong figure in both languages."""
    store = Store(home / "memory.sqlite")
    for lang, pairs in KNOWN.items():
        store.put(build(profiles.load("echo"), f"fr-{lang}").signature, pairs)
    store.approve({"Il recrutera.": "It will recruit."}, "fr", "en", "agency.tmx")
    store.close()
    (tmp_path / "note.txt").write_text(f"{FRENCH} Il recrute.", encoding="utf-8")
    command("run", "note.txt", "--models", "echo", "-q", "--review", "-o", "out")
    return tmp_path / "out" / "note.review.html"


@in_browser
def test_a_person_reviews(browser: Chrome, made: Path, home: Path, tmp_path: Path) -> None:
    """Open, step, edit both languages, approve, save both ways; what was saved can be imported."""
    from selenium.webdriver import Keys

    press = opened(browser, made)
    state = browser.find_element("id", "state")
    assert state.text == "0 of 4 approved."
    for key, position, lang in (
        ("n", 1, "en"),
        ("n", 2, "ar"),
        ("n", 1, "en"),
        ("p", 2, "ar"),
        ("p", 1, "en"),
    ):
        focused = press(key)
        assert focused.text.startswith("▲ Serious: 1 000 is missing or changed")
        assert focused.find_element("xpath", "ancestor::td").get_attribute("data-lang") == lang
        assert state.text == f"Finding {position} of 2. 0 of 4 approved."
    for lang, position in (("en", 1), ("ar", 2)):
        field = press(Keys.ENTER)
        assert (field.tag_name, field.get_attribute("value")) == ("textarea", KNOWN[lang][FRENCH])
        assert field.get_attribute("dir") == ("rtl" if lang == "ar" else "ltr")
        press("nonsense", Keys.ESCAPE, Keys.ENTER)  # left without keeping: the old text is there again
        field = press()
        assert field.get_attribute("value") == KNOWN[lang][FRENCH]
        focused = press(Keys.CONTROL + "a", MENDED[lang], Keys.ENTER)
        assert focused.get_attribute("class") == "finding serious"
        cell = focused.find_element("xpath", "ancestor::td")
        assert cell.find_element("class name", "text").text == MENDED[lang]
        assert cell.find_element("class name", "edited").is_displayed()
        press("a", "n")
        assert state.text == f"Finding {3 - position} of 2. {position} of 4 approved."
    for ending in ("json", "tmx"):
        browser.find_element("id", f"save-{ending}").click()
    assert not browser.get_log("browser")
    saved = downloaded(tmp_path / "downloads" / "note.approved.json")
    command("cache", "import", str(saved))
    store = Store(home / "memory.sqlite")
    for lang in ("en", "ar"):
        assert store.approved([FRENCH, "Il recrute."], "fr", lang) == {FRENCH: MENDED[lang]}
    exchanged = tmx.read(downloaded(tmp_path / "downloads" / "note.approved.tmx").read_bytes(), "x")
    assert exchanged.translations == tuple(
        Approved("fr", lang, FRENCH, MENDED[lang], "note") for lang in ("en", "ar")
    )


@in_browser
def test_similar_segments_are_taken_by_a_click_only(browser: Chrome, made: Path) -> None:
    """A suggestion changes nothing until it is taken, and then still has to be approved."""
    opened(browser, made)
    cell = browser.find_element("css selector", "td[data-segment='1'][data-lang='en']")
    shown = cell.find_element("class name", "text")
    assert shown.text == "It recruits."
    cell.find_element("tag name", "summary").click()
    cell.find_element("class name", "take").click()
    assert shown.text == "It will recruit."
    assert not cell.find_element("class name", "approve").is_selected()
    browser.find_element("id", "save-json").click()
    assert browser.find_element("id", "state").text.startswith("Tick what is right before you save.")


@in_browser
def test_nothing_is_injected(browser: Chrome, tmp_path: Path) -> None:
    """Markup and quotes everywhere, also through editing, taking and saving: no element, no script."""
    from selenium.webdriver import Keys

    def counts(text: Callable[[str], str]) -> Counter[str]:
        content = review.page(*article(text))
        path = tmp_path / "page.html"
        path.write_text(content, encoding="utf-8")
        press = opened(browser, path)
        press("n", "n", Keys.ENTER, text("x"), Keys.ENTER, "a")
        browser.execute_script("document.querySelector('details.similar').open = true")
        browser.find_element("class name", "take").click()
        press("n", "a")
        browser.find_element("id", "save-json").click()
        tags = browser.execute_script("return [...document.querySelectorAll('*')].map((e) => e.tagName)")
        assert browser.execute_script("return window.hit") is None
        return Counter(tags)

    calm = counts(plain)
    assert calm["SCRIPT"] == 2
    assert calm["IMG"] == 0
    assert counts(lambda text: text + NASTY) == calm
    messages = [entry["message"] for entry in browser.get_log("browser")]
    assert not messages, messages


def test_a_page_is_no_document(made: Path) -> None:
    """HTML is read, but a review page in a folder is not translated the next time."""
    (made.parent / "other.html").write_text("<p>Bonjour</p>")
    found = batch.find([str(made.parent)], made.parent)
    assert [item.path.name for item in found] == ["other.html"]


def test_review_needs_a_folder(tmp_path: Path) -> None:
    """A page goes to a file, not to stdout."""
    (tmp_path / "note.txt").write_text(FRENCH, encoding="utf-8")
    with pytest.raises(UsageError, match="--review"):
        command("run", "note.txt", "--models", "echo", "--review")


def test_a_summary_links_to_what_supports_it() -> None:
    """The segments that a summary's sentences rest on are links to their rows."""
    made, data, _ = article(plain)
    own = replace(made.summaries["fr"], support=(Support((1,), 1.0),))
    shown = review.page(replace(made, summaries={"fr": own}), data)
    assert '<a href="#segment-2">segment 2</a>' in shown
    assert 'id="segment-2"' in shown

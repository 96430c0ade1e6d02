"""The guard's checks, each with something that it must find and something it must not."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from summarize_cli import guard
from summarize_cli.document import Document, Finding, Segment
from summarize_cli.guard import names, shape
from summarize_cli.guard.numerals import spelled

PLAN = "Le conseil régional a adopté un plan de gestion de l’eau."
WATER = "The regional council has adopted a water management plan."
LONG = "Le conseil a adopté le plan, après un long débat sur son coût, et le publiera lundi à Rabat."


def codes(source: str, target: str, lang: str = "en") -> list[str]:
    return [finding.code for finding in guard.check(source, target, lang)]


def serious(source: str, target: str, lang: str = "en") -> list[str]:
    return [finding.code for finding in guard.check(source, target, lang) if finding.serious]


@pytest.mark.parametrize(
    ("source", "target", "lang"),
    [
        ("1 000 postes", "1,000 jobs", "en"),
        ("1\u202f000 postes", "1000 منصب", "ar"),
        ("1 000 postes", "١٬٠٠٠ منصب", "ar"),
        ("1.000 postes", "1,000 jobs", "en"),
        ("40 % des postes", "٤٠٪ من المناصب", "ar"),
        ("40 % des postes", "40 في المئة من المناصب", "ar"),
        ("1,2 milliard d’euros", "€1.2 billion", "en"),
        ("1,2 milliard d’euros", "1.2 مليار يورو", "ar"),
        ("2,5 millions", "2,500,000", "en"),
        ("2 à 3 millions", "2 million to 3 million", "en"),
        ("12 500 tonnes", "12 ألفا و500 طن", "ar"),
        ("12 500 tonnes", "12 ألفًا و500 طن", "ar"),
        ("14 h 30", "2.30 pm", "en"),
        ("14 h 30", "2:30 pm", "en"),
        ("à 14 h 30", "في الثانية والنصف بعد الظهر", "ar"),
        ("à 9 heures", "at 9:00", "en"),
        ("à seize heures", "at four in the afternoon", "en"),
        ("trois ans, 3 pays", "three years, three countries", "en"),
        ("82 400 000 actions", "82.4 million shares", "en"),
        ("1 billion d’euros", "€1 trillion", "en"),
        ("le 3 avril 2026", "3 April 2026", "en"),
        ("le 15.03.2026", "15 March 2026", "en"),
        ("le 1er mai", "1 May", "en"),
        ("20 ans", "عشرين عاما", "ar"),
        ("25 ans", "خمسة وعشرين عاما", "ar"),
        ("1 000 postes", "ألف منصب", "ar"),
        ("1 million d’emplois", "one million jobs", "en"),
        ("quatre-vingt-dix postes", "90 jobs", "en"),
        ("le XXe siècle", "the 20th century", "en"),
        ("50 % des voix", "half of the votes", "en"),
        ("dans les années 1980", "في الثمانينيات", "ar"),
        ("20 Mds€", "€20 billion", "en"),
        ("1\u2009000 postes", "1,000 jobs", "en"),
    ],
)
def test_figures_kept(source: str, target: str, lang: str) -> None:
    """The same value in another notation is no finding."""
    assert not {"number", "number-added", "number-word"} & set(codes(source, target, lang))


@pytest.mark.parametrize(
    ("source", "target", "lang"),
    [
        ("1 000 postes", "10,000 jobs", "en"),
        ("40 % des postes", "14% of the jobs", "en"),
        ("mai 2024", "أغسطس 2014", "ar"),
        ("1,2 milliard d’euros", "€1.2 million", "en"),
        ("1,595 million", "1.595 billion", "en"),
        ("250 millimètres", "millimetres", "en"),
        ("0,3 % de plus", "نسبة أكثر", "ar"),
        ("1 000 spécialistes", "متخصصين", "ar"),
        ("11 000 milles", "ألف ميل", "ar"),
        ("23 salariés", "11 employees", "en"),
        ("23 salariés", "eleven employees", "en"),
        ("une hausse de 9 %", "a rise of 6%", "en"),
        ("1 billion d’euros", "€1 billion", "en"),
    ],
)
def test_figures_changed(source: str, target: str, lang: str) -> None:
    """Another value, or none, is a serious finding."""
    assert "number" in serious(source, target, lang)


@pytest.mark.parametrize(
    ("source", "target", "lang", "code"),
    [
        ("Bonjour.", " ", "en", "empty"),
        ("Bonjour.", "…", "en", "empty"),
        ("Voir https://exemple.ma/a.", "See https://example.ma/a.", "en", "address"),
        ("Écrire à presse@exemple.ma", "Write to press@exemple.ma", "en", "address"),
        ("Suivez @AtlasEnergie", "Follow @AtlasEnergy", "en", "handle"),
        (PLAN, "the plan " * 9, "en", "loop"),
        (PLAN, "The plan " + "ha" * 30, "en", "loop"),
        (PLAN, "يميل الطرفان إلى جانب ذلك إلى جانب ذلك إلى جانب ذلك.", "ar", "loop"),
        (PLAN, "The council adopted a plan for water", "ar", "script"),
        (PLAN, "اعتمد المجلس خطة لتدبير المياه في المنطقة", "en", "script"),
        (PLAN, "The regional council adopted a план for water management.", "en", "script"),
        (PLAN, "اعتمد المجلس الجهوي خطة لتدبير الeau بعد نقاش طويل.", "ar", "language"),
        (PLAN, "اعتمد المجلس الجهوي خطة لتدبير المياه التinnovationية بعد نقاش طويل.", "ar", "language"),
        (PLAN, PLAN, "en", "copied"),
        (PLAN, "The regional council a adopté un plan de gestion de l’eau.", "en", "language"),
        (PLAN, "اعتمد المجلس الجهوي un plan de gestion de l’eau هذا العام.", "ar", "language"),
        (PLAN, "The plan.", "en", "length"),
        (LONG, "The council has adopted the plan and will publish it.", "en", "length"),
        (LONG, "The council has adopted the plan, after a long debate on its", "en", "truncated"),
        ("Rien ici.", "There are 500 of them here.", "en", "number-added"),
        ("Il y a 3 ans.", "Three years and 500 jobs ago, 3 years.", "en", "number-added"),
        ("en mai 2024", "in July 2024", "en", "date"),
        ("en mai 2024", "في يوليوز 2024", "ar", "date"),
        ("lundi à Rabat", "on Tuesday in Rabat", "en", "date"),
        ("40 € par an", "$40 a year", "en", "currency"),
        ("40 dirhams par an", "40 يورو سنويا", "ar", "currency"),
        ("Le site ne sera pas fermé.", "The site will be closed.", "en", "negation"),
        ("Le site ne sera pas fermé.", "سيغلق الموقع.", "ar", "negation"),
    ],
)
def test_serious_damage_is_found(source: str, target: str, lang: str, code: str) -> None:
    """Every check finds its kind of damage, and says that it is serious."""
    assert code in serious(source, target, lang)


@pytest.mark.parametrize(
    ("source", "target", "lang", "code"),
    [
        ("Le plan de Ghita Mezzour", "The plan of Ghita Haddad", "en", "name"),
        ("Le plan de Ghita Mezzour", "خطة غيثة حداد", "ar", "name"),
        ("La Banque africaine (BAD) investit", "The African Bank invests", "en", "acronym"),
        ("Avec #AtlasVert", "With #GreenAtlas", "en", "hashtag"),
        ("40 % des postes", "40 of the jobs", "en", "percent"),
        ("« Oui », dit-il.", "Yes, he said.", "en", "quotation"),
        ("« Oui », dit-il.", "Yes,” he said.", "en", "unbalanced"),
        ("Le plan (eau) avance.", "The plan (water advances.", "en", "unbalanced"),
        ("Est-ce vrai ?", "هل هذا صحيح?", "ar", "punctuation"),
        ("Oui.", "\u202bنعم.", "ar", "punctuation"),
        ("vingt-cinq pays", "thirty-five countries", "en", "number-word"),
    ],
)
def test_doubtful_places_are_shown(source: str, target: str, lang: str, code: str) -> None:
    """What may be wrong is a finding, but not a serious one."""
    found = [finding for finding in guard.check(source, target, lang) if finding.code == code]
    assert found
    assert not any(finding.serious for finding in found)


@pytest.mark.parametrize(
    ("source", "target", "lang"),
    [
        (PLAN, WATER, "en"),
        (PLAN, "اعتمد المجلس الجهوي خطة لتدبير المياه في الجهة.", "ar"),
        ("Voir www.exemple.ma.", "See www.exemple.ma.", "en"),
        ("ChatGPT", "ChatGPT", "ar"),
        ("Contact presse : Sara Alami", "Contact presse : Sara Alami", "en"),
        ("deux millions d’euros", "€2 million", "en"),
        ("", "", "en"),
        ("De plus en plus, jour après jour.", "More and more, day after day.", "en"),
        ("avec Ghita Mezzour et Safra Catz", "مع غيثة مزور وصفرا كاتز", "ar"),
        ("l’accord de Casablanca avec Oracle", "اتفاق الدار البيضاء مع أوراكل", "ar"),
        ("La ministre de la Santé en Norvège", "The health minister in Norway", "en"),
        ("L’OMS et l’ONU", "The WHO and the UN", "en"),
        ("un site sans précédent", "an unprecedented site", "en"),
        ("Il ne lui reste plus que 3 ans.", "He has only 3 years left.", "en"),
        ("Il dit : « Oui, le plan", 'He said: "Yes, the plan', "en"),
        ("vendredi 3 mai, 14 h", "الجمعة 3 ماي، الساعة 14", "ar"),
        ("en mai 2024", "في أيار 2024", "ar"),
    ],
)
def test_good_translations_pass(source: str, target: str, lang: str) -> None:
    """Correct pairs raise nothing."""
    assert codes(source, target, lang) == []


def test_findings_say_where() -> None:
    """Spans are places in the two texts, also where the Arabic has vowel signs."""
    source, target = "Près de 1 000 postes en 2024", "نحو 10000 مَنْصِبٍ في عامِ 2024"
    (found,) = guard.check(source, target, "ar")
    assert source[slice(*found.source_span)] == "1 000"
    assert target[slice(*found.target_span)] == "10000"
    target = "خُطة الرباط من من من من"
    (loop,) = [each for each in guard.check("Le plan de Rabat", target, "ar") if each.code == "loop"]
    assert target[slice(*loop.target_span)] == "من من من من"


def test_review_numbers_its_findings() -> None:
    """A finding says in which segment and language it is."""
    source = Document("", "fr", (Segment("Oui."), Segment("12 345 habitants")))
    target = source.translated(["Yes.", "residents"], "en")
    (finding,) = guard.review(source, target)
    assert (finding.lang, finding.segment, finding.code) == ("en", 1, "number")


def test_a_terse_translator_is_no_news() -> None:
    """A document that is shorter throughout is measured by its own length, but not without limit."""
    assert shape.usual_length([("a" * 100, "b" * 90)] * 8, "en") == pytest.approx(-0.26, abs=0.01)
    assert shape.usual_length([("a" * 100, "b" * 50)] * 8, "en") == -1
    assert shape.usual_length([("a" * 100, "b" * 50)] * 7, "en") == 0


def test_meaning_tells_neighbours_apart() -> None:
    """Another sentence of the same kind is found by its meaning, and only where that is asked for."""
    source = Document("", "fr", (Segment(PLAN), Segment("Les écoles rouvriront lundi matin.")))
    right = source.translated([WATER, "The schools will reopen on Monday morning."], "en")
    wrong = source.translated([WATER, "Two trains collided near the old port."], "en")
    assert guard.review(source, right, meaning=True) == []
    assert "meaning" not in {finding.code for finding in guard.review(source, wrong)}
    found = [f for f in guard.review(source, wrong, meaning=True) if f.code == "meaning"]
    assert [(finding.segment, finding.serious) for finding in found] == [(1, True)]


@pytest.mark.parametrize(
    ("source", "target", "lang", "better"),
    [
        ("40 % des postes", "14% of the jobs", "en", "40% of the jobs"),
        ("1 000 postes en 2024", "10,000 jobs in 2024", "en", "1,000 jobs in 2024"),
        ("1 000 postes en 2024", "1,000 jobs in 2014", "en", "1,000 jobs in 2024"),
        ("1,2 milliard d’euros", "€1.3 billion", "en", "€1.2 billion"),
        ("1,2 milliard d’euros", "1.3 مليار يورو", "ar", "1.2 مليار يورو"),
        ("40 % des postes", "١٤٪ من المناصب", "ar", "٤٠٪ من المناصب"),
        ("Est-ce vrai, oui ?", "هل هذا صحيح, نعم?", "ar", "هل هذا صحيح، نعم؟"),
        ("Rabat, en mai 2024", "الرباط، في (mai 2024)", "ar", "الرباط، في (مايو 2024)"),
        ("Rabat, en mai 2024", "الرباط، وفي يوليوز 2024", "ar", "الرباط، وفي مايو 2024"),
        ("Il ferme lundi.", "It closes on Friday.", "en", "It closes on Monday."),
        ("De mai à juin", "From July to August", "en", None),  # two are missing
        ("Il ferme en mai.", "It closes soon.", "en", None),  # nothing stands in its place
        ("Voir www.exemple.ma/?a ; oui", "انظر www.exemple.ma/?a ; نعم", "ar", None),
        ("23 salariés, dont 9 ingénieurs", "11 employees, 8 of them engineers", "en", None),  # two are wrong
        ("1,2 milliard d’euros", "€1.2 million", "en", None),  # the scale is wrong
        ("40 % des postes", "the jobs", "en", None),  # nothing stands in its place
        ("40 % des postes", "14 of the jobs", "en", None),  # another kind of figure
        ("12 pages en 2024", "In 2023, 12 pages", "en", None),  # another place
        (PLAN, WATER, "en", None),
    ],
)
def test_what_is_safe_is_put_right(source: str, target: str, lang: str, better: str | None) -> None:
    """A wrong figure, month, weekday and Latin marks are repaired, once; all else is left alone."""
    done = guard.repaired(source, target, lang)
    assert (done and done[0]) == better
    if done:
        assert guard.repaired(source, done[0], lang) is None
        assert not {"number", "date", "punctuation"} & set(codes(source, done[0], lang))


def test_score_prefers_fewer_serious_findings() -> None:
    """One serious finding weighs more than any number of others."""
    weak, bad = Finding("en", 0, "name", False, ""), Finding("en", 0, "loop", True, "")
    assert guard.score([]) < guard.score([weak]) < guard.score([weak] * 9) < guard.score([bad])


@pytest.mark.parametrize(
    ("name", "arabic", "same"),
    [
        ("Mezzour", "مزور", True),
        ("Jazouli", "الجازولي", True),
        ("Dupont", "دوبون", True),
        ("Schneider", "شنايدر", True),
        ("Oracle", "أوراكل", True),
        ("Mezzour", "حداد", False),
        ("Casablanca", "طنجة", False),
        ("Bouygues", "تيسلا", False),
    ],
)
def test_names_are_compared_by_their_consonants(name: str, arabic: str, same: bool) -> None:
    """Plausible transliterations agree; other names do not."""
    forms = {names.skeleton(arabic), names.skeleton(arabic.removeprefix("ال"))}
    assert any(names.sounds_like(names.skeleton(name), form) for form in forms) == same


@pytest.mark.parametrize(
    ("text", "lang", "value"),
    [
        ("deux cent vingt-trois mille", "fr", 223_000),
        ("quatre-vingt-dix-sept", "fr", 97),
        ("vingt et un", "fr", 21),
        ("une trentaine", "fr", 30),
        ("XIVe", "fr", 14),
        ("four hundred and five thousand", "en", 405_000),
        ("thirty-second", "en", 30),
        ("twentieth", "en", 20),
        ("ثلاثمئة وخمسة وعشرين", "ar", 325),
        ("اثنا عشر", "ar", 12),
        ("بالألفين", "ar", 2000),
    ],
)
def test_numbers_in_words(text: str, lang: str, value: float) -> None:
    """Numerals of the three languages have their value."""
    assert value in {v for values, _ in spelled(text, lang) for v in values}


NUMBERS = st.integers(3, 10**9)


@given(NUMBERS, st.sampled_from(["{:,}", "{}"]), st.sampled_from(["en", "ar"]))
def test_every_integer_survives_its_notations(value: int, notation: str, lang: str) -> None:
    """French groups with narrow spaces, English with commas, Arabic with its own digits."""
    french = f"{value:,}".replace(",", "\u202f") + " mots"
    other = notation.format(value) + {"en": " words", "ar": " كلمة"}[lang]
    indic = other.translate(str.maketrans("0123456789,", "٠١٢٣٤٥٦٧٨٩٬"))
    for target in (other, indic):
        assert not {"number", "number-added"} & set(codes(french, target, lang))


@given(NUMBERS, NUMBERS, st.sampled_from(["en", "ar"]))
def test_two_integers_are_one_only_if_equal(one: int, two: int, lang: str) -> None:
    """Another number in its place is always found."""
    found = serious(f"{one} mots", f"{two} " + {"en": "words", "ar": "كلمة"}[lang], lang)
    assert ("number" in found) == (one != two)


@example("?", "", "en")
@given(st.text(max_size=80), st.text(max_size=80), st.sampled_from(["en", "ar", "de"]))
def test_any_text_is_checked_and_spans_lie_inside(source: str, target: str, lang: str) -> None:
    """No text breaks a check, and every span is a stretch of its text."""
    for found in guard.check(source, target, lang):
        for span, text in ((found.source_span, source), (found.target_span, target)):
            assert span is None or 0 <= span[0] < span[1] <= len(text)
    guard.repaired(source, target, lang)

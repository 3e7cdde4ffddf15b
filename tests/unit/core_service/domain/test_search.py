"""Texts are found whatever their case and accents; names are one name whatever their case."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core_service.domain.search import name_key, search_key


@pytest.mark.parametrize(
    ("wanted", "text"),
    [
        ("cafe", "Café"),
        ("CAFÉ", "cafe\u0301 am Ring"),
        ("strasse", "Hauptstraße 5"),
        ("STRASSE", "straße"),
        ("ß", "STRASSE"),
        ("lodz", "Łódź"),
        ("smorrebrod", "Smørrebrød"),
        ("oeuvre", "Œuvre"),
        ("istanbul", "İstanbul"),
        ("istanbul", "ISTANBUL"),
        ("σοφια", "Σοφία"),
        ("иога", "Йога"),
        ("fish", "ﬁsh"),
        ("ha noi", "Hà Nội"),
    ],
)
def test_a_text_is_found(wanted: str, text: str) -> None:
    assert search_key(wanted) in search_key(text)


@pytest.mark.parametrize(("wanted", "text"), [("cafes", "Café"), ("bob", "Rob"), ("%", "100"), ("_", "a b")])
def test_what_is_not_there_is_not_found(wanted: str, text: str) -> None:
    assert search_key(wanted) not in search_key(text)


@pytest.mark.parametrize(
    ("one", "other"), [("Zoë", "zoë"), ("Zoë", "Zoe\u0308"), ("Straße", "STRASSE"), ("ΣΟΦΟΣ", "σοφος"), ("ﬀ", "FF")]
)
def test_two_names_are_one(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(("one", "other"), [("Zoë", "Zoe"), ("Ann", "Anne"), ("A B", "AB")])
def test_two_names_are_two(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


@given(
    st.text(st.characters(max_codepoint=0x17F, categories=["Lu", "Ll"]), max_size=20).filter(
        lambda t: not set(t) & set("ıŉſ")
    )
)
def test_a_name_is_the_same_in_capitals(name: str) -> None:
    assert name_key(name.upper()) == name_key(name) == name_key(name.lower().replace("i\u0307", "İ"))


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_key_stays_what_it_is(text: str) -> None:
    assert name_key(name_key(text)) == name_key(text)

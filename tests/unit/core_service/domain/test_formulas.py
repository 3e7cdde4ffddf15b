"""Cells of a spreadsheet that nobody can smuggle a formula into."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core_service.domain import formulas

DANGEROUS = "=+-@\t\r\n"


@pytest.mark.parametrize("start", list(DANGEROUS))
def test_a_cell_that_could_be_a_formula_gets_an_apostrophe(start: str) -> None:
    assert formulas.neutralised(f"{start}1+1") == f"'{start}1+1"


def test_spaces_and_apostrophes_before_a_formula_do_not_hide_it() -> None:
    assert formulas.neutralised("  =1+1") == "'  =1+1"
    assert formulas.neutralised("'=1+1") == "''=1+1"


@pytest.mark.parametrize("text", ["", "Dinner", "it's = that", "'tis so", "3-1"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert formulas.neutralised(text) == text
    assert formulas.original(text) == text


@given(st.text(alphabet=[*DANGEROUS, "'", " ", "a"]) | st.text())
def test_every_text_can_be_read_back(text: str) -> None:
    assert formulas.original(formulas.neutralised(text)) == text


@given(st.text(alphabet=[*DANGEROUS, "'", " ", "a"]) | st.text())
def test_no_cell_begins_with_what_starts_a_formula(text: str) -> None:
    assert formulas.neutralised(text).lstrip(" ")[:1] not in {*DANGEROUS}

"""Who may say who asks: a signature holds for one caller, one task and two minutes."""

import uuid
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.rpc.context import MAX_AGE_S, Context, ContextRefused, Guest, Signer

NOW = 1_800_000_000.0
CONTEXT = Context(
    request_id="request",
    deadline_at=NOW + 5,
    issued_at=NOW,
    user_id=uuid.UUID(int=1),
    user_name="Zoë",
    session_id=uuid.UUID(int=2),
    idempotency_key=uuid.UUID(int=3),
    fingerprint="ab" * 32,
)
signer = Signer("key", clock=lambda: NOW)
HEADER = signer.sign(CONTEXT, "core.record_expense")


@pytest.mark.parametrize(
    "context",
    [
        CONTEXT,
        replace(CONTEXT, user_id=None, guest=Guest(uuid.UUID(int=4), uuid.UUID(int=5), uuid.UUID(int=6))),
        replace(CONTEXT, user_id=None, guest=Guest(uuid.UUID(int=4), uuid.UUID(int=5))),
        replace(CONTEXT, user_id=None, system="relay"),
    ],
)
def test_what_was_signed_comes_out_unchanged(context: Context) -> None:
    assert signer.verify(signer.sign(context, "core.ping"), "core.ping") == context


def test_a_signature_holds_for_one_task_only() -> None:
    with pytest.raises(ContextRefused):
        signer.verify(HEADER, "core.delete_event")


def test_another_key_signs_nothing_that_counts() -> None:
    with pytest.raises(ContextRefused):
        Signer("another key", clock=lambda: NOW).verify(HEADER, "core.record_expense")


@pytest.mark.parametrize("age_s", [-6, MAX_AGE_S + 1])
def test_a_context_from_another_time_is_refused(age_s: float) -> None:
    with pytest.raises(ContextRefused):
        Signer("key", clock=lambda: NOW + age_s).verify(HEADER, "core.record_expense")


@given(st.integers(0, len(HEADER) - 1), st.characters())
def test_no_character_of_a_header_can_be_changed(position: int, character: str) -> None:
    changed = HEADER[:position] + character + HEADER[position + 1 :]
    if changed != HEADER:
        with pytest.raises(ContextRefused):
            signer.verify(changed, "core.record_expense")


@given(st.one_of(st.none(), st.text(), st.binary(), st.integers()))
def test_anything_that_is_no_header_is_refused(header: object) -> None:
    with pytest.raises(ContextRefused):
        signer.verify(header, "core.record_expense")


@given(st.floats(0, 100), st.floats(0.001, 100))
def test_a_nested_call_never_gets_more_time_than_is_left(left_s: float, timeout_s: float) -> None:
    nested = replace(CONTEXT, deadline_at=NOW + left_s).within(timeout_s, NOW + 1)
    assert nested.deadline_at == min(NOW + left_s, NOW + 1 + timeout_s)

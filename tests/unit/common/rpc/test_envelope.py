"""What an outcome becomes on its way through Celery's result message."""

import orjson
import pytest

from common.errors import FieldError, NotFound, OutcomeUnknown, QuitsError, Unavailable
from common.rpc.envelope import opened, sealed
from common.rpc.interface import CallExpired, Reply, ServiceFailed


def result_message(status: str, result: object) -> bytes:
    return orjson.dumps({"status": status, "result": result})


@pytest.mark.parametrize(
    "reply", [Reply(b"null"), Reply('{"text":"ü\\"🐘"}'.encode(), 0, is_replay=True), Reply(b"[]", 7)]
)
def test_a_reply_comes_out_byte_for_byte(reply: Reply) -> None:
    assert opened(result_message("SUCCESS", sealed(reply)), "example.echo") == reply


def test_an_error_comes_out_as_itself() -> None:
    error = opened(result_message("SUCCESS", sealed(CallExpired("x", [FieldError("a", "b")]))), "example.echo")
    assert isinstance(error, CallExpired)
    assert (error.detail, error.fields) == ("x", (FieldError("a", "b"),))


def test_what_logs_show_of_an_envelope_is_no_content() -> None:
    assert repr(sealed(Reply(b'"secret"'))) == "8 characters"
    assert repr(sealed(NotFound("secret"))) == "NotFound"


@pytest.mark.parametrize("lost", ["WorkerLostError", "TimeLimitExceeded", "Terminated"])
def test_nobody_knows_what_a_lost_process_had_done(lost: str) -> None:
    assert opened(result_message("FAILURE", {"exc_type": lost, "exc_message": []}), "example.echo") is None


@pytest.mark.parametrize(
    ("reason", "expected"), [("expired", CallExpired), ("revoked", Unavailable), ("terminated", OutcomeUnknown)]
)
def test_a_revoked_task_tells_whether_it_had_begun(reason: str, expected: type[QuitsError]) -> None:
    message = result_message("REVOKED", {"exc_type": "TaskRevokedError", "exc_message": [reason]})
    assert type(opened(message, "example.echo")) is expected


def test_any_other_failure_is_a_bug_without_details() -> None:
    with pytest.raises(ServiceFailed, match=r"^example\.echo failed with KeyError$"):
        opened(result_message("FAILURE", {"exc_type": "KeyError", "exc_message": ["secret"]}), "example.echo")

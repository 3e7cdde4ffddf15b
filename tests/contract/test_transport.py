"""What every caller may rely on, whichever way its calls travel."""

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from common import errors
from common.errors import Conflict, FieldError, Invalid, NotFound, QuitsError
from common.rpc.context import Context
from common.rpc.interface import Bus, Call, CallExpired, Interface, Reply, client, reads, send
from tests.contract.example import (
    ExampleService,
    Failure,
    FrontService,
    Identity,
    Line,
    Nap,
    Nothing,
    make_example,
    make_front,
)

BusFor = Callable[..., Bus]
ALL_KINDS = sorted(name for name, kind in QuitsError.by_name.items() if kind.__module__ == errors.__name__)


def asking(timeout_s: float = 10.0) -> Context:
    """The context of a user whose request has `timeout_s` left."""
    now = time.time()
    return Context(request_id="request-1", deadline_at=now + timeout_s, issued_at=now, user_id=uuid.UUID(int=7))


def test_a_command_comes_back_as_it_was_sent(bus_for: BusFor) -> None:
    example = client(ExampleService, bus_for(make_example))
    line = Line("zażółć 🐘\n\"'\\ \u2028", uuid.uuid4(), ("a", ""), 3)
    assert example.echo(asking(), line) == line


def test_a_large_command_comes_back_whole(bus_for: BusFor) -> None:
    example = client(ExampleService, bus_for(make_example))
    assert example.echo(asking(), Line("ü" * 100_000)).text == "ü" * 100_000


def test_the_reply_carries_the_json_that_the_service_made(bus_for: BusFor) -> None:
    reply = send(bus_for(make_example), Call(ExampleService.operations["echo"], asking(), Line("a", version=4)))
    assert reply == Reply(b'{"text":"a","id":null,"tags":[],"version":4}', version=4, is_replay=False)


def test_a_repeated_command_is_marked(bus_for: BusFor) -> None:
    reply = send(bus_for(make_example), Call(ExampleService.operations["repeat"], asking(), Line("a")))
    assert reply.is_replay


def test_an_operation_without_a_result_returns_none(bus_for: BusFor) -> None:
    example = client(ExampleService, bus_for(make_example))
    assert example.doze(asking(), Nap(0)) is None


@pytest.mark.parametrize("name", ALL_KINDS)
def test_every_kind_of_error_arrives_as_itself(bus_for: BusFor, name: str) -> None:
    example = client(ExampleService, bus_for(make_example))
    with pytest.raises(QuitsError) as caught:
        example.fail(asking(), Failure(name))
    assert type(caught.value).__name__ == name
    assert caught.value.detail == "in detail"
    assert caught.value.fields == (FieldError("a.b", "is wrong"),)


def test_a_bug_is_no_answer_that_a_caller_expects(bus_for: BusFor) -> None:
    example = client(ExampleService, bus_for(make_example))
    with pytest.raises(Exception) as caught:
        example.fail(asking(), Failure("Bug"))
    assert not isinstance(caught.value, QuitsError)


def test_the_service_sees_who_asks(bus_for: BusFor) -> None:
    identity = client(ExampleService, bus_for(make_example)).identify(asking(), Nothing())
    assert (identity.user_id, identity.request_id) == (uuid.UUID(int=7), "request-1")


def test_an_operation_gets_no_more_time_than_it_declares(bus_for: BusFor) -> None:
    identity = client(ExampleService, bus_for(make_example)).identify(asking(timeout_s=60), Nothing())
    assert 0 < identity.left_s <= 3.0


def test_a_nested_call_inherits_the_deadline_and_the_caller(bus_for: BusFor) -> None:
    identity: Identity = client(FrontService, bus_for(make_example, make_front)).ask(asking(timeout_s=60), Nothing())
    assert 0 < identity.left_s <= 1.0
    assert identity.user_id == uuid.UUID(int=7)


def test_a_call_without_time_left_is_not_run(bus_for: BusFor, tmp_path) -> None:
    example = client(ExampleService, bus_for(make_example))
    diary = tmp_path / "diary"
    with pytest.raises(CallExpired):
        example.sleep(asking(timeout_s=-1), Nap(0, str(diary)))
    example.doze(asking(), Nap(0))
    assert not diary.exists()


def test_gather_keeps_answers_and_errors_in_their_places(bus_for: BusFor) -> None:
    operations = ExampleService.operations
    calls = [
        Call(operations["echo"], asking(), Line("first")),
        Call(operations["fail"], asking(), Failure("NotFound")),
        Call(operations["echo"], asking(timeout_s=-1), Line("never")),
        Call(operations["fail"], asking(), Failure("Conflict")),
        Call(operations["echo"], asking(), Line("last")),
    ]
    first, not_found, expired, conflict, last = bus_for(make_example).gather(calls)
    assert isinstance(first, Reply)
    assert isinstance(last, Reply)
    assert (b"first" in first.body, b"last" in last.body) == (True, True)
    assert (type(not_found), type(expired), type(conflict)) == (NotFound, CallExpired, Conflict)


def test_gathering_nothing_gives_nothing(bus_for: BusFor) -> None:
    assert bus_for(make_example).gather([]) == []


def test_a_command_that_breaks_a_rule_between_its_fields_names_the_field(bus_for: BusFor) -> None:
    example = client(ExampleService, bus_for(make_example))
    with pytest.raises(Invalid) as caught:
        example.echo(asking(), Line(""))
    assert [error.field for error in caught.value.fields] == ["text"]


@dataclass(frozen=True, slots=True)
class LineOfTomorrow:
    """A Line as a newer caller knows it."""

    text: str
    colour: str


class ExampleServiceOfTomorrow(Interface, name="example"):
    """The example as a newer caller knows it."""

    @reads()
    def echo(self, context: Context, command: LineOfTomorrow) -> Line:
        """Return the command."""
        raise NotImplementedError


def test_a_field_that_the_service_does_not_know_is_no_error(bus_for: BusFor) -> None:
    tomorrow = client(ExampleServiceOfTomorrow, bus_for(make_example))
    assert tomorrow.echo(asking(), LineOfTomorrow("a", "red")).text == "a"

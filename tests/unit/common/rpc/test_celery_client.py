"""Which answer a caller gets for which fate of its request, and what is sent a second time."""

import itertools
from collections.abc import Sequence

import orjson
import pytest

from common.errors import OutcomeUnknown, QuitsError, Unavailable
from common.rpc import envelope
from common.rpc.celery_client import CeleryBus
from common.rpc.channel import ConnectionLost, Fate, ReplyChannel, Request
from common.rpc.context import Signer, of_system
from common.rpc.interface import Call, CallExpired, Reply
from common.settings import Broker
from tests.contract.example import ExampleService, Line

NOWHERE = Broker("nowhere", 1, "guest", "guest", "/")
READ, WRITE = ExampleService.operations["echo"], ExampleService.operations["repeat"]
REPLY = Reply(b'{"text":"a"}', 3, is_replay=True)
ANSWER = orjson.dumps({"status": "SUCCESS", "result": envelope.sealed(REPLY)})
WORKER_LOST = orjson.dumps({"status": "FAILURE", "result": {"exc_type": "WorkerLostError", "exc_message": ["x"]}})


class FakeChannel(ReplyChannel):
    """Gives the requests of each exchange the next fates from a script; breaks when one of them is unsent or lost."""

    def __init__(self, script: Sequence[Sequence[tuple[Fate, bytes]]]) -> None:
        self._script = iter(script)
        self.sent: list[list[Request]] = []

    def exchange(self, requests: Sequence[Request]) -> None:
        self.sent.append(list(requests))
        for request, (fate, answer) in zip(requests, next(self._script), strict=True):
            request.fate, request.answer = fate, answer
        if {request.fate for request in requests} & {Fate.UNSENT, Fate.LOST}:
            raise ConnectionLost

    def is_ready(self) -> bool:
        return True

    def drop(self) -> None:
        """Nothing to close."""


def gathered(
    calls: Sequence[Call], *script: Sequence[tuple[Fate, bytes]]
) -> tuple[list[Reply | QuitsError], list[int]]:
    """Return the outcomes of `calls`, and how many requests each exchange had."""
    channel = FakeChannel(script)
    bus = CeleryBus(NOWHERE, Signer("key"), open_channel=lambda broker, clock: channel)
    return bus.gather(calls), [len(requests) for requests in channel.sent]


def call(operation=READ, timeout_s: float = 10) -> Call:
    return Call(operation, of_system("test", timeout_s), Line("a"))


ANSWERED, LOST_PROCESS = (Fate.ANSWERED, ANSWER), (Fate.ANSWERED, WORKER_LOST)
UNSENT, REFUSED, LOST, LATE = ((fate, b"") for fate in (Fate.UNSENT, Fate.REFUSED, Fate.LOST, Fate.LATE))


@pytest.mark.parametrize(
    ("operation", "fates", "expected"),
    [
        (READ, [ANSWERED], Reply),
        (WRITE, [ANSWERED], Reply),
        (READ, [REFUSED], Unavailable),
        (WRITE, [REFUSED], Unavailable),
        (READ, [LATE], OutcomeUnknown),
        (WRITE, [LATE], OutcomeUnknown),
        (READ, [LOST, ANSWERED], Reply),
        (READ, [LOST, LOST], OutcomeUnknown),
        (WRITE, [LOST], OutcomeUnknown),
        (READ, [LOST_PROCESS, ANSWERED], Reply),
        (READ, [LOST_PROCESS, LOST_PROCESS], OutcomeUnknown),
        (WRITE, [LOST_PROCESS], OutcomeUnknown),
        (WRITE, [UNSENT, ANSWERED], Reply),
        (WRITE, [UNSENT, UNSENT], Unavailable),
        (WRITE, [UNSENT, LOST], OutcomeUnknown),
        (WRITE, [UNSENT, LATE], OutcomeUnknown),
        (READ, [LOST, REFUSED], Unavailable),
    ],
)
def test_each_fate_has_its_answer_and_only_what_is_harmless_is_sent_again(operation, fates, expected) -> None:
    (outcome,), sizes = gathered([call(operation)], *([fate] for fate in fates))
    assert type(outcome) is expected
    assert sizes == [1] * len(fates)


def test_only_the_lost_reads_of_several_calls_are_sent_again() -> None:
    outcomes, sizes = gathered(
        [call(WRITE), call(READ), call(READ), call(READ, timeout_s=-1)], [LOST, ANSWERED, LOST], [ANSWERED]
    )
    assert [type(outcome) for outcome in outcomes] == [OutcomeUnknown, Reply, Reply, CallExpired]
    assert sizes == [3, 1]


def test_every_request_has_an_id_of_its_own_and_shows_no_content_in_its_headers() -> None:
    channel = FakeChannel([[LOST, LOST], [ANSWERED, ANSWERED]])
    bus = CeleryBus(NOWHERE, Signer("key"), open_channel=lambda broker, clock: channel)
    bus.gather([Call(READ, of_system("test", 10), Line("a secret")) for _ in range(2)])
    requests = list(itertools.chain(*channel.sent))
    assert len({request.id for request in requests}) == 4
    assert all(request.headers["id"] == request.id for request in requests)
    assert "secret" not in str([request.headers for request in requests])


def test_no_second_try_when_the_broker_cannot_be_reached() -> None:
    attempts = []

    def refuse(broker, clock):
        attempts.append(broker)
        raise ConnectionRefusedError

    (outcome,) = CeleryBus(NOWHERE, Signer("key"), open_channel=refuse).gather([call()])
    assert type(outcome) is Unavailable
    assert attempts == [NOWHERE]

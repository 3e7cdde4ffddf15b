"""Calls over RabbitMQ: task messages to the queue of a service, answers on the channel that the call left by.

Celery's own waiting for results is not used: it is slow, and does not survive a restart of the broker.
"""

import os
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import orjson
import structlog

from common.errors import OutcomeUnknown, QuitsError, Unavailable
from common.rpc import envelope, wire
from common.rpc.channel import ConnectionLost, Fate, ReplyChannel, Request
from common.rpc.context import Context, Signer
from common.rpc.interface import Call, CallExpired, Reply
from common.rpc.pool import BrokerAway, ChannelPool
from common.settings import Broker

POOL_SIZE = 32
CONTEXT_HEADER = "quits_context"

log = structlog.get_logger(__name__)


@dataclass(slots=True, eq=False)
class _Passage:
    """A call on its way: the request that carries it, and what came of it, None while nobody knows."""

    call: Call
    context: Context
    request: Request | None = None
    outcome: Reply | QuitsError | None = None

    def arrive(self) -> None:
        """Learn the outcome from the fate of the request; raises ServiceFailed when the service failed."""
        match self.request:
            case None:
                self.outcome = CallExpired()
            case Request(fate=Fate.UNSENT | Fate.REFUSED):
                self.outcome = Unavailable()
            case Request(fate=Fate.LATE):
                self.outcome = OutcomeUnknown()
            case Request(fate=Fate.ANSWERED, answer=answer):
                self.outcome = envelope.opened(answer, self.call.operation.task)
            case _:
                self.outcome = None

    def may_be_repeated(self) -> bool:
        """Return whether a second try cannot do anything twice: it never left, or it only reads and got lost."""
        if self.request is None or self.request.fate in (Fate.REFUSED, Fate.LATE):
            return False
        is_lost = self.outcome is None and not self.call.operation.is_write
        return is_lost or self.request.fate is Fate.UNSENT


class CeleryBus:
    """Carries calls to Celery workers; threads and forked processes may share one object."""

    def __init__(
        self,
        broker: Broker,
        signer: Signer,
        pool_size: int = POOL_SIZE,
        clock: Callable[[], float] = time.time,
        open_channel: Callable[[Broker, Callable[[], float]], ReplyChannel] = ReplyChannel,
    ) -> None:
        self._broker = broker
        self._open_channel = open_channel
        self._signer = signer
        self._pool_size = pool_size
        self._clock = clock
        self._pool = self._new_pool()
        self._owner = os.getpid()

    def gather(self, calls: Sequence[Call]) -> list[Reply | QuitsError]:
        """Send all calls at once, wait for all until their deadlines; return replies or errors in their places.

        Unavailable means that nothing was done, OutcomeUnknown that it was sent and no answer came. Raises
        ServiceFailed when a service failed in a way that it does not declare.
        """
        now = self._clock()
        passages = [_Passage(call, call.context.within(call.operation.timeout_s, now)) for call in calls]
        is_connected = self._carry(passages)
        if is_connected and (again := [passage for passage in passages if passage.may_be_repeated()]):
            self._carry(again)
        return [passage.outcome or OutcomeUnknown() for passage in passages]

    def close(self) -> None:
        """Close the connections."""
        self._own_pool().close()

    def _carry(self, passages: Sequence[_Passage]) -> bool:
        """Send what has time left and wait for it; return whether the broker could be reached at all."""
        requests = [request for passage in passages if (request := self._renewed(passage))]
        is_connected = not requests or self._exchange(requests)
        for passage in passages:
            passage.arrive()
        return is_connected

    def _renewed(self, passage: _Passage) -> Request | None:
        left_s = passage.context.left_s(self._clock())
        if left_s <= 0:
            return None
        operation, context = passage.call.operation, passage.context
        passage.request = Request(
            id=str(uuid.uuid4()),
            queue=operation.service,
            body=orjson.dumps(((), {"command": wire.dump_command(passage.call.command)}, {})),
            headers={},
            deadline_at=context.deadline_at,
        )
        passage.request.headers |= {
            "task": operation.task,
            "id": passage.request.id,
            "root_id": context.request_id,
            # Celery would write the arguments' text into logs and events; it writes a given one that is not empty.
            "argsrepr": "-",
            "kwargsrepr": "-",
            # A caller that has given up must not find its order executed later.
            "expires": datetime.fromtimestamp(context.deadline_at, UTC).isoformat(),
            CONTEXT_HEADER: self._signer.sign(context, operation.task),
        }
        return passage.request

    def _exchange(self, requests: Sequence[Request]) -> bool:
        patience_s = min(request.deadline_at for request in requests) - self._clock()
        try:
            with self._own_pool().channel(patience_s) as channel:
                channel.exchange(requests)
        except BrokerAway as error:
            log.warning("broker_away", reason=str(error))
            return False
        except ConnectionLost as error:
            log.warning("broker_connection_lost", reason=str(error.__cause__))
        return True

    def _own_pool(self) -> ChannelPool:
        if self._owner != os.getpid():
            self._pool.forget()
            self._pool = self._new_pool()
            self._owner = os.getpid()
        return self._pool

    def _new_pool(self) -> ChannelPool:
        return ChannelPool(lambda: self._open_channel(self._broker, self._clock), self._pool_size)

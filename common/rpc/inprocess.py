"""The same interfaces without a broker: calls run in the caller's thread, through the same JSON, checks and errors."""

import time
from collections.abc import Callable, Sequence

import orjson

from common.errors import OutcomeUnknown, QuitsError
from common.rpc import wire
from common.rpc.context import Signer
from common.rpc.dispatch import Dispatcher, outcome_of
from common.rpc.interface import Call, CallExpired, Interface, Reply


class InProcessBus:
    """Runs calls on the implementations of this process."""

    def __init__(self, signer: Signer, clock: Callable[[], float] = time.time) -> None:
        self._signer = signer
        self._clock = clock
        self._dispatchers: dict[str, Dispatcher] = {}

    def serve(self, implementation: Interface) -> None:
        """Add an implementation; calls to its service run on it from now on."""
        self._dispatchers[implementation.service] = Dispatcher(implementation, self._signer, self._clock)

    def gather(self, calls: Sequence[Call]) -> list[Reply | QuitsError]:
        """Run all calls one after the other; return replies or errors in their places."""
        return [outcome_of(lambda call=call: self._run(call)) for call in calls]  # type: ignore[misc]

    def close(self) -> None:
        """Nothing to let go of."""

    def _run(self, call: Call) -> Reply:
        operation = call.operation
        context = call.context.within(operation.timeout_s, self._clock())
        document = orjson.loads(orjson.dumps(wire.dump_command(call.command)))
        header = self._signer.sign(context, operation.task)
        if context.left_s(self._clock()) <= 0:
            raise CallExpired
        reply = self._dispatchers[operation.service].run(operation, document, header)
        if context.left_s(self._clock()) <= 0:
            raise OutcomeUnknown
        return reply

"""The one place where an operation runs, whatever brought the call: checks who asks and until when, then runs it."""

import time
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoFreeConnection

from common import database
from common.database import DatabaseAway
from common.errors import QuitsError
from common.rpc import wire
from common.rpc.context import Context, Signer
from common.rpc.interface import CallExpired, Interface, Operation, Replay, Reply

log = structlog.get_logger(__name__)

current_context: ContextVar[Context | None] = ContextVar("current_context", default=None)


class Dispatcher:
    """Runs the operations of one implementation."""

    def __init__(self, implementation: Interface, signer: Signer, clock: Callable[[], float] = time.time) -> None:
        self._implementation = implementation
        self._signer = signer
        self._clock = clock

    def run(self, operation: Operation, document: Mapping[str, Any], header: object) -> Reply:
        """Run `operation` on the command in `document` for the caller that `header` proves.

        Raises a QuitsError for everything that is expected to go wrong; anything else is a bug.
        """
        context = self._signer.verify(header, operation.task)
        if context.left_s(self._clock()) <= 0:
            # A caller that has given up must not find its order executed later.
            raise CallExpired
        command: Any = wire.load_command(operation.command, document)
        token = current_context.set(context)
        try:
            with structlog.contextvars.bound_contextvars(request_id=context.request_id, operation=operation.task):
                result = self._run_once_more_after_a_clash(operation, context, command)
        except NoFreeConnection as error:
            raise DatabaseAway from error
        except DBAPIError as error:
            raise database.translated(error) from error
        finally:
            current_context.reset(token)
        return reply_of(result)

    def _run_once_more_after_a_clash(self, operation: Operation, context: Context, command: Any) -> Any:
        method = getattr(self._implementation, operation.name)
        try:
            return method(context, command)
        except DBAPIError as error:
            if not database.is_clash(error):
                raise
            log.info("repeated_after_clash")
            return method(context, command)


def reply_of(result: Any) -> Reply:
    """Return a handler's result as a reply; its `version`, if it has one, goes into the envelope."""
    is_replay = isinstance(result, Replay)
    value = result.value if isinstance(result, Replay) else result
    return Reply(wire.dump(value), getattr(value, "version", None), is_replay)


def outcome_of(run: Callable[[], Reply]) -> Reply | QuitsError:
    """Return what `run` returns, or the expected failure that it raises."""
    try:
        return run()
    except QuitsError as error:
        return error

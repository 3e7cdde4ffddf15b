"""Interfaces between services: each operation declared once, with its command, result, errors and deadline.

    class CoreService(Interface, name="core"):
        @writes(raises=(EventNotFound,))
        def record_expense(self, context: Context, command: RecordExpense) -> Expense:
            '''Record an expense and split it between members.'''

From a declaration come the typed client (`client`), the check of the implementation (`implementation_of`), the tasks
of the worker, the schemas on the wire and the REST document.
"""

import inspect
import typing
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from common.errors import QuitsError, Unavailable
from common.rpc import wire
from common.rpc.context import Context

DEFAULT_TIMEOUT_S = 5.0


class CallExpired(Unavailable):
    """The deadline passed before the call was run, so it was not run."""

    code = "call_expired"
    message = "The deadline passed before the call was run. Nothing was done."


class ServiceFailed(Exception):
    """A service failed in a way that it does not declare: a bug, whose stack is in that service's log."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of an interface: what goes in, what comes out, what can go wrong and how long it may take."""

    service: str
    name: str
    command: type
    result: type
    raises: tuple[type[QuitsError], ...]
    is_write: bool
    timeout_s: float
    summary: str

    @property
    def task(self) -> str:
        """The name of the Celery task that runs this operation."""
        return f"{self.service}.{self.name}"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as it travels: JSON made once by the service, and what HTTP wants to know without reading it."""

    body: bytes
    version: int | None = None
    is_replay: bool = False


Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Replay(Generic[Result]):
    """What a handler returns when the same command was applied before: the thing as it is now."""

    value: Result


def replayed(value: Result) -> Result:
    """Return what a handler answers a repeated command with: `value`, marked so that the caller is told."""
    return typing.cast("Result", Replay(value))


@dataclass(frozen=True, slots=True)
class Call:
    """One operation with its command, ready to be sent."""

    operation: Operation
    context: Context
    command: Any


class Bus(Protocol):
    """Carries calls to the services: over RabbitMQ or within the process."""

    def gather(self, calls: Sequence[Call]) -> list[Reply | QuitsError]:
        """Send all calls at once, wait for all until their deadlines; return replies or errors in their places."""

    def close(self) -> None:
        """Let go of connections."""


def send(bus: Bus, call: Call) -> Reply:
    """Send one call and return its reply; raises the error that the service, or the way to it, answered with."""
    (outcome,) = bus.gather([call])
    if isinstance(outcome, QuitsError):
        raise outcome
    return outcome


Declared = TypeVar("Declared", bound=Callable[..., Any])


def reads(
    raises: tuple[type[QuitsError], ...] = (), timeout_s: float = DEFAULT_TIMEOUT_S
) -> Callable[[Declared], Declared]:
    """Declare an operation that changes nothing, so that it may be run again when its answer was lost."""
    return _declared(raises, timeout_s, is_write=False)


def writes(
    raises: tuple[type[QuitsError], ...] = (), timeout_s: float = DEFAULT_TIMEOUT_S
) -> Callable[[Declared], Declared]:
    """Declare an operation that changes something; it is sent once, its caller repeats it with the same id."""
    return _declared(raises, timeout_s, is_write=True)


def _declared(
    raises: tuple[type[QuitsError], ...], timeout_s: float, *, is_write: bool
) -> Callable[[Declared], Declared]:
    def declare(method: Declared) -> Declared:
        method.declaration = (raises, timeout_s, is_write)  # type: ignore[attr-defined]
        return method

    return declare


class Interface:
    """Base of all interfaces; a subclass declares its operations, an implementation subclasses the subclass."""

    service: ClassVar[str]
    operations: ClassVar[dict[str, Operation]]

    def __init_subclass__(cls, name: str | None = None) -> None:
        super().__init_subclass__()
        if name is None:
            return
        cls.service = name
        declared = {key: value for base in reversed(cls.__mro__) for key, value in vars(base).items()}
        cls.operations = {
            key: _operation(name, value) for key, value in declared.items() if hasattr(value, "declaration")
        }
        for key in cls.operations.keys() & vars(cls).keys():
            vars(cls)[key].operation = cls.operations[key]


def _operation(service: str, method: Callable[..., Any]) -> Operation:
    hints = typing.get_type_hints(method, include_extras=True)
    names = list(inspect.signature(method).parameters)
    assert names == ["self", "context", "command"], f"{method.__qualname__} takes (self, context, command)"
    raises, timeout_s, is_write = method.declaration  # type: ignore[attr-defined]
    return Operation(
        service=service,
        name=method.__name__,
        command=hints["command"],
        result=hints["return"],
        raises=raises,
        is_write=is_write,
        timeout_s=timeout_s,
        summary=inspect.getdoc(method) or "",
    )


def operation_of(method: Callable[..., Any]) -> Operation:
    """Return what an interface's method, such as `CoreService.record_expense`, was declared as."""
    return typing.cast("Operation", method.operation)  # type: ignore[attr-defined]


Service = TypeVar("Service", bound=Interface)


def implementation_of(interface: type[Service], implementation: Service) -> Service:
    """Return `implementation` after checking that it has every operation as declared; TypeError names what differs."""
    for name, operation in interface.operations.items():
        method = getattr(type(implementation), name)
        if method is getattr(interface, name):
            raise TypeError(f"{type(implementation).__name__} lacks {operation.task}")
        hints = typing.get_type_hints(method, include_extras=True)
        parameters = list(inspect.signature(method).parameters)
        if parameters != ["self", "context", "command"] or hints.get("command") != operation.command:
            raise TypeError(f"{operation.task} must take (self, context, command: {operation.command.__name__})")
    return implementation


def client(interface: type[Service], bus: Bus) -> Service:
    """Return a proxy of `interface`: calling an operation sends it over `bus` and returns its decoded result."""

    def method(operation: Operation) -> Callable[..., Any]:
        def call(self: object, context: Context, command: Any) -> Any:
            reply = send(bus, Call(operation, context, command))
            return wire.load_result(operation.result, reply.body)

        call.__name__ = operation.name
        call.__doc__ = operation.summary
        return call

    methods = {name: method(operation) for name, operation in interface.operations.items()}
    return typing.cast("Service", type(f"{interface.__name__}Client", (interface,), methods)())

"""Two services for tests: `example` shows everything an operation can do, `front` asks it for its own callers."""

import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated
from uuid import UUID

from common.contracts.types import Text
from common.errors import FieldError, QuitsError
from common.rpc.context import Context
from common.rpc.interface import Bus, Interface, Replay, client, implementation_of, reads, writes


@dataclass(frozen=True, slots=True)
class Line:
    """What is sent to and fro; `version` goes into the envelope."""

    text: Annotated[str, partial(Text, minimum=0, maximum=100_000)]
    id: UUID | None = None
    tags: tuple[str, ...] = ()
    version: int | None = None

    def problems(self) -> Iterator[FieldError]:
        """Yield what no field alone can say."""
        if not self.text:
            yield FieldError("text", "A line says something.")


@dataclass(frozen=True, slots=True)
class Failure:
    """Which error to raise, by the name of its class; anything else is a bug."""

    name: str


@dataclass(frozen=True, slots=True)
class Nap:
    """How long to sleep; `diary` is a file to which a line is added before, `only_once` sleeps at the first line."""

    seconds: float
    diary: str = ""
    only_once: bool = False


@dataclass(frozen=True, slots=True)
class Identity:
    """Who asks, as the service sees it, and in how many seconds the answer is due."""

    user_id: UUID | None
    system: str | None
    request_id: str
    left_s: float


@dataclass(frozen=True, slots=True)
class Nothing:
    """No arguments."""


class ExampleService(Interface, name="example"):
    """What tests call."""

    @reads()
    def echo(self, context: Context, command: Line) -> Line:
        """Return the command."""
        raise NotImplementedError

    @writes()
    def repeat(self, context: Context, command: Line) -> Line:
        """Return the command as if it had been applied before."""
        raise NotImplementedError

    @reads(timeout_s=3.0)
    def identify(self, context: Context, command: Nothing) -> Identity:
        """Tell who asks."""
        raise NotImplementedError

    @reads()
    def fail(self, context: Context, command: Failure) -> None:
        """Raise an error."""
        raise NotImplementedError

    @reads(timeout_s=20.0)
    def doze(self, context: Context, command: Nap) -> None:
        """Sleep, and change nothing that matters."""
        raise NotImplementedError

    @writes(timeout_s=3.0)
    def sleep(self, context: Context, command: Nap) -> None:
        """Sleep, as a change that takes its time."""
        raise NotImplementedError

    @reads(timeout_s=10.0)
    def die(self, context: Context, command: Nap) -> None:
        """End the process that runs this, instead of sleeping."""
        raise NotImplementedError

    @writes(timeout_s=10.0)
    def die_writing(self, context: Context, command: Nap) -> None:
        """End the process that runs this, instead of sleeping."""
        raise NotImplementedError


class Example(ExampleService):
    """Does what the interface says."""

    def echo(self, context: Context, command: Line) -> Line:
        return command

    def repeat(self, context: Context, command: Line) -> Replay[Line]:  # type: ignore[override]
        return Replay(command)

    def identify(self, context: Context, command: Nothing) -> Identity:
        return Identity(context.user_id, context.system, context.request_id, context.left_s(time.time()))

    def fail(self, context: Context, command: Failure) -> None:
        kind = QuitsError.by_name.get(command.name)
        if kind is None:
            raise ZeroDivisionError("a bug, with a detail that is nobody's business")
        raise kind("in detail", [FieldError("a.b", "is wrong")])

    def doze(self, context: Context, command: Nap) -> None:
        if _must_act(command):
            time.sleep(command.seconds)

    def sleep(self, context: Context, command: Nap) -> None:
        self.doze(context, command)

    def die(self, context: Context, command: Nap) -> None:
        if _must_act(command):
            os.kill(os.getpid(), signal.SIGKILL)

    def die_writing(self, context: Context, command: Nap) -> None:
        self.die(context, command)


def _must_act(command: Nap) -> bool:
    if not command.diary:
        return True
    with Path(command.diary).open("a+") as diary:
        diary.write(f"{os.getpid()}\n")
        diary.flush()
        diary.seek(0)
        return len(diary.readlines()) == 1 or not command.only_once


class FrontService(Interface, name="front"):
    """A service that needs another one."""

    @reads(timeout_s=1.0)
    def ask(self, context: Context, command: Nothing) -> Identity:
        """Return what `example` says about who asks."""
        raise NotImplementedError


class Front(FrontService):
    """Asks over the bus."""

    def __init__(self, example: ExampleService) -> None:
        self._example = example

    def ask(self, context: Context, command: Nothing) -> Identity:
        return self._example.identify(context, command)


def make_example(bus: Bus) -> ExampleService:
    """Make the service `example`."""
    return implementation_of(ExampleService, Example())


def make_front(bus: Bus) -> FrontService:
    """Make the service `front`."""
    return implementation_of(FrontService, Front(client(ExampleService, bus)))

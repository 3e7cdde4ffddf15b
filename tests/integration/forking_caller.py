"""A program that calls the example service before a fork, and after it from parent and child at once.

It prints what each of them got, and at last whether the parent still has the connection that it had before.
"""

import os
import sys
from pathlib import Path

from common.rpc.celery_client import CeleryBus
from common.rpc.context import of_system
from common.rpc.interface import client
from common.settings import Environment
from tests.contract.example import ExampleService, Line
from tests.services import signer

CALLS = 20


def own_sockets() -> set[str]:
    """Return the sockets that this process holds, by the kernel's names for them."""
    return {str(link.readlink()) for link in Path("/proc/self/fd").iterdir() if link.is_socket()}


def say(who: str, what: str) -> None:
    """Tell the test."""
    sys.stdout.write(f"{who} {what}\n")
    sys.stdout.flush()


def main() -> None:
    """Call, fork, call."""
    example = client(ExampleService, CeleryBus(Environment(os.environ).broker(), signer))

    def chat(who: str) -> None:
        texts = [f"{who} {number}" for number in range(CALLS)]
        answers = [example.echo(of_system("test", 20), Line(text)).text for text in texts]
        say(who, "heard its own words" if answers == texts else f"heard {answers}")

    chat("before")
    sockets = own_sockets()
    child = os.fork()
    chat("child" if child == 0 else "parent")
    if child == 0:
        say("child", "has a connection of its own" if not own_sockets() & sockets else "shares one")
        # Not os._exit: whatever the interpreter does to inherited objects at its end must do the parent no harm.
        sys.exit(0)
    os.waitpid(child, 0)
    chat("afterwards")
    say("parent", "kept its connection" if own_sockets() == sockets else "lost its connection")


if __name__ == "__main__":
    main()

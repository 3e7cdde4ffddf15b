"""A worker for tests that consumes a quorum queue beside its RPC queue, as services with subscribers do."""

import os
from pathlib import Path

from kombu import Exchange, Queue

from common.rpc.celery_client import CeleryBus
from common.rpc.celery_server import make_app, serve
from common.settings import Environment
from tests.contract.example import make_example
from tests.services import signer

QUEUE = "example.messages"
DIARY_VARIABLE = "QUITS_TEST_DIARY"

broker = Environment(os.environ).broker()
diary = Path(os.environ.get(DIARY_VARIABLE, os.devnull))


def note(word: str) -> None:
    """Add a line to the diary."""
    with diary.open("a") as lines:
        lines.write(f"{word} {os.getpid()}\n")


messages = Queue(QUEUE, Exchange("messages", "topic"), "#", queue_arguments={"x-queue-type": "quorum"})
app = make_app("example", broker, [messages], after_fork=lambda: note("forked"))
serve(app, make_example(CeleryBus(broker, signer)), signer)


@app.task(name="example.on_something", acks_late=True)
def on_something(text: str) -> None:
    """Write down what came."""
    note(text)

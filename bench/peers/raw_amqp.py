"""The floor of a call over RabbitMQ: py-amqp and direct reply-to alone, a connection for each thread and each worker.

Run as a program it is the server: the broker's URL and the number of worker processes.
"""

import os
import signal
import sys
from collections.abc import Callable
from typing import Never
from urllib.parse import urlsplit

import amqp

QUEUE = "bench.echo"
_TIMEOUT_S = 20


def connect(broker_url: str) -> amqp.Connection:
    """Return an open connection to the broker, virtual host included in the URL's path."""
    url = urlsplit(broker_url)
    connection = amqp.Connection(
        host=f"{url.hostname}:{url.port or 5672}",
        userid=url.username or "guest",
        password=url.password or "guest",
        virtual_host=url.path[1:],
    )
    connection.connect()
    return connection


def open_caller(broker_url: str) -> Callable[[], object]:
    """Return a function that sends one message and waits for its answer."""
    connection = connect(broker_url)
    channel = connection.channel()
    channel.queue_declare(QUEUE, auto_delete=False)
    answers: list[bytes] = []
    channel.basic_consume("amq.rabbitmq.reply-to", no_ack=True, callback=lambda message: answers.append(message.body))

    def call() -> None:
        message = amqp.Message(b"[[], {}, {}]", reply_to="amq.rabbitmq.reply-to", correlation_id="1")
        channel.basic_publish(message, routing_key=QUEUE)
        while not answers:
            connection.drain_events(timeout=_TIMEOUT_S)
        answers.clear()

    return call


def echo(broker_url: str) -> Never:
    """Answer every message with its own body, for ever."""
    connection = connect(broker_url)
    channel = connection.channel()
    channel.queue_declare(QUEUE, auto_delete=False)

    def answer(message: amqp.Message) -> None:
        properties = message.properties
        reply = amqp.Message(message.body, correlation_id=properties["correlation_id"])
        channel.basic_publish(reply, routing_key=properties["reply_to"])

    channel.basic_consume(QUEUE, no_ack=True, callback=answer)
    while True:
        connection.drain_events()


def main(broker_url: str, workers: int) -> None:
    """Run `workers` echoing processes until SIGTERM."""
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
    children = []
    for _ in range(workers):
        child = os.fork()
        if child == 0:
            echo(broker_url)
        children.append(child)
    signal.sigwait([signal.SIGTERM])
    for child in children:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))

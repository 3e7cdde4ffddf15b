"""Names and properties of the exchange and the queues that carry messages: relays, workers, `quits dlq` agree."""

from typing import Any

EXCHANGE = "messages"
EXCHANGE_TYPE = "topic"
DELIVERY_LIMIT = 5


def message_queue(service: str) -> str:
    """Return the name of the queue with the messages for a service; its routing keys are the kinds it subscribes to."""
    return f"{service}.messages"


def dead_queue(service: str) -> str:
    """Return the name of the queue with the messages that a service could not apply."""
    return f"{service}.dead"


def message_queue_arguments(service: str) -> dict[str, Any]:
    """Return the arguments of a service's message queue.

    Quorum, delivery limit and dead letters belong together: a message whose worker dies is delivered again, but one
    that kills every worker ends up where it can be looked at. At-least-once dead-lettering needs `reject-publish`.
    """
    return {
        "x-queue-type": "quorum",
        "x-delivery-limit": DELIVERY_LIMIT,
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": dead_queue(service),
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
    }


def dead_queue_arguments() -> dict[str, Any]:
    """Return the arguments of a service's queue of dead letters."""
    return {"x-queue-type": "quorum"}

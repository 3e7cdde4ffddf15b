"""How an outcome travels in Celery's result message: the JSON that the service made once, or the error it raised."""

from dataclasses import dataclass
from typing import Any

import orjson

from common.errors import OutcomeUnknown, QuitsError, Unavailable
from common.rpc.interface import CallExpired, Reply, ServiceFailed

# The process that ran the task died or was killed: nobody knows how far it had come.
LOSSES = {"WorkerLostError", "TimeLimitExceeded", "Terminated"}


@dataclass(frozen=True, slots=True, repr=False)
class Envelope:
    """What a task returns: a reply's JSON as text, or what `QuitsError.to_document` says."""

    body: str | None = None
    version: int | None = None
    is_replay: bool = False
    error: dict[str, Any] | None = None

    def __repr__(self) -> str:
        """Say what logs and Flower may show of it: never the content."""
        return str(self.error["names"][0]) if self.error else f"{len(self.body or '')} characters"


def sealed(outcome: Reply | QuitsError) -> Envelope:
    """Return the envelope of what a service has answered."""
    if isinstance(outcome, QuitsError):
        return Envelope(error=outcome.to_document())
    return Envelope(outcome.body.decode(), outcome.version, outcome.is_replay)


def opened(message: bytes, task: str) -> Reply | QuitsError | None:
    """Return what Celery's result `message` says came of `task`; None when the process that ran it was lost.

    Raises ServiceFailed when the task failed in a way that it does not declare.
    """
    meta = orjson.loads(message)
    result = meta["result"]
    if meta["status"] == "SUCCESS":
        return _outcome(result)
    if meta["status"] == "REVOKED":
        return _outcome_of_revoked(result["exc_message"])
    if result["exc_type"] in LOSSES:
        return None
    raise ServiceFailed(f"{task} failed with {result['exc_type']}")


def _outcome(envelope: dict[str, Any]) -> Reply | QuitsError:
    if envelope["error"]:
        return QuitsError.from_document(envelope["error"])
    return Reply(envelope["body"].encode(), envelope["version"], envelope["is_replay"])


def _outcome_of_revoked(reasons: list[str]) -> QuitsError:
    if "expired" in reasons:
        return CallExpired()
    return OutcomeUnknown() if "terminated" in reasons else Unavailable()

"""Everything that can go wrong across a boundary, by kind: what the caller is told, and under which stable code.

Services raise these; the gateway alone knows the HTTP status of each kind (`gateway/http.py`). An exception that is
none of them is a bug: it is logged with its stack and tells the caller nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field of a request; `field` is a dotted path such as `payers.0.amount`."""

    field: str
    message: str


class QuitsError(Exception):
    """A failure that the caller is told about: a stable `code`, a sentence, and the fields it is about."""

    code: ClassVar[str] = "error"
    message: ClassVar[str] = "Something went wrong."
    by_name: ClassVar[dict[str, type["QuitsError"]]] = {}

    def __init__(self, detail: str = "", fields: Sequence[FieldError] = ()) -> None:
        self.detail = detail or self.message
        self.fields = tuple(fields)
        super().__init__(self.detail, self.fields)

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        assert cls.__name__ not in QuitsError.by_name, f"two errors are called {cls.__name__}"
        QuitsError.by_name[cls.__name__] = cls

    def to_document(self) -> dict[str, Any]:
        """Return what crosses the wire: the class and its ancestors by name, the sentence and the fields."""
        names = [kind.__name__ for kind in type(self).__mro__ if kind.__name__ in QuitsError.by_name]
        fields = [[error.field, error.message] for error in self.fields]
        return {"names": names, "detail": self.detail, "fields": fields}

    @staticmethod
    def from_document(document: dict[str, Any]) -> "QuitsError":
        """Return the error that `to_document` described; of a class that is not known here, the nearest that is."""
        kind = next(QuitsError.by_name[name] for name in document["names"] if name in QuitsError.by_name)
        return kind(document["detail"], [FieldError(*pair) for pair in document["fields"]])


class Malformed(QuitsError):
    """The request cannot be read at all, or a field does not have the shape it must have."""

    code = "malformed"
    message = "The request could not be read."


class Unauthenticated(QuitsError):
    """No token, or one that is expired, revoked or forged."""

    code = "unauthenticated"
    message = "Sign in first."


class Forbidden(QuitsError):
    """The caller may see this, but may not do that."""

    code = "forbidden"
    message = "You may see this, but you may not do that."


class NotFound(QuitsError):
    """It does not exist, or the caller may not know that it does: nobody can tell which."""

    code = "not_found"
    message = "There is nothing here that you can see."


class Conflict(QuitsError):
    """The request is sound, but the state of things forbids it."""

    code = "conflict"
    message = "The current state does not allow this."


class Gone(QuitsError):
    """A link, invitation or code that was revoked, used up or has expired."""

    code = "gone"
    message = "This is no longer valid."


class Stale(QuitsError):
    """`If-Match` names a version that is no longer the current one."""

    code = "stale_version"
    message = "Somebody changed this in the meantime. Read it again, then decide."


class Invalid(QuitsError):
    """Well-formed, but it breaks a rule; `fields` names every field that does."""

    code = "invalid"
    message = "Some fields are not valid."


class TooMany(QuitsError):
    """A limit on how often something may be tried; `retry_after_s` says when it may be tried again."""

    code = "rate_limited"
    message = "Too many attempts. Wait a little, then try again."

    def __init__(self, detail: str = "", fields: Sequence[FieldError] = (), retry_after_s: int = 1) -> None:
        super().__init__(detail, fields)
        self.retry_after_s = retry_after_s


class Unavailable(QuitsError):
    """Something that is needed is away or full; nothing was done."""

    code = "unavailable"
    message = "A part of the system is away at the moment. Nothing was done; try again shortly."


class OutcomeUnknown(QuitsError):
    """It was sent and no answer came in time; a repeat with the same id is safe."""

    code = "outcome_unknown"
    message = "No answer came in time. Repeat the request with the same id to learn the outcome."


class IdTaken(Conflict):
    """The id was used before, for something else or by somebody else."""

    code = "id_taken"
    message = "This id was used before, with other content."


def invalid(field: str, message: str) -> Invalid:
    """Return the refusal of a single field."""
    return Invalid(fields=[FieldError(field, message)])

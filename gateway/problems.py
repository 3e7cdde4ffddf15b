"""Which problems a call can answer: what its operation declares, and what can go wrong with every call of its kind."""

from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from common import errors
from common.contracts.events import LinkEnded
from common.database import DatabaseAway
from common.errors import QuitsError
from common.paging import CursorRefused
from common.rpc.interface import CallExpired
from gateway.auth.errors import SessionRevoked, TokenExpired, TokenInvalid
from gateway.endpoint import Access, Endpoint
from gateway.http import PROBLEM_TYPE, TOO_LARGE, UnsupportedBody, status_of

BAD_TOKEN = (errors.Unauthenticated, TokenInvalid, TokenExpired, SessionRevoked, LinkEnded)
AWAY = (errors.Unavailable, DatabaseAway, CallExpired)

Document = dict[str, Any]

SCHEMA: Document = {
    "type": "object",
    "description": "What went wrong (RFC 9457): `code` is for programs and stable, `detail` is for people.",
    "properties": {
        "type": {"type": "string", "format": "uri", "examples": ["urn:quits:problem:invalid"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "errors": {"type": "array", "items": {"$ref": "#/components/schemas/FieldError"}},
        "request_id": {"type": "string"},
    },
    "required": ["type", "title", "status", "detail", "code", "errors", "request_id"],
}
HEADERS = {
    HTTPStatus.UNAUTHORIZED: "WWW-Authenticate",
    HTTPStatus.TOO_MANY_REQUESTS: "Retry-After",
    HTTPStatus.SERVICE_UNAVAILABLE: "Retry-After",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One way in which a call can fail."""

    status: HTTPStatus
    code: str
    message: str


# The web framework refuses these, before any code of ours runs.
TOO_LARGE_BODY = Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, TOO_LARGE, "The body is too large.")


def problem_of(error: type[QuitsError]) -> Problem:
    """Return how HTTP tells of an error: nobody can tell one thing that is not there from another."""
    status = status_of(error)
    shown = errors.NotFound if status is HTTPStatus.NOT_FOUND else error
    return Problem(status, shown.code, shown.message)


def takes_key(endpoint: Endpoint) -> bool:
    """Return whether a repetition with the same `Idempotency-Key` is recognised."""
    is_write_of_a_service = endpoint.operation is not None and endpoint.operation.is_write
    return is_write_of_a_service or errors.IdTaken in endpoint.raises


def problems_of(endpoint: Endpoint, *, has_body: bool) -> dict[HTTPStatus, list[Problem]]:
    """Return what the call can answer instead of a result, by status; codes in alphabetical order."""
    found = {problem_of(error) for error in (*endpoint.raises, *_general(endpoint))}
    if has_body:
        found |= {problem_of(errors.Malformed), problem_of(UnsupportedBody), TOO_LARGE_BODY}
    by_status: dict[HTTPStatus, list[Problem]] = {}
    for problem in sorted(found, key=lambda each: (each.status, each.code)):
        by_status.setdefault(problem.status, []).append(problem)
    return by_status


def _general(endpoint: Endpoint) -> Iterator[type[QuitsError]]:
    names = endpoint.field_names
    yield from (errors.Invalid, errors.TooMany, errors.OutcomeUnknown, *AWAY)
    if endpoint.access is not Access.OPEN:
        yield from BAD_TOKEN
    if endpoint.access is Access.USER:
        yield errors.Forbidden
    if "<" in endpoint.rule:
        yield errors.NotFound
    if "if_version" in names:
        yield from (errors.Malformed, errors.Stale)
    if "cursor" in names:
        yield CursorRefused
    if takes_key(endpoint):
        yield errors.IdTaken


def response(problems: list[Problem]) -> Document:
    """Return the response object of one status, which says each code and what it means."""
    codes = [problem.code for problem in problems]
    document: Document = {
        "description": "\n".join(f"- `{problem.code}`: {problem.message}" for problem in problems),
        "headers": {"X-Request-Id": {"$ref": "#/components/headers/X-Request-Id"}},
        "content": {
            PROBLEM_TYPE: {
                "schema": {
                    "allOf": [
                        {"$ref": "#/components/schemas/ProblemDetails"},
                        {
                            "type": "object",
                            "properties": {"code": {"type": "string", "enum": codes}},
                            "required": ["code"],
                        },
                    ]
                }
            }
        },
    }
    if header := HEADERS.get(problems[0].status):
        document["headers"][header] = {"$ref": f"#/components/headers/{header}"}
    return document


def shared_name(problems: list[Problem]) -> str | None:
    """Return the name under which calls share the response that says just this; None when each has its own."""
    codes = {problem.code for problem in problems}
    for kinds in (BAD_TOKEN, AWAY):
        if codes == {kind.code for kind in kinds}:
            return kinds[0].__name__
    return codes.pop().title().replace("_", "") if len(codes) == 1 else None

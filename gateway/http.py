"""Errors as HTTP: the only table from what went wrong to a status, and problem details (RFC 9457) for all of it."""

from collections.abc import Sequence
from dataclasses import asdict
from http import HTTPStatus
from typing import Any

import orjson
import structlog
from flask import Flask, Response, g, request
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoFreeConnection
from werkzeug.exceptions import HTTPException

from common import database, errors
from common.errors import FieldError, QuitsError

log = structlog.get_logger(__name__)

PROBLEM_TYPE = "application/problem+json"
RETRY_AFTER_S = 2
MAX_DISCARDED_BYTES = 32 * 1024 * 1024
CHUNK_BYTES = 64 * 1024


class UnsupportedBody(errors.Malformed):
    """The body is not declared as JSON."""

    code = "unsupported_media_type"
    message = "Send the body as JSON, with Content-Type: application/json."


STATUS_BY_KIND: dict[type[QuitsError], HTTPStatus] = {
    errors.Malformed: HTTPStatus.BAD_REQUEST,
    errors.Unauthenticated: HTTPStatus.UNAUTHORIZED,
    errors.Forbidden: HTTPStatus.FORBIDDEN,
    errors.NotFound: HTTPStatus.NOT_FOUND,
    errors.Conflict: HTTPStatus.CONFLICT,
    errors.Gone: HTTPStatus.GONE,
    errors.Stale: HTTPStatus.PRECONDITION_FAILED,
    errors.Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.TooMany: HTTPStatus.TOO_MANY_REQUESTS,
    UnsupportedBody: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    errors.Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.OutcomeUnknown: HTTPStatus.GATEWAY_TIMEOUT,
}


TOO_LARGE = "too_large"
# Two statuses got other names in later versions of HTTP, and so of Python.
TITLES = {
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "Content Too Large",
    HTTPStatus.UNPROCESSABLE_ENTITY: "Unprocessable Content",
}
CODES = {HTTPStatus.REQUEST_ENTITY_TOO_LARGE: TOO_LARGE}


def status_of(error: type[QuitsError]) -> HTTPStatus:
    """Return the status of an error class: that of the nearest kind it descends from."""
    return next(STATUS_BY_KIND[kind] for kind in error.__mro__ if kind in STATUS_BY_KIND)


def problem(status: HTTPStatus, code: str, detail: str, fields: Sequence[FieldError] = ()) -> Response:
    """Return a problem-details response."""
    document: dict[str, Any] = {
        "type": f"urn:quits:problem:{code}",
        "title": TITLES.get(status, status.phrase),
        "status": status.value,
        "detail": detail,
        "code": code,
        "errors": [asdict(field) for field in fields],
        "request_id": g.get("request_id", ""),
    }
    return Response(orjson.dumps(document), status.value, content_type=PROBLEM_TYPE)


def handle_expected(error: QuitsError) -> Response:
    """Answer an expected failure."""
    status = status_of(type(error))
    detail = error.detail
    if status is HTTPStatus.NOT_FOUND:
        # What does not exist and what the caller may not know about get the same body.
        return problem(status, errors.NotFound.code, errors.NotFound.message)
    response = problem(status, error.code, detail, error.fields)
    if status is HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = f'Bearer realm="quits", error="{error.code}"'
    if isinstance(error, errors.TooMany):
        response.headers["Retry-After"] = str(error.retry_after_s)
    elif status is HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return response


def handle_database(error: DBAPIError) -> Response:
    """Answer a failure of the gateway's own database: that it is away, or a bug."""
    known = database.translated(error)
    return handle_expected(known) if isinstance(known, QuitsError) else handle_bug(error)


def handle_full_pool(_error: NoFreeConnection) -> Response:
    """Answer that no connection to the gateway's own database became free in time."""
    return handle_expected(database.DatabaseAway())


def handle_http(error: HTTPException) -> Response:
    """Answer what the web framework refused: an unknown path, a wrong method, a body that is too large."""
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    if status is HTTPStatus.NOT_FOUND:
        return problem(status, errors.NotFound.code, errors.NotFound.message)
    if status is HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        _discard_body()
    response = problem(status, CODES.get(status, status.name.lower()), error.description or status.description)
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            response.headers[name] = value
    return response


def _discard_body() -> None:
    # A server that closes the connection on what is still being sent resets it: the client never sees the answer.
    stream, left = request.environ["wsgi.input"], MAX_DISCARDED_BYTES
    while left > 0 and (chunk := stream.read(CHUNK_BYTES)):
        left -= len(chunk)


def handle_bug(error: Exception) -> Response:
    """Answer a bug: log it with its stack and tell the caller nothing but the request id."""
    log.error("bug", request_id=g.get("request_id", ""), exc_info=error)
    return problem(
        HTTPStatus.INTERNAL_SERVER_ERROR, "internal_error", "Something went wrong on our side. It has been noted."
    )


def register(app: Flask) -> None:
    """Answer every failure of `app` with problem details."""
    app.register_error_handler(QuitsError, handle_expected)
    app.register_error_handler(DBAPIError, handle_database)
    app.register_error_handler(NoFreeConnection, handle_full_pool)
    app.register_error_handler(HTTPException, handle_http)
    app.register_error_handler(Exception, handle_bug)

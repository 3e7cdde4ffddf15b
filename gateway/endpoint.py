"""Endpoints: a REST route declared in one line, from which come the view, its checks and its OpenAPI entry.

The order of checks is the same everywhere: who asks (401, 429), whether the request can be read and has the right
shape (400, 413, 415, 422), and only then what needs the state of things (404, 403, 409 …), which the services decide.
"""

import dataclasses
import hashlib
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from http import HTTPStatus
from typing import Any, Protocol
from uuid import UUID

import orjson
import uuid_utils.compat as uuids
from flask import Blueprint, Response, current_app, g, request
from werkzeug.exceptions import RequestEntityTooLarge

from common.errors import FieldError, Forbidden, Invalid, Malformed, QuitsError, Unauthenticated
from common.rpc import wire
from common.rpc.context import Context
from common.rpc.interface import Bus, Call, Operation, Reply, operation_of, send
from gateway import json_body, query_string
from gateway.caller import Caller
from gateway.expansion import expand_members
from gateway.files import JSON_TYPE, Presentation, Upload
from gateway.http import UnsupportedBody

REQUEST_TIMEOUT_S = 30.0
ENTITY_TAG = re.compile(r'\s*(W/)?"([^"]*)"\s*')
NO_VERSION = 0
MINTABLE_VERSIONS = (4, 7)


class Access(Enum):
    """Who may call an endpoint."""

    OPEN = "anybody; a token is not looked at"
    OPTIONAL = "anybody; a token that is sent must be valid"
    TOKEN = "users and guests"  # noqa: S105 -- no password
    USER = "users"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a handler of the gateway itself answers; `apply` may add cookies or headers to the response."""

    value: object = None
    version: int | None = None
    apply: Callable[[Response], None] | None = None


class Services(Protocol):
    """What endpoints need of the application."""

    bus: Bus

    def authenticate(self) -> Caller:
        """Return who sent the current request; raises Unauthenticated when its token is not good."""

    def limit(self, caller: Caller, endpoint: "Endpoint") -> None:
        """Count the current request; raises TooMany."""


Handler = Callable[[Any, Context, Any], Answer]
Finish = Callable[[Any, Reply], Reply]
Prepare = Callable[[Any, Context, Any], Any]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One route. `operation` is run by a service, or else `handler` by the gateway itself."""

    method: str
    rule: str
    command: type
    result: type
    status: HTTPStatus
    access: Access
    summary: str
    raises: tuple[type[QuitsError], ...]
    operation: Operation | None = None
    handler: Handler | None = None
    prepare: Prepare | None = None
    finish: Finish | None = None
    expands: bool = False
    upload: Upload | None = None
    presents: Presentation | None = None
    query: query_string.Reader = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "query", query_string.Reader(self.command, self.expands))

    @property
    def takes_body(self) -> bool:
        """Whether the command's fields come from a JSON body rather than from the query string."""
        return self.method in {"POST", "PUT", "PATCH"}

    @property
    def field_names(self) -> set[str]:
        """The names of the command's fields."""
        return {each.name for each in dataclasses.fields(self.command)}

    def __call__(self, **path: UUID) -> Response:
        """Answer the current request."""
        services = current_app.extensions["quits"]
        caller = self._caller(services)
        document, fingerprint = self._document(path)
        command: Any = wire.read_command(self.command, document)
        context = _context(caller, document, fingerprint)
        g.context = context
        if self.operation is None:
            assert self.handler is not None
            return self._local_response(self.handler(services, context, command))
        if self.prepare is not None:
            command = self.prepare(services, context, command)
        reply = send(services.bus, Call(self.operation, context, command))
        if self.finish is not None:
            reply = self.finish(services, reply)
        if self.expands and request.args.get("expand"):
            reply = expand_members(services.bus, context, reply, path.get("event_id"))
        return self._response(reply)

    def _caller(self, services: Services) -> Caller:
        caller = Caller() if self.access is Access.OPEN else services.authenticate()
        services.limit(caller, self)
        if caller.is_nobody and self.access in (Access.TOKEN, Access.USER):
            raise Unauthenticated
        if caller.guest and self.access is Access.USER:
            raise Forbidden("A guest cannot do this. Make an account first.")
        return caller

    def _document(self, path: dict[str, UUID]) -> tuple[dict[str, Any], str]:
        names = self.field_names
        document = self._read_request()
        wrong = [FieldError(name, "Unknown field.") for name in document if name in path or name == "if_version"]
        if wrong:
            raise Invalid(fields=wrong)
        fingerprint = _fingerprint(path, document)
        if "id" in names:
            document["id"] = _id(document)
        if "if_version" in names and (version := _if_match()) is not None:
            document["if_version"] = version
        return {**document, **{name: str(value) for name, value in path.items()}}, fingerprint

    def _read_request(self) -> dict[str, Any]:
        if self.upload is not None:
            told, uploaded = self.query.read(request.args), self.upload.read()
            if wrong := [FieldError(name, "Unknown parameter.") for name in told.keys() & uploaded.keys()]:
                raise Invalid(fields=wrong)
            return told | uploaded
        if not self.takes_body:
            return self.query.read(request.args)
        self.query.read_expansion(request.args)
        return _read_body()

    def _local_response(self, answer: Answer) -> Response:
        body = b"" if answer.value is None else wire.dump(answer.value)
        response = self._response(Reply(body, answer.version))
        if answer.apply is not None:
            answer.apply(response)
        return response

    def _response(self, reply: Reply) -> Response:
        if self.status is HTTPStatus.NO_CONTENT:
            return Response(status=HTTPStatus.NO_CONTENT)
        if self.presents is not None:
            response = self.presents.response(reply)
        else:
            status = HTTPStatus.OK if reply.is_replay else self.status
            response = Response(reply.body, status, content_type=JSON_TYPE)
        if reply.version is not None:
            response.headers["ETag"] = f'"{reply.version}"'
        if reply.is_replay:
            response.headers["Idempotency-Replayed"] = "true"
        return response


class Routes:
    """The endpoints of one noun, below one path."""

    def __init__(self, name: str, prefix: str = "") -> None:
        self.endpoints: list[Endpoint] = []
        self._name = name
        self._prefix = f"/api/v1{prefix}"

    def remote(
        self,
        method: str,
        rule: str,
        operation: Callable[..., Any],
        *,
        status: HTTPStatus = HTTPStatus.OK,
        access: Access = Access.TOKEN,
        command: type | None = None,
        result: type | None = None,
        prepare: Prepare | None = None,
        finish: Finish | None = None,
        expands: bool = False,
        upload: Upload | None = None,
        presents: Presentation | None = None,
    ) -> None:
        """Add a route whose work an operation of a service does; `finish` adds what only the gateway knows.

        `prepare` makes the operation's command out of the request's, where that is another `command`.
        """
        declared = operation_of(operation)
        self.endpoints.append(
            Endpoint(
                method=method,
                rule=self._prefix + rule,
                command=command or declared.command,
                result=result or declared.result,
                status=status,
                access=access,
                summary=declared.summary,
                raises=declared.raises,
                operation=declared,
                prepare=prepare,
                finish=finish,
                expands=expands,
                upload=upload,
                presents=presents,
            )
        )

    def local(
        self,
        method: str,
        rule: str,
        command: type,
        result: type,
        handler: Handler,
        *,
        status: HTTPStatus = HTTPStatus.OK,
        access: Access = Access.USER,
        raises: tuple[type[QuitsError], ...] = (),
    ) -> None:
        """Add a route that the gateway answers itself; the handler's docstring is its description."""
        summary = handler.__doc__ or ""
        self.endpoints.append(
            Endpoint(method, self._prefix + rule, command, result, status, access, summary, raises, handler=handler)
        )

    def blueprint(self) -> Blueprint:
        """Return the Flask blueprint of these endpoints."""
        blueprint = Blueprint(self._name, __name__)
        for number, each in enumerate(self.endpoints):
            name = each.operation.name if each.operation else f"{each.method.lower()}_{number}"
            blueprint.add_url_rule(each.rule, endpoint=name, view_func=each, methods=[each.method])
        return blueprint


def _read_body() -> dict[str, Any]:
    body = request.get_data(cache=False)
    # Without a Content-Length the framework stops at the limit and does not say that there is more.
    is_cut = request.content_length is None and len(body) == request.max_content_length
    if is_cut and request.environ["wsgi.input"].read(1):
        raise RequestEntityTooLarge
    if not body:
        return {}
    if request.mimetype != JSON_TYPE:
        raise UnsupportedBody
    return json_body.parse(body)


def _id(document: dict[str, Any]) -> Any:
    """Return the id for what is created: from the body, from the header, or minted here."""
    key = _idempotency_key()
    if "id" not in document:
        return str(key or uuids.uuid7())
    try:
        given = UUID(str(document["id"]))
    except ValueError:
        # The schema says what is wrong with it.
        return document["id"]
    if key is not None and key != given:
        raise Invalid(fields=[FieldError("id", "Differs from the header Idempotency-Key.")])
    if given.version not in MINTABLE_VERSIONS:
        raise Invalid(fields=[FieldError("id", "Must be a UUID of version 4 or 7.")])
    return document["id"]


def _idempotency_key() -> UUID | None:
    header = request.headers.get("Idempotency-Key")
    if header is None:
        return None
    try:
        key = UUID(header)
    except ValueError:
        key = None
    if key is None or key.version not in MINTABLE_VERSIONS:
        raise Invalid(fields=[FieldError("Idempotency-Key", "Must be a UUID of version 4 or 7.")])
    return key


def _if_match() -> int | None:
    """Return the version that the caller has seen, None when any will do, NO_VERSION when none can match."""
    header = request.headers.get("If-Match")
    if header is None or header.strip() == "*":
        return None
    match = ENTITY_TAG.fullmatch(header)
    if match is None:
        raise Malformed('If-Match must be one entity tag, such as "3".')
    weak, tag = match.groups()
    return int(tag) if not weak and tag.isascii() and tag.isdigit() and len(tag) < len("1000000000") else NO_VERSION


def _fingerprint(path: dict[str, UUID], document: dict[str, Any]) -> str:
    """Return the SHA-256 of what a request asks for, its id left out: equal for equal JSON values."""
    content = [request.method, str(request.url_rule), sorted((name, str(value)) for name, value in path.items())]
    body = {name: value for name, value in document.items() if name != "id"}
    # What orjson cannot write (a huge integer, a lone surrogate) the schema refuses a moment later.
    try:
        canonical = orjson.dumps([content, body], option=orjson.OPT_SORT_KEYS)
    except TypeError:
        return ""
    return hashlib.sha256(canonical).hexdigest()


def _context(caller: Caller, document: dict[str, Any], fingerprint: str) -> Context:
    now = time.time()
    key = document.get("id") or _idempotency_key()
    return Context(
        request_id=g.request_id,
        deadline_at=now + REQUEST_TIMEOUT_S,
        issued_at=now,
        user_id=caller.user_id,
        user_name=caller.user_name,
        session_id=caller.session_id,
        guest=caller.guest,
        timezone=caller.timezone,
        idempotency_key=UUID(str(key)) if key else None,
        fingerprint=fingerprint,
    )

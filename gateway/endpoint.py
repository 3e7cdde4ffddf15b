"""Endpoints: a REST route declared in one line, from which come the view, its checks and its OpenAPI entry.

The order of checks is the same everywhere: who asks (401, 429), whether the request can be read and has the right
shape (400, 413, 415, 422), and only then what needs the state of things (404, 403, 409 …), which the services decide.
"""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from http import HTTPStatus
from typing import Any, Protocol
from uuid import UUID

from flask import Blueprint, Response, current_app, g, request

from common.errors import FieldError, Forbidden, Invalid, QuitsError, Unauthenticated
from common.rpc import wire
from common.rpc.context import Context
from common.rpc.interface import Bus, Call, Operation, Reply, operation_of, send
from gateway import incoming, query_string
from gateway.caller import Caller
from gateway.expansion import expand_members
from gateway.files import JSON_TYPE, Presentation, Upload


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
        context = incoming.context(caller, document, fingerprint)
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
        fingerprint = incoming.fingerprint(path, document)
        if "id" in names:
            document["id"] = incoming.created_id(document)
        if "if_version" in names and (version := incoming.seen_version()) is not None:
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
        return incoming.read_body()

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

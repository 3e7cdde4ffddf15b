"""The REST interface as an OpenAPI 3.1 document, made from the endpoints and from the contracts behind them."""

import dataclasses
import inspect
import re
from collections.abc import Iterable
from http import HTTPStatus

import orjson
from apispec import APISpec

from common.errors import FieldError
from gateway import problems
from gateway.endpoint import Access, Endpoint
from gateway.files import JSON_TYPE
from gateway.query_string import EXPAND
from gateway.schemas import OPENAPI_VERSION, Document, Schemas

API_VERSION = "1"
DESCRIPTION = """\
Share expenses until everybody is *quits*, and know what you can spend today.

- Amounts are integers in minor units of an ISO 4217 currency. Instants (`…_at`) are Unix seconds in UTC, dates
  (`date`, `…_on`) are `YYYY-MM-DD`, rates and weights are decimal strings.
- Who creates something may mint its id, a UUID of version 4 or 7, in the body's `id` or in the header
  `Idempotency-Key`. Repeating the same request with the same id does nothing twice: it answers 200 with the thing as
  it is now and `Idempotency-Replayed: true`.
- What can be edited carries its `version`, also as `ETag`. With `If-Match` a stale edit answers 412; without it the
  last one wins.
- Lists come in pages: repeat the call with `cursor` set to `next_cursor` until that is null.
- Every answer has `X-Request-Id`: that of the request, if it had one. Errors are problem details (RFC 9457).
"""
TAGS = {
    "auth": "Registration, sign-in, sessions and credentials.",
    "users": "The caller's own profile.",
    "events": "What expenses are shared over: a weekend, a holiday, a flat.",
    "link": "Secret links, by which people use an event without an account.",
    "members": "The people in an event.",
    "expenses": "Who paid for what, and for whom.",
    "recurring-expenses": "Expenses that come again by themselves.",
    "comments": "What people say about an expense.",
    "payments": "Money that members hand each other to settle up.",
    "balances": "Where each member stands, who owes whom, and why.",
    "settlement": "The transfers that bring every balance to zero.",
    "invitations": "Personal links by e-mail, by which people come into an event.",
    "activity": "Who did what, and taking it back.",
    "export": "An event as a file.",
    "import": "Expenses out of files.",
    "jobs": "Work that goes on after the answer.",
    "categories": "What expenses can be for.",
    "splits": "Presets: splits that an event keeps for the next time, and those that its expenses suggest.",
}
SECURITY: dict[Access, list[Document]] = {
    Access.OPEN: [],
    Access.OPTIONAL: [{}, {"bearer": []}],
    Access.TOKEN: [{"bearer": []}],
    Access.USER: [{"bearer": []}],
}
BEARER: Document = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "JWT",
    "description": "The access token of a user, from signing in, or of a guest, from an event's secret link.",
}
PARAMETERS: dict[str, Document] = {
    "If-Match": {
        "in": "header",
        "name": "If-Match",
        "description": "The `ETag` that was read; when the thing has changed since, the answer is 412.",
        "schema": {"type": "string", "examples": ['"3"']},
    },
    "Idempotency-Key": {
        "in": "header",
        "name": "Idempotency-Key",
        "description": "A UUID of version 4 or 7 that makes a repetition harmless; for what is created it is the id.",
        "schema": {"type": "string", "format": "uuid"},
    },
    "expand": {
        "in": "query",
        "name": EXPAND,
        "description": "Puts id, name and address of members beside their ids.",
        "schema": {"type": "string", "enum": ["members"]},
    },
}
HEADERS: dict[str, Document] = {
    "X-Request-Id": {"description": "Names this request in every log.", "schema": {"type": "string"}},
    "ETag": {"description": "The version, for `If-Match`.", "schema": {"type": "string", "examples": ['"3"']}},
    "Idempotency-Replayed": {
        "description": "There when the same request was applied before, so that this one changed nothing.",
        "schema": {"type": "string", "enum": ["true"]},
    },
    "Retry-After": {"description": "Seconds until it is worth trying again.", "schema": {"type": "integer"}},
    "WWW-Authenticate": {"description": "How to prove who asks.", "schema": {"type": "string"}},
}
DONE = {
    HTTPStatus.OK: "Done.",
    HTTPStatus.CREATED: "Created.",
    HTTPStatus.ACCEPTED: "Accepted; it is being done.",
    HTTPStatus.NO_CONTENT: "Done; there is nothing to show.",
}
REPLAYED = "The same request was applied before: the thing as it is now."
UPLOADED = {"file", "format"}
PATH_PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")
SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


def document(endpoints: Iterable[Endpoint]) -> Document:
    """Return the OpenAPI document of these endpoints; the same endpoints give the same document."""
    spec = _empty()
    schemas = Schemas()
    schemas.answer(FieldError, expands=False)
    for endpoint in endpoints:
        spec.path(_path(endpoint), operations={endpoint.method.lower(): _operation(endpoint, schemas, spec)})
    for name, component in schemas.components().items():
        spec.components.schema(schemas.final_name(name), component)
    whole: Document = schemas.renamed(spec.to_dict())
    return whole | {"components": {kind: dict(sorted(each.items())) for kind, each in whole["components"].items()}}


def text_of(whole: Document) -> bytes:
    """Return a document as it is kept and served: indented JSON with a line feed at its end."""
    return orjson.dumps(whole, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _empty() -> APISpec:
    spec = APISpec(
        "Quits",
        API_VERSION,
        OPENAPI_VERSION,
        info={"description": DESCRIPTION, "license": {"name": "AGPL-3.0-or-later", "identifier": "AGPL-3.0-or-later"}},
        servers=[{"url": "/"}],
        tags=[{"name": name, "description": text} for name, text in TAGS.items()],
    )
    spec.components.security_scheme("bearer", BEARER)
    for name, parameter in PARAMETERS.items():
        spec.components.parameter(name, parameter["in"], parameter)
    for name, header in HEADERS.items():
        spec.components.header(name, header)
    spec.components.schema("ProblemDetails", problems.SCHEMA)
    return spec


def _path(endpoint: Endpoint) -> str:
    return PATH_PARAMETER.sub(r"{\2}", endpoint.rule)


def _operation(endpoint: Endpoint, schemas: Schemas, spec: APISpec) -> Document:
    name = endpoint.operation.name if endpoint.operation else getattr(endpoint.handler, "__name__", "")
    summary, *rest = SENTENCE_END.split(" ".join(inspect.cleandoc(endpoint.summary).split()), maxsplit=1)
    body = _body(endpoint, schemas)
    operation: Document = {
        "operationId": _camel_case(name),
        "tags": [_tag(endpoint)],
        "summary": summary.removesuffix("."),
        "description": " ".join(rest),
        "security": SECURITY[endpoint.access],
        "parameters": _parameters(endpoint, schemas),
        "requestBody": body,
        "responses": _results(endpoint, schemas) | _refusals(endpoint, spec, has_body=bool(body)),
    }
    return {key: value for key, value in operation.items() if value or key == "security"}


def _camel_case(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.title() for word in others)


def _tag(endpoint: Endpoint) -> str:
    """Return the noun that a call is about: the last one in its path."""
    nouns = [word for word in endpoint.rule.split("/")[3:] if not word.startswith("<")]
    return next((noun for noun in reversed(nouns) if noun in TAGS), nouns[0])


def _body(endpoint: Endpoint, schemas: Schemas) -> Document:
    left_out = _path_fields(endpoint) | {"if_version"}
    if not endpoint.takes_body or endpoint.field_names <= left_out:
        return {}
    if endpoint.upload is not None:
        return {"required": True, "content": endpoint.upload.content}
    body = schemas.body(endpoint.command, endpoint.field_names & left_out)
    return {"required": schemas.is_body_required(body), "content": {JSON_TYPE: {"schema": body}}}


def _path_fields(endpoint: Endpoint) -> set[str]:
    return {name for _, name in PATH_PARAMETER.findall(endpoint.rule)}


def _parameters(endpoint: Endpoint, schemas: Schemas) -> list[Document | str]:
    """Return the parameters of a call; the library makes a reference of a name."""
    parameters: list[Document | str] = [
        {"in": "path", "name": name, "required": True, "schema": _path_schema(converter)}
        for converter, name in PATH_PARAMETER.findall(endpoint.rule)
    ]
    if not endpoint.takes_body or endpoint.upload is not None:
        elsewhere = _path_fields(endpoint) | {"if_version", "id"} | (UPLOADED if endpoint.upload else set())
        parameters += schemas.query(endpoint.command, endpoint.field_names & elsewhere)
    shared = {
        "expand": endpoint.expands,
        "If-Match": "if_version" in endpoint.field_names,
        "Idempotency-Key": problems.takes_key(endpoint),
    }
    return parameters + [name for name, applies in shared.items() if applies]


def _path_schema(converter: str) -> Document:
    return {"type": "string", "format": "uuid"} if converter == "uuid" else {"type": "string"}


def _results(endpoint: Endpoint, schemas: Schemas) -> Document:
    if endpoint.presents is not None:
        return {
            str(status.value): {
                "description": DONE[status],
                "headers": _headers("X-Request-Id"),
                "content": {media: {"schema": _held(kind, schemas)} for media, kind in content.items()},
            }
            for status, content in endpoint.presents.contents.items()
        }
    result: Document = {"description": DONE[endpoint.status], "headers": _headers("X-Request-Id")}
    if endpoint.status is HTTPStatus.NO_CONTENT:
        return {str(endpoint.status.value): result}
    schema = schemas.answer(endpoint.result, expands=endpoint.expands)
    result["content"] = {JSON_TYPE: {"schema": schema}}
    if "version" in {field.name for field in dataclasses.fields(endpoint.result)}:
        result["headers"] |= _headers("ETag")
    if not problems.takes_key(endpoint):
        return {str(endpoint.status.value): result}
    repeated = {**result, "headers": result["headers"] | _headers("Idempotency-Replayed")}
    if endpoint.status is HTTPStatus.OK:
        return {str(HTTPStatus.OK.value): repeated}
    return {str(HTTPStatus.OK.value): repeated | {"description": REPLAYED}, str(endpoint.status.value): result}


def _held(kind: type, schemas: Schemas) -> Document:
    return {"type": "string"} if kind is str else schemas.answer(kind, expands=False)


def _headers(name: str) -> Document:
    return {name: {"$ref": f"#/components/headers/{name}"}}


def _refusals(endpoint: Endpoint, spec: APISpec, *, has_body: bool) -> Document:
    refusals: Document = {}
    for status, found in problems.problems_of(endpoint, has_body=has_body).items():
        response = problems.response(found)
        name = problems.shared_name(found)
        if name is not None:
            if name not in spec.components.responses:
                spec.components.response(name, response)
            assert spec.components.responses[name]["description"] == response["description"], name
            response = {"$ref": f"#/components/responses/{name}"}
        refusals[str(status.value)] = response
    return refusals

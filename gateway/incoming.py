"""What a request says: its body, the id that it goes under, the version that its sender has seen."""

import hashlib
import re
import time
from typing import Any
from uuid import UUID

import orjson
import uuid_utils.compat as uuids
from flask import g, request
from werkzeug.exceptions import RequestEntityTooLarge

from common.errors import FieldError, Invalid, Malformed
from common.rpc.context import Context
from gateway import json_body
from gateway.caller import Caller
from gateway.files import JSON_TYPE
from gateway.http import UnsupportedBody

REQUEST_TIMEOUT_S = 30.0
ENTITY_TAG = re.compile(r'\s*(W/)?"([^"]*)"\s*')
NO_VERSION = 0
MINTABLE_VERSIONS = (4, 7)


def read_body() -> dict[str, Any]:
    """Return the JSON object that was sent, empty without a body; raises what makes 400, 413, 415 or 422."""
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


def created_id(document: dict[str, Any]) -> Any:
    """Return the id for what is created: from the body, from the header, or minted here."""
    key = idempotency_key()
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


def idempotency_key() -> UUID | None:
    """Return the id in the header Idempotency-Key; raises Invalid when it is none that a client may mint."""
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


def seen_version() -> int | None:
    """Return the version that the caller has seen, None when any will do, NO_VERSION when none can match."""
    header = request.headers.get("If-Match")
    if header is None or header.strip() == "*":
        return None
    match = ENTITY_TAG.fullmatch(header)
    if match is None:
        raise Malformed('If-Match must be one entity tag, such as "3".')
    weak, tag = match.groups()
    return int(tag) if not weak and tag.isascii() and tag.isdigit() and len(tag) < len("1000000000") else NO_VERSION


def fingerprint(path: dict[str, UUID], document: dict[str, Any]) -> str:
    """Return the SHA-256 of what a request asks for, its id left out: equal for equal JSON values."""
    content = [request.method, str(request.url_rule), sorted((name, str(value)) for name, value in path.items())]
    body = {name: value for name, value in document.items() if name != "id"}
    # What orjson cannot write (a huge integer, a lone surrogate) the schema refuses a moment later.
    try:
        canonical = orjson.dumps([content, body], option=orjson.OPT_SORT_KEYS)
    except TypeError:
        return ""
    return hashlib.sha256(canonical).hexdigest()


def context(caller: Caller, document: dict[str, Any], digest: str) -> Context:
    """Return what travels beside the call: who asks, until when, under which id and fingerprint."""
    now = time.time()
    key = document.get("id") or idempotency_key()
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
        fingerprint=digest,
    )

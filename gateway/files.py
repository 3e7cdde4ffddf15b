"""Files over HTTP: requests whose body is one, and answers that are not just the result as JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Protocol

import orjson
from flask import Response, request
from werkzeug.datastructures import FileStorage

from common.errors import FieldError, Invalid
from common.rpc.interface import Reply
from gateway.http import UnsupportedBody

JSON_TYPE = "application/json"
CSV_TYPE = "text/csv"
MULTIPART_TYPE = "multipart/form-data"
FORMATS = {JSON_TYPE: "json", CSV_TYPE: "csv"}
FIELD = "file"


class Presentation(Protocol):
    """How an endpoint answers in another way than with its result as JSON."""

    @property
    def contents(self) -> Mapping[HTTPStatus, Mapping[str, type]]:
        """The media types of each status, with what they hold; `str` stands for a file."""

    def response(self, reply: Reply) -> Response:
        """Return a service's reply as HTTP."""


@dataclass(frozen=True, slots=True)
class Download:
    """The answer is a file, of one of these media types."""

    media_types: tuple[str, ...]

    @property
    def contents(self) -> Mapping[HTTPStatus, Mapping[str, type]]:
        """The media types of the file."""
        return {HTTPStatus.OK: dict.fromkeys(self.media_types, str)}

    def response(self, reply: Reply) -> Response:
        """Return the file in a reply as people download it."""
        file = orjson.loads(reply.body)
        response = Response(file["text"], content_type=file["media_type"])
        response.headers["Content-Disposition"] = f'attachment; filename="{file["name"]}"'
        return response


@dataclass(frozen=True, slots=True)
class Upload:
    """The body is a file, as it is or as the field `file` of a form; it becomes the command's `file` and `format`."""

    max_bytes: int

    @property
    def content(self) -> dict[str, Any]:
        """The media types that are taken, as OpenAPI says it."""
        text = {"schema": {"type": "string"}}
        form = {"type": "object", "properties": {FIELD: {"type": "string", "format": "binary"}}, "required": [FIELD]}
        return {JSON_TYPE: {"schema": {"type": "object"}}, CSV_TYPE: text, MULTIPART_TYPE: {"schema": form}}

    def read(self) -> dict[str, str]:
        """Return file and format of the current request; raises UnsupportedBody, and Invalid when there is none."""
        request.max_content_length = self.max_bytes
        if request.mimetype == MULTIPART_TYPE:
            part = _file_part()
            content = part.read()
            return {"file": _text(content), "format": _format(part, content)}
        if request.mimetype not in FORMATS:
            raise UnsupportedBody("Send the file as application/json, as text/csv, or as a form's field `file`.")
        return {"file": _text(request.get_data(cache=False)), "format": FORMATS[request.mimetype]}


def _file_part() -> FileStorage:
    files = request.files.getlist(FIELD)
    others = [name for name in (*request.form, *request.files) if name != FIELD]
    if others:
        raise Invalid(fields=[FieldError(name[:100], "Unknown field.") for name in others])
    if len(files) != 1:
        raise Invalid(fields=[FieldError(FIELD, "Send one file.")])
    return files[0]


def _format(part: FileStorage, content: bytes) -> str:
    if part.mimetype in FORMATS:
        return FORMATS[part.mimetype]
    return "json" if content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{" else "csv"


def _text(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise Invalid(fields=[FieldError(FIELD, "Must be text in UTF-8.")]) from None


@dataclass(frozen=True, slots=True)
class ReportOrJob:
    """The answer is the `report` in the result (200), or the `job` that goes on making it (202)."""

    report: type
    job: type

    @property
    def contents(self) -> Mapping[HTTPStatus, Mapping[str, type]]:
        """Both of the answers."""
        return {HTTPStatus.OK: {JSON_TYPE: self.report}, HTTPStatus.ACCEPTED: {JSON_TYPE: self.job}}

    def response(self, reply: Reply) -> Response:
        """Return what there is, and where to look again for a job."""
        outcome = orjson.loads(reply.body)
        if (job := outcome["job"]) is None:
            return Response(orjson.dumps(outcome["report"]), HTTPStatus.OK, content_type=JSON_TYPE)
        response = Response(orjson.dumps(job), HTTPStatus.ACCEPTED, content_type=JSON_TYPE)
        response.headers["Location"] = f"/api/v1/jobs/{job['id']}"
        return response

"""Query strings: texts turned into what a command's fields expect, every unknown or repeated parameter named."""

import dataclasses
import re
import typing
from typing import Any

from marshmallow import fields
from werkzeug.datastructures import MultiDict

from common.contracts.types import WholeNumber
from common.errors import FieldError, Invalid
from common.rpc.wire import StrictBoolean, schema_of

DIGITS = re.compile(r"-?\d{1,18}", re.ASCII)
BOOLEANS = {"true": True, "false": False}
EXPAND = "expand"


class Reader:
    """Reads the query string of one endpoint."""

    def __init__(self, command: type, expands: bool) -> None:  # noqa: FBT001 -- a fact about the endpoint
        self._names = {field.name for field in dataclasses.fields(command)}
        self._fields = schema_of(command).fields
        self._expands = expands

    def read(self, arguments: "MultiDict[str, str]") -> dict[str, Any]:
        """Return the parameters as a document for the command's schema; raises Invalid naming each wrong one."""
        self._check(arguments, self._names)
        return {name: _converted(self._fields[name], value) for name, value in arguments.items() if name != EXPAND}

    def read_expansion(self, arguments: "MultiDict[str, str]") -> None:
        """Check the query string of a call whose command comes from the body."""
        self._check(arguments, set())

    def _check(self, arguments: "MultiDict[str, str]", known: set[str]) -> None:
        wrong = []
        for name, values in arguments.lists():
            if name == EXPAND and self._expands:
                if values != ["members"]:
                    wrong.append(FieldError(EXPAND, 'The only expansion is "members".'))
            elif name not in known:
                shown = name.encode("utf-8", "replace").decode()[:100]
                wrong.append(FieldError(shown, "Unknown parameter."))
            elif len(values) > 1:
                wrong.append(FieldError(name, "Give this parameter once."))
        if wrong:
            raise Invalid(fields=wrong)


def _converted(field: fields.Field[Any], value: str) -> Any:
    if isinstance(field, WholeNumber) and DIGITS.fullmatch(value):
        return int(value)
    if isinstance(field, StrictBoolean):
        return BOOLEANS.get(value, value)
    return typing.cast("Any", value)

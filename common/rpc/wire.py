"""JSON made from data classes, and marshmallow schemas, for what people send, made from their annotations.

A schema is never written by hand: a field's annotation says it all (`Annotated[int, partial(WholeNumber, ...)]` where
the bare type is not enough, see `common.contracts.types`). A command class may have `problems()`, which yields a
FieldError for every rule between its fields that is broken.
"""

import dataclasses
import functools
import types
import typing
from collections.abc import Iterator, Mapping
from datetime import date
from enum import Enum
from typing import Annotated, Any, Literal, TypeVar, Union
from uuid import UUID

import orjson
from marshmallow import RAISE, Schema, ValidationError, fields, post_load, validate

from common import rebuilding
from common.errors import FieldError, Invalid, Malformed


class Unset(Enum):
    """The type of UNSET: a field that a PATCH does not mention, which is something else than null."""

    UNSET = "unset"


UNSET = Unset.UNSET

DataClass = TypeVar("DataClass")


@dataclasses.dataclass(frozen=True, slots=True)
class AtMost:
    """Says in an `Annotated[tuple[...], AtMost(n)]` how many items a list may have."""

    count: int


def dump(value: Any) -> bytes:
    """Return a result as JSON; data classes, UUIDs, dates and tuples are made by orjson without an extra pass."""
    return orjson.dumps(value)


def dump_command(command: Any) -> dict[str, Any]:
    """Return a command as a document for orjson, without the fields that are UNSET, in what it is made of either."""
    values = ((field.name, getattr(command, field.name)) for field in dataclasses.fields(command))
    return {
        name: dump_command(value) if dataclasses.is_dataclass(value) else value
        for name, value in values
        if value is not UNSET
    }


def load_result(kind: type, body: bytes) -> Any:
    """Return a reply's JSON as the data class `kind`; fields that this version does not know are left out."""
    return None if kind is type(None) else rebuilding.reader_of(kind)(orjson.loads(body))


def read_command(kind: type[DataClass], document: Mapping[str, Any]) -> DataClass:
    """Return what a person sent as the command `kind`; raises Invalid that names every wrong or unknown field."""
    try:
        command = schema_of(typing.cast("type", kind)).load(document)
    except ValidationError as error:
        raise Invalid(fields=list(_flatten(error.messages, ""))) from None
    return _checked(typing.cast("DataClass", command))


def load_command(kind: type[DataClass], document: Mapping[str, Any]) -> DataClass:
    """Return what one of our own processes sent as the command `kind`.

    Raises Invalid when a rule between the fields is broken, Malformed when the sender is of an incompatible version.
    """
    try:
        command = rebuilding.reader_of(typing.cast("type", kind))(document)
    except (KeyError, TypeError, ValueError) as error:
        raise Malformed(f"The caller does not know what {kind.__name__} looks like here.") from error
    return _checked(typing.cast("DataClass", command))


def _checked(command: DataClass) -> DataClass:
    if broken := tuple(getattr(command, "problems", tuple)()):
        raise Invalid(fields=broken)
    return command


def _flatten(messages: Any, path: str) -> Iterator[FieldError]:
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            name = "" if key == "_schema" else str(key).encode("utf-8", "replace").decode()[:100]
            yield from _flatten(inner, ".".join(filter(None, (path, name))))
    else:
        yield FieldError(path or "body", " ".join(map(str, messages)))


class TupleOf(fields.List[Any]):
    """A list on the wire, a tuple in the program."""

    def _deserialize(self, *args: Any, **kwargs: Any) -> Any:
        return tuple(super()._deserialize(*args, **kwargs))


class StrictBoolean(fields.Field[bool]):
    """true or false, and nothing that looks like it."""

    default_error_messages = {"invalid": "Must be true or false."}  # noqa: RUF012 -- marshmallow wants it so

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid")
        return value


class StrictUUID(fields.UUID):
    """A UUID in its usual notation; refuses the bytes and integers that the library would take."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> UUID:
        if not isinstance(value, str) or len(value) != 36:  # noqa: PLR2004 -- 32 digits and 4 hyphens
            raise self.make_error("invalid_uuid")
        return super()._deserialize(value, attr, data, **kwargs)


PLAIN: dict[Any, type[fields.Field[Any]]] = {
    bool: StrictBoolean,
    bytes: fields.Raw,
    date: fields.Date,
    dict: fields.Dict,
    float: fields.Float,
    int: fields.Integer,
    str: fields.String,
    UUID: StrictUUID,
}


@functools.cache
def schema_of(kind: type) -> Schema:
    """Return the schema of a data class, its name being that of the class; loading gives an instance of it."""
    hints = typing.get_type_hints(kind, include_extras=True)
    members: dict[str, Any] = {
        field.name: field_of(hints[field.name], _load_options(field)) for field in dataclasses.fields(kind)
    }

    def make(self: Schema, document: dict[str, Any], **kwargs: Any) -> Any:
        return kind(**document)

    members["make"] = post_load(make)
    members["Meta"] = type("Meta", (), {"unknown": RAISE})
    return typing.cast("type[Schema]", type(kind.__name__, (Schema,), members))()


def _load_options(field: "dataclasses.Field[Any]") -> dict[str, Any]:
    if field.default is not dataclasses.MISSING:
        return {"load_default": field.default}
    if field.default_factory is not dataclasses.MISSING:
        return {"load_default": field.default_factory}
    return {"required": True}


def field_of(annotation: Any, options: dict[str, Any]) -> fields.Field[Any]:  # noqa: PLR0911
    """Return the marshmallow field for one annotation of a data class."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is Annotated and isinstance(arguments[1], AtMost):
        return field_of(arguments[0], {**options, "validate": validate.Length(max=arguments[1].count)})
    if origin is Annotated:
        return typing.cast("fields.Field[Any]", arguments[1](**options))
    if origin in (Union, types.UnionType):
        inner = [argument for argument in arguments if argument not in (type(None), Unset)]
        assert len(inner) == 1, f"{annotation}: say how to read it with Annotated"
        return field_of(inner[0], {**options, "allow_none": type(None) in arguments})
    if origin is Literal:
        return fields.String(validate=validate.OneOf(arguments), **options)
    if origin is tuple:
        return TupleOf(field_of(arguments[0], {}), **options)
    if dataclasses.is_dataclass(annotation):
        return fields.Nested(schema_of(typing.cast("type", annotation)), **options)
    return PLAIN[origin or annotation](**options)

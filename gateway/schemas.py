"""Contract classes as JSON Schema: what requests may say, and what answers hold.

A class that occurs on both sides, such as Split, gets two schemas, `SplitInput` and `Split`: a request may leave out
what has a default but must not hold anything unknown; an answer says everything, and later versions may say more.
"""

import dataclasses
import inspect
import typing
from collections.abc import Iterator
from functools import singledispatch
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.field_converter import DEFAULT_FIELD_MAPPING
from apispec.ext.marshmallow.openapi import OpenAPIConverter
from marshmallow import Schema, fields

from common import money
from common.contracts.events import MemberName
from common.contracts.expenses import MAX_PARTICIPANTS, Participant, Participants, SplitValue
from common.contracts.types import (
    DECIMAL,
    UNSET,
    CalendarDate,
    CurrencyCode,
    DecimalText,
    EmailAddress,
    FormedText,
    Text,
    WholeNumber,
)
from common.rpc.wire import StrictBoolean, schema_of
from gateway.expansion import SUFFIX

OPENAPI_VERSION = "3.1.0"
REFERENCE = "#/components/schemas/"
INPUT = "Input"
MINTED = "id"
HOW_MINTED = "A UUID of version 4 or 7; made here where it is left out."

Document = dict[str, Any]


@singledispatch
def own_rules(field: fields.Field[Any], converter: OpenAPIConverter) -> Document:
    """Return the keywords that one of our own fields adds; nothing for the library's."""
    return {}


@own_rules.register
def _(field: CurrencyCode, converter: OpenAPIConverter) -> Document:
    return {"pattern": "^[A-Z]{3}$", "description": "ISO 4217, upper case.", "examples": ["EUR"]}


@own_rules.register
def _(field: CalendarDate, converter: OpenAPIConverter) -> Document:
    return {"description": "From 2000-01-01 to ten years from today."}


@own_rules.register
def _(field: FormedText, converter: OpenAPIConverter) -> Document:
    return {"pattern": f"^{field.form}$"}


@own_rules.register
def _(field: WholeNumber, converter: OpenAPIConverter) -> Document:
    (bounds,) = field.validators
    is_amount = getattr(bounds, "max", None) == money.MAX_MINOR_UNITS
    return {"description": "In minor units of the currency."} if is_amount else {}


@own_rules.register
def _(field: DecimalText, converter: OpenAPIConverter) -> Document:
    # The field keeps its bounds to itself; saying them again here would let the two drift apart.
    places, maximum, zero, form = field._places, field._maximum, field._zero, field._form  # noqa: SLF001
    rules: Document = {
        "pattern": f"^{'' if zero else '(?=.*[1-9])'}{form.pattern}$",
        "description": f"{'At least' if zero else 'More than'} 0, at most {maximum:,}, at most {places} decimals.",
        "examples": ["1.5"],
    }
    if field._whole:  # noqa: SLF001
        rules |= {"type": ["string", "integer"], "minimum": 0 if zero else 1, "maximum": maximum}
    return rules


@own_rules.register
def _(field: SplitValue, converter: OpenAPIConverter) -> Document:
    return {
        "type": ["integer", "string", *(["null"] if field.allow_none else [])],
        "minimum": -money.MAX_MINOR_UNITS,
        "maximum": money.MAX_MINOR_UNITS,
        "pattern": f"^{DECIMAL.pattern}$",
        "description": (
            "Absent for `equal`; minor units as an integer for `exact` and `adjustment`; "
            "a decimal string for `percentage` and `shares`."
        ),
        "examples": ["33.34", 3000],
    }


@own_rules.register
def _(field: Participants, converter: OpenAPIConverter) -> Document:
    participant = converter.resolve_nested_schema(schema_of(Participant))  # type: ignore[no-untyped-call]
    listed = {"type": "array", "minItems": 1, "maxItems": MAX_PARTICIPANTS, "items": participant}
    return {"anyOf": [{"type": "string", "enum": ["everyone"]}, listed]}


class RequestConverter(OpenAPIConverter):
    """apispec's converter, taught our own fields: for what a request may say."""

    field_mapping = DEFAULT_FIELD_MAPPING | {
        CalendarDate: ("string", "date"),
        CurrencyCode: ("string", None),
        DecimalText: ("string", None),
        EmailAddress: ("string", "email"),
        StrictBoolean: ("boolean", None),
        Text: ("string", None),
        WholeNumber: ("integer", "int64"),
        fields.Integer: ("integer", "int64"),
    }

    def field2default(self, field: fields.Field[Any], **kwargs: Any) -> Document:
        """Return the default, unless it only stands for a field that was not sent."""
        return {} if _may_be_absent(field) else super().field2default(field, **kwargs)

    def field2property(self, field: fields.Field[Any]) -> Document:
        """Return the schema of one field."""
        document = super().field2property(field) | own_rules(field, self)
        # A field that is what a list is made of has no name.
        if str(getattr(field, "name", "")).endswith("_at"):
            document["description"] = "Unix seconds, UTC."
        return document

    def resolve_nested_schema(self, schema: Schema) -> Document:
        """Return a reference to the schema of a class, or a list of such; a class has one, however it was made."""
        name = self.schema_name_resolver(schema)
        if name not in self.spec.components.schemas:
            return typing.cast("Document", super().resolve_nested_schema(schema))  # type: ignore[no-untyped-call]
        reference = {"$ref": REFERENCE + name}
        return {"type": "array", "items": reference} if schema.many else reference


class AnswerConverter(RequestConverter):
    """The same for what an answer holds: defaults are filled in, and later versions may add fields."""

    def field2default(self, field: fields.Field[Any], **kwargs: Any) -> Document:
        """Return nothing: an answer leaves nothing to be filled in."""
        return {}

    def schema2jsonschema(self, schema: Schema) -> Document:
        """Return the schema of a class."""
        document: Document = super().schema2jsonschema(schema)  # type: ignore[no-untyped-call]
        document.pop("additionalProperties", None)
        document["required"] = sorted(name for name, field in schema.fields.items() if not _may_be_absent(field))
        return document


class RequestPlugin(MarshmallowPlugin):
    """Collects schemas of requests."""

    Converter = RequestConverter


class AnswerPlugin(MarshmallowPlugin):
    """Collects schemas of answers."""

    Converter = AnswerConverter


class Schemas:
    """Collects the schemas that the operations of a document refer to."""

    def __init__(self) -> None:
        self._requests = RequestPlugin(lambda schema: type(schema).__name__ + INPUT)
        self._answers = AnswerPlugin(lambda schema: type(schema).__name__)
        self._request_components = _components_of(self._requests)
        self._answer_components = _components_of(self._answers)
        self._classes: dict[str, type] = {}
        self._left_out: dict[str, set[str]] = {}
        self._expanding: set[str] = set()

    def body(self, command: type, left_out: set[str]) -> Document:
        """Return a reference to the schema of a body: the fields of `command`, some of them not said there."""
        self._note(command)
        name = command.__name__ + INPUT
        if name not in self._left_out:
            self._left_out[name] = left_out
            schema = type(schema_of(command))(exclude=left_out, partial=(MINTED,))
            self._request_components.schema(name, schema=schema)
            self._request_components.schemas[name]["properties"].get(MINTED, {})["description"] = HOW_MINTED
        assert self._left_out[name] == left_out, f"{name} is the body of calls with different paths"
        return {"$ref": REFERENCE + name}

    def is_body_required(self, body: Document) -> bool:
        """Return whether the body that `body` refers to has to be sent."""
        return "required" in self._request_components.schemas[body["$ref"].removeprefix(REFERENCE)]

    def query(self, command: type, left_out: set[str]) -> list[Document]:
        """Return the query parameters that the fields of `command` stand for."""
        assert self._requests.converter is not None
        schema = type(schema_of(command))(exclude=left_out)
        parameters = self._requests.converter.schema2parameters(schema, location="query")
        for parameter in parameters:
            parameter["schema"] = _without_null(parameter["schema"])
        return typing.cast("list[Document]", parameters)

    def answer(self, result: type, *, expands: bool) -> Document:
        """Return a reference to the schema of an answer; `expands` puts members beside their ids in it."""
        self._note(result)
        if expands:
            self._expanding.add(result.__name__)
            self.answer(MemberName, expands=False)
        assert isinstance(self._answers.converter, AnswerConverter)
        return self._answers.converter.resolve_nested_schema(schema_of(result))

    def components(self) -> dict[str, Document]:
        """Return all schemas by name, those of requests with the suffix that `final_name` takes off."""
        answers = self._answer_components.schemas
        _expand(answers, self._expanding)
        collected: dict[str, Document] = answers | self._request_components.schemas
        for name, component in collected.items():
            kind = self._classes.get(name if name in answers else name.removesuffix(INPUT))
            component["description"] = " ".join((inspect.getdoc(kind) or "").split())
        return collected

    def final_name(self, name: str) -> str:
        """Return the name of a component without its suffix, unless that would make it that of an answer."""
        base = name.removesuffix(INPUT)
        return name if base in self._answer_components.schemas else base

    def renamed(self, value: Any) -> Any:
        """Return a copy of a document that refers to the components by their final names."""
        if isinstance(value, list):
            return [self.renamed(item) for item in value]
        if not isinstance(value, dict):
            return value
        copy = {key: self.renamed(inner) for key, inner in value.items()}
        if str(copy.get("$ref", "")).startswith(REFERENCE):
            copy["$ref"] = REFERENCE + self.final_name(copy["$ref"].removeprefix(REFERENCE))
        return copy

    def _note(self, kind: type) -> None:
        for each in _data_classes(kind):
            assert self._classes.setdefault(each.__name__, each) is each, f"two classes are called {each.__name__}"


def _components_of(plugin: MarshmallowPlugin) -> Any:
    return APISpec("", "", OPENAPI_VERSION, plugins=[plugin]).components


def _may_be_absent(field: fields.Field[Any]) -> bool:
    return field.load_default is None or field.load_default is UNSET


def _data_classes(annotation: Any) -> Iterator[type]:
    if isinstance(annotation, type) and dataclasses.is_dataclass(annotation):
        yield annotation
        for hint in typing.get_type_hints(annotation, include_extras=True).values():
            yield from _data_classes(hint)
    for argument in typing.get_args(annotation):
        yield from _data_classes(argument)


def _without_null(schema: Document) -> Document:
    """Return the schema for a query string, which has no null: a parameter is left out instead."""
    if isinstance(schema.get("type"), list):
        (schema["type"],) = [each for each in schema["type"] if each != "null"]
    if "enum" in schema:
        schema["enum"] = [each for each in schema["enum"] if each is not None]
    return schema


def _expand(components: dict[str, Document], names: set[str]) -> None:
    """Add what `?expand=members` adds to these components and to all that they refer to."""
    todo, done = set(names), set[str]()
    while todo:
        name = todo.pop()
        done.add(name)
        properties = components[name]["properties"]
        todo |= set(_references(properties)) - done
        for field in [each for each in properties if each.endswith(SUFFIX)]:
            member = {"$ref": REFERENCE + MemberName.__name__, "description": "Only with `?expand=members`."}
            properties[field.removesuffix("_id")] = member


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"].removeprefix(REFERENCE)
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from _references(inner)

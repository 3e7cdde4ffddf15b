"""Data classes rebuilt from the JSON that one of our own processes made of them.

Nothing is validated here: what people send was, by marshmallow, when it came in, which takes ten times as long. Fields
that this version does not know are left out, so that a newer process can talk to an older one.
"""

import dataclasses
import functools
import types
import typing
from collections.abc import Callable, Mapping
from datetime import date
from enum import Enum
from typing import Annotated, Any, Union
from uuid import UUID

Reader = Callable[[Any], Any]

TEXTUAL: dict[Any, Reader] = {UUID: UUID, date: date.fromisoformat}


def as_it_is(value: Any) -> Any:
    """Return a value that is in JSON what it is in the program."""
    return value


@functools.cache
def reader_of(kind: Any) -> Callable[[Mapping[str, Any]], Any]:
    """Return what makes a `kind`, a data class, out of its decoded JSON; it raises KeyError for a missing field."""
    hints = typing.get_type_hints(kind, include_extras=True)
    fields = dataclasses.fields(kind)
    readers = [(field.name, _reader(hints[field.name])) for field in fields]
    required = {
        field.name
        for field in fields
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
    }

    def read(document: Mapping[str, Any]) -> Any:
        return kind(
            **{name: reader(document[name]) for name, reader in readers if name in document or name in required}
        )

    return read


def _reader(annotation: Any) -> Reader:
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is Annotated:
        return _reader(arguments[0])
    if origin in (Union, types.UnionType):
        return _reader_of_union([each for each in arguments if each is not type(None) and not _is_marker(each)])
    if origin is tuple:
        item = _reader(arguments[0])
        return lambda values: tuple(map(item, values))
    if dataclasses.is_dataclass(annotation):
        return reader_of(typing.cast("type", annotation))
    return TEXTUAL.get(annotation, as_it_is)


def _reader_of_union(arguments: list[Any]) -> Reader:
    """Return the reader of "one of these, or null": at most one of them is more than a plain JSON value."""
    rich = [argument for argument in arguments if _reader(argument) is not as_it_is]
    if not rich:
        return as_it_is
    assert len(rich) == 1, arguments
    reader = _reader(rich[0])
    if len(arguments) == 1:
        return lambda value: None if value is None else reader(value)
    # "everyone" or a list: the plain one of the two is a text.
    return lambda value: value if value is None or isinstance(value, str) else reader(value)


def _is_marker(annotation: Any) -> bool:
    """Return whether an annotation stands for "not mentioned", which does not travel."""
    return isinstance(annotation, type) and issubclass(annotation, Enum)

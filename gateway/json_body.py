"""JSON as it comes from outside: stricter than Python's parser, so that nothing a client sends surprises what follows.

Refused are duplicate keys, more than 20 levels, and everything that is not JSON. NaN, Infinity and exponents become
floats, which no field accepts: the refusal then names the field.
"""

import json
from collections import Counter
from typing import Any, NoReturn

from common.errors import FieldError, Invalid, Malformed

MAX_DEPTH = 20
MAX_DIGITS = 1_000


class Repeated(dict[str, Any]):
    """An object in which a key occurs twice."""

    key: str


def parse(body: bytes) -> dict[str, Any]:
    """Return the JSON object in `body`; raises Malformed when it is not JSON, Invalid when it breaks our rules."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise Malformed("The body is not UTF-8.") from None
    try:
        document = json.loads(text, object_pairs_hook=_object, parse_int=_integer)
    except RecursionError:
        _refuse_depth()
    except ValueError:
        raise Malformed("The body is not JSON.") from None
    _check(document, "", 1)
    if not isinstance(document, dict):
        raise Invalid("The body must be a JSON object.", [FieldError("body", "Must be a JSON object.")])
    return document


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) == len(pairs):
        return document
    repeated = Repeated(document)
    repeated.key, _ = Counter(key for key, _ in pairs).most_common(1)[0]
    return repeated


def _integer(digits: str) -> int | float:
    # Python refuses to read more than 4,300 digits. A field that gets a float says that it wants a whole number.
    return int(digits) if len(digits) <= MAX_DIGITS else float(digits)


def _check(value: Any, path: str, depth: int) -> None:
    if depth > MAX_DEPTH:
        _refuse_depth()
    if isinstance(value, Repeated):
        field = f"{path}{value.key}".encode("utf-8", "replace").decode()[:200]
        raise Invalid(fields=[FieldError(field, "Occurs more than once.")])
    if isinstance(value, dict):
        for key, inner in value.items():
            if isinstance(inner, dict | list):
                _check(inner, f"{path}{key}.", depth + 1)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            if isinstance(inner, dict | list):
                _check(inner, f"{path}{number}.", depth + 1)


def _refuse_depth() -> NoReturn:
    raise Invalid(fields=[FieldError("body", f"Must not be nested deeper than {MAX_DEPTH} levels.")])

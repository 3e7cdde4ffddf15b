"""What each kind of field must refuse, as it would stand in the JSON, and how to put it into a body."""

import copy
import json
from datetime import UTC, datetime
from typing import Any

PLACE = "\ue000here\ue000"
VERSION_1 = "c232ab00-9414-11ec-b3c8-9f6bdeced846"
NEXT_DECADE = datetime.now(UTC).year + 11

NO_TEXT = ["5", "1.5", "true", "[]", "{}", "NaN"]
NO_CHARACTERS = [r'"a\u0000b"', r'"a\ud800b"', r'"\udc00"']
BROKEN = ["true", "false", "[]", "{}", '""', "NaN", "Infinity", "-Infinity", "1e400", "-1e400", "-0.0"]

BAD: dict[str, list[str]] = {
    "amount": [
        *BROKEN,
        *('"100"', "1.0", "1.5", "1e2", "1E2", "100e-2", "0", "-1", "null"),
        *(str(2**63), str(2**64), "1" + "0" * 5_000, "-" + "9" * 5_000),
    ],
    "name": ["null", *NO_TEXT, *NO_CHARACTERS, '""', '" "', r'"\t\u00a0\u2003"', f'"{"x" * 101}"', f'"{"é" * 101}"'],
    "optional name": [*NO_TEXT, *NO_CHARACTERS, '""', '" "', f'"{"x" * 101}"', f'"{"😀" * 101}"'],
    "description": ["null", *NO_TEXT, *NO_CHARACTERS, f'"{"x" * 501}"', f'"{"😀" * 501}"'],
    "note": ["null", *NO_TEXT, *NO_CHARACTERS, f'"{"x" * 5_001}"'],
    "currency": [
        *NO_TEXT,
        '"eur"',
        '"Eur"',
        '"XXX"',
        '"XAU"',
        '"ABC"',
        '""',
        '"EURO"',
        '"EUR "',
        '"€UR"',
        '"\\uff25\\uff35\\uff32"',
    ],
    "date": [
        *("5", "1795132800", "true", "[]", "{}", '""', "1e400"),
        *('"1999-12-31"', f'"{NEXT_DECADE}-01-01"', '"2026-02-30"', '"2026-13-01"', '"20260101"', '"2026-1-1"'),
        *(
            '"2026-01-01T00:00:00Z"',
            '" 2026-01-01"',
            '"\\uff12\\uff10\\uff12\\uff16-01-01"',
            r'"2026-01-01\u0000"',
            '"today"',
            '"9999-12-31"',
        ),
    ],
    "id": ["5", "true", "[]", "{}", '""', "null", '"x"', r'"\ud800"', f'"{VERSION_1}"', f'"{"0" * 32}"', "1e400"],
    "member": ["5", "true", "[]", "{}", '""', "null", '"x"', '"everyone"', r'"\u0000"', r'"\ud800"', "1e400"],
    "boolean": ["0", "1", '"true"', '"on"', "null", "[]", "{}", "1.0", "NaN"],
    "weight": [
        *(*BROKEN, "0", "-1", "1.5", "null", '"0"', '"0.00"', '"-1"', '"1.005"', '"1e1"', '"NaN"', '"Infinity"'),
        *('" 1"', '"1,5"', '"\\u0661"', '"' + "9" * 5_000 + '"', "9" * 5_000),
    ],
    "e-mail": [
        *NO_TEXT,
        *NO_CHARACTERS,
        '""',
        '"x"',
        '"a@b"',
        '"a b@c.de"',
        r'"a@c.de\r\nBcc: b@c.de"',
        f'"{"x" * 250}@c.de"',
    ],
    "rate": [*BROKEN, "1", "1.0842", '"0"', '"-1"', '"1e3"', '"NaN"', '"1,5"', '" 1"', '"' + "9" * 5_000 + '"'],
    "role": ["null", "5", "[]", "{}", '""', '"owner"', '"Admin"', r'"\ud800"'],
    "kind": ["null", "5", "[]", "{}", '""', '"refund"', '"Expense"'],
    "proof": [*NO_TEXT, *NO_CHARACTERS, '""', f'"{"x" * 1_001}"'],
    "secret": ["null", *NO_TEXT, *NO_CHARACTERS, '""', f'"{"x" * 1_001}"'],
    "category": ["5", "true", "[]", "{}", '""', '"nonsense"', *NO_CHARACTERS, f'"{"x" * 101}"'],
    "list": ["5", "true", '"everyone"', "{}", "1e400"],
    "participants": ["null", "5", "true", '"nobody"', "{}", "[]", r'"\ud800"'],
    "object": ["5", "true", '"x"', "[]", "NaN"],
}
BAD |= {f"optional {kind}": [value for value in BAD[kind] if value != "null"] for kind in ("member", "role")}


def with_place(body: dict[str, Any], field: str) -> str:
    """Return the body as JSON with a mark where the value at the dotted path `field` belongs."""
    changed: Any = copy.deepcopy(body)
    *parents, last = field.split(".")
    inner = changed
    for parent in parents:
        inner = inner[int(parent)] if isinstance(inner, list) else inner[parent]
    if isinstance(inner, list):
        inner[int(last)] = PLACE
    else:
        inner[last] = PLACE
    return json.dumps(changed, ensure_ascii=False)


def put(body: dict[str, Any], field: str, value: str) -> bytes:
    """Return the body with this JSON text as the value of `field`."""
    marked = with_place(body, field)
    assert json.dumps(PLACE, ensure_ascii=False) in marked
    return marked.replace(json.dumps(PLACE, ensure_ascii=False), value).encode()

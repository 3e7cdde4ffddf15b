"""How texts are compared: without regard to case, and for searching without regard to accents either."""

import unicodedata
from collections.abc import Collection
from itertools import count

# Letters that Unicode does not decompose into a base letter and a mark, as people type them without the mark.
UNDECOMPOSED = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "\u0131": "i", "œ": "oe", "æ": "ae", "þ": "th"})

# With a number of up to four digits it still is a name of 100 characters.
LONGEST_BEFORE_NUMBER = 95


def name_key(name: str) -> str:
    """Return what is equal for two names that differ only in case."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKC", name).casefold())


def search_key(text: str) -> str:
    """Return `text` without case and accents: what contains "cafe" contains "Café" too."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c)).translate(UNDECOMPOSED)


def free_name(name: str, taken_keys: Collection[str]) -> str:
    """Return `name`, with a number behind it when somebody has it, `taken_keys` being the keys of all names there."""
    numbered = (name if number == 1 else f"{name[:LONGEST_BEFORE_NUMBER]} {number}" for number in count(1))
    return next(each for each in numbered if name_key(each) not in taken_keys)

"""How texts are compared: without regard to case, and for searching without regard to accents either."""

import unicodedata

# Letters that Unicode does not decompose into a base letter and a mark, as people type them without the mark.
UNDECOMPOSED = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "\u0131": "i", "œ": "oe", "æ": "ae", "þ": "th"})


def name_key(name: str) -> str:
    """Return what is equal for two names that differ only in case."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKC", name).casefold())


def search_key(text: str) -> str:
    """Return `text` without case and accents: what contains "cafe" contains "Café" too."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c)).translate(UNDECOMPOSED)

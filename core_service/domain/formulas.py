"""Texts in cells of a spreadsheet: none of them may run as a formula, and each can be read back as it was."""

APOSTROPHE = "'"
STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def neutralised(text: str) -> str:
    """Return `text` as a cell that no spreadsheet runs: with an apostrophe before it where that is needed."""
    return APOSTROPHE + text if _is_dangerous(text) else text


def original(cell: str) -> str:
    """Return the text that `neutralised` made this cell of."""
    return cell[1:] if cell.startswith(APOSTROPHE) and _is_dangerous(cell[1:]) else cell


def _is_dangerous(text: str) -> bool:
    # Apostrophes before it count too: else a text that has one already could not be told from a neutralised one.
    return text.lstrip(APOSTROPHE + " ").startswith(STARTS)

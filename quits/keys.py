"""The secrets of the embedded kind: made once, kept in `keys.env` in the data folder, read ever after."""

import secrets
from pathlib import Path

from dotenv import dotenv_values

from quits import private_files
from quits.errors import CannotStart

FILE_NAME = "keys.env"
NAMES = ("JWT_SECRET_KEY", "SECRET_KEY")
KEY_BYTES = 48
SHORTEST_KEY = 32


def load(data_folder: Path) -> dict[str, str]:
    """Return the secrets by name, making them first when the folder has none.

    Safe when two processes do it at once: both get the same. Raises CannotStart when the file cannot be written or
    read, or does not hold every secret; it is never made anew then, because everything encrypted with it would be lost.
    """
    path = data_folder / FILE_NAME
    if not path.exists():
        private_files.create(path, _fresh())
    try:
        path.chmod(private_files.OWNER_ONLY)
        found = dotenv_values(path, interpolate=False)
    except OSError as error:
        raise private_files.unwritable(path, error) from error
    wrong = [name for name in NAMES if len(found.get(name) or "") < SHORTEST_KEY]
    if wrong:
        raise CannotStart(f"{path} lacks a usable {' and '.join(wrong)}: put the file back from your backup.")
    return {name: found[name] or "" for name in NAMES}


def _fresh() -> bytes:
    lines = [f"{name}={secrets.token_urlsafe(KEY_BYTES)}\n" for name in NAMES]
    return "".join(["# The secrets of this installation. Keep them private, and with your backup.\n", *lines]).encode()

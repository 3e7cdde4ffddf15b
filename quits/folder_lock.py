"""One process per data folder: a lock that the kernel lifts by itself when its holder dies, however it dies."""

import fcntl
import os
from pathlib import Path
from typing import BinaryIO

from quits import private_files
from quits.errors import CannotStart

FILE_NAME = "lock"


class FolderLock:
    """The right to use `folder`, held by one process at a time."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE_NAME
        self._file: BinaryIO | None = None

    def take(self) -> None:
        """Make the folder if it is missing, and hold it until `release`.

        Raises CannotStart when another process holds it or when it cannot be written.
        """
        if self._file is not None:
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            file = self._path.open("a+b")
        except OSError as error:
            raise private_files.unwritable(self._path.parent, error) from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            holder = file.read().decode().strip() or "unknown"
            file.close()
            raise CannotStart(
                f"Quits is already running on {self._path.parent} (process {holder}): "
                "stop it first, or set QUITS_DATA_DIR to another folder."
            ) from error
        file.truncate(0)
        file.write(f"{os.getpid()}\n".encode())
        file.flush()
        self._file = file

    def release(self) -> None:
        """Let go of the folder; does nothing when it is not held."""
        if self._file is not None:
            self._file.close()
            self._file = None

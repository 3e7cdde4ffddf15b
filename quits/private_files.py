"""Files that only their owner may read: written whole or not at all, and never readable by others in between."""

import os
import tempfile
from pathlib import Path

from quits.errors import CannotStart

OWNER_ONLY = 0o600


def create(path: Path, content: bytes) -> None:
    """Write a new private file; when `path` exists already, leave it as it is. Raises CannotStart when unwritable."""
    try:
        draft = _draft(path, content)
        try:
            os.link(draft, path)
        except FileExistsError:
            return
        finally:
            draft.unlink()
        _sync_folder(path.parent)
    except OSError as error:
        raise unwritable(path, error) from error


def replace(path: Path, content: bytes) -> None:
    """Write a private file in place of whatever `path` was. Raises CannotStart when unwritable."""
    try:
        _draft(path, content).replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise unwritable(path, error) from error


def unwritable(path: Path, error: OSError) -> CannotStart:
    """Return the refusal for a path that cannot be written."""
    reason = (error.strerror or str(error)).lower()
    return CannotStart(f"Cannot write to {path} ({reason}): set QUITS_DATA_DIR to a folder that you may write to.")


def _draft(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    # mkstemp gives the file mode 0600 from its first moment on.
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    with os.fdopen(descriptor, "wb") as draft:
        draft.write(content)
        draft.flush()
        os.fsync(draft.fileno())
    return Path(name)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

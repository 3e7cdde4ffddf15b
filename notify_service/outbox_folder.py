"""The outbox folder: letters as `.eml` files that only their owner may read, for want of a mail server."""

import os
import tempfile
from pathlib import Path

from notify_service.letters import Letter

OWNER_ONLY = 0o700


class OutboxFolder:
    """Writes each letter to a file named by its id, so that writing it again changes nothing."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, letter: Letter) -> None:
        """Write a letter, whole or not at all; raises OSError when the folder cannot be written."""
        self._folder.mkdir(mode=OWNER_ONLY, parents=True, exist_ok=True)
        # mkstemp gives the file mode 0600 from its first moment on.
        descriptor, draft = tempfile.mkstemp(dir=self._folder, prefix=".draft-")
        with os.fdopen(descriptor, "wb") as file:
            file.write(letter.content)
        Path(draft).replace(self._folder / f"{letter.id}.eml")

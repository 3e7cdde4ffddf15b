"""What a measurement says while it runs: lines on the standard error output, so that results stay apart."""

import sys
import time

_STARTED = time.monotonic()


def say(text: str) -> None:
    """Print one line with the seconds since the start."""
    sys.stderr.write(f"[{time.monotonic() - _STARTED:6.1f} s] {text}\n")
    sys.stderr.flush()


def show(text: str) -> None:
    """Print a result on the standard output."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()

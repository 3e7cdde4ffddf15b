"""PostgreSQL refuses to run as root: as which account its programs run instead, when this process is root's.

A user namespace comes first: in it root's processes appear as an ordinary user without any capability, yet own the same
files as before, so that data below a folder only root may enter (mode 700) stays reachable and no account is made.
Where the kernel or a container forbids that, the programs run as an ordinary account that can reach the data.
"""

import os
import pwd
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from quits.errors import CannotStart

NOBODY = "nobody"
NOBODY_ID = 65534
PROBE_TIMEOUT_S = 10
# Nothing of our own environment, secrets above all, is the database's business.
ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
PROBE = 'test -w "$1" && exec "$2" --version'


@dataclass(frozen=True, slots=True)
class Account:
    """How to run a program without root's rights: through another command, as another user, or neither."""

    prefix: tuple[str, ...] = ()
    user: int | None = None
    group: int | None = None

    def start(self, command: Sequence[str | Path], output: IO[bytes] | int) -> subprocess.Popen[bytes]:
        """Start a program that writes to `output`, out of reach of the terminal's Ctrl-C, with a bare environment."""
        return subprocess.Popen(  # noqa: S603, our own programs
            [*self.prefix, *command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            env=ENVIRONMENT,
            start_new_session=True,
            user=self.user,
            group=self.group,
            extra_groups=None if self.user is None else [],
        )

    def own(self, folder: Path) -> None:
        """Give `folder` and everything in it to this account, if they are another's."""
        owner = os.geteuid() if self.user is None else self.user
        group = os.getegid() if self.group is None else self.group
        if folder.stat().st_uid == owner:
            return
        for path in folder.rglob("*"):
            os.lchown(path, owner, group)
        # The folder itself comes last, so that an interrupted change is begun again.
        os.lchown(folder, owner, group)


def choose(program: Path, folder: Path, find_command: Callable[[str], str | None] = shutil.which) -> Account:
    """Return the account that can run `program` and write to `folder`, which becomes its own with all that is in it.

    `folder` lies in a folder of ours. Raises CannotStart when this process is root's and there is no such account.
    """
    if os.geteuid() != 0:
        return Account()
    for account in _accounts(folder, find_command):
        # Another account has to pass through our own folder; those above it are left as they are.
        folder.parent.chmod(0o700 if account.user in {None, folder.parent.stat().st_uid} else 0o711)
        account.own(folder)
        if _can_use(account, program, folder):
            return account
    raise CannotStart(
        f"PostgreSQL does not run as root, and no other account can use {program} and {folder.parent}: "
        "start Quits as an ordinary user."
    )


def _accounts(folder: Path, find_command: Callable[[str], str | None]) -> Iterator[Account]:
    if owner := folder.stat().st_uid:
        yield from _user(owner)
    if unshare := find_command("unshare"):
        nobody = next((account.user for account in _named(NOBODY)), NOBODY_ID)
        yield Account(prefix=(unshare, "--user", f"--map-user={nobody}", f"--map-group={nobody}", "--"))
    for parent in folder.parents:
        if owner := parent.stat().st_uid:
            yield from _user(owner)
            break
    yield from _named(NOBODY)


def _user(number: int) -> Iterator[Account]:
    try:
        entry = pwd.getpwuid(number)
    except KeyError:
        return
    yield Account(user=entry.pw_uid, group=entry.pw_gid)


def _named(name: str) -> Iterator[Account]:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return
    yield Account(user=entry.pw_uid, group=entry.pw_gid)


def _can_use(account: Account, program: Path, folder: Path) -> bool:
    probe = account.start(["/bin/sh", "-c", PROBE, "sh", folder, program], subprocess.DEVNULL)
    try:
        return probe.wait(PROBE_TIMEOUT_S) == 0
    except subprocess.TimeoutExpired:
        probe.kill()
        probe.wait()
        return False

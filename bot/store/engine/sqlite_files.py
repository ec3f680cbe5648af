"""The files of SQLite are read and written by the user that runs us, and by nobody else.

SQLite makes what stands beside its file (the log of what is written, shared memory) as readable as the file itself. So
the file is made before SQLite makes it, and what an earlier release or somebody else left open is closed.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_PRIVATE = 0o600
_OTHERS = 0o077
_BESIDE = ("", "-wal", "-shm", "-journal")


def make_private(name: str) -> None:
    """The file (as DATABASE_URL names it) is there, for its owner alone, and so are those beside it.

    A file that is there is never opened here: to close it would drop the locks of this process's connections, and the
    next process that closes its own would delete the log that we write (SQLite: "How To Corrupt", 2.2).
    What we may not change stays as it is; doctor tells.
    """
    name = _path(name)
    with suppress(OSError):  # SQLite says in its own words what it cannot open.
        os.close(os.open(name, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _PRIVATE))
    for path in list_exposed(name):
        with suppress(OSError):
            path.chmod(_PRIVATE)


def list_exposed(name: str) -> Iterator[Path]:
    """Those of its files that others on this machine may read or write."""
    for path in (Path(_path(name) + ending) for ending in _BESIDE):
        with suppress(OSError):
            if stat.S_IMODE(path.stat().st_mode) & _OTHERS:
                yield path


def find_file(name: str) -> Path:
    """Which file DATABASE_URL names."""
    return Path(_path(name)).absolute()


def _path(name: str) -> str:
    """SQLite takes `file:name?mode=rw` too."""
    return name.removeprefix("file:").partition("?")[0] if name.startswith("file:") else name

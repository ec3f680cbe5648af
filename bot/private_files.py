"""Files that only their owner reads, written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import NamedTemporaryFile

_PRIVATE, _OTHERS = 0o600, 0o077


def replace_private_file(path: Path, text: str) -> None:
    """Replace the file (or what a link leads to), with mode 0600. Raises OSError; what was there is there then."""
    target = path.resolve()
    with NamedTemporaryFile("w", encoding="utf-8", dir=target.parent, prefix=f"{target.name}.", delete=False) as file:
        try:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).chmod(_PRIVATE)
            Path(file.name).replace(target)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise


def is_exposed(path: Path) -> bool:
    """Whether others on this machine may read it."""
    return path.exists() and bool(path.stat().st_mode & _OTHERS)

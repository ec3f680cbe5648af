"""What delivery does with a row, step by step, for whoever looks on: tests hold these lines against a model."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Step:
    """What an attempt did, at the database's time, and what came of it.

    claim    first, again (an earlier attempt's end is unknown) or change (of what is posted); before the commit
    look     found, absent or unknown
    check    ours or over, as the lease is
    send     just before the request
    answer   sent, retry, lost or gone
    settle   the same, or later: from now on this may be written
    settled  it was written
    """

    word: str
    row: str
    attempt: str
    at: datetime
    found: str = ""


Observe = Callable[[Step], None]


def open_step_file(path: str, worker: str) -> Observe:
    """Each step is a line of JSON at the end of this file, which processes may share, and is there when we die."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def write(step: Step) -> None:
        line = {"step": step.word, "row": step.row, "attempt": step.attempt, "worker": worker, "found": step.found}
        os.write(file, json.dumps({**line, "at": step.at.isoformat()}).encode() + b"\n")

    return write

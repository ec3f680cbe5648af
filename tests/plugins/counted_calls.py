"""How many functions are called, Python's own among them: what a busy machine does not change."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any


def count_calls(work: Callable[[], object], name: str = "") -> int:
    """While it works; those of a function of Python's own with this `name`, or all."""
    calls = 0

    def note(_frame: FrameType, event: str, called: Any) -> None:
        nonlocal calls
        calls += event == "c_call" and called.__name__ == name if name else event in {"call", "c_call"}

    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
    return calls

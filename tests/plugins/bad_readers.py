"""Readers that take too much time or memory, to test that they are ended (bot/untrusted/reader_process.py)."""

from __future__ import annotations

import os
import re
from typing import Any


def spin_forever(_asked: Any, _text: bytes) -> tuple[Any, bytes]:
    while True:
        pass


def exhaust_memory(_asked: Any, _text: bytes) -> tuple[Any, bytes]:
    return len(b"x" * (2 << 30)), b""


def raise_error(_asked: Any, _text: bytes) -> tuple[Any, bytes]:
    raise ValueError


def list_environment(_asked: Any, _text: bytes) -> tuple[Any, bytes]:
    return sorted(os.environ), b""


def looks_again_and_again(text: bytes) -> object:
    """Quadratic: from each opening bracket it looks at all that follows. On any machine past the limit, not near it."""
    return re.findall(rb"\[[^\]]*\]", text * 8)

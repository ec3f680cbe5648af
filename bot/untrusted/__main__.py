"""`python -m bot.untrusted SECONDS`: one reading, in a process that is ended when it takes too long.

On stdin comes a line of JSON that names the reader, then the text; on stdout goes a line of JSON and then a text.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import sys
from contextlib import suppress

MOST_MEMORY = 1 << 30
"""Bytes of address space, the interpreter's own included."""


def main() -> None:
    _limit_ourselves(int(sys.argv[1]))
    header, _, text = sys.stdin.buffer.read().partition(b"\n")
    question = json.loads(header)
    reader = getattr(importlib.import_module(question["module"]), question["name"])
    found, rest = reader(question["asked"], text)
    sys.stdout.buffer.write(json.dumps(found).encode() + b"\n" + rest)


def _limit_ourselves(cpu_s: int) -> None:
    """Before anything is read. What works beside us comes first; some systems know no limit of memory."""
    os.nice(5)
    limits = {resource.RLIMIT_CPU: cpu_s, resource.RLIMIT_AS: MOST_MEMORY, resource.RLIMIT_CORE: 0}
    for kind, most in limits.items():
        with suppress(ValueError, OSError):
            resource.setrlimit(kind, (most, most))


if __name__ == "__main__":
    main()

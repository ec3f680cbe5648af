"""Keeps one core from resting, as long as nobody else wants it. A core that rests is slow when it wakes."""

from __future__ import annotations

import os


def main() -> None:
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    while True:
        pass


if __name__ == "__main__":
    main()

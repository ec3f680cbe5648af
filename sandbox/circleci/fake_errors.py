"""How the simulated CircleCI says no."""

from __future__ import annotations


class FakeCircleciError(Exception):
    """An answer other than the one asked for: an HTTP status and CircleCI's sentence."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message

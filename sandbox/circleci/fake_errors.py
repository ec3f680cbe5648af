"""The error that becomes a CircleCI answer."""

from __future__ import annotations


class FakeCircleciError(Exception):
    """An error answer: an HTTP status and CircleCI's sentence."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message

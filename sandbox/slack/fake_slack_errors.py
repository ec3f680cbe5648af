"""Slack's errors: a short code, and sometimes details."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sandbox.slack.block_kit.validators import SchemaProblem


class FakeSlackError(Exception):
    """Answered as {"ok": false, "error": …}, with 200 unless it says otherwise."""

    def __init__(
        self,
        error: str,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **details: Any,
    ) -> None:
        super().__init__(error)
        self.error = error
        self.status = status
        self.headers = dict(headers or {})
        self.details = details

    @property
    def body(self) -> dict[str, Any]:
        return {"ok": False, "error": self.error, **self.details}


def invalid_arguments(*sentences: str) -> FakeSlackError:
    """What is wrong with the arguments, as `response_metadata.messages` says it."""
    messages = [f"[ERROR] {sentence}" for sentence in sentences]
    return FakeSlackError("invalid_arguments", response_metadata={"messages": messages})


def invalid_blocks(problems: Iterable[SchemaProblem], error: str = "invalid_blocks") -> FakeSlackError:
    """The problems of blocks, each with its JSON pointer, twice: as Slack does."""
    sentences = [str(problem) for problem in problems]
    messages = [f"[ERROR] {sentence}" for sentence in sentences]
    return FakeSlackError(error, errors=sentences, response_metadata={"messages": messages})


def missing_scope(needed: str, provided: str) -> FakeSlackError:
    return FakeSlackError("missing_scope", needed=needed, provided=provided)

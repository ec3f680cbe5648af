"""What the dispatcher needs of Slack: where a person reads our answers, and what the place is in which they ask."""

from __future__ import annotations

from typing import Protocol

from bot.command import Modal, Reply, Request
from bot.conversation import PlaceKind
from bot.domain.people import SlackProfile


class Responder(Protocol):
    """Where a person reads our answers: Slack."""

    async def open_modal(self, request: Request, view: Modal) -> str | None:
        """Open a modal; its id, or None when Slack no longer lets us."""

    async def show(self, request: Request, reply: Reply) -> None:
        """Fill the request's modal, or answer the person alone."""

    async def show_progress(self, request: Request, line: str) -> None:
        """Say how far it is, as far as there is a place for it; the reply follows. Never raises."""

    async def find_profile(self, request: Request) -> SlackProfile:
        """Of whoever asks, as Slack tells it now. Never raises."""


class PlaceDirectory(Protocol):
    """What the place of a request is: Slack."""

    async def find(self, request: Request) -> PlaceKind | None:
        """None where it is not known. Never raises."""

    async def is_external(self, workspace: str, channel: str) -> bool | None:
        """Whether people of other companies read there; None where it is not known. Never raises."""

"""How a command asks what a person may do, beyond what dispatch has let through already."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from collections.abc import Set as AbstractSet
from typing import Protocol

from bot.domain import ProjectSlug
from bot.language import _
from bot.language.formats import join_or

_NAMED = 10


class Rights(Protocol):
    """What the workspace's policy lets a person do beyond the place where they ask. Each raises NotAllowed."""

    @property
    def refusing_channels(self) -> Sequence[str]:
        """Channels whose policy refuses this for the projects that are at home there."""

    @property
    def admins(self) -> Sequence[str]:
        """The admins of circlebot in this workspace, whom somebody may ask who is refused."""

    async def check_project(self, slugs: AbstractSet[ProjectSlug]) -> None:
        """Do it to a project, which has these names."""

    async def check_other_action(self, name: str, slug: ProjectSlug) -> None:
        """Do something else to a project that this comes to: `cancel` of a hold is to decline it."""

    def check_channel(self, channel: str) -> None:
        """Do it to the rules of this channel."""

    def check_other_change(self, name: str, channel: str) -> None:
        """Change there what this command changes: to undo `unsubscribe` is to subscribe."""


class FullRights:
    """Everything is allowed: for pages that show people only what is theirs."""

    refusing_channels = ()
    admins = ()

    async def check_project(self, slugs: AbstractSet[ProjectSlug]) -> None: ...

    async def check_other_action(self, name: str, slug: ProjectSlug) -> None: ...

    def check_channel(self, channel: str) -> None: ...

    def check_other_change(self, name: str, channel: str) -> None: ...


def format_whom_to_ask(users: Collection[str], otherwise: str) -> str:
    """`otherwise` is said where nobody is known."""
    return _("Ask {people}.", people=join_or([f"<@{user}>" for user in users][:_NAMED])) if users else otherwise

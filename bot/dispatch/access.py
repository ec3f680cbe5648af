"""Who may run what: the workspace's policy first, then the command's own access."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from bot.command import Access, Command, Request
from bot.dispatch.rights import GrantedRights, check_connected
from bot.domain.people import Account
from bot.errors import NotAllowed
from bot.language import _
from bot.language.formats import join_or
from bot.rules.policy import Policy, PolicyAction
from bot.store.store import Store


@dataclass(frozen=True, slots=True)
class Admins:
    """Whom ADMIN_USERS names: `T…/U…`, or `U…` where there is a `single_workspace`."""

    named: frozenset[str]
    single_workspace: bool

    def has(self, request: Request) -> bool:
        """People of another workspace are never admins here, even if they are at home."""
        return not request.away and request.user in self.get_users(request.workspace)

    def get_users(self, workspace: str) -> set[str]:
        bare = {one for one in self.named if self.single_workspace and "/" not in one}
        return bare | {one.removeprefix(f"{workspace}/") for one in self.named if one.startswith(f"{workspace}/")}


def authorise(
    command: Command[Any],
    request: Request,
    account: Account | None,
    policies: Iterable[Policy],
    admins: Admins,
    *,
    changes: bool,
    store: Store,
) -> GrantedRights:
    """What the person may do further, or NotConnected or NotAllowed with a sentence that says what would help."""
    act = PolicyAction(command.name, changes)
    granted = GrantedRights(
        act=act, title=command.title, request=request, account=account, policies=tuple(policies), store=store
    )
    granted.check_here()
    if command.access is Access.ADMIN and not admins.has(request):
        raise NotAllowed(
            _("Only a circlebot admin may do that."), _format_whom_to_ask(admins.get_users(request.workspace))
        )
    if command.access is Access.CONNECTED:
        check_connected(account)
    return granted


def _format_whom_to_ask(admins: AbstractSet[str]) -> str:
    if not admins:
        return _("Nobody is an admin yet: set `ADMIN_USERS` where circlebot runs.")
    return _("Ask {people}.", people=join_or([f"<@{user}>" for user in sorted(admins)[:10]]))

"""Who may run what: the command's own access first, then the workspace's policy."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from bot.command import Access, Command, Request
from bot.domain import Account
from bot.errors import NotAllowed, NotConnected, Step
from bot.store.policies import Policy

CONNECT = Step("Connect CircleCI", "connect")


@dataclass(frozen=True, slots=True)
class Admins:
    """Whom ADMIN_USERS names: `T…/U…`, or `U…` where one workspace is the `only` one."""

    named: frozenset[str]
    only: bool

    def has(self, request: Request) -> bool:
        """Somebody of another workspace never is one here, whoever they are at home."""
        return not request.away and request.user in self.of(request.workspace)

    def of(self, workspace: str) -> set[str]:
        bare = {one for one in self.named if self.only and "/" not in one}
        return bare | {one.removeprefix(f"{workspace}/") for one in self.named if one.startswith(f"{workspace}/")}


def authorise(
    command: Command[Any],
    request: Request,
    account: Account | None,
    policies: Iterable[Policy],
    admins: Admins,
) -> None:
    """Pass, or raise NotConnected or NotAllowed with a sentence that says what would help."""
    _check_policy(command, request, [policy for policy in policies if _covers(policy, command, request)])
    if command.access is Access.ADMIN and not admins.has(request):
        raise NotAllowed("Only a circlebot admin may do that.", _whom_to_ask(admins.of(request.workspace)))
    if command.access is Access.CONNECTED:
        _check_connected(account)


def _check_connected(account: Account | None) -> None:
    if account is None:
        raise NotConnected(
            "Connect your CircleCI account first: I act with your own rights there, never with somebody else's. "
            "I go on with what you asked as soon as you are connected.",
            CONNECT,
        )
    if account.state != "active":
        raise NotConnected("CircleCI no longer accepts your token (it was revoked, or it expired).", CONNECT)


def _covers(policy: Policy, command: Command[Any], request: Request) -> bool:
    meant = any(fnmatchcase(name, policy.command) for name in (command.name, *command.policed_as))
    return meant and policy.channel in {"*", request.channel}


def _check_policy(command: Command[Any], request: Request, policies: list[Policy]) -> None:
    allowed = [user for policy in policies for user in policy.users]
    if policies and request.user not in allowed:
        people = ", ".join(f"<@{user}>" for user in allowed[:10]) or "nobody"
        raise NotAllowed(f"Your workspace's policy lets only some people `{command.name}` here.", f"Ask {people}.")


def _whom_to_ask(admins: AbstractSet[str]) -> str:
    named = ", ".join(f"<@{user}>" for user in sorted(admins)[:10])
    return f"Ask {named}." if named else "Nobody is an admin yet: set `ADMIN_USERS` where circlebot runs."

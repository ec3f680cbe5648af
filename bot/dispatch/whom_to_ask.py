"""Whom somebody may ask who is refused: a refusal that names nobody is where people stop."""

from __future__ import annotations

from dataclasses import dataclass

from bot.command import Request
from bot.conversation import is_person
from bot.store.store import Store

_OWNERS = 3


@dataclass(frozen=True, slots=True)
class Admins:
    """Whom ADMIN_USERS names: `T…/U…`, or `U…` where there is a `single_workspace`."""

    named: frozenset[str]
    single_workspace: bool

    def has(self, request: Request) -> bool:
        """People of another workspace are never admins here, even if they are at home."""
        return not request.away and request.user in self.get_users(request.workspace)

    def get_users(self, workspace: str) -> frozenset[str]:
        bare = {one for one in self.named if self.single_workspace and "/" not in one}
        theirs = {one.removeprefix(f"{workspace}/") for one in self.named if one.startswith(f"{workspace}/")}
        return frozenset(bare | theirs)


@dataclass(frozen=True, slots=True)
class WhomToAsk:
    """Who may do here what somebody of no rights may not: the owners of the channel's rules, then the admins."""

    store: Store
    admins: Admins

    async def list_users(self, request: Request) -> list[str]:
        async with self.store.begin_read() as tx:
            rules = await tx.subscriptions.list_for_channel(*request.place)
        owners = dict.fromkeys(rule.made_by for rule in rules if is_person(rule.made_by))
        admins = sorted(self.admins.get_users(request.workspace))
        known = dict.fromkeys([*list(owners)[:_OWNERS], *admins])
        return [user for user in known if user != request.user]

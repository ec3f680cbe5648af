"""Whom somebody may ask who is refused: a refusal that names nobody is where people stop."""

from __future__ import annotations

from dataclasses import dataclass

from bot.command import Request
from bot.conversation import is_person
from bot.rules.policy_decision import Asker
from bot.rules.policy_line import is_group
from bot.store.store import Store, Tx

_OWNERS = 3


@dataclass(frozen=True, slots=True)
class AdminRoster:
    """The admins of one workspace: whom ADMIN_USERS names, and people and user groups `added` in Slack."""

    fixed: frozenset[str]
    added: frozenset[str] = frozenset()

    def has(self, asker: Asker) -> bool:
        """People of another workspace are never admins here, even if they are at home."""
        named = asker.user in self.fixed | self.added
        return not asker.external and (named or not asker.groups.isdisjoint(self.added))

    @property
    def groups(self) -> set[str]:
        """The user groups whose members are admins."""
        return set(filter(is_group, self.added))

    @property
    def whom(self) -> list[str]:
        """All of them, to be asked: groups last."""
        return sorted(self.fixed | self.added, key=lambda who: (is_group(who), who))


@dataclass(frozen=True, slots=True)
class Admins:
    """Whom ADMIN_USERS names: `T…/U…`, or `U…` where there is a `single_workspace`; and whom these add in Slack."""

    named: frozenset[str]
    single_workspace: bool

    async def load(self, tx: Tx, workspace: str) -> AdminRoster:
        added = await tx.admins.list_for_workspace(workspace)
        return AdminRoster(self.get_fixed(workspace), frozenset(one.who for one in added))

    def get_fixed(self, workspace: str) -> frozenset[str]:
        """Whom ADMIN_USERS names there."""
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
            roster = await self.admins.load(tx, request.workspace)
        owners = dict.fromkeys(rule.made_by for rule in rules if is_person(rule.made_by))
        known = dict.fromkeys([*list(owners)[:_OWNERS], *roster.whom])
        return [user for user in known if user != request.user]

"""Who somebody is to a policy: in which user groups, a guest, or of another company."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Protocol

from bot.clock import Clock
from bot.command import Request
from bot.conversation import is_person
from bot.dispatch.admission import MemberDirectory, Membership
from bot.domain.slack_groups import UserGroup
from bot.rules.policy_decision import Asker, build_asker
from bot.rules.policy_line import is_group


class GroupDirectory(Protocol):
    """Slack."""

    async def load_groups(self, workspace: str, named: AbstractSet[str]) -> Sequence[UserGroup]:
        """As it told of them last. Never raises because of it."""


@dataclass(frozen=True, slots=True)
class AskerDirectory:
    """As Slack tells it; of user groups those that are named, by the policy or as admins."""

    people: MemberDirectory
    groups: GroupDirectory
    clock: Clock

    async def list_unknown(self, workspace: str, named: AbstractSet[str]) -> list[str]:
        """Of these people and user groups those whom Slack does not know there, or shows no more."""
        groups = {one for one in named if is_group(one)}
        found = await self.groups.load_groups(workspace, groups) if groups else ()
        people = [one for one in sorted(named - groups) if is_person(one)]
        gone = [one for one in people if (await self.people.fetch_member(workspace, one)).is_gone]
        return [*sorted(groups - {one.id for one in found if one.is_shown}), *gone]

    async def find_for_request(self, request: Request, groups: AbstractSet[str]) -> Asker:
        return await self.find(request.workspace, request.user, groups, away=request.away is not None)

    async def find(self, workspace: str, user: str, groups: AbstractSet[str], *, away: bool = False) -> Asker:
        membership = (await self.people.fetch_member(workspace, user)).membership
        found = await self.groups.load_groups(workspace, groups) if groups else ()
        return build_asker(
            user,
            found,
            self.clock.now(),
            guest=membership is Membership.GUEST,
            external=away or membership is Membership.STRANGER,
        )

"""Who somebody is to a policy: a person of the workspace, a guest, or somebody of another company."""

from __future__ import annotations

from dataclasses import dataclass

from bot.command import Request
from bot.dispatch.admission import MemberDirectory, Membership
from bot.rules.policy_decision import Asker


@dataclass(frozen=True, slots=True)
class AskerDirectory:
    """As Slack tells it."""

    people: MemberDirectory

    async def find_for_request(self, request: Request) -> Asker:
        return await self._find(request.workspace, request.user, away=request.away is not None)

    async def find(self, workspace: str, user: str) -> Asker:
        return await self._find(workspace, user, away=False)

    async def _find(self, workspace: str, user: str, *, away: bool) -> Asker:
        membership = (await self.people.fetch_member(workspace, user)).membership
        return Asker(
            user=user,
            guest=membership is Membership.GUEST,
            external=away or membership is Membership.STRANGER,
        )

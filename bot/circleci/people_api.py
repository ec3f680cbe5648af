from __future__ import annotations

from bot.circleci.api_request import Wire
from bot.circleci.models import Collaboration, Me, User


class People(Wire):
    async def me(self) -> Me:
        """Whose token this is."""
        return await self.get(Me, "me")

    async def collaborations(self) -> list[Collaboration]:
        """The organisations that the person belongs to."""
        return await self.get(list[Collaboration], "me", "collaborations")

    async def user(self, user_id: str) -> User:
        """Turns `approved_by`, `canceled_by` and `started_by` into a name."""
        return await self.get(User, "user", user_id)

from __future__ import annotations

from bot.circleci.api_request import BaseApi
from bot.circleci.models import Collaboration, Me, User


class UsersApi(BaseApi):
    async def fetch_me(self) -> Me:
        """Whose token this is."""
        return await self.fetch(Me, "me")

    async def list_collaborations(self) -> list[Collaboration]:
        """The organisations that the person belongs to."""
        return await self.fetch(list[Collaboration], "me", "collaborations")

    async def fetch_user(self, user_id: str) -> User:
        """Turns `approved_by`, `canceled_by` and `started_by` into a name."""
        return await self.fetch(User, "user", user_id)

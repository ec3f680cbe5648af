from __future__ import annotations

from bot.circleci.models import FlakyTest, Model
from bot.circleci.models.model import Many
from bot.circleci.wire import Wire
from bot.domain import ProjectSlug


class FlakyTests(Model):
    flaky_tests: Many[FlakyTest] = ()


class Insights(Wire):
    async def flaky_tests(self, slug: ProjectSlug) -> list[FlakyTest]:
        """Tests that passed and failed on one commit, on whatever branch."""
        return list((await self.get(FlakyTests, "insights", slug, "flaky-tests")).flaky_tests)

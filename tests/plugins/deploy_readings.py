"""What tests of how deploys are read share: a rule that wants them, what was found, and what was asked for it."""

from __future__ import annotations

from collections import Counter

from bot.domain import Outcome, ProjectSlug
from bot.rules.rule import Rule
from tests.plugins.poller_harness import PollerHarness

WEB = "gh/acme/web"
DEPLOYS = Rule.parse({"only": ["deployed", "deploy-failed", "rolled-back"]})


async def begin(harness: PollerHarness, rule: Rule = DEPLOYS, project: str = WEB) -> None:
    await harness.subscribe(project, rule=rule)
    await harness.advance(0.2)


async def list_deploys(harness: PollerHarness, project: str = WEB) -> list[Outcome]:
    """Oldest first."""
    async with harness.store.begin_read() as tx:
        known = await tx.pipelines.list_newest(ProjectSlug.parse(project), 100)
        found = [one for each in known for one in await tx.outcomes.list_for_pipeline(each.id) if one.deploy]
    return sorted(found, key=lambda one: one.happened_at)


async def count_asked(harness: PollerHarness, since: int = 0) -> Counter[str]:
    """Questions about deploys, by the last word of their path."""
    paths = [call["path"] for call in (await harness.sandbox.calls())[since:]]
    return Counter(path.rpartition("/")[2] for path in paths if "/deploy/" in path)


async def approve(harness: PollerHarness, number: int) -> None:
    answer = await harness.sandbox.control.get("/_control/state")
    pipelines = answer.json()["circleci"]["pipelines"]
    run = next(one for one in pipelines if one["number"] == number)["workflows"][0]
    await harness.control("decide", workflow_id=run["id"], hold="approve-production")


async def list_told(harness: PollerHarness) -> list[str]:
    """Of the messages that are to be posted, which outcomes they tell."""
    told, now = list[str](), harness.sandbox.now()
    async with harness.store.begin() as tx:
        while cards := await tx.cards.claim(now, 60, "test", limit=100):
            for card in cards:
                await tx.cards.settle_sent(card, "1.1", now)
        while found := await tx.outbox.claim(now, 60, "test", limit=100):
            for notice in found:
                await tx.outbox.settle_sent(notice, "1.2", now)
                told.append(notice.key)
    return told


async def look_again(harness: PollerHarness) -> None:
    """As a webhook has it: at all pipelines, now."""
    async with harness.store.begin() as tx:
        for one in await tx.pipelines.list_newest(ProjectSlug.parse(WEB), 100):
            await tx.pipelines.make_due(one.id, harness.sandbox.now())
        await tx.polled_projects.make_due(ProjectSlug.parse(WEB), harness.sandbox.now())
    await harness.run_due()

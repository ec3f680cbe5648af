"""Within ten minutes, once, and over nothing newer; the line that tells of a change shows what can be done now."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.actions import change_reversal, mute_changes, rule_changes
from bot.actions.channel_announcement import Told
from bot.actions.rule_scopes import VisibleScope
from bot.circleci.links import Links
from bot.command import Context, Request, RequestSource, format_line
from bot.domain import ProjectScope, ProjectSlug
from bot.errors import NextStep, TargetError
from bot.messages import Message
from bot.notify.upkeep.undo_expiry import UndoExpiry
from bot.rules.muting import Mute
from bot.rules.rule import Rule
from bot.rules.subscription import Subscription
from bot.rules.undoable_change import UNDO_FOR, UndoableChange
from bot.store.store import Store
from bot.store.vault import Vault, generate_key
from tests.plugins.block_reader import get_text
from tests.plugins.database import create_database
from tests.plugins.delivery_harness import FakeClock

WEB = ProjectSlug("gh", "acme", "web")
SEEN = VisibleScope(ProjectScope.parse("gh/acme/web"), (WEB,))


@dataclass
class UndoHarness:
    store: Store
    clock: FakeClock

    def as_(self, user: str, channel: str = "C") -> Context:
        circleci: Any = None  # Nothing of this asks CircleCI.
        request = Request("T", user, "", RequestSource.BUTTON, f"k{self.clock.now()}", channel=channel)
        return Context(request, circleci, self.store, self.clock, Links(), wake=lambda: None)

    async def make_rule(self, user: str = "U1", **texts: list[str]) -> Subscription:
        context = self.as_(user)
        rule = Subscription(0, "T", "C", SEEN.scope, Rule.parse(texts), user, self.clock.now())
        made, told = await rule_changes.create(context, rule, SEEN)
        assert told == Told(seen=True), "the channel has the button"
        return made

    async def mute(self, user: str = "U1", *, rule_id: int | None = None, hours: float = 2) -> Mute:
        now = self.clock.now()
        mute = Mute("T", "C", now + timedelta(hours=hours), user, now, None, rule_id)
        await mute_changes.begin(self.as_(user), mute)
        return mute

    async def newest(self) -> UndoableChange:
        return (await change_reversal.list_recent(self.as_("U1")))[0]

    async def refuses(self, user: str, change: UndoableChange) -> TargetError:
        with pytest.raises(TargetError) as refused:
            await change_reversal.restore(self.as_(user), change)
        return refused.value

    async def said(self, channel: str = "C") -> list[Message]:
        async with self.store.begin() as tx:
            notices = []
            while found := await tx.outbox.claim(self.clock.now(), 60, "me", limit=50):
                notices += found
                for one in found:
                    await tx.outbox.settle_sent(one, "1.0", self.clock.now())
            return [one.message for one in notices if one.channel == channel]

    async def expire(self) -> None:
        await UndoExpiry(store=self.store, clock=self.clock, holder="me", wake=lambda: None).run(self.clock.now())


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[UndoHarness]:
    store = Store(await create_database(tmp_path), Vault([generate_key()]))
    yield UndoHarness(store, FakeClock())
    await store.close()


def buttons(message: Message) -> list[str]:
    return [block["accessory"]["value"] for block in message.blocks if "accessory" in block]


async def test_a_removed_rule_comes_back_with_its_number_owner_age_and_mute(harness: UndoHarness) -> None:
    rule = await harness.make_rule(branch=["main"])
    mute = await harness.mute(rule_id=rule.id)
    harness.clock.advance(60)
    await rule_changes.remove(harness.as_("U2"), rule, {})
    await change_reversal.restore(harness.as_("U3"), await harness.newest())
    async with harness.store.begin_read() as tx:
        assert await tx.subscriptions.list_for_channel("T", "C") == [rule]
        assert await tx.coverage.list_projects(rule.id) == [WEB]
        assert await tx.mutes.list_for_channels("T", ["C"], harness.clock.now()) == [mute]


async def test_it_is_undone_once(harness: UndoHarness) -> None:
    await harness.make_rule()
    change = await harness.newest()
    await change_reversal.restore(harness.as_("U2"), change)
    assert (await harness.refuses("U1", change)).message == "<@U2> has undone this already."
    async with harness.store.begin_read() as tx:
        assert await tx.subscriptions.list_for_channel("T", "C") == []


async def test_after_ten_minutes_it_is_too_late_and_another_way_is_offered(harness: UndoHarness) -> None:
    rule = await harness.make_rule()
    await rule_changes.remove(harness.as_("U1"), rule, {})
    change = await harness.newest()
    harness.clock.advance(UNDO_FOR.total_seconds())
    refused = await harness.refuses("U1", change)
    assert "more than ten minutes ago" in refused.message
    assert NextStep("Subscribe Again", format_line("subscribe", "gh/acme/web")) in refused.next_steps
    assert await change_reversal.list_recent(harness.as_("U1")) == []


async def test_what_somebody_changed_again_since_is_not_lost(harness: UndoHarness) -> None:
    rule = await harness.make_rule(branch=["main"])
    made = await harness.newest()
    harness.clock.advance(1)
    changed = replace(rule, rule=Rule.parse({"branch": ["dev"]}), made_by="U2")
    await rule_changes.change(harness.as_("U2"), rule, changed, seen=SEEN)
    assert "changed it again since" in (await harness.refuses("U1", made)).message
    async with harness.store.begin_read() as tx:
        assert (await tx.subscriptions.list_for_channel("T", "C"))[0].rule == changed.rule
    created, second = await harness.said()
    assert buttons(created) == [], "the first line offers what cannot be had no longer"
    assert buttons(second) == [format_line("undo", str((await harness.newest()).id))]


async def test_where_the_same_rule_was_made_anew_it_does_not_come_back_twice(harness: UndoHarness) -> None:
    rule = await harness.make_rule()
    await rule_changes.remove(harness.as_("U1"), rule, {})
    removed = await harness.newest()
    again = await harness.make_rule()
    assert (await harness.refuses("U1", removed)).message == f"Rule {again.id} says this already."


async def test_a_longer_mute_comes_back_when_a_shorter_one_is_undone(harness: UndoHarness) -> None:
    longer = await harness.mute(hours=8)
    harness.clock.advance(1)
    await harness.mute("U2", hours=1)
    await change_reversal.restore(harness.as_("U1"), await harness.newest())
    async with harness.store.begin_read() as tx:
        assert await tx.mutes.list_for_channels("T", ["C"], harness.clock.now()) == [longer]


async def test_the_owner_hears_what_others_did_to_their_rule_and_puts_it_back_from_there(harness: UndoHarness) -> None:
    rule = await harness.make_rule("U1")
    for act, words in (
        (lambda: rule_changes.take_over(harness.as_("U2"), rule, SEEN), "<@U2> took over your rule"),
        (lambda: rule_changes.remove(harness.as_("U2"), rule, {}), "<@U2> removed your rule"),
    ):
        await act()
        [told] = await harness.said("U1")
        assert words in told.text
        assert "<#C>" in told.text
        change = await change_reversal.find_change(harness.as_("U1", "D1"), int(buttons(told)[0].split()[1]))
        await change_reversal.restore(harness.as_("U1", "D1"), change)
        [back] = await harness.said("U2")
        assert "<@U1> undid your change in <#C>" in back.text
    async with harness.store.begin_read() as tx:
        assert await tx.subscriptions.list_for_channel("T", "C") == [rule]


async def test_a_change_of_another_channel_is_none_of_a_strangers_business(harness: UndoHarness) -> None:
    await harness.make_rule()
    change = await harness.newest()
    with pytest.raises(TargetError, match="no such change here"):
        await change_reversal.find_change(harness.as_("U3", "C-other"), change.id)


async def test_the_button_goes_when_its_time_has_passed_or_it_was_used(harness: UndoHarness) -> None:
    await harness.make_rule()
    harness.clock.advance(UNDO_FOR.total_seconds() - 1)
    await harness.expire()
    await harness.mute()
    await change_reversal.restore(harness.as_("U2"), await harness.newest())
    harness.clock.advance(1)
    await harness.expire()
    subscribed, muted = await harness.said()
    assert [*buttons(subscribed), *buttons(muted)] == []
    assert muted.text.endswith("_<@U2> undid it._")
    async with harness.store.begin_read() as tx:
        assert await tx.undoable_changes.list_open("T", "C") == []


async def test_what_is_muted_can_be_unmuted_as_long_as_it_is(harness: UndoHarness) -> None:
    mute = await harness.mute(hours=2)
    harness.clock.advance(UNDO_FOR.total_seconds())
    await harness.expire()
    async with harness.store.begin_read() as tx:
        [still] = await tx.undoable_changes.list_open("T", "C")
    harness.clock.advance(3600)
    await mute_changes.end(harness.as_("U2"), [mute])
    async with harness.store.begin_read() as tx:
        assert still.id not in [one.id for one in await tx.undoable_changes.list_open("T", "C")]
    muted, unmuted = await harness.said()
    assert buttons(muted) == []
    assert "unmuted this channel" in get_text(list(unmuted.blocks))


async def test_the_line_of_a_mute_says_unmute_later_and_nothing_once_it_has_ended(harness: UndoHarness) -> None:
    await harness.mute(hours=2)
    for seconds, left in ((UNDO_FOR.total_seconds(), [format_line("unmute")]), (2 * 3600.0, [])):
        harness.clock.advance(seconds)
        await harness.expire()
        async with harness.store.begin_read() as tx:
            notice = (await tx.undoable_changes.find("T", 1)) or pytest.fail("gone")
            assert bool(await tx.undoable_changes.list_open("T", "C")) == bool(left)
        assert list(notice.notices)
    [muted] = await harness.said()
    assert buttons(muted) == []

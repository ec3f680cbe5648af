"""The App Home: what is most important on top; onboarding until the person is connected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.blocks import account_blocks, help_blocks, kit, me_blocks, subscription_blocks
from bot.blocks.action_blocks import approve_buttons
from bot.blocks.card_blocks import name_of
from bot.blocks.pipeline_blocks import row
from bot.circleci.links import Links
from bot.circleci.snapshot import Snapshot
from bot.command import Command, line
from bot.domain import Account, ProjectSlug
from bot.mrkdwn import code, cut, escape, link
from bot.rules.muting import Mute
from bot.rules.subscription import Subscription
from bot.store.rule_problems import Trouble

Known = tuple[ProjectSlug, Snapshot]


@dataclass(frozen=True, slots=True)
class Desk:
    """What lies on a connected person's desk.

    `trouble` says why something may be missing, `troubles` what is wrong with rules, by their id.
    """

    account: Account
    waiting: Sequence[Known]
    mine: Sequence[Known]
    rules: Sequence[Subscription]
    names: subscription_blocks.Names
    me: me_blocks.Known
    trouble: str = ""
    troubles: Mapping[int, Sequence[Trouble]] = field(default_factory=dict)
    mutes: Sequence[Mute] = ()


def welcome(account: Account | None, commands: Sequence[Command[Any]]) -> list[kit.Block]:
    """For somebody who is not connected, or no longer."""
    return [kit.header("Welcome to circlebot"), *account_blocks.invitation(account), *help_blocks.overview(commands)]


def desk(desk: Desk, commands: Sequence[Command[Any]], *, links: Links, now: datetime) -> list[kit.Block]:
    buttons = [kit.button("Trigger…", line("trigger"), style="primary"), kit.button("My projects", line("projects"))]
    return [
        kit.section(f":wave: *{account_blocks.named(desk.account)}*, connected with CircleCI"),
        kit.actions([*buttons, kit.button("Replace the token", line("connect"))]),
        *([kit.section(f":warning: {desk.trouble}")] if desk.trouble else []),
        *_waiting(desk, links),
        *_mine(desk, links, now),
        *_rules(desk),
        *_titled("Me"),
        *me_blocks.settings(desk.me),
        *_titled("What I can do"),
        *help_blocks.table(commands),
    ]


def _waiting(desk: Desk, links: Links) -> list[kit.Block]:
    """Holds, each with its button; nothing when none waits."""
    if not desk.waiting:
        return []
    blocks = _titled("Waiting for approval")
    for project, snapshot in desk.waiting:
        where = link(links.pipeline(project, snapshot.pipeline.number), _label(desk, project, snapshot))
        blocks += [kit.section(f":raised_hand: *{where}*{_what(snapshot)}"), _approvals(snapshot)]
    return blocks


def _label(desk: Desk, project: ProjectSlug, snapshot: Snapshot) -> str:
    return f"{desk.names.get(project) or name_of(snapshot, project)} #{snapshot.pipeline.number}"


def _what(snapshot: Snapshot) -> str:
    pipeline = snapshot.pipeline
    subject = f"\n{cut(escape(pipeline.subject), 150)}" if pipeline.subject else ""
    return f" on {code(pipeline.ref or '?', 120)}{subject}"


def _approvals(snapshot: Snapshot) -> kit.Block:
    holds = approve_buttons(snapshot.held, snapshot.pipeline.id)
    return kit.actions([*holds, kit.button("Details", line("pipeline", snapshot.pipeline.id))])


def _mine(desk: Desk, links: Links, now: datetime) -> list[kit.Block]:
    """Those that wait stand above already."""
    if not desk.mine:
        return [*_titled("My pipelines"), kit.context("None that you started lately.")]
    above = {snapshot.pipeline.id for _, snapshot in desk.waiting}
    rows = [
        block
        for project, snapshot in desk.mine
        if snapshot.pipeline.id not in above
        for block in row(snapshot, project, links=links, now=now, label=_label(desk, project, snapshot))
    ]
    return [*_titled("My pipelines"), *rows] if rows else []


def _rules(desk: Desk) -> list[kit.Block]:
    if not desk.rules:
        return [*_titled("My rules"), kit.context("You have made none: say `/circle subscribe` in a channel.")]
    rows = subscription_blocks.listed(
        desk.rules, desk.names, user=desk.account.user, channel=None, troubles=desk.troubles, mutes=desk.mutes
    )
    return [*_titled("My rules"), *rows]


def _titled(title: str) -> list[kit.Block]:
    return [kit.divider(), kit.header(title)]

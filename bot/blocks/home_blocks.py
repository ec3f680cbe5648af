"""The App Home: what is most important on top; onboarding until the person is connected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.blocks import account_blocks, help_blocks, kit, me_blocks, subscription_blocks
from bot.blocks.action_blocks import build_approve_buttons
from bot.blocks.pipeline_blocks import build_row
from bot.blocks.pipeline_title import get_project_name
from bot.circleci.links import Links
from bot.circleci.snapshot import Snapshot
from bot.command import Command, format_line
from bot.domain import ProjectSlug
from bot.domain.people import Account
from bot.mrkdwn import as_code, as_link, cut, escape
from bot.rules.muting import Mute
from bot.rules.rule_problem import RuleProblem
from bot.rules.subscription import Subscription

Known = tuple[ProjectSlug, Snapshot]


@dataclass(frozen=True, slots=True)
class HomeContent:
    """What a connected person's Home shows.

    `warning` says why something may be missing, `rule_problems` what is wrong with rules, by their id.
    """

    account: Account
    waiting_pipelines: Sequence[Known]
    own_pipelines: Sequence[Known]
    rules: Sequence[Subscription]
    names: subscription_blocks.Names
    me: me_blocks.PersonalSettings
    warning: str = ""
    rule_problems: Mapping[int, Sequence[RuleProblem]] = field(default_factory=dict)
    mutes: Sequence[Mute] = ()


def render_welcome(account: Account | None, commands: Sequence[Command[Any]]) -> list[kit.Block]:
    """For somebody who is not connected, or no longer."""
    return [
        kit.header("Welcome to circlebot"),
        *account_blocks.render_connect_prompt(account),
        *help_blocks.render_overview(commands),
        help_blocks.build_more_row(),
    ]


def render(content: HomeContent, commands: Sequence[Command[Any]], *, links: Links, now: datetime) -> list[kit.Block]:
    buttons = [
        kit.button("Trigger…", format_line("trigger"), style="primary"),
        kit.button("Show My Projects", format_line("projects")),
    ]
    return [
        kit.section(f":wave: *{account_blocks.format_name(content.account)}*, connected with CircleCI"),
        kit.actions([*buttons, kit.button("Replace the Token", format_line("connect"))]),
        *([kit.section(f":warning: {content.warning}")] if content.warning else []),
        *_waiting(content, links),
        *_mine(content, links, now),
        *_rules(content),
        *_build_heading("Me"),
        *me_blocks.build_settings(content.me),
        *_build_heading("What I can do"),
        *help_blocks.build_task_table(commands),
        help_blocks.build_more_row(),
    ]


def _waiting(content: HomeContent, links: Links) -> list[kit.Block]:
    """Holds, each with its button; nothing when none waits."""
    if not content.waiting_pipelines:
        return []
    blocks = _build_heading("Waiting for approval")
    for project, snapshot in content.waiting_pipelines:
        where = as_link(links.pipeline_url(project, snapshot.pipeline.number), _label(content, project, snapshot))
        blocks += [kit.section(f":raised_hand: *{where}*{_format_ref(snapshot)}"), _approvals(snapshot)]
    return blocks


def _label(content: HomeContent, project: ProjectSlug, snapshot: Snapshot) -> str:
    return f"{content.names.get(project) or get_project_name(snapshot, project)} #{snapshot.pipeline.number}"


def _format_ref(snapshot: Snapshot) -> str:
    pipeline = snapshot.pipeline
    subject = f"\n{cut(escape(pipeline.subject), 150)}" if pipeline.subject else ""
    return f" on {as_code(pipeline.ref or '?', 120)}{subject}"


def _approvals(snapshot: Snapshot) -> kit.Block:
    holds = build_approve_buttons(snapshot)
    return kit.actions([*holds, kit.button("Show Details", format_line("pipeline", snapshot.pipeline.id))])


def _mine(content: HomeContent, links: Links, now: datetime) -> list[kit.Block]:
    """Those that wait are above already."""
    if not content.own_pipelines:
        return [*_build_heading("My pipelines"), kit.context("None that you started lately.")]
    above = {snapshot.pipeline.id for _, snapshot in content.waiting_pipelines}
    rows = [
        block
        for project, snapshot in content.own_pipelines
        if snapshot.pipeline.id not in above
        for block in build_row(snapshot, project, links=links, now=now, label=_label(content, project, snapshot))
    ]
    return [*_build_heading("My pipelines"), *rows] if rows else []


def _rules(content: HomeContent) -> list[kit.Block]:
    if not content.rules:
        return [*_build_heading("My rules"), kit.context("You have made none: say `/circle subscribe` in a channel.")]
    rows = subscription_blocks.build_list(
        content.rules,
        content.names,
        user=content.account.user,
        channel=None,
        problems=content.rule_problems,
        mutes=content.mutes,
    )
    return [*_build_heading("My rules"), *rows]


def _build_heading(title: str) -> list[kit.Block]:
    return [kit.divider(), kit.header(title)]

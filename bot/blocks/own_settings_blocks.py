"""A person's settings as one form: their account, direct messages and logins, their rules, and what they did lately."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from bot.blocks import (
    account_blocks,
    deed_blocks,
    kit,
    me_blocks,
    personal_data_blocks,
    status_blocks,
    subscription_blocks,
)
from bot.command import format_line
from bot.domain import ProjectSlug
from bot.domain.people import Account
from bot.language import _
from bot.mrkdwn import escape
from bot.rules.muting import Mute
from bot.rules.rule_problem import RuleProblem
from bot.rules.subscription import Subscription


class Deed(NamedTuple):
    """Something that they did through us to a pipeline; `text` is mrkdwn, as the card tells it."""

    text: str
    project: ProjectSlug
    number: int
    done_at: datetime


@dataclass(frozen=True, slots=True)
class OwnSettings:
    """`problems` are those of the rules, by their id; `mutes` those of the rules' channels. `deeds`: newest first."""

    known: me_blocks.PersonalSettings
    rules: Sequence[Subscription] = ()
    names: subscription_blocks.Names = field(default_factory=dict)
    problems: Mapping[int, Sequence[RuleProblem]] = field(default_factory=dict)
    mutes: Sequence[Mute] = ()
    deeds: Sequence[Deed] = ()


def render_form(own: OwnSettings, user: str, fields: Mapping[str, str], chosen: me_blocks.Chosen) -> list[kit.Block]:
    """`fields` and `chosen` are what was filled in so far. Only what is saved by submitting are inputs."""
    return [
        *_build_account(own.known.account),
        *me_blocks.render_form(own.known, fields, chosen),
        *_build_rules(own, user),
        *_build_deeds(own),
        kit.header(_("What is kept about me")),
        kit.actions(personal_data_blocks.build_buttons()),
    ]


def _build_account(account: Account | None) -> list[kit.Block]:
    if account is None or not account.is_active:
        connect = kit.button(_("Connect CircleCI"), format_line("connect"))
        return [kit.section(_("You are not connected with CircleCI."), connect)]
    name, ago = account_blocks.format_name(account), status_blocks.format_ago(account.connected_at)
    return [
        kit.section(_("*{name}* at CircleCI, connected {ago}", name=name, ago=ago)),
        kit.actions(account_blocks.build_account_buttons()),
    ]


def _build_rules(own: OwnSettings, user: str) -> list[kit.Block]:
    rows = subscription_blocks.build_list(
        own.rules, own.names, user=user, channel=None, problems=own.problems, mutes=own.mutes
    )
    empty = kit.context(_("None. `/circle subscribe acme/web` in a channel makes one."))
    return [kit.header(_("My rules")), *(rows or [empty])]


def _build_deeds(own: OwnSettings) -> list[kit.Block]:
    lines = "\n".join(f"• {_format_deed(deed, own.names)}" for deed in own.deeds)
    empty = kit.context(_("Nothing yet. What you start, rerun, approve or cancel appears here."))
    return [kit.header(_("What I did in your name")), kit.section(lines) if lines else empty]


def _format_deed(deed: Deed, names: subscription_blocks.Names) -> str:
    where = f"{escape(names.get(deed.project) or deed.project.name)} #{deed.number}"
    return f"{deed_blocks.format_deed(deed.text)} · {where} · {status_blocks.format_ago(deed.done_at)}"

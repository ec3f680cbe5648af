"""A freeze in words, for refusals, cards, announcements and lists: mrkdwn."""

from __future__ import annotations

from bot.blocks import status_blocks
from bot.blocks.person_blocks import format_user
from bot.language import _
from bot.language.formats import join_and
from bot.mrkdwn import as_code, cut, escape
from bot.rules.mention_words import format_mention
from bot.rules.project_freeze import Freeze

_NAMED = 10


def format_freeze(freeze: Freeze) -> str:
    """What is frozen, until when, why and by whom."""
    return _(
        ":snowflake: {what} is frozen until {until}{why}, by {who}.",
        what=format_frozen(freeze),
        until=status_blocks.format_moment(freeze.until),
        why=_format_name(freeze),
        who=format_user(freeze.made_by),
    )


def format_planned(freeze: Freeze) -> str:
    """The same of one that has not begun."""
    return _(
        ":calendar: {what} will be frozen from {since} until {until}{why}, by {who}.",
        what=format_frozen(freeze),
        since=status_blocks.format_moment(freeze.since),
        until=status_blocks.format_moment(freeze.until),
        why=_format_name(freeze),
        who=format_user(freeze.made_by),
    )


def format_end(freeze: Freeze) -> str:
    """That it is over."""
    what = format_frozen(freeze)
    if freeze.ended_by:
        return _(
            ":sunny: {who} thawed {what}{why}.", who=format_user(freeze.ended_by), what=what, why=_format_name(freeze)
        )
    return _(":sunny: {what} is no longer frozen{why}.", what=what, why=_format_name(freeze))


def format_meaning(freeze: Freeze) -> str:
    """What it stops, and for whom it does not."""
    if not freeze.exempt:
        return _("Nobody starts, reruns or approves anything until then. You can still cancel, decline and roll back.")
    people = join_and([format_mention(one) for one in freeze.exempt[:_NAMED]])
    return _(
        "Until then only {people} may start, rerun and approve. Everybody can still cancel, decline and roll back.",
        people=people,
    )


def format_frozen(freeze: Freeze) -> str:
    return as_code(freeze.scope.name, 120) if freeze.scope else _("Every project")


def _format_name(freeze: Freeze) -> str:
    return f" (*{cut(escape(freeze.name), 150)}*)" if freeze.name else ""

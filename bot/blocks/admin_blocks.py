"""The admins of circlebot in a workspace, and what becomes of the list."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks import kit
from bot.blocks.status_blocks import format_ago
from bot.command import format_line
from bot.domain.people import AddedAdmin
from bot.language import _
from bot.messages import Message
from bot.rules.mention_words import format_mention

_MOST = 40


def render_list(fixed: Sequence[str], added: Sequence[AddedAdmin]) -> Message:
    """Who was added can be removed here; whom ADMIN_USERS names only where circlebot runs."""
    title = _("Admins of circlebot")
    rows = [
        kit.section(_("{who} · by `ADMIN_USERS`, where circlebot runs", who=format_mention(one)))
        for one in fixed[:_MOST]
    ]
    rows += [kit.section(_format_added(one), build_remove_button(one.who)) for one in added[:_MOST]]
    nobody = [] if rows else [kit.section(_("Nobody is an admin yet."))]
    hint = kit.context(_("`/circle admins add @ada` makes somebody one, or a user group."))
    policy = kit.actions([kit.button(_("Show Policy"), format_line("policy"))])
    return Message(title, [kit.header(title), *rows, *nobody, policy, hint])


def _format_added(one: AddedAdmin) -> str:
    return _(
        "{who} · added by {by} {ago}",
        who=format_mention(one.who),
        by=format_mention(one.added_by),
        ago=format_ago(one.added_at),
    )


def build_remove_button(who: str) -> kit.Pressable:
    asked = kit.confirm(
        _("Remove admin"),
        _("{who} is no admin of circlebot any more.", who=format_mention(who)),
        _("Remove Admin"),
        danger=True,
    )
    return kit.button(_("Remove"), format_line("admins", "rm", who), confirm=asked, about=who)


def render_added(who: Sequence[str]) -> Message:
    people = ", ".join(map(format_mention, who))
    text = _(":key: {people}: admin of circlebot from now on.", people=people)
    return _render_change(text, [kit.button(_("Undo"), format_line("admins", "rm", *who))])


def render_removed(who: Sequence[str]) -> Message:
    people = ", ".join(map(format_mention, who))
    text = _(":key: {people}: no admin of circlebot any more.", people=people)
    return _render_change(text, [kit.button(_("Undo"), format_line("admins", "add", *who))])


def _render_change(text: str, buttons: Sequence[kit.Pressable]) -> Message:
    show = kit.button(_("Show Admins"), format_line("admins"))
    return Message(text, [kit.section(text), kit.actions([*buttons, show])])


def render_told(by: str, who: Sequence[str], *, added: bool) -> Message:
    """For the other admins."""
    people = ", ".join(map(format_mention, who))
    text = (
        _(":key: {by} made {people} admin of circlebot.", by=format_mention(by), people=people)
        if added
        else _(":key: {by} removed {people} as admin of circlebot.", by=format_mention(by), people=people)
    )
    return _render_change(text, [])

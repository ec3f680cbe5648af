"""A rule that was just made or changed: what it posts from now on, and how to change or undo it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Literal

from bot.blocks import deploy_blocks, kit, mute_blocks, subscription_blocks
from bot.command import format_line
from bot.conversation import is_direct
from bot.domain import ProjectSlug
from bot.language import _
from bot.messages import Message
from bot.mrkdwn import as_code, join_first
from bot.rules.muting import Mute
from bot.rules.subscription import Subscription

How = Literal["made", "changed", "seen"]


def render(
    rule: Subscription,
    names: subscription_blocks.Names,
    covered: Sequence[ProjectSlug],
    *,
    offers: Sequence[kit.Pressable] = (),
    zone: str | None = None,
    how: How = "made",
    mutes: Sequence[Mute] = (),
    environments: Collection[str] | None = None,
) -> Message:
    """What a new rule tells, which projects it covers now, and how to undo it.

    `offers` are buttons that make it faster, `zone` is by whose clock its digests come. What the person has `seen` in
    the channel is not said again. `mutes` are those of the channel: a rule that is not heard says so. `environments`
    are those that there are, None where nobody asked.
    """
    text = _format_text(rule, names, how)
    muted = mute_blocks.find_mute(rule, mutes)
    blocks = [
        kit.section(text),
        *mute_blocks.build_list([muted] if muted else []),
        kit.actions(
            [
                kit.button(_("Show All Rules"), format_line("subscriptions")),
                *offers,
                subscription_blocks.build_change_button(rule),
                *([] if muted else [mute_blocks.build_mute_button(str(rule.id))]),
                subscription_blocks.build_remove_button(rule, names),
            ]
        ),
        *(kit.context(note) for note in _list_notes(rule, covered, zone)),
        *_build_environment_note(rule, environments),
    ]
    return Message(text, blocks)


def render_unchanged(rule: Subscription, names: subscription_blocks.Names) -> Message:
    """Somebody looked at its form and sent it as it was: it stays whose it is, and its channel reads nothing."""
    said = subscription_blocks.format_rule(rule, names)
    text = _("Rule {rule} stays as it was: {about}.", rule=rule.id, about=said)
    show = kit.button(_("Show All Rules"), format_line("subscriptions"))
    return Message(text, [kit.section(text), kit.actions([show, subscription_blocks.build_change_button(rule)])])


def render_known(rule: Subscription, names: subscription_blocks.Names) -> Message:
    """Somebody wants what a rule of the place says already."""
    said = subscription_blocks.format_rule(rule, names)
    text = _("Rule {number} says this already: {rule}.", number=rule.id, rule=said)
    show = kit.button(_("Show All Rules"), format_line("subscriptions"))
    return Message(text, [kit.section(text), kit.actions([show, subscription_blocks.build_change_button(rule)])])


def _build_environment_note(rule: Subscription, environments: Collection[str] | None) -> list[kit.Block]:
    if environments is None:
        return []
    return kit.build_notes(deploy_blocks.format_unknown_environments(rule.rule, environments))


def _list_notes(rule: Subscription, covered: Sequence[ProjectSlug], zone: str | None) -> Iterator[str]:
    if not rule.scope.exact:
        yield _format_covered(covered)
    if zone:
        yield _(
            "Times are those of {zone}: `/circle quiet --zone Europe/Berlin` changes that.",
            zone=as_code(zone),
        )


def _format_text(rule: Subscription, names: subscription_blocks.Names, how: How) -> str:
    said = subscription_blocks.format_rule(rule, names)
    if how == "seen":
        return _("You own rule {rule}: change it whenever you like.", rule=rule.id)
    if how == "changed":
        return _(":bell: From now on rule {rule} posts messages about {about}.", rule=rule.id, about=said)
    if is_direct(rule.channel):
        return _(":bell: From now on this conversation gets messages about {about}.", about=said)
    return _(":bell: From now on this channel gets messages about {about}.", about=said)


def _format_covered(covered: Sequence[ProjectSlug]) -> str:
    if not covered:
        return _("Nothing ran lately in those that you can see. When something runs in one, I find it within a minute.")
    projects = join_first([as_code(project.name) for project in covered], 10)
    return _(
        "Now that is {projects}: those that you can see. I find new ones when something runs there.", projects=projects
    )

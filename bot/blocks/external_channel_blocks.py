"""To the owner of rules in a channel that people of other companies came to read."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks import kit
from bot.command import format_line
from bot.domain import ProjectSlug
from bot.language import _
from bot.language.formats import join_and
from bot.messages import Message
from bot.mrkdwn import as_code
from bot.rules.subscription import Subscription

_MOST = 5


def render_shared(channel: str, rules: Sequence[Subscription], held: Sequence[ProjectSlug]) -> Message:
    """`held` are projects that admins keep from them."""
    projects = join_and([as_code(rule.scope.name, 80) for rule in rules[:_MOST]])
    text = _(
        ":globe_with_meridians: People of other companies read <#{channel}>. Your rules there post about {projects}.",
        channel=channel,
        projects=projects,
    )
    if held:
        names = join_and([as_code(one.name, 80) for one in dict.fromkeys(held[:_MOST])])
        text += "\n" + _("Admins keep {projects} from them: I hold back what these rules want.", projects=names)
    removal = [
        kit.button(_("Remove Rule {number}", number=rule.id), format_line("unsubscribe", str(rule.id)))
        for rule in rules[:_MOST]
    ]
    return Message(text, [kit.section(text), kit.actions(removal)])

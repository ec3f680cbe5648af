"""Whether a person may change what a channel is told, by the projects that this is about."""

from __future__ import annotations

from collections.abc import Iterable

from bot.command import Context
from bot.domain import ProjectScope, ProjectSlug
from bot.permissions import ActTarget


async def check_change(
    context: Context, channel: str, projects: Iterable[ProjectSlug | ProjectScope | None] = (), name: str | None = None
) -> None:
    """Ask before it changes what is told there; about all that the channel's rules are for, where none is named.

    Raises NotAllowed.
    """
    named = [one for one in projects if one] or await _list_scopes(context, channel)
    for one in named:
        project = one.exact or one if isinstance(one, ProjectScope) else one
        await context.rights.check_act(ActTarget(channel=channel, project=project), name)


async def _list_scopes(context: Context, channel: str) -> list[ProjectSlug | ProjectScope]:
    async with context.store.begin_read() as tx:
        rules = await tx.subscriptions.list_for_channel(context.request.workspace, channel)
    return list(dict.fromkeys(rule.scope for rule in rules))

"""The presets that somebody may use where they ask: the channel's own, and those of the workspace."""

from __future__ import annotations

from bot.actions import visible_projects
from bot.command import Context, format_line
from bot.errors import NextStep, TargetError
from bot.language import _
from bot.mrkdwn import as_code, join_first
from bot.rules import preset_names
from bot.rules.saved_preset import Preset

_NAMED = 20


async def find(context: Context, text: str, *, everywhere: bool = False) -> Preset | None:
    """The preset of this name, as it is meant here; None for a word that is none's name."""
    workspace, channel = context.request.place
    if not preset_names.is_name(text):
        return None
    async with context.store.begin_read() as tx:
        return await tx.presets.find(workspace, text, None if everywhere else channel)


async def find_named(context: Context, name: str, *, everywhere: bool = False) -> Preset:
    """The same for what must be a preset, or one for the whole workspace. Raises TargetError with those there are."""
    found = await find(context, name, everywhere=everywhere)
    if found:
        return found
    names = [as_code(one.name, 60) for one in await list_visible(context)]
    there_are = _("There are: {names}.", names=join_first(names, _NAMED)) if names else _("There are none yet.")
    raise TargetError(
        _("There is no preset {name} here.", name=as_code(name, 60)),
        there_are,
        NextStep(_("Show Presets"), format_line("preset")),
    )


async def list_visible(context: Context) -> list[Preset]:
    """By name. Of the workspace's own those of projects that one can see: others would tell that those exist."""
    request = context.request
    async with context.store.begin_read() as tx:
        here = await tx.presets.list_for_channel(*request.place)
    if context.admin or all(one.channel or one.made_by == request.user for one in here):
        return here
    seen = await visible_projects.list_slugs(context)
    return [one for one in here if one.channel or one.made_by == request.user or one.project in seen]

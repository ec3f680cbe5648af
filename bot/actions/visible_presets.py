"""The presets that somebody may use where they ask: the channel's own, and those of the workspace."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

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
    names = [one.name for one in await list_visible(context)]
    shown = join_first([as_code(one, 60) for one in names], _NAMED)
    raise TargetError(
        _("There is no preset {name} here.", name=as_code(name, 60)),
        _("There are: {names}.", names=shown) if names else _("There are none yet."),
        NextStep(_("Show Presets"), format_line("preset")),
        misread=_pair_with_nearest(name, names),
    )


def _pair_with_nearest(name: str, names: Sequence[str]) -> tuple[str, str] | None:
    return next(((name, near) for near in get_close_matches(name.casefold(), names, n=1)), None)


async def find_misread(context: Context, text: str) -> tuple[str, str] | None:
    """The word with the name of the preset that it may have been meant as."""
    return _pair_with_nearest(text, [one.name for one in await list_visible(context)])


async def list_visible(context: Context) -> list[Preset]:
    """By name. Of the workspace's own those of projects that one can see: others would tell that those exist."""
    request = context.request
    async with context.store.begin_read() as tx:
        here = await tx.presets.list_for_channel(*request.place)
    if context.admin or all(one.channel or one.made_by == request.user for one in here):
        return here
    seen = await visible_projects.list_slugs(context)
    return [one for one in here if one.channel or one.made_by == request.user or one.project in seen]

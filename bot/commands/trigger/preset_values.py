"""What a preset says of a trigger: it counts where nothing else is typed, and asks for what it leaves open."""

from __future__ import annotations

from dataclasses import replace

from bot.actions import visible_presets
from bot.blocks import kit, preset_blocks
from bot.command import Context, Modal, ParsedLine, Request
from bot.commands.trigger.trigger_request import TriggerRequest
from bot.language import _
from bot.rules import preset_names
from bot.rules.preset_names import BRANCH
from bot.rules.saved_preset import Preset
from bot.store.store import Tx


async def name_preset(context: Context, wanted: TriggerRequest) -> TriggerRequest:
    """A preset may be named by the word in the place of the project (`run deploy-staging`)."""
    found = await visible_presets.find(context, wanted.project) if wanted.project and not wanted.preset else None
    return replace(wanted, preset=found.name, project=None) if found else wanted


async def apply_preset(context: Context, wanted: TriggerRequest) -> TriggerRequest:
    """With what the preset says, where one is named. Raises TargetError for a name that nobody gave."""
    if wanted.preset is None:
        return wanted
    preset = await visible_presets.find_named(context, wanted.preset)
    ref_typed = wanted.branch or wanted.tag
    return replace(
        wanted,
        preset=preset.name,
        project=wanted.project or str(preset.project),
        branch=wanted.branch if ref_typed else preset.branch,
        tag=wanted.tag if ref_typed else preset.tag,
        definition=wanted.definition or preset.definition,
        config_branch=wanted.config_branch or preset.config_branch,
        parameters={**preset.parameters, **wanted.parameters},
        open=_list_open(preset, {*wanted.parameters, *([BRANCH] if ref_typed else [])}),
    )


async def find(tx: Tx, request: Request, named: str) -> Preset | None:
    return (
        await tx.presets.find(request.workspace, named, request.place.channel) if preset_names.is_name(named) else None
    )


def build_first_modal(preset: Preset, line: ParsedLine) -> Modal | None:
    """The form that asks for what neither the preset nor the line says."""
    said = {*line.pairs, *([BRANCH] if line.options.keys() & {"branch", "tag"} else [])}
    return (
        Modal(preset_blocks.format_run_title(preset.name), kit.build_loading(_("Reading the parameters of the preset")))
        if _list_open(preset, said)
        else None
    )


def _list_open(preset: Preset, said: set[str]) -> tuple[str, ...]:
    return tuple(name for name in preset.asked if name not in said)

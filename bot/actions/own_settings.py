"""What a person's settings show: who they are, their rules wherever these are, and what we did in their name."""

from __future__ import annotations

from bot.actions import mute_changes, profile_changes, visible_projects
from bot.blocks.own_settings_blocks import Deed, OwnSettings
from bot.command import Context
from bot.domain import ProjectSlug
from bot.errors import CircleCIError

_RULES, _DEEDS = 10, 10


async def load(context: Context) -> OwnSettings:
    """Names of opaque projects where CircleCI tells them."""
    request, known = context.request, await profile_changes.load_settings(context)
    async with context.store.begin_read() as tx:
        rules = await tx.subscriptions.list_made_by(request.workspace, request.user, _RULES)
        problems = await tx.rule_problems.list_for_rules(rule.id for rule in rules)
        done = await tx.audit.list_by_user(request.workspace, request.user, _DEEDS)
        pipelines = {one.id: one for one in await tx.pipelines.list_by_ids({entry.pipeline_id for entry in done})}
    deeds = [
        Deed(entry.text, of.project, of.number, entry.done_at)
        for entry in done
        if (of := pipelines.get(entry.pipeline_id))
    ]
    projects = [*(rule.scope.exact for rule in rules if rule.scope.exact), *(deed.project for deed in deeds)]
    return OwnSettings(
        known,
        rules,
        await _fetch_names(context, projects),
        problems,
        await mute_changes.list_active(context, {rule.channel for rule in rules}),
        deeds,
    )


async def _fetch_names(context: Context, projects: list[ProjectSlug]) -> dict[ProjectSlug, str]:
    try:
        return await visible_projects.fetch_names(context, projects)
    except CircleCIError:
        return {}

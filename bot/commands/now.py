"""now [project] [pipeline] — what can be done here now: with this thread's pipeline, or in this channel."""

from __future__ import annotations

from dataclasses import dataclass

from bot.actions import target_projects, target_words, targets
from bot.actions.known_verdicts import add_known_reasons
from bot.blocks import now_blocks
from bot.circleci.fetch_snapshot import fetch_snapshot
from bot.circleci.models import Pipeline
from bot.command import Access, Command, Context, Group, ParsedLine, Reply, format_line
from bot.domain import ProjectSlug
from bot.errors import UsageError
from bot.language import N_, _
from bot.messages import Message
from bot.mrkdwn import as_code


@dataclass(frozen=True, slots=True)
class NowArgs:
    words: tuple[str, ...] = ()


def parse(line: ParsedLine) -> NowArgs:
    return NowArgs(target_words.add_job_option(line))


async def run(context: Context, args: NowArgs) -> Reply:
    if context.account is None or not context.account.is_active:
        return Reply(now_blocks.render_unconnected())
    if args.words or context.is_about_something:
        pipeline, rest = await targets.resolve_pipeline(context, args.words, lambda *words: format_line("now", *words))
        if rest:
            raise UsageError(_("I do not know what {word} is for.", word=as_code(rest[0], 100)))
        return Reply(await _render_pipeline(context, pipeline))
    project = await target_projects.find_current_project(context)
    return Reply(await _render_channel(context, project) if project else now_blocks.render_without_project())


async def _render_pipeline(context: Context, pipeline: Pipeline) -> Message:
    snapshot = await add_known_reasons(context, await fetch_snapshot(context.circleci, pipeline.id))
    return now_blocks.render_pipeline(snapshot, pipeline.project, context.links)


async def _render_channel(context: Context, project: ProjectSlug) -> Message:
    await target_projects.check_permitted(context, project)
    newest: Message | None = None
    async for pipeline in context.circleci.list_pipelines(project, pages=1):
        newest = await _render_pipeline(context, pipeline)
        break
    async with context.store.begin_read() as tx:
        running = await tx.running_deploys.list_for([project], context.clock.now())
    return now_blocks.render_channel(newest, project, running, context.links)


COMMAND = Command(
    name="now",
    summary=N_("Shows what can be done here now, as buttons; a bare mention says it too"),
    usage="now [project] [NUMBER|ID|LINK] [--job N]",
    example="now acme/web 341",
    parse=parse,
    run=run,
    group=Group.ACTS,
    listed=False,
    access=Access.ANYONE,
)

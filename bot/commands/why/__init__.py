"""why [MESSAGE|project] [NUMBER|ID|LINK] [--posted] — why it failed, or why it was posted here or was not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from bot.actions import target_branches, target_words, targets
from bot.actions.known_verdicts import load_verdicts
from bot.actions.newest_pipelines import build_newest
from bot.actions.target_threads import pick_told
from bot.blocks import why_blocks
from bot.blocks.told_by_name_blocks import build_told_by_name
from bot.circleci.fetch_snapshot import fetch_snapshot
from bot.circleci.models import Pipeline
from bot.circleci.snapshot import Snapshot
from bot.command import Command, Context, Group, ParsedLine, Reply, format_line
from bot.commands.why.branch import render_branch_now
from bot.commands.why.failure import has_failed, render_failures, render_no_failure
from bot.commands.why.told_by_name import load_told_by_name
from bot.domain import Outcome
from bot.errors import TargetError, UsageError
from bot.language import N_, _
from bot.messages import Message
from bot.mrkdwn import as_code
from bot.rules.outcome import build_outcomes

_MESSAGE = re.compile(
    r"<?https?://[^\s|>]*/archives/(?P<channel>\w+)/p(?P<ts>\d{16})(?:\?[^\s|>]*?thread_ts=(?P<thread>\d+\.\d+))?"
)
"""A message as Slack's *Copy link* gives it; one in a thread names the message above it too."""


_STATES = frozenset({"fail", "failed", "failing", "failure", "red", "broken", "rot", "kaputt"})
"""What one says of a pipeline after *why*."""


@dataclass(frozen=True, slots=True)
class WhyArgs:
    """`words` name a pipeline; or a message, by its channel and the `ts` of the card that it belongs to."""

    words: tuple[str, ...] = ()
    channel: str | None = None
    ts: str | None = None
    posted: bool = False


def parse(line: ParsedLine) -> WhyArgs:
    pasted = _MESSAGE.match(line.words[0]) if line.words else None
    if pasted is None:
        return WhyArgs(target_words.add_job_option(line), posted=line.has_flag("posted"))
    if len(line.words) > 1:
        raise UsageError(_("One message at a time."))
    ts = pasted["thread"] or f"{pasted['ts'][:10]}.{pasted['ts'][10:]}"
    return WhyArgs(channel=pasted["channel"], ts=ts, posted=line.has_flag("posted"))


async def run(context: Context, args: WhyArgs) -> Reply:
    """Whoever asks why means the failure, the newest where none is named; with `--posted` the rules."""
    pipeline = await _fetch_pipeline(context, args)
    async with context.store.begin_read() as tx:
        stored = await tx.outcomes.list_for_pipeline(pipeline.id)
    if args.posted:
        return Reply(await _render_trace(context, pipeline, stored))
    snapshot = await fetch_snapshot(context.circleci, pipeline.id)
    return await render_failures(context, snapshot, stored) or Reply(await _render_no_failure(context, args, snapshot))


async def _render_no_failure(context: Context, args: WhyArgs, snapshot: Snapshot) -> Message:
    branch = snapshot.pipeline.branch
    if branch and args.words[-1:] == (branch,):
        return await render_branch_now(context, snapshot.pipeline.project, branch)
    return render_no_failure(snapshot)


async def _render_trace(context: Context, pipeline: Pipeline, stored: Sequence[Outcome]) -> Message:
    request = context.request
    place = request.place
    async with context.store.begin_read() as tx:
        rules = await tx.subscriptions.list_for_channel(*place)
        covering = {rule.id for rule in await tx.subscriptions.list_for_project(pipeline.project)}
        cards = await tx.cards.list_for_pipeline(pipeline.id)
        kept = await tx.digest_queue.list_for_pipeline(*place, pipeline.id)
        known = bool(stored) or await tx.pipelines.find(pipeline.id) is not None
        reminders = [one for one in await tx.reminders.list_for_pipeline(pipeline.id) if one.place == place]
        shown = [rule for rule in rules if rule.id in covering]
        by_name = await load_told_by_name(tx, context, pipeline, stored, shown)
    card = next((card for card in cards if card.place == place), None)
    found = stored or await _fetch_outcomes(context, pipeline)
    due = {one.hold: one.due_at for one in reversed(reminders)}
    verdicts = await load_verdicts(context, pipeline.id)
    case = why_blocks.NotificationTrace(pipeline, found, rules, covering, card, kept, due, known, verdicts=verdicts)
    trace = why_blocks.render(case, context.links)
    return Message(trace.text, [*trace.blocks[:-1], *build_told_by_name(by_name), trace.blocks[-1]])


async def _fetch_pipeline(context: Context, args: WhyArgs) -> Pipeline:
    """Read with the person's own token: what is hidden from them is not explained to them."""
    request = context.request
    if args.channel and args.channel != request.channel:
        raise TargetError(_("That message is in <#{channel}>: ask me there.", channel=args.channel))
    if args.ts is None:
        pipeline, rest = await targets.resolve_pipeline(
            context,
            await _drop_state(context, args.words),
            lambda *words: format_line("why", *words, posted=args.posted),
            newest=None if args.posted else build_newest(has_failed, followed=True),
        )
        if rest:
            raise UsageError(
                _("I do not know what {word} is for.", word=as_code(rest[0], 100)),
                _("A pipeline has a number: `why 341`."),
            )
        return pipeline
    async with context.store.begin_read() as tx:
        told = await tx.threads.list_told(request.workspace, [args.channel or "", request.user], args.ts)
    if not told:
        raise TargetError(_("That message is not about a pipeline: it is not a card, nor in a card's thread."))
    return await context.circleci.fetch_pipeline(
        pick_told(told, partial(format_line, "why", posted=args.posted)).pipeline_id
    )


async def _drop_state(context: Context, words: tuple[str, ...]) -> tuple[str, ...]:
    """`why broken` asks why it is, unless a branch or a project is called so."""
    if len(words) != 1 or words[0].casefold() not in _STATES:
        return words
    about = context.is_about_something
    return words if not about and await target_branches.is_known_name(context, words[0]) else ()


async def _fetch_outcomes(context: Context, pipeline: Pipeline) -> list[Outcome]:
    """What nobody published: no rule asked for it, or nothing has happened yet."""
    snapshot = await fetch_snapshot(context.circleci, pipeline.id, None)
    project = await context.circleci.fetch_project(pipeline.project)
    return build_outcomes(snapshot, pipeline.project, context.clock.now(), default_branch=project.default_branch)


COMMAND = Command(
    name="why",
    summary=N_("Says why a pipeline failed, or why it was posted here or was not"),
    usage="why [MESSAGE|project] [NUMBER|ID|LINK] [--job N] [--posted] [--here]",
    example="why acme/web 341",
    parse=parse,
    run=run,
    group=Group.REASONS,
    is_detail=True,
    order=1,
    task=N_("See why it failed"),
)

"""looking [project] [pipeline] [--stop] — says that you look into a failure; said again, that you no longer do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from bot.actions import audit_trail, target_words, targets
from bot.actions.target_words import TargetReference
from bot.blocks import looking_blocks
from bot.blocks.pipeline_title import format_pipeline
from bot.command import Access, Command, Context, Group, ParsedLine, Reply, RequestSource, format_line
from bot.domain import BAD
from bot.domain.audit_records import AuditKind
from bot.errors import NextStep, TargetError, UsageError
from bot.language import N_, _
from bot.line import Written
from bot.messages import Card, Looker
from bot.mrkdwn import as_code
from bot.permissions import ActTarget
from bot.store.lookers import build_git_ref
from bot.store.pipelines import FollowedPipeline
from bot.store.store import Tx

_SAME_PRESS = timedelta(seconds=3)
"""Within this time a second press is a double click, and releases nobody."""


@dataclass(frozen=True, slots=True)
class LookingArgs:
    words: tuple[str, ...]
    stop: bool


def parse(line: ParsedLine) -> LookingArgs:
    return LookingArgs(target_words.add_job_option(line), line.has_flag("stop"))


async def run(context: Context, args: LookingArgs) -> Reply:
    followed = await _find_pipeline(context, args)
    _check_failed(followed)
    request, now = context.request, context.clock.now()
    ref = build_git_ref(followed.branch, followed.tag)
    looker = Looker(request.workspace, request.user, followed.project, ref, followed.number, now)
    async with context.store.begin() as tx:
        known = await tx.lookers.list_for_pipeline(request.workspace, followed.project, ref, number=followed.number)
        earlier = next((one for one in known if one.user == request.user), None)
        looking = not args.stop and (earlier is None or now - earlier.since_at < _SAME_PRESS)
        if looking and earlier is None:
            await tx.lookers.upsert(looker)
            await _announce(tx, followed, looker)
        elif not looking:
            await tx.lookers.delete(looker)
        what = f"{'looks into' if looking else 'no longer looks into'} #{followed.number}"
        audit_trail.record(context, tx, AuditKind.RULE, project=str(followed.project), what=what)
        await tx.cards.mark_ref_dirty(followed.project, followed.branch, followed.tag, since=followed.number)
    context.wake()
    if request.source is RequestSource.BUTTON and not request.ephemeral:
        return Reply()  # the card that was pressed says it, and its thread
    where = format_pipeline(followed.snapshot, followed.project)
    return Reply(looking_blocks.render_answer(where, followed.id, looking=looking))


async def _find_pipeline(context: Context, args: LookingArgs) -> FollowedPipeline:
    """Anybody may say so of what a card here shows; other words are looked up with their own account."""
    named = TargetReference.parse(args.words, context.links.base_url)
    shown = named.id or (context.told[0].pipeline_id if len(context.told) == 1 and not args.words else None)
    if shown and (found := await _find_shown(context, shown)):
        await context.rights.check_act(ActTarget(project=found.project), final=False)
        return found
    pipeline, rest = await targets.resolve_pipeline(context, args.words, _build_line)
    if rest:
        raise UsageError(
            _("I do not know what {word} is for.", word=as_code(rest[0], 100)), _("Name a pipeline: `looking web 341`.")
        )
    if found := await _find_shown(context, pipeline.id):
        return found
    raise TargetError(
        _("No card shows pipeline #{number}.", number=pipeline.number),
        NextStep(_("Show Card Here"), format_line("pipeline", pipeline.id, card=True)),
    )


def _build_line(*words: str) -> Written:
    return format_line("looking", *words)


async def _find_shown(context: Context, pipeline_id: str) -> FollowedPipeline | None:
    async with context.store.begin_read() as tx:
        followed = await tx.pipelines.find(pipeline_id)
        cards = await _list_cards(tx, pipeline_id, context.request.workspace) if followed else ()
    return followed if cards else None


async def _list_cards(tx: Tx, pipeline_id: str, workspace: str) -> Sequence[Card]:
    cards = await tx.cards.list_for_pipeline(pipeline_id)
    return [card for card in cards if card.workspace == workspace and card.gone_reason is None]


def _check_failed(followed: FollowedPipeline) -> None:
    if followed.snapshot.status in BAD or followed.snapshot.failed_jobs:
        return
    raise TargetError(
        _("Nothing failed in {pipeline}.", pipeline=format_pipeline(followed.snapshot, followed.project)),
        NextStep(_("Show Pipeline"), format_line("pipeline", followed.id)),
    )


async def _announce(tx: Tx, followed: FollowedPipeline, looker: Looker) -> None:
    """In the thread of each card, to those who were mentioned there."""
    mentions = await tx.mentions.list_for_pipeline(looker.workspace, followed.id)
    for card in await _list_cards(tx, followed.id, looker.workspace):
        told = [one.mentioned for one in mentions if one.channel == card.channel]
        key = f"looking:{followed.id}:{looker.user}:{int(looker.since_at.timestamp())}:{card.id}"
        message = partial(looking_blocks.render_announcement, looker.user, told)
        await tx.outbox.insert(key, card.workspace, card.channel, message=message, card_id=card.id, now=looker.since_at)


COMMAND = Command(
    name="looking",
    summary=N_("Says on the card that you look into a failure"),
    usage="looking [project] [pipeline] [--job N] [--stop]",
    example="looking acme/web 341",
    parse=parse,
    run=run,
    group=Group.ACTS,
    order=4,
    access=Access.ANYONE,
)

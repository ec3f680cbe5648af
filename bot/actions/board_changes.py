"""A channel's board of what runs where is pinned, or unpinned: written down, and announced in the channel."""

from __future__ import annotations

from functools import partial

from bot.actions import channel_announcement, channel_rights, external_channels, reachability, thing_states
from bot.actions.channel_announcement import Announcement, Told
from bot.blocks import board_blocks
from bot.command import Context, Reply, format_line
from bot.conversation import Place, is_channel
from bot.domain import ProjectSlug
from bot.errors import NextStep, TargetError, UsageError
from bot.language import _
from bot.messages import BOARD
from bot.mrkdwn import as_code
from bot.rules.deploy_board import DeployBoard
from bot.rules.undoable_change import State, Thing, ThingKind
from bot.store.store import Tx

_THING = Thing(ThingKind.BOARD)
_ACT = "deploys"
_RIGHT = "subscribe"
"""Who may decide what a channel hears of may pin a board there."""


async def find_board(context: Context) -> DeployBoard | None:
    """That of the channel where they ask. Raises UsageError where it is no channel."""
    place = _get_place(context)
    async with context.store.begin_read() as tx:
        return await tx.boards.find(place)


async def ask_about_readers(context: Context, project: ProjectSlug | None, *, sure: bool) -> Reply | None:
    """The question whether other companies may read of what no rule here is about; None where nothing is to be asked.

    Raises UsageError, and TargetError where nothing of the project may be told here.
    """
    place = _get_place(context)
    board = DeployBoard(*place, project, context.request.user, context.clock.now())
    async with context.store.begin_read() as tx:
        projects = await tx.boards.list_projects(board)
        rules = await tx.subscriptions.list_for_channel(*place)
    if project:
        await external_channels.check_marks(context, place.channel, [project])
    if all(any(rule.scope.covers(one) for rule in rules) for one in projects):
        return None
    line = format_line("deploys", *([str(project)] if project else []), pin=True, sure=True)
    return await external_channels.ask(context, place.channel, line, yes=_("Pin Anyway"), sure=sure)


async def pin(context: Context, project: ProjectSlug | None) -> Told | None:
    """Of this project, or (None) of all that the channel hears of; None where the board here is of just that.

    Raises UsageError, TargetError, NotAllowed.
    """
    place, now = _get_place(context), context.clock.now()
    reachability.check_reachable(context, place.channel)
    board = DeployBoard(*place, project, context.request.user, now)
    async with context.store.begin_read() as tx:
        former, projects = await tx.boards.find(place), await tx.boards.list_projects(board)
        looked_at = await tx.coverage.filter_covered(projects)
    if not looked_at:
        raise _build_unheard_error(project)
    await channel_rights.check_change(context, place.channel, [project, former.project if former else None], _RIGHT)
    async with context.store.begin() as tx:
        before = await _load_states(tx, context, place)
        await tx.boards.upsert(board)
        await tx.cards.upsert(*place, BOARD, asked_by=board.made_by, now=now)
        said = Announcement(act=_ACT, text=partial(board_blocks.format_pinned, board.made_by, project))
        is_new = former is None or former.project != project
        told = await _announce(tx, context, place, before=before, said=said) if is_new else None
        await tx.deploy_looks.ask_lately(looked_at, now)
    context.wake()
    return told


async def unpin(context: Context) -> Told:
    """Raises UsageError, TargetError where there is none, NotAllowed."""
    place = _get_place(context)
    board = await find_board(context)
    if board is None:
        raise TargetError(_("Nothing is pinned here by me. `/circle deploys --pin` pins what runs where."))
    await channel_rights.check_change(context, place.channel, [board.project], _RIGHT)
    async with context.store.begin() as tx:
        before = await _load_states(tx, context, place)
        told = Told()
        await tx.boards.redraw(place)
        if await tx.boards.delete(place):
            said = Announcement(act=_ACT, text=partial(board_blocks.format_unpinned, context.request.user))
            told = await _announce(tx, context, place, before=before, said=said)
    context.wake()
    return told


def _build_unheard_error(project: ProjectSlug | None) -> TargetError:
    """Projects that no rule is about are not looked at."""
    if project is None:
        said = _("This channel hears of no project yet. Name one: `/circle deploys acme/web --pin`.")
        return TargetError(said, NextStep(_("Subscribe…"), format_line("subscribe", form=True)))
    said = _("No rule is about {project} yet, so I hear of none of its deploys.", project=as_code(project.name))
    return TargetError(said, NextStep(_("Subscribe…"), format_line("subscribe", str(project), form=True)))


def _get_place(context: Context) -> Place:
    channel = context.request.channel
    if channel is None or not is_channel(channel):
        raise UsageError(_("What runs where is pinned in a channel: say this in one."))
    return Place(context.request.workspace, channel)


async def _load_states(tx: Tx, context: Context, place: Place) -> dict[Thing, State]:
    return await thing_states.load_states(tx, place, [_THING], context.clock.now())


async def _announce(tx: Tx, context: Context, place: Place, *, before: dict[Thing, State], said: Announcement) -> Told:
    changes = await thing_states.list_changes(tx, place, before, context.clock.now())
    return await channel_announcement.announce(tx, context, place.channel, changes=changes, said=said)

"""To send a board: a card of what runs where in a channel's projects. It is pinned once it is there.

A person who deletes its message wants none: it is forgotten. Where the channel cannot be written to, the next deploy
tries again.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.blocks import board_blocks
from bot.conversation import is_person
from bot.domain import Outcome, ProjectSlug
from bot.language.spoken import speaking
from bot.messages import Card, Message
from bot.naming import naming, replace_mentions
from bot.notify.deliver.send_card import CardSender
from bot.notify.deliver.sending import UNPINNED
from bot.notify.send_results import MESSAGE_GONE, AnswerLost, RetryAfter, SendResult, Sent, Undeliverable
from bot.notify.withholding import WithheldUntil
from bot.rules.deploy_board import PINNED, DeployBoard
from bot.store.store import Tx

log = structlog.get_logger(__name__)

_DONE = frozenset({"already_pinned", "no_pin"})
"""Slack's words for what is as it should be."""


class BoardSender(CardSender):
    async def _render(self, card: Card) -> Message | WithheldUntil | Undeliverable:
        async with self._context.store.begin_read() as tx:
            board = await tx.boards.find(card.place)
            projects = await tx.boards.list_projects(board) if board else []
        if board is None:
            return board_blocks.render_ended() if card.ts else Undeliverable(UNPINNED)
        shown = await self._context.withholding.select_shown(card.place, projects)
        if isinstance(shown, WithheldUntil):
            return shown
        async with self._context.store.begin_read() as tx:
            running = await tx.running_deploys.list_for(shown, self._context.clock.now())
            names = await _load_names(tx, running)
            people = await tx.people.load(card.workspace)
        with speaking(None), naming(people), replace_mentions():
            return board_blocks.render(running, names, board, self._context.links)

    @property
    def _gap(self) -> timedelta:
        return self._context.limits.board_gap

    async def _settle(self, card: Card, result: SendResult) -> None:
        """It is pinned, or no longer, before it is settled: who dies in between leaves it to the next."""
        pin = await self._bring_pin(card, card.ts or result.ts) if isinstance(result, Sent) else None
        word = self._context.count_result(result)
        await self._context.settle(card, word, partial(self._write_with_pin, card, result, pin))

    async def _bring_pin(self, card: Card, ts: str) -> SendResult | None:
        """What Slack answered; None where nothing was to be asked."""
        async with self._context.store.begin_read() as tx:
            board = await tx.boards.find(card.place)
        if board and board.pin:
            return None
        return await self._context.poster.set_pinned(*card.place, ts, is_pinned=board is not None)

    async def _write_with_pin(self, card: Card, result: SendResult, pin: SendResult | None, tx: Tx) -> None:
        """The card is locked first: whoever wants a board anew meanwhile finds it settled."""
        now, ours = self._context.clock.now(), await tx.cards.lock(card)
        board = await tx.boards.find(card.place)
        if isinstance(pin, RetryAfter | AnswerLost):
            await self._write(card, result, tx)
            await tx.cards.mark_dirty(card.id, now + timedelta(seconds=pin.seconds))
        elif ours and isinstance(result, Sent) and board is None:
            await tx.cards.settle_undeliverable(card, UNPINNED, now)
        elif ours and isinstance(result, Undeliverable) and result.reason in MESSAGE_GONE:
            log.info("board.deleted", channel=card.channel)
            await tx.cards.settle_undeliverable(card, result.reason, now)
            await tx.boards.delete(card.place)
        else:
            await self._write(card, result, tx)
            if board and pin:
                await _write_pin(tx, board, pin, now)


async def _write_pin(tx: Tx, board: DeployBoard, pin: SendResult, now: datetime) -> None:
    refused = pin.reason if isinstance(pin, Undeliverable) and pin.reason not in _DONE else None
    await tx.boards.set_pin(board.place, refused or PINNED)
    if refused:
        log.info("board.not_pinned", channel=board.channel, reason=refused)
        await _tell_refusal(tx, board, refused, now=now)


async def _tell_refusal(tx: Tx, board: DeployBoard, reason: str, *, now: datetime) -> None:
    if is_person(board.made_by):
        key = f"not-pinned:{board.workspace}:{board.channel}:{int(board.made_at.timestamp())}"
        message = partial(board_blocks.render_refused, board.channel, reason)
        await tx.outbox.insert(key, board.workspace, board.made_by, message=message, now=now)


async def _load_names(tx: Tx, running: list[Outcome]) -> dict[ProjectSlug, str]:
    """Of projects that are called by ids: as their pipelines say."""
    names: dict[ProjectSlug, str] = {}
    for one in running:
        if one.project.vcs == "circleci" and one.project not in names:
            followed = await tx.pipelines.find(one.pipeline_id)
            names[one.project] = (followed.snapshot.project_name if followed else None) or one.project.name
    return names

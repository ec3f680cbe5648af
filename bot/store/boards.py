"""Boards of what runs where, one for a channel. What Slack shows of one is a card (bot/store/cards.py)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Text, and_, bindparam, delete, exists, or_, select, union, update

from bot.conversation import Place
from bot.domain import ProjectSlug
from bot.messages import BOARD
from bot.rules.deploy_board import DeployBoard
from bot.store.cards import ONE_MORE
from bot.store.engine.statements import Repository, bind_columns, bind_key
from bot.store.tables.publishing import boards, cards
from bot.store.tables.rule_index import covers, subscriptions
from bot.store.tables.workspaces import channels

_ONE = select(boards).where(bind_columns(boards, "workspace", "channel"))
_RULES = select(covers.c.project).join(subscriptions, subscriptions.c.id == covers.c.subscription_id)
_OWN = select(channels.c.project)
_THEIRS = union(
    _RULES.where(bind_columns(subscriptions, "workspace", "channel")),
    _OWN.where(bind_columns(channels, "workspace", "channel")),
)

_IS_BOARD = cards.c.pipeline_id == BOARD
_HAS_BOARD = exists().where(boards.c.workspace == cards.c.workspace, boards.c.channel == cards.c.channel)
_ANEW = ONE_MORE | {"gone_at": None, "gone_reason": None}
_REDRAW = update(cards).where(bind_key(cards, "workspace", "channel"), _IS_BOARD, _HAS_BOARD).values(_ANEW)
_REDRAW_WORKSPACE = update(cards).where(bind_key(cards, "workspace"), _IS_BOARD, _HAS_BOARD).values(_ANEW)


def covers_project(project: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether a board tells of this project: by its own scope, or by what its channel hears of."""
    here = and_(subscriptions.c.workspace == boards.c.workspace, subscriptions.c.channel == boards.c.channel)
    own = and_(channels.c.workspace == boards.c.workspace, channels.c.channel == boards.c.channel)
    follows = or_(
        exists(_RULES.where(here, covers.c.project == project)),
        exists(_OWN.where(own, channels.c.project == project)),
    )
    return or_(boards.c.project == project, and_(boards.c.project.is_(None), follows))


def _build_redraw_of_project() -> Any:
    """The cards of boards that tell of the parameter `project`."""
    tells = covers_project(bindparam("project", type_=Text()))
    shown = exists().where(boards.c.workspace == cards.c.workspace, boards.c.channel == cards.c.channel, tells)
    return update(cards).where(_IS_BOARD, shown).values(_ANEW)


_REDRAW_OF_PROJECT = _build_redraw_of_project()


class BoardRepository(Repository):
    async def find(self, place: Place) -> DeployBoard | None:
        row = (await self._connection.execute(_ONE, place._asdict())).one_or_none()
        return _build_board(row) if row else None

    async def upsert(self, board: DeployBoard) -> None:
        """The board of its channel from now on. Whether it is pinned is found out anew."""
        values = {
            **board.place._asdict(),
            "project": board.project and str(board.project),
            "made_by": board.made_by,
            "made_at": board.made_at,
            "pin": None,
        }
        await self._upsert(boards, values, ["workspace", "channel"])

    async def delete(self, place: Place) -> bool:
        """False where there was none."""
        gone = delete(boards).where(boards.c.workspace == place.workspace, boards.c.channel == place.channel)
        return (await self._connection.execute(gone)).rowcount == 1

    async def move(self, workspace: str, old: ProjectSlug, new: ProjectSlug) -> None:
        """The boards of this workspace that are of one project are of the other from now on."""
        theirs = and_(boards.c.workspace == workspace, boards.c.project == str(old))
        await self._connection.execute(update(boards).where(theirs).values(project=str(new)))
        await self.redraw_all_of(new)

    async def set_pin(self, place: Place, pin: str) -> None:
        """Slack has answered: PINNED, or its word for why not."""
        here = and_(boards.c.workspace == place.workspace, boards.c.channel == place.channel)
        await self._connection.execute(update(boards).where(here).values(pin=pin))

    async def list_projects(self, board: DeployBoard) -> list[ProjectSlug]:
        """What it tells of now."""
        if board.project:
            return [board.project]
        found = await self._connection.scalars(_THEIRS, board.place._asdict())
        return sorted((ProjectSlug.parse(text) for text in found), key=str)

    async def redraw(self, place: Place) -> None:
        """Its card is to be drawn anew, also where it was given up; one that is about to end says so then."""
        await self._connection.execute(_REDRAW, {"this_workspace": place.workspace, "this_channel": place.channel})

    async def redraw_workspace(self, workspace: str) -> None:
        """Every board there: what may be shown has changed."""
        await self._connection.execute(_REDRAW_WORKSPACE, {"this_workspace": workspace})

    async def redraw_all_of(self, project: ProjectSlug) -> int:
        """Every board that tells of this project is to be drawn anew; how many."""
        return (await self._connection.execute(_REDRAW_OF_PROJECT, {"project": str(project)})).rowcount

    async def prune(self, before: datetime) -> int:
        """Forget the cards of boards that ended before then."""
        ended = delete(cards).where(_IS_BOARD, cards.c.gone_at < before, ~_HAS_BOARD)
        return (await self._connection.execute(ended)).rowcount


def _build_board(row: Row[Any]) -> DeployBoard:
    return DeployBoard(
        row.workspace,
        row.channel,
        ProjectSlug.parse(row.project) if row.project else None,
        row.made_by,
        row.made_at,
        pin=row.pin,
    )

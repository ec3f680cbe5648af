from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.conversation import Place
from bot.domain import ProjectScope, ProjectSlug
from bot.messages import BOARD, Card
from bot.rules.deploy_board import PINNED, DeployBoard
from bot.rules.rule import Rule
from bot.rules.subscription import Subscription
from bot.store.store import Store, Tx
from bot.store.vault import Vault, generate_key
from tests.plugins.database import create_database
from tests.plugins.sql_statements import count_statements, explain_plan
from tests.store.test_store import NOW

HERE = Place("T", "C")
WEB, API = ProjectSlug.parse("gh/acme/web"), ProjectSlug.parse("gh/acme/api")
OF_WEB = DeployBoard(*HERE, WEB, "U1", NOW)
OF_CHANNEL = replace(OF_WEB, project=None)


async def put(tx: Tx, board: DeployBoard = OF_WEB) -> Card:
    """It is there, and Slack shows it."""
    await tx.boards.upsert(board)
    await tx.cards.upsert(*board.place, BOARD, asked_by=board.made_by, now=NOW)
    (card,) = await tx.cards.claim(NOW, 10, "one", limit=10)
    await tx.cards.settle_sent(card, "1.1", NOW)
    return card


async def list_due(tx: Tx) -> list[Card]:
    return await tx.cards.claim(NOW + timedelta(minutes=1), 10, "two", limit=10)


async def test_a_board_is_no_pipeline_that_somebody_asked_for(store: Store) -> None:
    async with store.begin() as tx:
        await put(tx)
        assert await tx.cards.list_asked("T", OF_WEB.made_by, 5) == []
        assert await tx.threads.list_told("T", ["C"], "1.1") == []


async def test_a_board_reads_back_and_is_replaced(store: Store) -> None:
    async with store.begin() as tx:
        await tx.boards.upsert(OF_CHANNEL)
        assert await tx.boards.find(HERE) == OF_CHANNEL
        await tx.boards.set_pin(HERE, PINNED)
        assert await tx.boards.find(HERE) == replace(OF_CHANNEL, pin=PINNED)
        await tx.boards.upsert(OF_WEB)
        assert await tx.boards.find(HERE) == OF_WEB
        assert await tx.boards.find(Place("T2", "C")) is None
        assert await tx.boards.delete(HERE)
        assert not await tx.boards.delete(HERE)


async def test_a_board_of_a_channel_tells_of_all_that_it_hears_of(store: Store) -> None:
    async with store.begin() as tx:
        assert await tx.boards.list_projects(OF_CHANNEL) == []
        assert await tx.boards.list_projects(OF_WEB) == [WEB]
        rule = Subscription(0, *HERE, ProjectScope.parse("gh/acme/a*"), Rule(), "U1", NOW)
        elsewhere = replace(rule, channel="C2", scope=ProjectScope.parse("gh/acme/x"))
        for one, covered in ((rule, API), (elsewhere, ProjectSlug.parse("gh/acme/x"))):
            made = await tx.subscriptions.insert(one)
            await tx.coverage.cover(made.id, [covered], NOW)
        await tx.channels.set_project(*HERE, WEB)
        assert await tx.boards.list_projects(OF_CHANNEL) == [API, WEB]


@pytest.mark.parametrize(("board", "project", "due"), [(OF_WEB, WEB, 1), (OF_WEB, API, 0), (OF_CHANNEL, WEB, 1)])
async def test_a_deploy_makes_its_boards_due_and_no_others(
    store: Store, board: DeployBoard, project: ProjectSlug, due: int
) -> None:
    async with store.begin() as tx:
        await tx.channels.set_project(*HERE, WEB)
        await put(tx, board)
        assert await list_due(tx) == []
        assert await tx.boards.redraw_all_of(project) == due
        assert len(await list_due(tx)) == due


async def test_what_was_given_up_is_tried_again_with_the_next_deploy(store: Store) -> None:
    async with store.begin() as tx:
        await put(tx)
        await tx.boards.redraw(HERE)
        (card,) = await list_due(tx)
        await tx.cards.settle_undeliverable(card, "is_archived", NOW)
        await tx.boards.redraw_all_of(WEB)
        (again,) = await list_due(tx)
        assert again.ts == "1.1"


async def test_a_board_that_ended_is_posted_anew_for_who_asks_and_forgotten_in_time(store: Store) -> None:
    async with store.begin() as tx:
        card = await put(tx)
        await tx.boards.redraw(HERE)
        await tx.boards.delete(HERE)
        assert await tx.boards.redraw_all_of(WEB) == 0
        (ended,) = await list_due(tx)
        await tx.cards.settle_undeliverable(ended, "unpinned", NOW)
        for redraw in (tx.boards.redraw(HERE), tx.boards.redraw_workspace("T")):
            await redraw
        assert await list_due(tx) == []
        assert await tx.boards.prune(NOW) == 0
        anew = await tx.cards.upsert(*HERE, BOARD, asked_by="U2", now=NOW)
        assert (anew.id, anew.ts) == (card.id, None)
        await tx.boards.upsert(OF_WEB)
        await tx.cards.mark_undeliverable(card.id, "is_archived", NOW)
        assert await tx.boards.prune(NOW + timedelta(days=99)) == 0
        await tx.boards.delete(HERE)
        assert await tx.boards.prune(NOW + timedelta(days=99)) == 1


async def test_the_boards_of_a_workspace_are_drawn_anew_and_no_others(store: Store) -> None:
    async with store.begin() as tx:
        await put(tx)
        await put(tx, replace(OF_WEB, workspace="T2"))
        await tx.boards.redraw_workspace("T2")
        assert [card.workspace for card in await list_due(tx)] == ["T2"]


async def test_boards_of_a_project_go_on_under_its_new_name(store: Store) -> None:
    elsewhere = replace(OF_WEB, workspace="T2")
    new = ProjectSlug("gh", "acme", "site")
    async with store.begin() as tx:
        for board in (OF_WEB, elsewhere):
            await put(tx, board)
        await tx.boards.move(OF_WEB.workspace, WEB, new)
        assert await tx.boards.find(OF_WEB.place) == replace(OF_WEB, project=new)
        assert await tx.boards.find(elsewhere.place) == elsewhere


async def test_a_deploy_asks_once_for_boards_and_reads_no_other_card(tmp_path: Path) -> None:
    store = Store(await create_database(tmp_path), Vault([generate_key()]))
    async with store.begin() as tx:
        with count_statements() as seen:
            assert await tx.boards.redraw_all_of(WEB) == 0
    await store.close()
    (asked,) = [text for text in seen.texts if text.startswith("UPDATE")]
    plan = str(explain_plan(tmp_path / "circlebot.db", asked))
    assert "SEARCH cards USING INDEX ix_cards_pipeline_id" in plan
    assert "SEARCH boards" in plan

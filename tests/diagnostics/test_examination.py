"""All checks at once: what hangs or breaks says so, and stops no other."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from structlog.testing import capture_logs

from bot.actions.audit_reading import find_breaks
from bot.actions.chain_walk import read_chains
from bot.diagnostics.examination import run_checks
from bot.diagnostics.stored_checks import StoredChecks
from bot.domain import ProjectScope
from bot.domain.audit_records import AuditKind, AuditRecord
from bot.domain.symptoms import Finding
from bot.messages import Message
from bot.operating.audit_commands import record_breaks
from bot.operating.findings import format_line
from bot.rules.rule import Rule
from bot.rules.rule_problem import ProblemKind, ProblemReason, RuleProblem
from bot.rules.subscription import Subscription
from bot.store.store import Store
from bot.store.vault import Vault, generate_key
from tests.diagnostics.test_slack_checks import NOW, TEAM
from tests.plugins.app_server import open_socket, serve_app
from tests.plugins.doctor_harness import open_harness
from tests.plugins.slack_users import ADA, DEPLOYS
from tests.plugins.world import build_settings


async def say_well() -> AsyncIterator[Finding]:
    yield Finding("well", "is well")


async def break_after_one() -> AsyncIterator[Finding]:
    yield Finding("broken", "one is well")
    raise ZeroDivisionError("xoxb-secret")


async def test_a_check_that_breaks_says_so_and_keeps_what_it_found() -> None:
    with capture_logs() as logged:
        found = await run_checks([("broken", break_after_one()), ("well", say_well())])
    assert [format_line(one) for one in found] == [
        "ok   broken — one is well",
        (
            "FAIL broken — This check broke (ZeroDivisionError), so that nobody knows; "
            "mend: Report it with what `circlebot --version` says."
        ),
        "ok   well — is well",
    ]
    assert [line["event"] for line in logged] == ["doctor.check_broke"]


async def test_a_check_that_hangs_is_given_up_while_the_others_are_done() -> None:
    done = asyncio.Event()

    async def hang() -> AsyncIterator[Finding]:
        await done.wait()
        yield Finding("hung", "never")

    found = await run_checks([("hung", hang()), ("well", say_well())], within_s=0.05)
    assert [format_line(one) for one in found] == [
        "FAIL hung — No answer within 0s; mend: Check the network from here, then ask again: `circlebot doctor`.",
        "ok   well — is well",
    ]


async def test_a_slack_that_takes_a_question_and_never_answers(tmp_path: Path) -> None:
    async def keep_silent(_request: Request) -> Response:
        await asyncio.Event().wait()
        return Response()

    silent = Starlette(routes=[Route("/api/{method}", keep_silent, methods=["GET", "POST"])])
    async with open_harness(tmp_path) as house, serve_app(silent, open_socket()) as url:
        for check in ("slack", "socket"):
            [told] = await house.look(check, slack_api_url=f"{url}/api/", within_s=1.0)
            assert told.startswith(f"FAIL {check} — No answer within 1s; mend: ")
        assert (await house.look("circleci", slack_api_url=f"{url}/api/", within_s=1.0))[0].startswith("ok ")


async def test_a_rule_whose_owner_lost_the_right_is_told_until_somebody_takes_it_over(tmp_path: Path) -> None:
    async with open_harness(tmp_path) as house:
        said = Subscription(0, TEAM, DEPLOYS, ProjectScope.parse("gh/acme/web"), Rule(), ADA, NOW)
        async with house.store.begin() as tx:
            rule = await tx.subscriptions.insert(said)
            await tx.rule_problems.upsert(RuleProblem(rule.id, ProblemKind.OWNER, ProblemReason.HIDDEN, "", NOW))
        assert await house.look("rules") == [
            (
                f"FAIL rules — Rules whose owner may no longer read their projects: 1; the first is rule {rule.id} in "
                f"{DEPLOYS}; mend: Somebody who sees the project takes it over there: "
                f"`/circle subscribe --takeover {rule.id}`."
            )
        ]
        async with house.store.begin() as tx:
            await tx.rule_problems.mark_resolved(rule.id, [ProblemKind.OWNER], NOW)
        assert await house.look("rules") == []


async def test_messages_that_are_set_aside_are_told_until_they_are_dropped(tmp_path: Path) -> None:
    async with open_harness(tmp_path) as house:
        async with house.store.begin() as tx:
            await tx.outbox.insert("poison", TEAM, DEPLOYS, message=Message("x"), now=NOW)
            for seconds in (0, 20):
                await tx.outbox.claim(NOW + timedelta(seconds=seconds), 12, "me", limit=9)
        assert await house.look("outbox") == [], "it may have been bad luck"
        async with house.store.begin() as tx:
            await tx.outbox.claim(NOW + timedelta(seconds=40), 12, "me", limit=9)
        [told] = await house.look("outbox")
        assert told.startswith("FAIL outbox — Messages that could not be sent again and again: 1; the oldest since ")
        assert told.endswith("mend: Read why with `circlebot outbox list`, then retry or drop them.")
        assert not any(one.check == "outbox" for one in await house.build_examination().examine("T9"))
        async with house.store.begin() as tx:
            [poison] = await tx.undelivered.list_all(NOW + timedelta(minutes=1))
            await tx.undelivered.drop([poison.id], NOW + timedelta(minutes=1))
        assert await house.look("outbox") == []


async def test_only_what_concerns_the_workspace_is_told_there(tmp_path: Path) -> None:
    async with open_harness(tmp_path) as house:
        async with house.store.begin() as tx:
            rule = await tx.subscriptions.insert(
                Subscription(0, "T9", "C9", ProjectScope.parse("gh/acme/web"), Rule(), "U9", NOW)
            )
            await tx.rule_problems.upsert(RuleProblem(rule.id, ProblemKind.OWNER, ProblemReason.LEFT, "", NOW))
        one = house.build_examination()
        assert any(found.check == "rules" for found in await one.examine())
        assert not any(found.check == "rules" for found in await one.examine(TEAM))


async def test_files_that_others_may_read_and_that_stay_so_are_told_with_their_command(tmp_path: Path) -> None:
    """Where they are somebody else's, opening them does not make them private."""
    file = tmp_path / "circlebot.db"
    stored = StoredChecks(
        settings=build_settings("http://127.0.0.1:1", f"sqlite:///{file}", socket_mode=True),
        store=Store(f"sqlite:///{file}", Vault([generate_key()])),
        workspace=None,
        exposed_files=[file],
    )
    file.touch()
    file.chmod(0o644)
    [told] = [format_line(one) async for one in stored.check_files()]
    assert (
        told
        == f"FAIL files — Others on this machine may read circlebot.db; mend: As their owner, run `chmod 600 {file}`."
    )
    file.chmod(0o600)
    [told] = [format_line(one) async for one in stored.check_files()]
    assert told.startswith("ok   files — others on this machine could read circlebot.db")


async def test_a_table_that_cannot_be_read_breaks_its_own_checks_alone(tmp_path: Path) -> None:
    async with open_harness(tmp_path) as house:
        with closing(sqlite3.connect(tmp_path / "circlebot.db")) as broken:
            broken.execute("ALTER TABLE installations RENAME TO elsewhere")
        for check in ("installs", "keys"):
            [told] = await house.look(check)
            assert told.startswith(f"FAIL {check} — This check broke (OperationalError), so that nobody knows; mend: ")
        for check in ("database", "slack", "socket", "circleci"):
            assert (await house.look(check))[0].startswith("ok ")


async def test_a_record_that_does_not_fit_is_told_by_its_row_until_it_is_accepted(tmp_path: Path) -> None:
    async with open_harness(tmp_path) as house:
        async with house.store.begin() as tx:
            for name in ("approve", "cancel"):
                tx.record(AuditRecord(workspace=TEAM, at=NOW, kind=AuditKind.ACT, act=name))
        await read_chains(house.store, NOW)
        assert await house.look("record") == [
            "ok   record — chains that fit from end to end at 2026-11-24 12:00 UTC: 1"
        ]
        with closing(sqlite3.connect(tmp_path / "circlebot.db")) as connection:
            connection.execute("UPDATE audit SET act = 'rerun' WHERE seq = 2")
            connection.commit()
        [told] = await house.look("record")
        assert told.startswith(f"FAIL record — The record of {TEAM} no longer fits at row 2: found at ")
        assert f"`circlebot audit verify --workspace {TEAM}` says how" in told
        assert f"`circlebot audit accept {TEAM}` marks the break" in told
        await record_breaks(house.store, TEAM, "mine", shown=await find_breaks(house.store, TEAM))
        assert await house.look("record") == []

"""Each act and each refusal leaves one row, by whichever door; what is only read leaves none."""

from __future__ import annotations

import pytest

from bot.command import Request, RequestSource
from bot.commands import COMMANDS
from bot.dispatch.parsed_call import parse_request
from bot.dispatch.registry import Registry
from bot.domain.audit_records import AuditRecord
from tests.plugins.policies import only, write_policy
from tests.plugins.world import ADA, GRACE, World


async def _load(world: World) -> list[AuditRecord]:
    async with world.app.core.store.begin_read() as tx:
        return [one.record for one in await tx.audit.list_chain("T0SANDBOX")]


async def test_an_act_is_recorded_with_who_what_where_and_what_circleci_called_it(connected_world: World) -> None:
    world = connected_world
    await world.say("/circle trigger gh/acme/web --branch main image-tag=48")
    await world.message("triggered it")
    row = (await _load(world))[-1]
    assert (row.kind, row.act, row.result, row.door) == ("act", "trigger", "done", "typed")
    assert (row.user, row.login, row.project, row.branch) == (ADA, "ada", "gh/acme/web", "main")
    assert row.what.startswith("Triggered with")
    (asked,) = row.detail["circleci"]
    assert asked["asked"] == "POST /api/v2/project/gh/acme/web/pipeline"
    assert asked["ids"] == {"id": row.pipeline_id, "number": str(row.pipeline_number)}
    assert row.request


async def test_what_circleci_refuses_is_recorded_as_failed(connected_world: World) -> None:
    await connected_world.control("reset", seed=False)
    await connected_world.say("/circle trigger gh/acme/web deploy=true")
    await connected_world.reply("Type error")
    row = (await _load(connected_world))[-1]
    assert (row.act, row.result, row.detail["error"]) == ("trigger", "failed", "Rejected")
    assert row.detail["circleci"][0]["status"] == 400


@pytest.mark.parametrize(
    ("line", "about"),
    [
        ("approve gh/acme/web 48 approve-production", "48, approve-production"),
        ("rollback gh/acme/web --environment production --to 1.0.12", "environment production, to 1.0.12"),
        ("trigger gh/acme/web --branch main password=Correct-Horse-17", "branch main"),
        ("env set gh/acme/web API_KEY Correct-Horse-17", ""),
        ("status gh/acme/web --branch main", ""),
    ],
)
def test_a_row_says_what_is_named_and_no_value(line: str, about: str) -> None:
    request = Request("T", ADA, line, RequestSource.TYPED, "k")
    assert parse_request(request, Registry(COMMANDS)).about == about


async def test_what_a_policy_refuses_is_recorded_with_its_project(connected_world: World) -> None:
    world = connected_world
    await write_policy(world.app.core.store, only("trigger", GRACE))
    await world.say("/circle trigger gh/acme/web --branch main")
    await world.reply("policy does not let you use `trigger`")
    row = (await _load(world))[-1]
    assert (row.kind, row.act, row.result, row.user, row.login) == ("act", "trigger", "refused", ADA, "ada")
    assert (row.decided_by, row.what) == (f"only={GRACE} do=trigger", "branch main")
    assert "policy does not let you use" in row.detail["said"]


async def test_a_change_that_is_refused_is_recorded_as_one(connected_world: World) -> None:
    """RETENTION_AUDIT prunes by kind: what is only read may go early."""
    await write_policy(connected_world.app.core.store, only("preset", GRACE))
    await connected_world.say("/circle preset save staging gh/acme/web --branch main --workspace")
    await connected_world.reply("policy does not let you use `preset`")
    row = (await _load(connected_world))[-1]
    assert (row.kind, row.act, row.result) == ("rule", "preset", "refused")


async def test_what_is_only_read_is_not_recorded(connected_world: World) -> None:
    before = await _load(connected_world)
    await connected_world.say("/circle status gh/acme/web")
    await connected_world.reply("web")
    assert await _load(connected_world) == before


async def test_connecting_is_recorded_with_whom_circleci_says_it_is(socket_world: World) -> None:
    await socket_world.connect_by_form()
    (row,) = await _load(socket_world)
    assert (row.kind, row.act, row.door, row.login, row.what) == ("account", "connect", "form", "ada", "connected")

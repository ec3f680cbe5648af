from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from bot.clock import SystemClock
from bot.domain.people import Account, AccountState, Installation
from bot.domain.project_feeds import Hook
from bot.errors import UsageError
from bot.operating.demo_bot import build_settings
from bot.operating.doctor_command import examine, list_workspaces
from bot.operating.findings import format_line
from bot.settings import Settings
from bot.slack.manifest import build_manifest
from bot.store.store import Store
from bot.store.vault import Vault, generate_key
from sandbox import server
from sandbox.slack import AppSetup
from tests.plugins.app_server import open_socket, serve_app
from tests.plugins.database import create_database
from tests.plugins.factories import WEB
from tests.plugins.policies import only, write_policy
from tests.plugins.programs import get_free_port, run_circlebot

NAMES = "settings health pictures database keys listener webhooks limit slack scopes clock channels socket circleci"


@pytest.fixture
async def sandbox_url() -> AsyncIterator[str]:
    listening, url = server.bind_socket()
    app = server.create_app(public_url=url, setup=AppSetup(manifest=build_manifest(url=None)))
    async with server.serving(app, sockets=[listening]):
        yield url


@pytest.fixture
async def settings(sandbox_url: str, tmp_path: Path) -> Settings:
    """A set-up in which nothing is wrong."""
    return build_settings(sandbox_url, await create_database(tmp_path))


async def examined(settings: Settings, **changed: Any) -> dict[str, str]:
    """The lines by the check's name, with these settings changed; the first of each check, or what failed."""
    found = await examine(settings.model_copy(update=changed))
    return {one.check: format_line(one) for one in sorted(found, key=lambda one: one.symptom is not None)}


async def store_of(settings: Settings) -> Store:
    keys = [key.get_secret_value() for key in settings.encryption_keys]
    return Store(settings.database_url.get_secret_value(), Vault(keys))


async def keep_a_secret(settings: Settings) -> None:
    store = await store_of(settings)
    async with store.begin() as tx:
        await tx.accounts.upsert(
            Account("T0SANDBOX", "U0ADA", "id", "ada", "Ada", AccountState.ACTIVE, SystemClock().now(), "CCIPAT_ada")
        )
    await store.close()


async def test_who_may_do_what_is_told_as_it_works_out_with_what_is_more_open_than_it_reads(settings: Settings) -> None:
    store = await store_of(settings)
    said = [
        only("approve", "U02", "U01", channel="C01"),
        only("decline", "U03"),
        only("*", "U01", "U02", "U03"),
    ]
    await write_policy(store, *said)
    two = [only("trigger", "U01", channel="C02"), only("rerun", "U09"), only("env", "S0GONE")]
    await write_policy(store, *two, workspace="T2")
    await store.close()
    told = [one.well for one in await examine(settings) if one.check == "policy"]
    assert "T0SANDBOX: only=U01,U02 do=approve channel=C01" in told
    assert "T0SANDBOX: only=U03 do=decline" in told
    assert "T2: look: rerun is open to U09, in spite of only=U01 do=trigger channel=C02" in told
    assert any(one.startswith("T2: look: Slack does not show the user group S0GONE") for one in told)
    assert any(one.startswith("T2: look: anybody who is connected may change what C02 hears") for one in told)
    assert not any("look: anybody" in one for one in told if one.startswith("T0SANDBOX"))


async def test_a_set_up_in_which_nothing_is_wrong(settings: Settings) -> None:
    await keep_a_secret(settings)
    found = await examine(settings.model_copy(update={"circleci_token": SecretStr("CCIPAT_grace")}))
    assert [format_line(one) for one in found] == [
        "ok   settings — by Socket Mode",
        "ok   health — its reasons and metrics are served nowhere (ADMIN_PORT is 0)",
        "ok   pictures — are drawn",
        "ok   database — reachable, writable, and at this release",
        "ok   keys — 1 stored secrets open",
        "ok   listener — no process listens to Slack right now (circlebot run)",
        "ok   webhooks — none, because CircleCI cannot reach us (PUBLIC_URL is not set): polling finds what ends",
        "ok   limit — polling made no requests to CircleCI in the last hour",
        "ok   slack — circlebot in Sandbox",
        "ok   scopes — all granted",
        "ok   clock — as Slack's",
        "ok   channels — Slack took the last message for each",
        "ok   socket — Slack gives us a connection, and counts 0 others",
        "ok   circleci — reachable; API v3: there; CIRCLECI_TOKEN is grace's",
    ]


async def test_it_says_for_which_of_many_workspaces_the_service_account_reads(settings: Settings) -> None:
    oauth = {"slack_client_id": "i", "slack_client_secret": SecretStr("s"), "circleci_token": SecretStr("CCIPAT_grace")}
    unnamed = await examined(settings, **oauth)
    assert unnamed["circleci"].endswith("reads for no workspace: name them in CIRCLECI_TOKEN_WORKSPACES")
    named = await examined(settings, **oauth, circleci_token_workspaces=frozenset({"T2", "T1"}), circleci_api_v3="off")
    assert named["circleci"].endswith(
        "API v3: not asked (CIRCLECI_API_V3, or a Server); CIRCLECI_TOKEN is grace's and reads for T1, T2"
    )


async def test_without_a_token_of_its_own_it_still_sees_that_circleci_is_there(settings: Settings) -> None:
    found = await examined(settings)
    assert found["circleci"] == "ok   circleci — reachable; people bring their own tokens"


async def test_a_setting_that_is_missing_is_named_and_the_rest_is_still_looked_at(settings: Settings) -> None:
    found = await examined(settings, encryption_keys=())
    assert found["settings"].startswith("FAIL settings — ENCRYPTION_KEYS is empty")
    assert "database" not in found
    assert found["slack"].startswith("ok ")


async def test_a_database_that_was_never_migrated(settings: Settings, tmp_path: Path) -> None:
    found = await examined(settings, database_url=SecretStr(f"sqlite:///{tmp_path}/fresh.db"))
    assert found["database"] == "FAIL database — The database is not at this release; mend: Run `circlebot migrate`."
    assert "keys" not in found


async def test_a_database_that_cannot_be_opened_is_told_without_its_password(settings: Settings) -> None:
    found = await examined(
        settings, database_url=SecretStr(f"postgres://bot:letmein@127.0.0.1:{get_free_port()}/circlebot")
    )
    assert found["database"].startswith("FAIL database — The database cannot be opened (")
    assert "letmein" not in found["database"]


async def test_a_key_that_was_lost(settings: Settings) -> None:
    await keep_a_secret(settings)
    found = await examined(settings, encryption_keys=(SecretStr(generate_key()),))
    assert found["keys"].startswith(
        "FAIL keys — Stored secrets that ENCRYPTION_KEYS does not open: 1; mend: Put the key"
    )


async def test_a_webhook_that_is_quiet(settings: Settings) -> None:
    store, now = await store_of(settings), SystemClock().now()
    async with store.begin() as tx:
        await tx.hooks.upsert(Hook(WEB, "k", "id", "h", "https://bot/circleci/webhook?hook=k", "T", "U0ADA", now))
        await tx.hooks.mark_quiet("k", now)
    await store.close()
    found = await examined(settings, public_url="https://bot")
    assert found["webhooks"].startswith("FAIL webhooks — The webhook of gh/acme/web has never arrived")
    assert "`curl -i https://bot/healthz`" in found["webhooks"]


async def test_a_bot_token_that_slack_does_not_know(settings: Settings) -> None:
    found = await examined(settings, slack_bot_token=SecretStr("xoxb-old"))
    assert found["slack"].startswith("FAIL slack — Slack refuses SLACK_BOT_TOKEN (invalid_auth); mend: Copy it again")
    assert "scopes" not in found
    assert "xoxb-old" not in found["slack"]


async def test_an_app_token_that_slack_does_not_know(settings: Settings) -> None:
    found = await examined(settings, slack_app_token=SecretStr("xapp-old"))
    assert found["socket"].startswith("FAIL socket — Slack gives us no connection (invalid_auth)")
    assert "connections:write" in found["socket"]


async def test_a_scope_that_was_not_granted(settings: Settings) -> None:
    fewer = build_manifest(url=None)
    fewer["oauth_config"]["scopes"] = {"bot": ["chat:write", "commands"]}
    listening, url = server.bind_socket()
    async with server.serving(server.create_app(public_url=url, setup=AppSetup(manifest=fewer)), sockets=[listening]):
        found = await examined(settings, slack_api_url=f"{url}/slack/api/")
    assert "Not granted: app_mentions:read, chat:write.public, files:write, im:history, im:write;" in found["scopes"]
    assert "`circlebot slack update`" in found["scopes"]


async def test_optional_scopes_may_be_declined(settings: Settings) -> None:
    fewer = build_manifest(url=None)
    scopes = fewer["oauth_config"]["scopes"]
    scopes.pop("bot_optional")
    scopes["bot"].remove("groups:history")
    listening, url = server.bind_socket()
    async with server.serving(server.create_app(public_url=url, setup=AppSetup(manifest=fewer)), sockets=[listening]):
        found = await examined(settings, slack_api_url=f"{url}/slack/api/")
    assert found["scopes"].startswith("ok ")
    assert found["scopes"] == "ok   scopes — all granted, groups:history declined"


async def test_slack_out_of_reach(settings: Settings) -> None:
    found = await examined(settings, slack_api_url=f"http://127.0.0.1:{get_free_port()}/api/")
    assert found["slack"].startswith("FAIL slack — Slack cannot be reached, or something else")
    assert "SLACK_API_URL" in found["slack"]


async def test_circleci_out_of_reach(settings: Settings) -> None:
    found = await examined(settings, circleci_url=f"http://127.0.0.1:{get_free_port()}")
    assert found["circleci"].startswith("FAIL circleci — CircleCI could not be reached; mend: Check CIRCLECI_URL")


async def test_something_else_that_answers_where_circleci_should(settings: Settings) -> None:
    async def page(_request: Any) -> PlainTextResponse:
        return PlainTextResponse("<html>It works!</html>")

    listening: socket.socket = open_socket()
    async with serve_app(Starlette(routes=[Route("/{path:path}", page)]), listening) as url:
        found = await examined(settings, circleci_url=url)
    assert "CircleCI answered with something that is not its API's JSON;" in found["circleci"]


async def test_a_service_token_that_expired(settings: Settings) -> None:
    found = await examined(settings, circleci_token=SecretStr("CCIPAT_expired"))
    assert "FAIL circleci — CIRCLECI_TOKEN is not valid;" in found["circleci"]


async def test_with_oauth_every_installed_workspace_is_looked_at(settings: Settings) -> None:
    oauth = {
        "slack_bot_token": None,
        "slack_client_id": "sandbox-client-id",
        "slack_client_secret": SecretStr("sandbox-client-secret"),
        "public_url": "https://circle.example.com",
    }
    before = await examined(settings, **oauth)
    assert before["slack"] == "ok   slack — no workspace yet: open https://circle.example.com/slack/install"
    store = await store_of(settings)
    async with store.begin() as tx:
        await tx.installations.upsert(
            Installation("T0SANDBOX", "Acme", "U0B", "B0B", (), "U0ADA", SystemClock().now(), "xoxb-gone")
        )
    await store.close()
    found = await examined(settings, **oauth)
    assert found["slack"] == (
        "FAIL slack — Slack refuses the token of Acme (invalid_auth); mend: Install it there again: "
        "`https://circle.example.com/slack/install`."
    )


async def test_the_command_prints_a_line_each_and_ends_with_one_when_anything_is_wrong(
    settings: Settings, sandbox_url: str, tmp_path: Path
) -> None:
    env = {
        "SLACK_BOT_TOKEN": "xoxb-sandbox",
        "SLACK_APP_TOKEN": "xapp-sandbox",
        "SLACK_API_URL": f"{sandbox_url}/slack/api/",
        "CIRCLECI_URL": f"{sandbox_url}/circleci",
        "DATABASE_URL": settings.database_url.get_secret_value(),
        "ENCRYPTION_KEYS": settings.encryption_keys[0].get_secret_value(),
    }
    well = await run_circlebot("doctor", env=env, cwd=tmp_path)
    sick = await run_circlebot("doctor", env={**env, "CIRCLECI_TOKEN": "CCIPAT_expired"}, cwd=tmp_path)
    assert (well.code, sick.code) == (0, 1)
    assert [line.split(" — ")[0] for line in well.out.splitlines()] == [f"ok   {name}" for name in NAMES.split()]
    assert "FAIL circleci — CIRCLECI_TOKEN is not valid; mend:" in sick.out


async def test_the_workspace_of_a_bot_token_is_asked_of_slack_and_those_of_oauth_are_known(settings: Settings) -> None:
    store = await store_of(settings)
    assert await list_workspaces(settings, store) == {"T0SANDBOX"}
    refused = settings.model_copy(update={"slack_bot_token": SecretStr("xoxb-wrong")})
    with pytest.raises(UsageError, match=r"belongs to. Slack refuses SLACK_BOT_TOKEN \(invalid_auth\). Copy it again"):
        await list_workspaces(refused, store)
    assert await list_workspaces(settings.model_copy(update={"slack_bot_token": None}), store) == set()
    await store.close()


async def test_an_address_that_is_not_slacks_is_told_as_such(settings: Settings, sandbox_url: str) -> None:
    found = await examined(settings, slack_api_url=f"{sandbox_url}/nowhere/")
    for name in ("slack", "socket"):
        assert "something else answers in its place (HTTP 404)" in found[name]
        assert "Look at SLACK_API_URL" in found[name]


async def test_what_cannot_be_read_is_found_with_the_rest(settings: Settings) -> None:
    findings = await examine(settings, ["PORT must be a whole number."])
    assert [format_line(one) for one in findings if one.symptom][0].startswith(
        "FAIL settings — PORT must be a whole number; mend:"
    )
    assert {"database", "slack", "circleci"} <= {one.check for one in findings}

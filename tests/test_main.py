from __future__ import annotations

import asyncio
import json
import re
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot import __version__
from bot.clock import SystemClock
from bot.domain.people import Account, AccountState
from bot.store.engine.migrate import get_head
from bot.store.store import Store
from bot.store.vault import Vault, generate_key
from tests.plugins.block_reader import get_text
from tests.plugins.database import create_database
from tests.plugins.programs import AS_PEOPLE_DO, get_free_port, run_circlebot, start_circlebot
from tests.plugins.slack_users import SlackUsers
from tests.plugins.world import build_connected_check

CHECKOUT = Path(__file__).parents[1]
WORDS = (
    *("demo", "drill", "sandbox", "run", "web", "worker", "migrate", "doctor", "health", "config", "keys", "people"),
    *("workspaces", "authorize", "manifest", "slack", "apply", "export", "backup", "restore", "move", "audit"),
)


@asynccontextmanager
async def people_at(port: int) -> AsyncIterator[SlackUsers]:
    url = f"http://127.0.0.1:{port}"
    async with httpx.AsyncClient(base_url=url, timeout=30) as http:
        yield SlackUsers(url, http)


async def test_help_names_every_word(tmp_path: Path) -> None:
    done = await run_circlebot("--help", cwd=tmp_path, program=AS_PEOPLE_DO)
    assert done.code == 0
    assert all(f" {word} " in done.out for word in WORDS)


async def test_the_version_is_the_newest_of_the_changelog(tmp_path: Path) -> None:
    done = await run_circlebot("--version", cwd=tmp_path, program=AS_PEOPLE_DO)
    newest = re.search(r"^## (\S+) \(\d{4}-\d\d-\d\d\)$", (CHECKOUT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert newest
    assert done.out.strip() == newest[1] == __version__


async def test_a_new_key_is_a_key(tmp_path: Path) -> None:
    done = await run_circlebot("keys", "new", cwd=tmp_path)
    vault = Vault([done.out.strip()])
    assert vault.open("a", vault.seal("a", "secret")) == "secret"


@pytest.mark.parametrize("word", ["run", "web"])
async def test_what_is_not_set_is_told_by_name_with_an_example(word: str, tmp_path: Path) -> None:
    done = await run_circlebot(word, cwd=tmp_path)
    assert done.code == 1
    assert "ENCRYPTION_KEYS" in done.out
    assert "circlebot keys new" in done.out
    assert "SLACK_BOT_TOKEN is not set. For example: xoxb-" in done.out
    assert "SLACK_APP_TOKEN (Socket Mode" in done.out
    assert "Traceback" not in done.out


@pytest.mark.parametrize("url", ["sqlite:////nowhere/x.db", "postgresql://u:letmein@127.0.0.1:1/x"])
@pytest.mark.parametrize("word", ["migrate", "worker"])
async def test_a_database_that_cannot_be_opened_is_told_in_a_sentence(word: str, url: str, tmp_path: Path) -> None:
    env = {"DATABASE_URL": url, "ENCRYPTION_KEYS": generate_key(), "SLACK_BOT_TOKEN": "xoxb-sandbox"}
    done = await run_circlebot(word, env=env, cwd=tmp_path)
    assert done.code == 1
    assert "The database cannot be opened (" in done.out
    assert not [one for one in ("Traceback", "letmein") if one in done.out]


async def test_an_empty_folder_is_all_that_a_database_is_made_from(tmp_path: Path) -> None:
    done = await run_circlebot("migrate", cwd=tmp_path, program=AS_PEOPLE_DO)
    assert done.code == 0, done.out
    assert f"The database is at {get_head()}." in done.out
    assert (tmp_path / "circlebot.db").exists()


async def test_a_worker_needs_no_way_in(tmp_path: Path) -> None:
    done = await run_circlebot("worker", cwd=tmp_path)
    assert "SLACK_BOT_TOKEN" in done.out
    assert "SLACK_APP_TOKEN" not in done.out


async def test_no_sentence_about_a_setting_holds_its_value(tmp_path: Path) -> None:
    secret = "h" + "unter2"
    env = {
        "SLACK_BOT_TOKEN": secret,
        "SLACK_APP_TOKEN": secret,
        "ENCRYPTION_KEYS": secret,
        "PORT": secret,
        "DATABASE_URL": f"mysql://u:{secret}@h/x",
    }
    done = await run_circlebot("run", env=env, cwd=tmp_path)
    assert "PORT must be a whole number. For example: 8080" in done.out
    assert "SLACK_BOT_TOKEN does not begin with `xoxb-`" in done.out
    assert "DATABASE_URL: mysql is not supported" in done.out
    assert secret not in done.out
    assert done.code == 1


async def test_the_manifest_is_the_file_in_the_checkout(tmp_path: Path) -> None:
    done = await run_circlebot("manifest", cwd=tmp_path)
    assert done.out == (CHECKOUT / "manifest.yml").read_text(encoding="utf-8")


async def test_slack_sends_to_https_only(tmp_path: Path) -> None:
    refused = await run_circlebot("manifest", "--url", "http://circle.example.com", cwd=tmp_path)
    made = await run_circlebot("manifest", "--url", "https://circle.example.com", cwd=tmp_path)
    rotated = await run_circlebot("manifest", "--url", "https://circle.example.com", "--rotation", cwd=tmp_path)
    assert "token_rotation_enabled: true" in rotated.out
    assert (await run_circlebot("manifest", "--rotation", cwd=tmp_path)).code == 1
    assert refused.code == 1
    assert "https://circle.example.com/slack/events" in made.out


async def test_keys_rotate_leaves_everything_to_the_first_key(tmp_path: Path) -> None:
    old, fresh = generate_key(), generate_key()
    url = await create_database(tmp_path)
    await _keep_a_secret(url, old)
    done = await run_circlebot(
        "keys", "rotate", env={"DATABASE_URL": url, "ENCRYPTION_KEYS": f"{fresh},{old}"}, cwd=tmp_path
    )
    assert "1 stored secrets are under the first key.\nThe others may leave ENCRYPTION_KEYS." in done.out
    assert done.code == 0
    store = Store(url, Vault([fresh]))
    async with store.begin_read() as tx:
        assert await tx.sealed_columns.check() == 1
    await store.close()


async def test_keys_rotate_says_what_no_key_opens_and_ends_with_1(tmp_path: Path) -> None:
    url = await create_database(tmp_path)
    await _keep_a_secret(url, generate_key())
    done = await run_circlebot(
        "keys", "rotate", env={"DATABASE_URL": url, "ENCRYPTION_KEYS": generate_key()}, cwd=tmp_path
    )
    assert "1 open with none of ENCRYPTION_KEYS" in done.out
    assert "may leave" not in done.out
    assert done.code == 1


async def test_keys_forget_deletes_what_no_key_opens_and_only_if_it_is_meant(tmp_path: Path) -> None:
    url, key = await create_database(tmp_path), generate_key()
    await _keep_a_secret(url, generate_key())
    env = {"DATABASE_URL": url, "ENCRYPTION_KEYS": key}
    refused = await run_circlebot("keys", "forget", env=env, cwd=tmp_path)
    assert (refused.code, "say --yes" in refused.out) == (1, True)
    assert "1 open with none" in (await run_circlebot("keys", "rotate", env=env, cwd=tmp_path)).out
    done = await run_circlebot("keys", "forget", "--yes", env=env, cwd=tmp_path)
    assert (done.code, done.out) == (0, "1 are deleted. Their people connect again.\n")
    assert "Every stored secret opens." in (await run_circlebot("keys", "forget", env=env, cwd=tmp_path)).out


async def _keep_a_secret(url: str, key: str) -> None:
    store = Store(url, Vault([key]))
    account = Account("T1", "U1", "id", "ada", "Ada", AccountState.ACTIVE, SystemClock().now(), "CCIPAT_ada")
    async with store.begin() as tx:
        await tx.accounts.upsert(account)
    await store.close()


async def test_the_demo_comes_up_whatever_the_environment_says_and_ends_when_asked(tmp_path: Path) -> None:
    port = get_free_port()
    (tmp_path / ".env").write_text("SLACK_API_URL=http://127.0.0.1:1/\nPOLL_INTERVAL_S=nonsense\n", encoding="utf-8")
    misleading = {"CIRCLECI_URL": "http://127.0.0.1:1", "SLACK_CLIENT_ID": "a", "SLACK_CLIENT_SECRET": "b", "PORT": "x"}
    words = ("demo", "--port", str(port))
    async with start_circlebot(*words, env=misleading, cwd=tmp_path, program=AS_PEOPLE_DO) as demo:
        said = await demo.wait_for_output("Ctrl+C")
        assert f"http://localhost:{port}" in said
        async with people_at(port) as people:
            await people.say("/circle help")
            assert "/circle trigger" in get_text(await people.reply("First steps"))
        demo.process.send_signal(signal.SIGTERM)
        assert await demo.wait() == 0
        assert "Traceback" not in demo.text


async def test_a_port_that_is_taken_is_told_in_a_sentence(tmp_path: Path) -> None:
    port = get_free_port()
    async with start_circlebot("sandbox", "--port", str(port), cwd=tmp_path) as first:
        await first.wait_for_output("Ctrl+C")
        second = await run_circlebot("demo", "--port", str(port), cwd=tmp_path)
    assert second.code == 1
    assert f"port {port} cannot be used (Address already in use). Take another one: --port {port + 1}" in second.out
    assert "Traceback" not in second.out


async def test_the_sandbox_is_there_for_other_apps_by_their_manifest(tmp_path: Path) -> None:
    (tmp_path / "lunch.json").write_text('{"display_information": {"name": "lunch"}}', encoding="utf-8")
    (tmp_path / "bad.yml").write_text("settings: {}", encoding="utf-8")
    port = get_free_port()
    async with start_circlebot("sandbox", "--port", str(port), "--manifest", "lunch.json", cwd=tmp_path) as sandbox:
        assert f"SLACK_API_URL=http://127.0.0.1:{port}/slack/api/" in await sandbox.wait_for_output("Ctrl+C")
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
            refused = (await http.get("/slack/api/emoji.list", params={"token": "xoxb-sandbox"})).json()
    assert (refused["error"], refused["provided"]) == ("missing_scope", "")
    bad = await run_circlebot("sandbox", "--manifest", "bad.yml", cwd=tmp_path)
    assert (bad.code, "missing required field: display_information" in bad.out) == (1, True)
    assert "Traceback" not in bad.out


@pytest.mark.parametrize("by_http", [False, True], ids=["socket", "http"])
async def test_a_bot_joins_the_sandbox_with_the_lines_that_it_prints(by_http: bool, tmp_path: Path) -> None:
    port, bot_port, admin_port = get_free_port(), get_free_port(), get_free_port()
    bot_url = f"http://127.0.0.1:{bot_port}"
    events = ["--events-url", f"{bot_url}/slack/events"] if by_http else []
    async with start_circlebot("sandbox", "--port", str(port), "--speed", "20", *events, cwd=tmp_path) as sandbox:
        lines = (await sandbox.wait_for_output("Ctrl+C")).splitlines()
        env = dict(line.split("=", 1) for line in lines if line[:1].isupper() and "=" in line)
        env |= {"PORT": str(bot_port), "HOST": "127.0.0.1", "ADMIN_PORT": str(admin_port)}
        async with start_circlebot("run", env=env, cwd=tmp_path, program=AS_PEOPLE_DO) as bot:
            await bot.wait_for_output("circlebot.up")
            async with people_at(port) as people:
                await people.wait_until(build_connected_check(people), "the bot to be connected")
                await people.say("/circle me")
                await people.reply("not connected")
            assert (await _ready(admin_port)).keys() >= {"database", "slack", "poller", "delivery"}
            bot.process.send_signal(signal.SIGINT)
            assert await bot.wait() == 0, bot.text
            assert "Traceback" not in bot.text


async def test_a_refused_token_is_told_once_with_the_mend_and_every_line_is_json(tmp_path: Path) -> None:
    port = get_free_port()
    env = {"LOG_FORMAT": "json", "ENCRYPTION_KEYS": generate_key(), "PORT": "0", "ADMIN_PORT": "0"}
    env |= {"SLACK_BOT_TOKEN": "xoxb-wrong", "SLACK_APP_TOKEN": "xapp-wrong", "CIRCLECI_TOKEN": "wrong"}
    env |= {"SLACK_API_URL": f"http://127.0.0.1:{port}/slack/api/", "CIRCLECI_URL": f"http://127.0.0.1:{port}/circleci"}
    async with start_circlebot("sandbox", "--port", str(port), cwd=tmp_path) as sandbox:
        await sandbox.wait_for_output("Ctrl+C")
        async with start_circlebot("run", env=env, cwd=tmp_path) as bot:
            for said in (
                "app-level token with connections:write",
                "Slack refuses SLACK_BOT_TOKEN",
                "CIRCLECI_TOKEN is not valid",
            ):
                await bot.wait_for_output(said)
            bot.process.send_signal(signal.SIGTERM)
            assert await bot.wait() == 0
    lines = [json.loads(line) for line in bot.text.splitlines()]
    told = [line.get("symptom") or line["event"] for line in lines if line["level"] == "error"]
    assert sorted(told) == ["bot_token_refused", "circleci_token_refused", "socket.not_connected"]
    assert {"host": "127.0.0.1", "event": "http.up"}.items() <= next(one for one in lines if "host" in one).items()


async def test_why_it_does_not_begin_is_json_too_where_the_log_is(tmp_path: Path) -> None:
    done = await run_circlebot("run", env={"LOG_FORMAT": "json", "PORT": "x"}, cwd=tmp_path)
    (line,) = map(json.loads, done.out.splitlines())
    assert (done.code, line["event"]) == (1, "circlebot.not_up")
    assert all(one in line["why"] for one in ("PORT must be", "SLACK_BOT_TOKEN is not set", "ENCRYPTION_KEYS"))


async def _ready(port: int) -> dict[str, Any]:
    """What readiness says, once the loops have turned."""
    async with httpx.AsyncClient(timeout=30) as http, asyncio.timeout(60):
        while (answer := await http.get(f"http://127.0.0.1:{port}/readyz")).status_code != 200:
            continue
        found: dict[str, Any] = answer.json()["checks"]
        return found

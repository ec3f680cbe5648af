"""Where a configuration token comes from, and what is said of one that is of no use."""

from __future__ import annotations

import stat

import pytest

from sandbox.slack.fake_tokens import TOKEN_LIVES_S
from tests.plugins.programs import get_free_port
from tests.plugins.setup_folder import CONFIG_TOKEN, SetupFolder

REFRESH_TOKEN = "xoxe-1-sandbox"
DRY = ("update", "--app", "A0CIRCLEBOT", "--dry-run")


async def test_it_comes_from_a_file_that_an_option_or_a_variable_names(setup: SetupFolder) -> None:
    file = setup.folder / "token"
    file.write_text(f"{CONFIG_TOKEN}\n", encoding="utf-8")
    assert (await setup.run(*DRY, "--token-file", "token")).code == 0
    assert (await setup.run(*DRY, SLACK_CONFIG_TOKEN_FILE="token")).code == 0
    assert file.read_text(encoding="utf-8") == f"{CONFIG_TOKEN}\n"


async def test_a_refresh_token_is_replaced_by_the_next_one_each_time(setup: SetupFolder) -> None:
    setup.sandbox.slack.clock.advance(TOKEN_LIVES_S)
    file = setup.folder / "token"
    file.write_text(REFRESH_TOKEN, encoding="utf-8")
    seen = {REFRESH_TOKEN}
    for _ in range(2):
        done = await setup.run(*DRY, "--token-file", "token")
        assert done.code == 0, done.out
        seen.add(file.read_text(encoding="utf-8").strip())
    assert len(seen) == 3
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.write_text(REFRESH_TOKEN, encoding="utf-8")
    spent = await setup.run(*DRY, "--token-file", "token")
    assert spent.code == 1
    assert "The refresh token was used before, or is none (Slack says invalid_refresh_token)" in spent.out


async def test_a_refresh_token_that_has_no_file_is_not_spent(setup: SetupFolder) -> None:
    done = await setup.run(*DRY, SLACK_CONFIG_TOKEN=REFRESH_TOKEN)
    assert done.code == 1
    assert "the next one has nowhere to go" in done.out
    assert REFRESH_TOKEN not in done.out
    assert not setup.get_calls("tooling.tokens.rotate")


@pytest.mark.parametrize(
    ("token", "told"),
    [
        ("", "Set SLACK_CONFIG_TOKEN to it, or name a file that holds it: --token-file FILE."),
        ("xoxb-sandbox", "this is no app configuration token: take the one that begins with xoxe.xoxp-."),
        ("xoxe.xoxp-unknown", "Slack does not know this configuration token (Slack says invalid_auth): make a new one"),
    ],
)
async def test_a_token_of_no_use_is_one_sentence(setup: SetupFolder, token: str, told: str) -> None:
    done = await setup.run(*DRY, SLACK_CONFIG_TOKEN=token)
    assert done.code == 1
    assert told in done.out
    assert len(done.out.splitlines()) == 1
    assert not token or token not in done.out


async def test_an_old_token_is_told_with_where_to_make_a_new_one(setup: SetupFolder) -> None:
    setup.sandbox.slack.clock.advance(TOKEN_LIVES_S)
    done = await setup.run(*DRY, SLACK_CONFIG_TOKEN=CONFIG_TOKEN)
    assert "older than twelve hours" in done.out
    assert "make a new one at https://api.slack.com/apps, under Your App Configuration Tokens." in done.out


async def test_a_network_that_is_down_is_told(setup: SetupFolder) -> None:
    nowhere = f"http://127.0.0.1:{get_free_port()}/api/"
    done = await setup.run(*DRY, SLACK_CONFIG_TOKEN=CONFIG_TOKEN, SLACK_API_URL=nowhere)
    assert done.code == 1
    assert done.out == (
        "circlebot: Slack cannot be reached (ClientConnectorError): look at SLACK_API_URL and at the way out to the "
        "network.\n"
    )


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ({"error": "no_permission"}, "You may not make or change apps there (Slack says no_permission): ask an admin"),
        ({"error": "managed_app_limit_reached"}, "You have as many apps as Slack lets you make"),
        ({"status": 429, "retry_after": 40}, "Slack was asked too often: try again in 40 seconds."),
        ({"error": "fatal_error"}, "Slack says fatal_error: try again later."),
        ({"status": 502, "body": "<html>"}, "what answers there is not Slack (HTTP 502): look at SLACK_API_URL"),
        (
            {
                "body": '{"ok": false, "error": "invalid_manifest", "errors": '
                '[{"message": "name is taken", "pointer": "/display_information/name"}]}'
            },
            "Slack does not take this name (name is taken): take another, --name NAME.",
        ),
        (
            {
                "body": '{"ok": false, "error": "invalid_manifest", "errors": '
                '[{"message": "must be boolean", "pointer": "/settings/x"}]}'
            },
            "Slack refuses the manifest at /settings/x (must be boolean): install the newest release of circlebot.",
        ),
    ],
    ids=["no right", "too many", "too often", "Slack is down", "no Slack", "name", "manifest"],
)
async def test_what_slack_refuses_is_one_sentence(setup: SetupFolder, fault: dict[str, object], told: str) -> None:
    await setup.control("faults", target="slack", match="apps.manifest.create", **fault)
    done = await setup.create()
    assert done.code == 1
    assert told.lower() in done.out.splitlines()[-1].lower()
    assert "Traceback" not in done.out
    assert "SLACK_APP_ID" not in setup.settings


async def test_no_token_goes_where_others_on_the_way_can_read_it(setup: SetupFolder) -> None:
    done = await setup.run(*DRY, SLACK_CONFIG_TOKEN=CONFIG_TOKEN, SLACK_API_URL="http://slack.example/api/")
    assert done.code == 1
    assert "SLACK_API_URL is http://, and whoever is on the way reads every token" in done.out


async def test_a_setting_that_cannot_be_read_is_told_first(setup: SetupFolder) -> None:
    done = await setup.create(PORT="many")
    assert done.code == 1
    assert "PORT must be a whole number" in done.out
    assert not setup.get_calls("apps.manifest.create")

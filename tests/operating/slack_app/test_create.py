from __future__ import annotations

import stat
from pathlib import Path

from bot.slack.manifest import build_manifest
from sandbox import server
from sandbox.slack import AppSetup
from tests.plugins.setup_folder import CONFIG_TOKEN, SetupFolder


async def test_from_nothing_to_hello_in_two_runs(setup: SetupFolder) -> None:
    first = await setup.create()
    app = setup.settings["SLACK_APP_ID"]
    assert first.code == 2, first.out
    assert f"next bot token — open https://api.slack.com/apps/{app}/install-on-team" in first.out
    assert f"next app-level token — open https://api.slack.com/apps/{app}/general" in first.out
    assert "set SLACK_BOT_TOKEN and SLACK_APP_TOKEN" in first.out
    assert set(setup.settings) == {"ENCRYPTION_KEYS", "SLACK_APP_ID"}
    assert setup.sandbox.slack.apps[app].manifest == build_manifest(url=None)
    tokens = await setup.install()
    done = await setup.create("--channel", "web", **tokens)
    assert done.code == 0, done.out
    assert "ok   scopes — all granted" in done.out
    assert "ok   socket — Slack gives us a connection" in done.out
    assert "ok   hello — said in #web" in done.out
    assert "circlebot run, with SLACK_BOT_TOKEN and SLACK_APP_TOKEN in its environment: .env does not" in done.out
    (hello,) = setup.get_calls("chat.postMessage")
    assert "as soon as you subscribe" in hello["args"]["text"]
    assert len(setup.get_calls("apps.manifest.create")) == 1


async def test_a_second_run_does_nothing_twice(setup: SetupFolder) -> None:
    await setup.create()
    tokens = await setup.install()
    before = (setup.folder / ".env").read_text(encoding="utf-8")
    for expected in ("said in #web", "was said before in #web"):
        done = await setup.create("--channel", "#web", **tokens)
        assert f"ok   hello — {expected}" in done.out
    assert (setup.folder / ".env").read_text(encoding="utf-8") == before
    assert len(setup.get_calls("apps.manifest.create")) == len(setup.get_calls("chat.postMessage")) == 1


async def test_a_hello_that_failed_is_said_the_next_time(setup: SetupFolder) -> None:
    await setup.create()
    tokens = await setup.install()
    await setup.control("faults", target="slack", match="chat.postMessage", error="is_archived")
    refused = await setup.create("--channel", "web", **tokens)
    assert refused.code == 1
    assert "#web is archived: take another channel." in refused.out
    assert "ok   hello — said in #web" in (await setup.create("--channel", "web", **tokens)).out


async def test_hello_in_a_channel_that_nobody_sees_is_told(setup: SetupFolder) -> None:
    await setup.create()
    refused = await setup.create("--channel", "private-ops", **await setup.install())
    assert refused.code == 1
    assert "Slack finds no channel #private-ops that circlebot may see" in refused.out


async def test_over_http_it_keeps_the_address_and_the_secret_that_signs(setup: SetupFolder) -> None:
    first = await setup.create("--url", "https://ci.example.com/", "--name", "ci")
    assert first.code == 2, first.out
    assert "app-level token" not in first.out
    made = setup.sandbox.slack.apps[setup.settings["SLACK_APP_ID"]]
    assert setup.settings["PUBLIC_URL"] == "https://ci.example.com"
    assert setup.settings["SLACK_SIGNING_SECRET"] == made.signing_secret
    assert made.manifest == build_manifest(url="https://ci.example.com", name="ci")
    token = (await setup.install())["SLACK_BOT_TOKEN"]
    done = await setup.create("--url", "https://ci.example.com", SLACK_BOT_TOKEN=token)
    assert done.code == 0, done.out
    assert f"open https://api.slack.com/apps/{made.id}/event-subscriptions and press Retry" in done.out
    elsewhere = await setup.create("--url", "https://b.example.com", SLACK_BOT_TOKEN=token)
    assert elsewhere.code == 1
    assert "`circlebot slack update --url https://b.example.com` changes it" in elsewhere.out


async def test_for_many_workspaces_no_token_is_asked_for(setup: SetupFolder) -> None:
    refused = await setup.create("--many")
    assert refused.code == 1
    assert "OAuth, which needs an address: --url" in refused.out
    done = await setup.create("--many", "--url", "https://ci.example.com")
    assert done.code == 0, done.out
    assert {"SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "SLACK_SIGNING_SECRET", "PUBLIC_URL"} < set(setup.settings)
    assert "next install it — https://ci.example.com/slack/install, in each workspace" in done.out


async def test_what_is_in_the_file_stays_and_others_no_longer_read_it(setup: SetupFolder) -> None:
    file = setup.folder / ".env"
    file.write_text("# ours\nLANGUAGE=de\nSLACK_BOT_TOKEN=", encoding="utf-8")
    file.chmod(0o644)
    await setup.create()
    assert file.read_text(encoding="utf-8").startswith("# ours\nLANGUAGE=de\nSLACK_BOT_TOKEN=\nENCRYPTION_KEYS=")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


async def test_an_app_that_was_made_by_hand_is_not_made_again(setup: SetupFolder) -> None:
    done = await setup.create(SLACK_BOT_TOKEN="xoxb-sandbox")
    assert done.code == 1
    assert "`circlebot slack update --app A…` brings it to this release" in done.out
    assert not setup.get_calls("apps.manifest.create")


async def test_nothing_is_made_where_its_secrets_cannot_be_kept(setup: SetupFolder) -> None:
    (setup.folder / ".env").mkdir()
    done = await setup.create()
    assert done.code == 1
    assert ".env" in done.out
    assert not setup.get_calls("apps.manifest.create")


async def test_an_app_of_which_the_answer_got_lost_is_told(setup: SetupFolder) -> None:
    await setup.control("faults", target="slack", match="apps.manifest.create", accept_then_drop=True)
    done = await setup.create()
    assert done.code == 1
    assert "Whether Slack made the app is not known: look at https://api.slack.com/apps first." in done.out


async def test_what_the_doctor_finds_ends_it_with_1(setup: SetupFolder) -> None:
    await setup.create()
    tokens = await setup.install() | {"SLACK_APP_TOKEN": "xapp-wrong"}
    done = await setup.create("--channel", "web", **tokens)
    assert done.code == 1
    assert "FAIL socket" in done.out
    assert "mend what FAILs, and run the same command again" in done.out
    assert not setup.get_calls("chat.postMessage")


async def test_no_secret_is_printed(setup: SetupFolder) -> None:
    first = await setup.create("--url", "https://ci.example.com")
    tokens = await setup.install()
    done = await setup.create("--channel", "web", SLACK_BOT_TOKEN=tokens["SLACK_BOT_TOKEN"])
    made = setup.sandbox.slack.apps[setup.settings["SLACK_APP_ID"]]
    secrets = {CONFIG_TOKEN, *tokens.values(), *made.as_credentials().values(), setup.settings["ENCRYPTION_KEYS"]}
    assert not [one for one in secrets if one in first.out + done.out]


async def test_it_goes_through_a_proxy(tmp_path: Path) -> None:
    """The sandbox is the proxy: it hears the whole address, and answers as what is there."""
    listening, url = server.bind_socket()
    setup = AppSetup(manifest=build_manifest(url=None), has_rate_limits=False)
    app = server.create_app(public_url="http://slack.example", setup=setup)
    env = {"SLACK_API_URL": "http://slack.example/slack/api/", "ALLOW_HTTP": "true", "HTTPS_PROXY": url}
    async with server.serving(app, sockets=[listening]):
        folder = SetupFolder(tmp_path, url, app.state.sandbox, env)
        assert (await folder.create()).code == 2
        assert len(folder.get_calls("apps.manifest.create")) == 1


async def test_at_a_terminal_each_token_is_asked_for_unseen(setup: SetupFolder) -> None:
    await setup.create()
    app = setup.settings["SLACK_APP_ID"]
    tokens = await setup.install()
    typed = [
        ("bot token (xoxb-…), unseen: ", "xapp-mistaken"),
        ("That is none: it begins with xoxb-.", tokens["SLACK_BOT_TOKEN"]),
        ("app-level token (xapp-…), unseen: ", "xapp-1-A0OTHER-1-abc"),
        ("That one is of another app, A0OTHER.", tokens["SLACK_APP_TOKEN"]),
        ("Say hello in which channel? #name, or nothing: ", "#deploys"),
    ]
    shown = await setup.talk(typed)
    assert f"ok   app — {app}" in shown
    assert "ok   hello — said in #deploys" in shown
    assert setup.settings.items() >= tokens.items()
    assert not [one for one in (*tokens.values(), "xapp-mistaken") if one in shown]


async def test_at_a_terminal_the_configuration_token_is_asked_for_unseen_and_end_of_input_stops(
    setup: SetupFolder,
) -> None:
    question = "configuration token (xoxe.xoxp-…), unseen: "
    shown = await setup.talk([(question, CONFIG_TOKEN), ("bot token (xoxb-…), unseen: ", "\x04")])
    assert CONFIG_TOKEN not in shown
    assert "stopped. Run the same command again: it goes on from here." in shown
    assert setup.settings["SLACK_APP_ID"]

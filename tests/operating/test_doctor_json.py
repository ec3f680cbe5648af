"""What programs read of the doctor, and what it asks of Slack's validators."""

from __future__ import annotations

import json
from pathlib import Path

from sandbox.slack.fake_tokens import CONFIG_TOKEN
from tests.plugins.database import create_database
from tests.plugins.doctor_harness import open_harness
from tests.plugins.programs import run_circlebot

KEYS = ["check", "ok", "symptom", "says", "mend", "command"]


async def test_programs_read_the_same_as_json_with_keys_that_stay(tmp_path: Path) -> None:
    async with open_harness(tmp_path) as house:
        env = {
            "SLACK_BOT_TOKEN": "xoxb-sandbox",
            "SLACK_APP_TOKEN": "xapp-sandbox",
            "SLACK_API_URL": house.settings.slack_api_url,
            "CIRCLECI_URL": house.settings.circleci_url,
            "DATABASE_URL": await create_database(tmp_path),
            "ENCRYPTION_KEYS": house.settings.encryption_keys[0].get_secret_value(),
        }
        (tmp_path / "token").write_text(f"{CONFIG_TOKEN}\n")
        well = await run_circlebot("doctor", "--json", "--live", "--token-file", "token", env=env, cwd=tmp_path)
        sick = await run_circlebot("doctor", "--json", env={**env, "SLACK_BOT_TOKEN": "xoxb-old"}, cwd=tmp_path)
        lost = await run_circlebot("doctor", "--live", "--token-file", "nowhere", env=env, cwd=tmp_path)
    report = json.loads(well.out)
    assert (well.code, sick.code, lost.code) == (0, 1, 1)
    assert report["ok"] is True
    assert all(list(one) == KEYS for one in report["findings"])
    assert "Slack takes the manifest" in [one["says"] for one in report["findings"] if one["check"] == "live"]
    [wrong] = [one for one in json.loads(sick.out)["findings"] if not one["ok"]]
    assert wrong == {
        "check": "slack",
        "ok": False,
        "symptom": "bot_token_refused",
        "says": "Slack refuses SLACK_BOT_TOKEN (invalid_auth).",
        "mend": "Copy it again (your app's page at Slack, OAuth & Permissions): `SLACK_BOT_TOKEN=xoxb-…`.",
        "command": "SLACK_BOT_TOKEN=xoxb-…",
    }
    assert "circlebot: nowhere cannot be read (FileNotFoundError)." in lost.out

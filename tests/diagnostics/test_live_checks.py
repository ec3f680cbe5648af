"""Slack's validators, as the sandbox has them: what they refuse is told with its place."""

from __future__ import annotations

import json
from pathlib import Path

from bot.diagnostics.live_checks import check_golden, check_manifest
from bot.operating.findings import format_line
from bot.slack.manifest import build_manifest
from sandbox.slack.fake_tokens import CONFIG_TOKEN
from tests.plugins.doctor_harness import open_harness

GOLDEN = Path(__file__).parents[1] / "golden"
SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "well"}}


async def test_slack_is_asked_about_every_golden_message_and_names_what_it_refuses(tmp_path: Path) -> None:
    folder = tmp_path / "golden"
    folder.mkdir()
    async with open_harness(tmp_path) as house:
        [none] = [format_line(one) async for one in check_golden(house.settings, folder)]
        assert none == "ok   live — no golden messages to ask about: a checkout has them (tests/golden)"
        (folder / "well.json").write_text(json.dumps({"one": [SECTION], "two": [[SECTION]]}))
        [well] = [format_line(one) async for one in check_golden(house.settings, folder)]
        assert well == "ok   live — Slack takes all 2 golden messages"
        (folder / "sick.json").write_text(json.dumps([SECTION, {"type": "section", "txt": "?"}]))
        told = [format_line(one) async for one in check_golden(house.settings, folder)]
        assert told[0].startswith("FAIL live — Slack refuses sick at /blocks/1: ")


async def test_every_golden_message_of_ours_is_taken(tmp_path: Path) -> None:
    async with open_harness(tmp_path) as house:
        told = "\n".join([format_line(one) async for one in check_golden(house.settings, GOLDEN)])
    assert told.startswith("ok   live — Slack takes all ")


async def test_the_manifest_is_shown_to_slack_with_a_configuration_token(tmp_path: Path) -> None:
    async with open_harness(tmp_path) as house:
        [unasked] = [format_line(one) async for one in check_manifest(house.settings, None)]
        assert "(--token-file)" in unasked
        [taken] = [format_line(one) async for one in check_manifest(house.settings, CONFIG_TOKEN)]
        assert taken == "ok   live — Slack takes the manifest"
        [refused] = [format_line(one) async for one in check_manifest(house.settings, "xoxb-sandbox")]
        assert refused == (
            "FAIL live — Slack refuses the manifest at /: not_allowed_token_type; "
            "mend: Report it with what `circlebot --version` says."
        )


async def test_a_manifest_that_slack_refuses_is_told_with_its_place(tmp_path: Path) -> None:
    sick = build_manifest(url=None)
    sick["display_information"]["name"] = "x" * 36
    async with open_harness(tmp_path) as house:
        asked = {"manifest": json.dumps(sick), "token": CONFIG_TOKEN}
        answer = (await house.http.post("/slack/api/apps.manifest.validate", data=asked)).json()
        assert answer["error"] == "invalid_manifest"
        assert [one["pointer"] for one in answer["errors"]] == ["/display_information/name"]
        fault = {"target": "slack", "match": "apps.manifest.validate", "body": json.dumps({**answer, "ok": False})}
        await house.http.post("/_control/faults", json=fault)
        [told] = [format_line(one) async for one in check_manifest(house.settings, CONFIG_TOKEN)]
        assert told.startswith("FAIL live — Slack refuses the manifest at /display_information/name: ")

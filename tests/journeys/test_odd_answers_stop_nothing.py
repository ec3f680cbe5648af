"""People ask for everything while CircleCI answers as little, or as oddly, as it may: nothing of ours breaks."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.plugins.block_reader import get_text
from tests.plugins.circleci_proxy import MODES, run_circleci_proxy
from tests.plugins.world import run_world

ASKED = (
    "projects", "orgs", "project gh/acme/web", "status gh/acme/web", "recent gh/acme/web", "recent --org gh/acme",
    "pipeline gh/acme/web", "pipeline gh/acme/web --timeline", "workflow gh/acme/web", "jobs gh/acme/web",
    "job gh/acme/web build-and-test test", "tests gh/acme/web build-and-test test", "logs gh/acme/web",
    "artifacts gh/acme/web build-and-test test", "why gh/acme/web", "compare gh/acme/web", "config gh/acme/web",
    "values gh/acme/web", "insights gh/acme/web", "insights gh/acme", "flaky gh/acme/web", "keys gh/acme/web",
    "env gh/acme/web", "schedules gh/acme/web", "contexts gh/acme", "webhooks gh/acme/web", "me",
    "rerun gh/acme/web --failed", "cancel gh/acme/web", "approve gh/acme/web",
    "subscribe gh/acme/web --dry-run --only all",
)  # fmt: skip


@pytest.mark.parametrize("mode", MODES)
async def test_whatever_is_asked_of_a_circleci_that_answers_so_nothing_crashes(
    mode: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with (
        run_circleci_proxy(MODES[mode]) as (url, is_at),
        run_world(tmp_path, socket_mode=True, circleci_url=url) as world,
    ):
        is_at(world.url)
        await world.connect()
        crashed = []
        for asked in ASKED:
            await world.say(f"/circle {asked}")
            said = get_text(await world.reply())
            if "Something went wrong on my side" in said or "is not its API's JSON" in said:
                crashed.append(asked)
        assert crashed == []
        await world.say("/circle trigger gh/acme/web --branch broken image-tag=x")
        await world.card()
    assert "Traceback" not in capsys.readouterr().out

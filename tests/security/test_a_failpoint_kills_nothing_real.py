"""FAILPOINT counts where Slack and CircleCI are both on this machine: left behind in production, it kills nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.app.core import build_core
from bot.failpoint import STEPS
from bot.operating import settings_problems
from bot.operating.demo_bot import build_settings

HERE = "http://127.0.0.1:3000"


@pytest.mark.parametrize(
    ("slack", "circleci"),
    [
        (f"{HERE}/slack/api/", "https://circleci.com"),
        ("https://slack.com/api/", f"{HERE}/circleci"),
        ("http://127.0.0.1.example.com/", f"{HERE}/circleci"),
        ("http://127.0.0.1@example.com/", f"{HERE}/circleci"),
    ],
)
async def test_nobody_dies_of_it_where_one_of_them_is_real(slack: str, circleci: str, tmp_path: Path) -> None:
    there = {"slack_api_url": slack, "circleci_url": circleci, "failpoint": STEPS[0]}
    settings = build_settings(HERE, f"sqlite:///{tmp_path}/x.db").model_copy(update=there)
    core = build_core(settings, None)
    for step in STEPS:
        core.hit_failpoint(step)
    assert any("FAILPOINT kills the process" in one for one in settings_problems.find_sending_problems(settings))
    await core.circleci.close()
    await core.store.close()


def test_in_the_sandbox_it_counts() -> None:
    settings = build_settings(HERE, "sqlite:///x.db").model_copy(update={"failpoint": STEPS[0]})
    assert settings.in_sandbox
    assert not list(settings_problems.find_sending_problems(settings))

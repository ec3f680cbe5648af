"""What docs/install tells to type can be typed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.__main__ import app as command_line
from bot.operating.slack_app.setup_settings import SetupSettings
from bot.settings import Settings
from tests.plugins.deployment import CHECKOUT

PAGES = sorted((CHECKOUT / "docs" / "install").glob("*.md"))
MADE = {"deploy/secrets", "deploy/circlebot", "deploy/circlebot-web"}
"""A folder that the reader makes, and Deployments as kubectl names them."""

SETTINGS = set(Settings.model_fields) | set(SetupSettings.model_fields)
TYPED = re.compile(r"(?:/circlebot|circlebot circlebot|web circlebot|-- circlebot|`circlebot|-m bot) ([a-z]+)\b")


@pytest.fixture(params=PAGES, ids=lambda page: page.stem)
def page(request: pytest.FixtureRequest) -> str:
    return Path(request.param).read_text("utf-8")


def test_the_files_that_it_names_exist(page: str) -> None:
    named = {name.rstrip("./") for name in re.findall(r"\bdeploy/[\w./-]+", page)}
    named = {name for name in named if not any(name.startswith(made) for made in MADE)}
    links = {link for link in re.findall(r"\]\(([^)#]+)", page) if not link.startswith("http")}
    assert all((CHECKOUT / name).exists() for name in named)
    assert all((CHECKOUT / "docs" / "install" / link).exists() for link in links)


def test_the_commands_that_it_names_exist(page: str) -> None:
    named = set(TYPED.findall(page))
    assert named
    assert named <= set(command_line)


def test_the_settings_that_it_names_exist(page: str) -> None:
    named = set(re.findall(r"\b(?:SLACK|ENCRYPTION|DATABASE|PUBLIC|ADMIN)_[A-Z_]+\b", page))
    assert named
    assert {name.removesuffix("_FILE").lower() for name in named} <= SETTINGS

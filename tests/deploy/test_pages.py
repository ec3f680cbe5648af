"""What docs/install, and the page on backups, tell to type can be typed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.operating.command_line import app as command_line
from bot.operating.slack_app.setup_settings import SetupSettings
from bot.settings import Settings
from tests.plugins.deployment import CHECKOUT, read_compose

DOCS = CHECKOUT / "docs"
PAGES = [*sorted((DOCS / "install").glob("*.md")), DOCS / "backup.md"]
MADE = {"deploy/secrets", "deploy/circlebot", "deploy/circlebot-web"}
"""A folder that the reader makes, and Deployments as kubectl names them."""

SETTINGS = set(Settings.model_fields) | set(SetupSettings.model_fields)
TYPED = re.compile(r"(?:/circlebot|circlebot circlebot|web circlebot|-- circlebot|`circlebot|-m bot) ([a-z]+)\b")


@pytest.fixture(params=PAGES, ids=lambda path: path.stem)
def path(request: pytest.FixtureRequest) -> Path:
    return Path(request.param)


@pytest.fixture
def page(path: Path) -> str:
    return path.read_text("utf-8")


def test_the_files_that_it_names_exist(path: Path, page: str) -> None:
    named = {name.rstrip("./") for name in re.findall(r"\bdeploy/[\w./-]+", page)}
    named = {name for name in named if not any(name.startswith(made) for made in MADE)}
    links = {link for link in re.findall(r"\]\(([^)#]+)", page) if not link.startswith("http")}
    assert all((CHECKOUT / name).exists() for name in named)
    assert all((path.parent / link).exists() for link in links)


def test_the_commands_that_it_names_exist(page: str) -> None:
    named = set(TYPED.findall(page))
    assert named
    assert named <= set(command_line)


def test_the_settings_that_it_names_exist(page: str) -> None:
    named = set(re.findall(r"\b(?:SLACK|ENCRYPTION|DATABASE|PUBLIC|ADMIN)_[A-Z_]+\b", page))
    assert named
    assert {name.removesuffix("_FILE").lower() for name in named} <= SETTINGS


def test_the_services_containers_and_folders_that_it_names_exist(page: str) -> None:
    services = read_compose()["services"]
    assert set(re.findall(r"compose\.yml (?:exec|cp) (\w+)", page)) <= set(services)
    assert set(re.findall(r"podman (?:exec|cp) (\w+)", page)) <= {"circlebot"}
    assert set(re.findall(r"circlebot:(/\w+)", page)) <= {"/data"}

"""matplotlib before anybody waits for a picture: its import takes seconds on a busy machine."""

from __future__ import annotations

import importlib

import pytest

from bot.pictures.drawing_thread import can_draw

_DRAWERS = ("deploy_gantt", "deploy_health", "gantt", "ranking", "workflow_health")


@pytest.fixture(scope="session")
def ready_to_draw() -> None:
    """What the first picture of a process would import."""
    if can_draw():
        for name in _DRAWERS:
            importlib.import_module(f"bot.pictures.{name}")

from __future__ import annotations

import gc
import importlib.util
import sys
from asyncio import AbstractEventLoop
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
import structlog
import uvloop
from hypothesis import settings

pytest_plugins = [
    "tests.plugins.block_kit",
    "tests.plugins.postgres",
    "tests.plugins.world",
    "tests.plugins.browser",
    "tests.plugins.command_requests",
    "tests.plugins.deployment",
    "tests.plugins.drawing",
    "tests.plugins.older_release",
    "tests.plugins.setup_folder",
]

# A deadline asserts a time: on a busy machine it fails where nothing is wrong.
settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")


if importlib.util.find_spec("sniffio") is None:
    # httpcore looks for it at every request, and to search every folder in vain is a quarter of what a request costs.
    sys.modules["sniffio"] = None  # type: ignore[assignment]  # how Python notes that there is no such module


_LONGEST = (
    *("chaos", "journeys", "notify", "operating", "runbook", "sandbox/page"),
    *("security/test_foreign_text_costs_what_it_is_long.py", "test_main.py", "test_procfile.py"),
)
"""Whose files take longest: processes are started, a browser, or hours of virtual time pass."""

_SLOW = (
    *("runbook", "chaos/test_upgrades.py", "operating/test_demo.py"),
    *("journeys/test_gallery.py", "journeys/test_command_pictures.py", "journeys/test_slack_app_pictures.py"),
    *("journeys/test_a_generated_world.py", "security/test_nothing_crosses_between_workspaces.py"),
    *("security/test_foreign_text_costs_what_it_is_long.py", "journeys/test_drill.py", "bench/test_soak.py"),
)
"""Marked `slow`: `make slow` runs these, as does CI, and `make test` all others. A third of all that tests cost."""

_COSTS = {"socket_world": 20, "world": 20, "store": 2}
"""What fixtures make a test cost; one without them costs 1."""

_OBJECTS_BETWEEN_COLLECTIONS = 20_000
"""Of garbage. Python's own 700 are for small machines: with them a tenth of a test's time went there."""


def pytest_configure() -> None:
    gc.disable()  # Until all is collected: what is imported stays, and is no garbage.
    # structlog draws a traceback with colours and all local variables, which takes a fifth of a second each.
    renderer = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*structlog.get_config()["processors"][:-1], renderer])


@pytest.fixture(scope="session")
def _asyncio_loop_factory() -> Callable[[], AbstractEventLoop]:
    """The loop that the bot runs on (bot/operating/process.py); on asyncio's a line that is typed costs 70% more.

    pytest-asyncio's hook for it parametrizes every test, and with that ends what a session shares after each of them.
    """
    return uvloop.new_event_loop


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Several processes begin with what takes longest: the end is for what fills gaps."""
    folder, costs = Path(__file__).parent, Counter[Path]()
    longest, slow = (tuple(str(folder / one) for one in named) for named in (_LONGEST, _SLOW))
    for item in items:
        if str(item.path).startswith(slow):
            item.add_marker("slow")
        costs[item.path] += 1 + max((_COSTS.get(name, 0) for name in getattr(item, "fixturenames", ())), default=0)
    items.sort(key=lambda item: (0 if str(item.path).startswith(longest) else 1 / costs[item.path], item.path))


def pytest_collection_finish() -> None:
    """What was imported and collected lives to the end: no collection of garbage need look at it, now or later."""
    gc.freeze()
    gc.enable()
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS, 20, 20)

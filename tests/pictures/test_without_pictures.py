"""Without the extra `pictures` there is no drawing library: every answer that would be a picture is its numbers."""

from __future__ import annotations

import subprocess
import sys

import pytest

from bot.operating.demo_bot import build_settings
from bot.operating.doctor_command import examine
from tests.plugins.block_reader import get_text
from tests.plugins.world import DEPLOYS, World

DM = "D0ADA"
NOTE = "installed without pictures"


@pytest.fixture(autouse=True)
def not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """So Python marks a module that cannot be imported."""
    monkeypatch.setitem(sys.modules, "matplotlib", None)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("insights gh/acme/web build-and-test", "The newest days with runs (UTC):\n"),
        ("insights gh/acme/web --all-branches", "deploy-preview"),
        ("insights gh/acme/web build-and-test --jobs", "Slowest: `test`"),
        ("pipeline gh/acme/web 28 deploy-preview --timeline", "Critical path:"),
        ("deploys gh/acme/web --report", "1 attempt, 0 went wrong, lead time"),
    ],
)
async def test_the_numbers_come_alone_and_say_so(asked: str, told: str, connected_world: World) -> None:
    await connected_world.say(f"/circle {asked}")
    reply = await connected_world.reply(told)
    assert NOTE in get_text(reply)
    assert "The picture has" not in get_text(reply)
    in_lines = asked.startswith("deploys")
    assert in_lines or [block for block in reply["blocks"] if block["type"] == "table"]
    await connected_world.press(reply, "Share It Here")
    assert NOTE in get_text(await connected_world.message(told))
    await connected_world.say(asked, channel=DM)
    assert NOTE in get_text(await connected_world.message(told, channel=DM))
    for channel in (DM, DEPLOYS):
        assert not [one for one in await connected_world.list_messages(channel) if one.get("files")]


async def test_the_doctor_says_so() -> None:
    found = await examine(build_settings("http://127.0.0.1:1", "sqlite:////nowhere/x.db"))
    (pictures,) = [one for one in found if one.check == "pictures"]
    assert "circlebot[pictures]" in pictures.well
    assert pictures.symptom is None


def test_nothing_that_starts_imports_what_an_extra_brings() -> None:
    demo = "import sys, bot.operating.command_line, bot.operating.demo;"
    starting = demo + "print({'matplotlib', 'numpy', 'asyncpg'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", starting], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"

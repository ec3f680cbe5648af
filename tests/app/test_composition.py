"""Which loops run in which process."""

from __future__ import annotations

from pathlib import Path

from bot.app.composition import ALL_ROLES, build_app
from bot.operating import serve
from bot.operating.demo_bot import build_settings
from tests.plugins.database import create_database
from tests.web.conftest import StandingClock


async def test_every_loop_runs_once_in_the_two_halves_together(tmp_path: Path) -> None:
    app = build_app(build_settings("http://127.0.0.1:1", await create_database(tmp_path)), clock=StandingClock())
    async with app.running(frozenset()):
        halves = [app.select_loops(roles) for roles in (serve.WEB, serve.WORKER - {"delivery"}, {"delivery"})]
        assert serve.EVERYTHING == ALL_ROLES
        assert app.select_loops(ALL_ROLES) == list(app.loops)
        assert sorted(loop.name for half in halves for loop in half) == sorted(loop.name for loop in app.loops)
        assert {loop.name for loop in halves[2]} == {"delivery", "digests"}

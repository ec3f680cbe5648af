"""Which loops run in which process."""

from __future__ import annotations

from pathlib import Path

from bot.app.composition import ALL_ROLES, build
from bot.operating.demo import settings_for
from tests.plugins.database import migrated
from tests.web.conftest import StandingClock


async def test_every_loop_runs_once_in_the_two_halves_together(tmp_path: Path) -> None:
    app = build(settings_for("http://127.0.0.1:1", await migrated(tmp_path)), clock=StandingClock())
    async with app.running(frozenset()):
        halves = [app.loops_of({"slack", "http"}), app.loops_of({"poller"}), app.loops_of({"delivery"})]
        assert app.loops_of(ALL_ROLES) == list(app.loops)
        assert sorted(loop.name for half in halves for loop in half) == sorted(loop.name for loop in app.loops)
        assert {loop.name for loop in halves[2]} == {"delivery", "digests"}

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.actions.lost_answer import catch_errors
from bot.errors import Unavailable
from tests.plugins.factories import NOW


async def test_a_look_that_fails_says_so_instead_of_failing() -> None:
    @catch_errors
    async def look(_context: Any, _args: str, _began_at: datetime) -> str:
        raise Unavailable("CircleCI could not be reached.")

    found = await look(None, "args", NOW)  # type: ignore[arg-type]  # the look uses no context
    assert "CircleCI could not be reached. Look at CircleCI before you repeat it." in found

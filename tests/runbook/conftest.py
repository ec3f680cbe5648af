from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.plugins.database import create_database
from tests.plugins.process_harness import build_environment
from tests.plugins.programs import get_free_port
from tests.plugins.runbook import Site
from tests.plugins.world import run_sandbox


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    """Ada has connected and made a rule. The bot has ended."""
    async with run_sandbox(speed=60) as http:
        url = str(http.base_url).rstrip("/")
        one = Site(url, http, environment={}, cwd=tmp_path, within_s=60)
        one.operator.write_settings(
            build_environment(url, await create_database(tmp_path)) | {"ADMIN_PORT": str(get_free_port())}
        )
        async with one.run_whole_bot():
            await one.connect()
            await one.say("/circle subscribe gh/acme/web --only failed")
            await one.message("<@U0ADA>")
        yield one

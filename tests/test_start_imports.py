from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from functools import partial
from pathlib import Path

from bot.store.vault import generate_key
from tests.plugins.database import create_database

SPARED = {
    *("matplotlib", "sandbox", "bot.operating.command_line", "cyclopts", "rich", "pygments", "yaml"),
    *("bot.operating.as_code", "alembic", "sqlalchemy.orm", "asyncpg", "sqlalchemy.dialects.postgresql"),
    *("opentelemetry", "click", "aiohttp.web", "uvicorn.main", "http.server", "slack_bolt.app.app", "argparse"),
    *("slack_sdk.web.client", "slack_sdk.socket_mode.builtin", "logging.config"),
    *("sqlalchemy.dialects.sqlite.aiosqlite", "zipfile", "bz2", "lzma", "pickle", "configparser"),
    *("pydantic.json_schema", "aiohttp.tracing", "structlog.tracebacks", "structlog.testing"),
    *("slack_sdk.models.attachments", "slack_sdk.models.metadata", "slack_sdk.models.messages.chunk"),
    *("slack_sdk.socket_mode.client", "slack_sdk.webhook.client", "slack_sdk.web.slack_response"),
    *("slack_sdk.oauth.installation_store.file", "slack_sdk.oauth.installation_store.sqlite3"),
    *("slack_bolt.context.context", "slack_bolt.oauth.oauth_flow", "slack_bolt.middleware.assistant"),
    *("slack_bolt.middleware.assistant.async_assistant", "slack_bolt.workflows.step.async_step"),
    *("slack_bolt.app.async_server", "slack_bolt.listener.thread_runner", "slack_sdk.web.async_chat_stream"),
    *("anyio._backends._asyncio", "attr.validators", "attr.converters", "uvicorn._types"),
    *("socketserver", "httpx._main", "aiohttp.client_middleware_digest_auth", "fractions"),
    *("pydantic_settings.sources.providers.aws", "pydantic_settings.sources.providers.azure"),
    *("pydantic_settings.sources.providers.gcp", "pydantic_settings.sources.providers.yaml"),
    *("structlog.threadlocal", "structlog.twisted", "gzip"),
}
"""What nobody needs for a plain start."""


async def test_a_start_imports_nothing_that_only_other_starts_need(tmp_path: Path) -> None:
    """It goes as far as to listen at a port that is taken: then everything is imported and built."""
    code = (
        "import gc, ssl, sys; from bot.__main__ import main; sys.argv[1:] = ['run']\n"
        "try: main()\nexcept SystemExit: pass\n"
        f"print([one for one in sys.modules if one in {SPARED!r} or one.startswith('bot.commands.')])\n"
        "gc.unfreeze(); contexts = [one for one in gc.get_objects() if isinstance(one, ssl.SSLContext)]\n"
        "print(sum(bool(one.get_ca_certs()) for one in contexts))"
    )
    with socket.create_server(("127.0.0.1", 0)) as taken:
        env = {
            "DATABASE_URL": await create_database(tmp_path),
            "ENCRYPTION_KEYS": generate_key(),
            "SLACK_BOT_TOKEN": "xoxb-sandbox",
            "SLACK_SIGNING_SECRET": "0" * 32,
            "HOST": "127.0.0.1",
            "PORT": str(taken.getsockname()[1]),
            "PYTHONPATH": str(Path(__file__).parents[1]),
        }
        run = partial(subprocess.run, capture_output=True, text=True, check=True, env=os.environ | env, cwd=tmp_path)
        done = await asyncio.to_thread(run, [sys.executable, "-P", "-c", code])
    assert "cannot be used (Address already in use)" in done.stderr
    assert done.stdout.splitlines() == ["[]", "1"], "modules, and copies of all certificates"

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.plugins.programs import ProgramResult, start_circlebot

PROGRAM = """
import logging, sys
import structlog
from bot import logging_setup

logging_setup.configure(sys.argv[1])
log = structlog.get_logger("ours")
log.info("it.happened", token="xoxb-123-abc", of="CCIPAT_abc_def")
logging.getLogger("theirs").warning("Authorization: Bearer abcdef.ghi at postgres://bot:letmein@db/x")
logging.getLogger("slack_sdk.web").debug("everything that was sent")
logging.getLogger("slack_sdk.web").info("also this")
try:
    raise ValueError("refused xapp-1-A0-secret")
except ValueError:
    log.exception("it.broke")
"""


async def logged(log_format: str, cwd: Path, program: str = PROGRAM) -> ProgramResult:
    ours = {"PYTHONPATH": str(Path(__file__).parents[1])}
    async with start_circlebot(log_format, program=("-c", program), env=ours, cwd=cwd) as running:
        return ProgramResult(await running.wait(), running.text)


@pytest.mark.parametrize("log_format", ["console", "json"])
async def test_nothing_that_looks_like_a_secret_reaches_the_log(log_format: str, tmp_path: Path) -> None:
    done = await logged(log_format, tmp_path)
    assert done.code == 0
    assert all(event in done.out for event in ("it.happened", "Authorization", "it.broke", "Traceback"))
    for secret in ("123-abc", "abc_def", "abcdef.ghi", "letmein", "1-A0-secret"):
        assert secret not in done.out


async def test_slacks_libraries_keep_what_they_send_to_themselves(tmp_path: Path) -> None:
    done = await logged("console", tmp_path)
    assert "everything that was sent" not in done.out
    assert "also this" not in done.out


async def test_json_is_one_object_a_line(tmp_path: Path) -> None:
    done = await logged("json", tmp_path)
    lines = [json.loads(line) for line in done.out.splitlines()]
    assert [(line["level"], line["event"]) for line in lines if "Authorization" not in line["event"]] == [
        ("info", "it.happened"),
        ("error", "it.broke"),
    ]
    assert all("timestamp" in line for line in lines)
    assert "ValueError" in lines[-1]["exception"]


OUTAGE = """
import asyncio, sys
import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from bot import logging_setup

async def ask():
    engine = create_async_engine("postgresql+asyncpg://bot:letmein@127.0.0.1:1/x")
    await (await engine.connect()).execute(text("select 1"))

logging_setup.configure(sys.argv[1])
try:
    asyncio.run(ask())
except Exception:
    structlog.get_logger("ours").exception("it.broke")
"""


@pytest.mark.parametrize("log_format", ["console", "json"])
async def test_a_connection_that_broke_is_told_in_a_line(log_format: str, tmp_path: Path) -> None:
    done = await logged(log_format, tmp_path, OUTAGE)
    (line,) = done.out.splitlines()
    assert all(said in line for said in ("it.broke", "ConnectionRefusedError", "127.0.0.1"))
    assert "Traceback" not in line


LEVELLED = """
import logging, sys
import structlog
from bot import logging_setup

logging_setup.configure("console", sys.argv[1])
log = structlog.get_logger("bot.somewhere")
for level in ("debug", "info", "warning", "error"):
    log.log(getattr(logging, level.upper()), f"ours.{level}")
    logging.getLogger("httpx").log(getattr(logging, level.upper()), f"theirs.{level}")
"""


@pytest.mark.parametrize(
    ("level", "least", "least_of_theirs"),
    [("debug", "debug", "info"), ("info", "info", "info"), ("warning", "warning", "warning"), ("error",) * 3],
)
async def test_a_level_hides_what_is_below_it_and_libraries_never_tell_details(
    level: str, least: str, least_of_theirs: str, tmp_path: Path
) -> None:
    ours = {"PYTHONPATH": str(Path(__file__).parents[1])}
    async with start_circlebot(level, program=("-c", LEVELLED), env=ours, cwd=tmp_path) as program:
        await program.wait()
    levels = ["debug", "info", "warning", "error"]
    told = [word for word in program.text.split() if word.startswith(("ours.", "theirs."))]
    assert [one.removeprefix("ours.") for one in told if one.startswith("ours")] == levels[levels.index(least) :]
    theirs = [one.removeprefix("theirs.") for one in told if one.startswith("theirs")]
    assert theirs == levels[levels.index(least_of_theirs) :]


PRINTED = """
import gc, logging, sys, threading, warnings
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from bot import logging_setup

logging_setup.configure(sys.argv[1])
warnings.warn("two\\nlines", UserWarning)
logging.getLogger("matplotlib.font_manager").warning("building the font cache")
logging.getLogger("slack_bolt.AsyncMultiTeamsAuthorization").error("the AuthorizeResult was not found")
thread = threading.Thread(target=lambda: 1 / 0)
thread.start(); thread.join()
class Ends:
    def __del__(self): raise OSError("at the end")
Ends(); gc.collect()
async def authorize(**_): return None
AsyncApp(name="circlebot", client=AsyncWebClient(), authorize=authorize, signing_secret="s")
raise LookupError("nobody catches it")
"""


async def test_nothing_is_printed_past_the_log_and_no_library_says_again_what_we_say(tmp_path: Path) -> None:
    """Python's warnings, threads, finalisers and what nobody catches; Bolt finds a token in the environment."""
    ours = {"PYTHONPATH": str(Path(__file__).parents[1]), "SLACK_BOT_TOKEN": "xoxb-1"}
    async with start_circlebot("json", program=("-c", PRINTED), env=ours, cwd=tmp_path) as program:
        await program.wait()
    lines = [json.loads(line) for line in program.text.splitlines()]
    assert [line["level"] for line in lines] == ["warning", "critical", "critical", "critical"]
    assert "two\nlines" in lines[0]["event"]
    ends = ("ZeroDivisionError", "at the end", "nobody catches it")
    assert all(said in line["exception"] for said, line in zip(ends, lines[1:], strict=True))

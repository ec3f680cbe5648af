from __future__ import annotations

import asyncio
import signal
import sys

import pytest
from pydantic import ValidationError

from bot.failpoint import DIGEST_STEPS, STEPS, Failpoint
from bot.settings import Settings

REACHES = """
import sys
from bot.failpoint import Failpoint
failpoint = Failpoint(sys.argv[1])
for time in (1, 2, 3):
    failpoint.hit("delivery.before_send")
    failpoint.hit("delivery.after_send")
    print(time, flush=True)
"""


@pytest.mark.parametrize("setting", [None, ""])
def test_without_the_setting_it_is_inert(setting: str | None) -> None:
    failpoint = Failpoint(setting)
    for step in (*STEPS, *DIGEST_STEPS) * 3:
        failpoint.hit(step)


@pytest.mark.parametrize(("setting", "survived"), [("delivery.after_send", ""), ("delivery.after_send@3", "1\n2\n")])
async def test_the_process_dies_at_the_step_and_the_time_that_were_set(setting: str, survived: str) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", REACHES, setting, stdout=asyncio.subprocess.PIPE
    )
    printed, _ = await process.communicate()
    assert (printed.decode(), process.returncode) == (survived, -signal.SIGKILL)


@pytest.mark.parametrize("setting", ["delivery.after_send@0", "delivery after send", "@2"])
def test_a_step_that_makes_no_sense_is_refused(setting: str) -> None:
    with pytest.raises(ValidationError):
        Settings(_env_file=None, failpoint=setting)

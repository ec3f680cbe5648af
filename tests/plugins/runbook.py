"""docs/runbook.md as an operator follows it: its commands are typed as they stand there, in the folder of a bot."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.plugins.process_harness import ProcessHarness
from tests.plugins.programs import INSTALLED
from tests.plugins.world import build_connected_check

CHECKOUT = Path(__file__).parents[2]
PAGE = (CHECKOUT / "docs" / "runbook.md").read_text("utf-8")
SECTIONS = dict(re.findall(r"^## ([^\n]+)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
_BLOCK = re.compile(r"(?:^ {4,}\S.*\n?)+", re.MULTILINE)


def list_blocks(section: str) -> list[str]:
    """The commands of a section, block by block."""
    return ["\n".join(line.strip() for line in block.splitlines()) for block in _BLOCK.findall(SECTIONS[section])]


@dataclass(frozen=True)
class Operator:
    """Somebody with a shell in the folder where circlebot runs. `.env` there holds its settings."""

    folder: Path

    def write_settings(self, settings: dict[str, str]) -> None:
        self._install()
        (self.folder / ".env").write_text("".join(f"{name}={value}\n" for name, value in settings.items()), "utf-8")

    def _install(self) -> None:
        command = self.folder / "bin" / "circlebot"
        command.parent.mkdir(exist_ok=True)
        python = os.environ.get(INSTALLED, sys.executable)
        command.write_text(f'#!/bin/sh\nPYTHONPATH={CHECKOUT} exec {python} -m bot "$@"\n', "utf-8")
        command.chmod(0o700)

    async def type(self, block: str) -> tuple[int, str]:
        """The exit code and what it printed; it ends at the first command that fails."""
        environment = {"PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}"}
        typed = await asyncio.create_subprocess_exec(
            *("sh", "-ec", block),
            cwd=self.folder,
            env=environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await typed.communicate()
        assert typed.returncode is not None
        return typed.returncode, said.decode()


class Site(ProcessHarness):
    """People, and an operator of their bot, whose settings are in its folder."""

    @property
    def operator(self) -> Operator:
        return Operator(self.cwd)

    def read_keys(self) -> str:
        lines = (self.cwd / ".env").read_text("utf-8").splitlines()
        return next(line.partition("=")[2] for line in lines if line.startswith("ENCRYPTION_KEYS="))

    def write_keys(self, keys: str) -> None:
        settings = (self.cwd / ".env").read_text("utf-8")
        (self.cwd / ".env").write_text(settings.replace(self.read_keys(), keys), "utf-8")

    async def count_told(self) -> Counter[str]:
        """How often each key stands in #deploys."""
        shown = [one for one in await self.list_messages() if one.get("metadata")]
        return Counter(one["metadata"]["event_payload"]["key"] for one in shown)

    async def wait_told(self) -> None:
        """The newest pipeline failed: its card says so, and why stands in its thread."""
        card = await self.card("*failed*", number=max(self.pushed))
        await self.thread(card, "exit code 1")

    @asynccontextmanager
    async def run_whole_bot(self) -> AsyncIterator[None]:
        async with self.run_bot("run"):
            await self.wait_until(build_connected_check(self), "the bot to be connected")
            yield

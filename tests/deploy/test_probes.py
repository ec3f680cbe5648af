"""What a cluster asks a pod, asked of a process that was really started, in each role."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import yaml

from bot.store.vault import generate_key
from tests.plugins.deployment import CHECKOUT, DEPLOY, get_container
from tests.plugins.programs import RunningProgram, get_free_port, run_circlebot, start_circlebot
from tests.plugins.world import run_sandbox

PROBES = ("startupProbe", "livenessProbe", "readinessProbe")
HEALTH = ("-m", "bot.operating.health")


@contextlib.asynccontextmanager
async def start_role(role: str, sandbox: str, folder: Path, admin_port: int) -> AsyncIterator[RunningProgram]:
    env = {
        "PORT": str(get_free_port()),
        "ADMIN_PORT": str(admin_port),
        "ENCRYPTION_KEYS": generate_key(),
        "SLACK_BOT_TOKEN": "xoxb-sandbox",
        "SLACK_APP_TOKEN": "xapp-sandbox",
        "SLACK_API_URL": f"{sandbox}/slack/api/",
        "CIRCLECI_URL": f"{sandbox}/circleci",
    }
    async with start_circlebot(role, env=env, cwd=folder) as program:
        await program.wait_for_output("circlebot.up")
        yield program


def read_probes() -> dict[str, str]:
    """Path by probe: every role has the same, with Helm too (test_kubernetes.py compares the pods)."""
    pod = yaml.safe_load((DEPLOY / "kubernetes" / "base" / "deployment.yaml").read_text("utf-8"))
    container = get_container(pod["spec"]["template"]["spec"])
    assert {container[probe]["httpGet"]["port"] for probe in PROBES} == {"admin"}
    return {probe: container[probe]["httpGet"]["path"] for probe in PROBES}


async def ask_until(port: int, path: str, status: int) -> None:
    """As a kubelet does: again and again."""
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http, asyncio.timeout(60):
        while (await http.get(path)).status_code != status:  # noqa: ASYNC110 - nothing tells us
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("role", ["run", "web", "worker"])
async def test_every_probe_is_answered(role: str, tmp_path: Path) -> None:
    probes, port = read_probes(), get_free_port()
    async with run_sandbox() as http, start_role(role, str(http.base_url).rstrip("/"), tmp_path, port):
        for path in probes.values():
            await ask_until(port, path, 200)


async def test_without_slack_s_socket_it_lives_and_is_not_ready(tmp_path: Path) -> None:
    probes, port = read_probes(), get_free_port()
    asking = {"ADMIN_PORT": str(port), "PYTHONPATH": str(CHECKOUT)}
    async with contextlib.AsyncExitStack() as slack:
        url = str((await slack.enter_async_context(run_sandbox())).base_url).rstrip("/")
        async with start_role("web", url, tmp_path, port):
            await ask_until(port, probes["readinessProbe"], 200)
            ready = await run_circlebot(env=asking, cwd=tmp_path, program=HEALTH)
            assert ready.code == 0
            await slack.aclose()
            await ask_until(port, probes["readinessProbe"], 503)
            await ask_until(port, probes["livenessProbe"], 200)
            lost = await run_circlebot(env=asking, cwd=tmp_path, program=HEALTH)
            assert lost.code == 1
            assert "no Socket Mode connection is open" in lost.out

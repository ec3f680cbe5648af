"""What went wrong is found again: under the error stand the ids by which our log and CircleCI's support know it."""

from __future__ import annotations

import re

import pytest

from tests.plugins.block_reader import get_text
from tests.plugins.world import World


async def _fail_to_trigger(world: World, status: int) -> tuple[str, str]:
    """What the person is told, and the id that CircleCI gave its answer."""
    await world.control("faults", target="circleci", match="project/gh/acme/web/pipeline", method="POST", status=status)
    await world.say("/circle trigger acme/web --branch main")
    told = get_text(await world.reply())
    calls = (await world.fetch_state("circleci.calls"))["circleci"]["calls"]
    return told, next(call["request_id"] for call in reversed(calls) if call["status"] == status)


@pytest.mark.parametrize(("status", "event"), [(400, "request.done"), (500, "act.unknown")])
async def test_an_error_of_circlecis_carries_both_ids_and_the_log_has_them_in_one_line(
    connected_world: World, capsys: pytest.CaptureFixture[str], status: int, event: str
) -> None:
    told, circlecis = await _fail_to_trigger(connected_world, status)
    assert f"CircleCI's `{circlecis}`" in told
    ours = re.search(r"Request `([0-9a-f]{8})`", told)
    assert ours
    logged = next(line for line in capsys.readouterr().out.splitlines() if event in line and ours[1] in line)
    assert circlecis in logged
    assert "acme" not in logged, "the log has no need of what was said"


async def test_a_mistake_of_the_persons_own_carries_no_id(connected_world: World) -> None:
    await connected_world.say("/circle trigger acme/web --branch main replicas=many")
    assert "Request `" not in get_text(await connected_world.reply())


async def test_each_request_has_an_id_of_its_own(connected_world: World, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(3):
        await connected_world.say("/circle projects")
        await connected_world.reply()
    ended = [line for line in capsys.readouterr().out.splitlines() if "command=projects" in line]
    ids = {found[1] for line in ended if (found := re.search(r"request=([0-9a-f]{8})", line))}
    assert len(ids) == len(ended) == 3

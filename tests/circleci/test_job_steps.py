from __future__ import annotations

import pytest

from bot.circleci.job_steps import (
    find_action_by_step,
    find_failing_action,
    find_ssh_command,
    find_telling_action,
    list_failing_nodes,
)
from bot.circleci.models import JobDetail, JobStep, StepAction
from tests.plugins.each_case import each_case


def _step(name: str, *statuses: str, command: str | None = None) -> JobStep:
    actions = [
        StepAction(name=name, index=index, status=status, bash_command=command) for index, status in enumerate(statuses)
    ]
    return JobStep(name=name, actions=tuple(actions))


STEPS = (
    _step("Checkout code", "success", "success"),
    _step("Run tests", "success", "failed", command="pytest"),
    _step("Run tests again", "success", "success", command="pytest"),
    _step("Save results", "success", "success"),
)


def test_the_first_action_that_failed_is_the_failing_one() -> None:
    action = find_failing_action(STEPS)
    assert action
    assert (action.name, action.index) == ("Run tests", 1)
    assert find_failing_action(STEPS[:1]) is None


def test_nodes_that_failed_are_put_together_from_both_apis() -> None:
    detail = JobDetail.model_validate({"parallel_runs": [{"index": 3, "status": "failed"}, {"index": 1, "status": ""}]})
    assert list_failing_nodes(STEPS, detail) == (1, 3)
    assert list_failing_nodes((), None) == ()


@each_case(
    ("name", "node", "found"),
    [
        ("run tests", None, ("Run tests", 1)),
        ("Run tests", 0, ("Run tests", 0)),
        ("AGAIN", None, ("Run tests again", 0)),
        ("nothing", None, None),
        ("Run tests", 7, None),
    ],
)
def test_a_step_is_found_by_its_name_or_a_part_of_it(
    name: str, node: int | None, found: tuple[str, int] | None
) -> None:
    action = find_action_by_step(STEPS, name, node)
    assert (action and (action.name, action.index)) == found


def test_where_nothing_failed_the_last_command_tells_most() -> None:
    passed = (STEPS[0], STEPS[2], STEPS[3])
    action = find_telling_action(passed)
    assert action
    assert action.name == "Run tests again"
    assert find_telling_action(()) is None


@pytest.mark.parametrize(
    ("output", "address"),
    [
        ("SSH:\r\n    $ ssh -p 64535 3.91.0.17\r\n", "ssh -p 64535 3.91.0.17"),
        ("    $ ssh -p 54782 host.example.com -- cmd", "ssh -p 54782 host.example.com"),
        ("no ssh -p here", None),
    ],
)
def test_the_address_for_ssh_is_read_off_its_step(output: str, address: str | None) -> None:
    assert find_ssh_command(output) == address

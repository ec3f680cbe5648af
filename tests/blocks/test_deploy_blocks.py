from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.blocks import deploy_blocks, kit
from bot.circleci.deployed_places import DeployPlace, ProjectDeploys
from bot.circleci.links import Links
from bot.circleci.models import ComponentVersion, DeployComponent, DeployEnvironment, Project, Release
from tests.plugins.block_kit import Check
from tests.plugins.block_reader import get_text
from tests.plugins.factories import NASTY, NOW, make_id, make_pipeline

PROJECT = Project(slug="gh/acme/web", name="web", id=make_id(7))


def make_version(name: str, pipeline: int, *, live: bool = False, hours: int = 1, **more: Any) -> ComponentVersion:
    known = {"is_live": live, "pipeline_id": make_id(pipeline), "last_deployed_at": NOW - timedelta(hours=hours)}
    return ComponentVersion.model_validate({"name": name} | known | more)


def make_release(version: str, status: str, pipeline: int = 341, **more: Any) -> Release:
    known = {"id": make_id(9), "target_version": version, "status": status, "pipeline_id": make_id(pipeline)}
    return Release.model_validate(known | {"created_at": NOW} | more)


def make_place(
    environment: str, versions: list[ComponentVersion], releases: list[Release] | None = None, component: str = "web"
) -> DeployPlace:
    return DeployPlace(
        DeployComponent(id=make_id(1), name=component),
        DeployEnvironment(id=make_id(2), name=environment),
        "default",
        versions,
        releases or [],
    )


def render(*places: DeployPlace) -> Any:
    pipelines = {make_id(number): make_pipeline(number) for number in (340, 341)}
    return deploy_blocks.render(ProjectDeploys(PROJECT, places, pipelines), links=Links())


def test_what_runs_where(golden: Check, valid_blocks: Check) -> None:
    live, before = make_version("4.8.2", 341, live=True), make_version("4.8.1", 340, hours=50)
    moving = make_release("4.8.3", "RUNNING")
    rolled_back = [
        make_release("4.8.1", "SUCCESS", 342, is_rollback=True, ended_at=NOW),
        make_release("4.8.2", "FAILED", failure_reason=NASTY),
        make_release("4.8.1", "SUCCESS", 340),
    ]
    drawn = render(
        make_place("staging", [live, before], [moving, make_release("4.8.2", "success")]),
        make_place("production", [make_version("4.8.1", 342, live=True)], rolled_back),
        make_place(NASTY[:40], [make_version(NASTY, 1)], component=NASTY[:40]),
    ).blocks
    valid_blocks(drawn)
    golden("deploys", drawn)


def test_a_rollback_names_the_pipeline_that_made_what_runs_again() -> None:
    back = [make_release("4.8.1", "SUCCESS", 342, is_rollback=True), make_release("4.8.1", "SUCCESS", 340)]
    shown = get_text(render(make_place("production", [make_version("4.8.1", 342, live=True)], back)).blocks)
    assert "runs `4.8.1` again: rolled back" in shown
    assert "#340" in shown


def test_two_environments_are_compared_the_same_way_round_whichever_was_deployed_to_last() -> None:
    staging = make_place("staging", [make_version("4.8.2", 341, live=True)])
    production = make_place("production", [make_version("4.8.1", 340, live=True)])
    for places in ((staging, production), (production, staging)):
        assert "Compare staging with production" in get_text(render(*places).blocks)


def test_a_status_that_nobody_knows_is_shown_as_it_is() -> None:
    shown = deploy_blocks.format_release(make_release("4.8.2", "Half_Way"), None, Links())
    assert shown.startswith(":grey_question: `4.8.2`: half way (")


def test_more_places_than_a_message_holds_are_counted(valid_blocks: Check) -> None:
    drawn = render(*(make_place(f"preview-{number}", []) for number in range(80))).blocks
    valid_blocks(drawn)
    shown = get_text(drawn).count("nothing runs there yet")
    assert 30 <= shown <= 40
    assert f"{80 - shown} places are not shown" in get_text(drawn)


def test_long_names_are_shown_as_far_as_a_message_goes_and_the_rest_is_counted(valid_blocks: Check) -> None:
    ran = [make_version("v" * 240, 341, live=True), make_version("1", 340)]
    places = [make_place(f"{number}-{'x' * 250}", ran, component="y" * 250) for number in range(30)]
    drawn = render(*places).blocks
    valid_blocks(drawn)
    assert kit.count_chars(list(drawn)) <= kit.ROOM
    shown = sum(" runs `v" in get_text(block) for block in drawn)
    assert shown
    assert f"{30 - shown} places are not shown" in get_text(drawn)


def test_a_name_with_hidden_characters_does_not_look_like_another() -> None:
    told = [deploy_blocks.format_place(make_place(one, []), PROJECT) for one in ("production", "prod\u202euction")]
    assert told == ["production", "production (with hidden characters)"]

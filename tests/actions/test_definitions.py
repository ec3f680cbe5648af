from __future__ import annotations

import pytest

from bot.actions.definitions import SelectedDefinition, choose, choose_by_id, choose_usual
from bot.circleci.models import PipelineDefinition, Project
from bot.errors import NextStep, TargetError
from tests.plugins.factories import make_id

BUILD, NIGHTLY = PipelineDefinition(id=make_id(1), name="build"), PipelineDefinition(id=make_id(2), name="nightly")
APP, OAUTH = Project(slug="circleci/o/p"), Project(slug="gh/acme/web")


def _again(definition: str | None) -> str:
    return f"trigger --definition {definition}"


def test_the_only_definition_of_an_opaque_project_is_run() -> None:
    assert choose([BUILD], None, APP, build_line=_again) == SelectedDefinition(BUILD.id)
    assert choose([], None, APP, build_line=_again) == SelectedDefinition()


def test_an_oauth_project_with_one_definition_goes_the_classic_way() -> None:
    assert choose([BUILD], None, OAUTH, build_line=_again) == SelectedDefinition()


@pytest.mark.parametrize("project", [APP, OAUTH], ids=["opaque", "OAuth"])
def test_of_several_the_person_chooses_whatever_the_slug(project: Project) -> None:
    with pytest.raises(TargetError, match="Which one") as asked:
        choose([BUILD, NIGHTLY], None, project, build_line=_again)
    assert asked.value.next_steps == (NextStep("build", _again(BUILD.id)), NextStep("nightly", _again(NIGHTLY.id)))


@pytest.mark.parametrize("wanted", ["nightly", "Nightly", make_id(2)])
def test_one_is_named_by_its_name_or_id(wanted: str) -> None:
    assert choose([BUILD, NIGHTLY], wanted, OAUTH, build_line=_again).id == NIGHTLY.id


def test_one_that_is_not_there_offers_the_nearest() -> None:
    with pytest.raises(TargetError, match="no pipeline definition `nighly`") as told:
        choose([BUILD, NIGHTLY], "nighly", APP, build_line=_again)
    assert told.value.next_steps == (NextStep("Use nightly", _again(NIGHTLY.id)),)


def _definition(number: int, path: str, repository: str = "acme/web", code: str = "acme/web") -> PipelineDefinition:
    source = {"provider": "github_app", "repo": {"full_name": repository}, "file_path": path}
    checkout = {"provider": "github_app", "repo": {"full_name": code}}
    return PipelineDefinition.model_validate(
        {"id": make_id(number), "config_source": source, "checkout_source": checkout}
    )


ONE, SAME, OTHER, ELSEWHERE = (
    _definition(1, ".circleci/config.yml"),
    _definition(2, ".circleci/config.yml"),
    _definition(3, ".circleci/release.yml"),
    _definition(4, ".circleci/config.yml", "acme/ci"),
)


def test_definitions_that_read_one_config_share_its_parameters() -> None:
    assert choose_by_id([ONE, SAME, OTHER, ELSEWHERE], SAME.id).same_config_ids == {ONE.id, SAME.id}
    assert choose_by_id([ONE, OTHER], OTHER.id).same_config_ids == {OTHER.id}
    assert choose_by_id([ONE, SAME], ONE.id).same_config_ids is None
    assert choose_by_id([BUILD, NIGHTLY], BUILD.id).same_config_ids == {BUILD.id}


def test_what_names_no_definition_runs_the_one_of_the_usual_file() -> None:
    assert choose_usual([OTHER, ONE]).id == ONE.id
    assert choose_usual([]) == SelectedDefinition()


def test_a_config_in_another_repository_is_read_on_a_branch_of_its_own() -> None:
    assert choose_by_id([ELSEWHERE], ELSEWHERE.id).build_config_ref(None) == {}
    assert choose_by_id([ELSEWHERE], ELSEWHERE.id).build_config_ref("next") == {"branch": "next"}
    assert choose_by_id([ONE], ONE.id).build_config_ref(None) is None
    assert choose_by_id([BUILD], BUILD.id).build_config_ref(None) is None

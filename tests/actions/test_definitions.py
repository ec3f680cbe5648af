from __future__ import annotations

import pytest

from bot.actions.definitions import Chosen, choose, of, usual
from bot.circleci.models import Definition, Project
from bot.errors import NotThere, Step
from tests.plugins.factories import an_id

BUILD, NIGHTLY = Definition(id=an_id(1), name="build"), Definition(id=an_id(2), name="nightly")
APP, OAUTH = Project(slug="circleci/o/p"), Project(slug="gh/acme/web")


def _again(definition: str | None) -> str:
    return f"trigger --definition {definition}"


def test_the_only_definition_of_an_opaque_project_is_run() -> None:
    assert choose([BUILD], None, APP, _again) == Chosen(BUILD.id)
    assert choose([], None, APP, _again) == Chosen()


def test_an_oauth_project_with_one_definition_goes_the_classic_way() -> None:
    assert choose([BUILD], None, OAUTH, _again) == Chosen()


@pytest.mark.parametrize("project", [APP, OAUTH], ids=["opaque", "OAuth"])
def test_of_several_the_person_chooses_whatever_the_slug(project: Project) -> None:
    with pytest.raises(NotThere, match="Which one") as asked:
        choose([BUILD, NIGHTLY], None, project, _again)
    assert asked.value.next_steps == (Step("build", _again(BUILD.id)), Step("nightly", _again(NIGHTLY.id)))


@pytest.mark.parametrize("wanted", ["nightly", "Nightly", an_id(2)])
def test_one_is_named_by_its_name_or_id(wanted: str) -> None:
    assert choose([BUILD, NIGHTLY], wanted, OAUTH, _again).id == NIGHTLY.id


def test_one_that_is_not_there_offers_the_nearest() -> None:
    with pytest.raises(NotThere, match="no pipeline definition `nighly`") as told:
        choose([BUILD, NIGHTLY], "nighly", APP, _again)
    assert told.value.next_steps == (Step("Use nightly", _again(NIGHTLY.id)),)


def _definition(number: int, path: str, repository: str = "acme/web", code: str = "acme/web") -> Definition:
    source = {"provider": "github_app", "repo": {"full_name": repository}, "file_path": path}
    checkout = {"provider": "github_app", "repo": {"full_name": code}}
    return Definition.model_validate({"id": an_id(number), "config_source": source, "checkout_source": checkout})


ONE, SAME, OTHER, ELSEWHERE = (
    _definition(1, ".circleci/config.yml"),
    _definition(2, ".circleci/config.yml"),
    _definition(3, ".circleci/release.yml"),
    _definition(4, ".circleci/config.yml", "acme/ci"),
)


def test_definitions_that_read_one_config_share_its_parameters() -> None:
    assert of([ONE, SAME, OTHER, ELSEWHERE], SAME.id).alike == {ONE.id, SAME.id}
    assert of([ONE, OTHER], OTHER.id).alike == {OTHER.id}
    assert of([ONE, SAME], ONE.id).alike is None
    assert of([BUILD, NIGHTLY], BUILD.id).alike == {BUILD.id}


def test_what_names_no_definition_runs_the_one_of_the_usual_file() -> None:
    assert usual([OTHER, ONE]).id == ONE.id
    assert usual([]) == Chosen()


def test_a_config_in_another_repository_is_read_on_a_branch_of_its_own() -> None:
    assert of([ELSEWHERE], ELSEWHERE.id).config_ref(None) == {}
    assert of([ELSEWHERE], ELSEWHERE.id).config_ref("next") == {"branch": "next"}
    assert of([ONE], ONE.id).config_ref(None) is None
    assert of([BUILD], BUILD.id).config_ref(None) is None

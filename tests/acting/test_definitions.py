from __future__ import annotations

import pytest

from bot.acting.definitions import choose
from bot.circleci.models import Definition, Project
from bot.errors import NotThere, Step
from tests.plugins.nouns import an_id

BUILD, NIGHTLY = Definition(id=an_id(1), name="build"), Definition(id=an_id(2), name="nightly")
APP, OAUTH = Project(slug="circleci/o/p"), Project(slug="gh/acme/web")


def _again(definition: str | None) -> str:
    return f"trigger --definition {definition}"


def test_the_only_definition_of_an_opaque_project_is_run() -> None:
    assert choose([BUILD], None, APP, _again) == BUILD.id
    assert choose([], None, APP, _again) is None


def test_an_oauth_project_with_one_definition_goes_the_classic_way() -> None:
    assert choose([BUILD], None, OAUTH, _again) is None


@pytest.mark.parametrize("project", [APP, OAUTH], ids=["opaque", "OAuth"])
def test_of_several_the_person_chooses_whatever_the_slug(project: Project) -> None:
    with pytest.raises(NotThere, match="Which one") as asked:
        choose([BUILD, NIGHTLY], None, project, _again)
    assert asked.value.next_steps == (Step("build", _again(BUILD.id)), Step("nightly", _again(NIGHTLY.id)))


@pytest.mark.parametrize("wanted", ["nightly", "Nightly", an_id(2)])
def test_one_is_named_by_its_name_or_id(wanted: str) -> None:
    assert choose([BUILD, NIGHTLY], wanted, OAUTH, _again) == NIGHTLY.id


def test_one_that_is_not_there_offers_the_nearest() -> None:
    with pytest.raises(NotThere, match="no pipeline definition `nighly`") as told:
        choose([BUILD, NIGHTLY], "nighly", APP, _again)
    assert told.value.next_steps == (Step("Use nightly", _again(NIGHTLY.id)),)

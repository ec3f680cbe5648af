from __future__ import annotations

from bot.circleci.models import Collaboration, Me, Project


def test_a_collaboration_is_read_in_both_spellings() -> None:
    kebab = Collaboration.model_validate({"id": None, "vcs-type": "github", "slug": "gh/acme", "name": "acme"})
    assert kebab == Collaboration.model_validate({"id": None, "vcs_type": "github", "slug": "gh/acme", "name": "acme"})
    assert kebab.vcs_type == "github"


def test_a_project_is_called_by_its_names_however_opaque_its_slug() -> None:
    opaque = Project(slug="circleci/DdaV/6EkD", name="mobile", organization_name="acme")
    assert (opaque.full_name, opaque.default_branch) == ("acme/mobile", None)
    assert Project(slug="circleci/DdaV/6EkD").full_name == "circleci/DdaV/6EkD"


def test_a_default_branch_may_be_empty() -> None:
    assert Project.model_validate({"slug": "gh/a/b", "vcs_info": {"default_branch": ""}}).default_branch is None
    assert Project.model_validate({"slug": "gh/a/b", "vcs_info": {"default_branch": "trunk"}}).default_branch == "trunk"


def test_a_person_may_have_no_name() -> None:
    assert Me.model_validate({"id": "1", "login": None, "name": None, "plan": "new"}).name == ""

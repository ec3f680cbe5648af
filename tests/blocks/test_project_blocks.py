from __future__ import annotations

from bot.blocks import kit, project_blocks
from bot.blocks.kit import Block
from bot.circleci.integration import Integration
from bot.circleci.links import Links
from bot.circleci.models import PipelineDefinition, Project
from bot.domain import ProjectSlug
from tests.plugins.block_kit import Check
from tests.plugins.block_reader import get_text
from tests.plugins.factories import NASTY, WEB, make_id

PLAIN = Project(slug="gh/acme/web", name="web", organization_name="acme")
OPAQUE = Project(slug="circleci/org-id/project-id", name="mobile", organization_name="Acme")


def test_projects_are_listed_with_what_can_be_done_with_each(golden: Check, valid_blocks: Check) -> None:
    blocks = project_blocks.render_list([PLAIN, OPAQUE], 1, WEB, links=Links())
    valid_blocks(blocks)
    golden("projects", blocks)


def test_the_channels_own_project_is_marked_and_not_offered_again() -> None:
    shown = get_text(project_blocks.render_list([PLAIN], 1, WEB, links=Links()))
    assert "the default project here" in shown
    assert "Use here" not in shown


def test_a_long_list_comes_a_page_at_a_time(valid_blocks: Check) -> None:
    many = [Project(slug=f"circleci/o/{number}", name=f"{number}{NASTY}") for number in range(25)]
    middle = project_blocks.render_list(many, 2, None, links=Links())
    valid_blocks(middle)
    assert "Previous Page" in get_text(middle)
    assert "Next Page" in get_text(middle)
    assert "Next Page" not in get_text(project_blocks.render_list(many, 3, None, links=Links()))


GITHUB = Project.model_validate(
    {
        "slug": "gh/acme/web",
        "name": "web",
        "id": make_id(1),
        "organization_name": "acme",
        "organization_slug": "gh/acme",
        "organization_id": make_id(2),
        "vcs_info": {"vcs_url": "https://github.com/acme/web", "provider": "GitHub", "default_branch": "main"},
    }
)


def test_all_about_a_project(golden: Check, valid_blocks: Check) -> None:
    blocks = _shown(GITHUB, [], Integration.GITHUB, words={"keys", "env", "insights"}, here=WEB)
    valid_blocks(blocks)
    golden("project", blocks)


def test_definitions_can_be_started_one_by_one(golden: Check, valid_blocks: Check) -> None:
    blocks = _shown(OPAQUE, [_definition(1, "build"), _definition(2, "nightly")], Integration.GITHUB_APP)
    valid_blocks(blocks)
    golden("project_with_definitions", blocks)


def test_a_gitlab_project_says_that_nothing_triggers_it_and_offers_no_trigger() -> None:
    shown = get_text(_shown(OPAQUE, [], Integration.GITLAB))
    assert "triggers no GitLab projects" in shown
    assert "Trigger…" not in shown


def test_what_nobody_answers_has_no_button() -> None:
    assert "Checkout keys" in get_text(_shown(GITHUB, [], Integration.GITHUB, words={"project"}))
    assert "Checkout keys" not in get_text(_shown(GITHUB, [], Integration.GITHUB, words={"env"}))


def test_the_worst_that_circleci_may_send_is_harmless_and_fits(valid_blocks: Check) -> None:
    info = {"vcs_url": f"https://x|{NASTY}", "default_branch": NASTY}
    nasty = Project.model_validate(
        {"slug": "circleci/o/p", "name": NASTY, "organization_name": NASTY, "vcs_info": info, "id": NASTY}
    )
    blocks = _shown(nasty, [_definition(number, f"{number}{NASTY}") for number in range(40)], Integration.UNKNOWN)
    valid_blocks(blocks)
    assert "<!channel>" not in get_text([block.get("text", block.get("fields")) for block in blocks])
    assert "…and 30 more" in get_text(blocks)


def _definition(number: int, name: str) -> PipelineDefinition:
    source = {"provider": "github_app", "repo": {"full_name": "acme/mobile"}, "file_path": f".circleci/{name}.yml"}
    said = {"id": make_id(number), "name": name, "description": f"The {name}", "config_source": source}
    return PipelineDefinition.model_validate(said | {"checkout_source": source})


def _shown(
    shown: Project,
    definitions: list[PipelineDefinition],
    integration: Integration,
    words: set[str] | None = None,
    here: ProjectSlug | None = None,
) -> list[Block]:
    hook, offers = "No webhook of ours.", [kit.button("Install Our Webhook", "webhooks install gh/acme/web")]
    return project_blocks.render_details(
        shown, definitions, integration, here=here, words=words or set(), links=Links(), hook=hook, hook_offers=offers
    )

from __future__ import annotations

from dataclasses import replace

from bot.blocks import announcement_blocks, preset_blocks
from bot.blocks.preset_blocks import RunForm, SaveFormValues
from bot.circleci.declared_parameters import Parameter
from bot.circleci.models import Project
from bot.circleci.models.people_models import VcsInfo
from bot.command import format_line
from bot.domain import ProjectSlug
from bot.rules.saved_preset import Preset
from tests.plugins.block_kit import Check
from tests.plugins.block_reader import get_text
from tests.plugins.each_case import each_case
from tests.plugins.factories import NASTY

WEB = ProjectSlug("gh", "acme", "web")
PROJECT = Project(slug="gh/acme/web", name="web", organization_name="acme", vcs_info=VcsInfo(default_branch="main"))
STAGING = Preset("T1", "staging", WEB, "main", None, {"environment": "staging"}, channel="C1", made_by="U1")
SHIP = Preset("T1", "ship", WEB, None, "v1", {}, asked=("image-tag",))
DECLARED = (Parameter("image-tag", "string", "latest"), Parameter("environment", "enum", None, ("staging", "moon")))


def test_the_list_says_what_each_runs_for_whom_and_whose_it_is(golden: Check, valid_blocks: Check) -> None:
    blocks = preset_blocks.render_list([SHIP, STAGING], 1).blocks
    valid_blocks(blocks, "message")
    golden("preset_list", list(blocks))


def test_a_long_list_has_pages() -> None:
    many = [replace(STAGING, name=f"p{number}") for number in range(40)]
    drawn = [preset_blocks.render_list(many, page).blocks for page in (1, 2, 3)]
    assert [sum("accessory" in block for block in page) for page in drawn] == [15, 15, 10]


def test_the_form_that_saves(golden: Check, valid_blocks: Check) -> None:
    blocks = preset_blocks.render_save_form(
        STAGING, SaveFormValues(), parameters=["image-tag", "environment"], called="acme/web"
    )
    valid_blocks(blocks, "modal")
    golden("preset_form", blocks)


def test_the_form_asks_for_what_is_open_with_what_is_saved_of_it_filled_in(golden: Check, valid_blocks: Check) -> None:
    wanted = RunForm(
        PROJECT, "main", None, {"deploy": "true", "environment": "moon"}, ("branch", "environment", "gone")
    )
    blocks = preset_blocks.render_run_form(wanted, DECLARED, fields={}, login="ada")
    valid_blocks(blocks, "modal")
    golden("preset_run_form", blocks)


def test_a_value_that_is_offered_no_longer_is_not_filled_in() -> None:
    wanted = RunForm(PROJECT, "main", None, {"environment": "mars"}, ("environment",))
    *_, menu = preset_blocks.render_run_form(wanted, DECLARED, fields={}, login=None)
    assert "initial_option" not in menu["element"]


@each_case("awkward", NASTY)
def test_whatever_it_holds_slack_takes_it(awkward: str, valid_blocks: Check) -> None:
    nasty = Preset("T1", awkward[:80], WEB, awkward, None, {awkward: awkward}, asked=(awkward,))
    here = replace(nasty, channel="C1")
    for message in (
        preset_blocks.render_list([nasty], 1),
        preset_blocks.render_saved(nasty),
        preset_blocks.render_removed(nasty, announcement_blocks.build_undo_row(format_line("undo", "1"))),
        announcement_blocks.render_line(announcement_blocks.format_preset_changed("removed", "U1", nasty)),
        announcement_blocks.render_line(announcement_blocks.format_preset_changed("removed", "U1", here)),
        announcement_blocks.render_line(announcement_blocks.format_for_preset_owner("removed", "U1", nasty)),
        preset_blocks.render_question(awkward, [awkward], format_line("trigger", preset=awkward)),
    ):
        valid_blocks(message.blocks, "message")
        assert "<!channel>" not in get_text({"blocks": list(message.blocks)})
    form = preset_blocks.render_save_form(nasty, SaveFormValues(), parameters=[awkward], called=awkward)
    valid_blocks(form, "modal")
    run = RunForm(PROJECT, awkward, None, {awkward: awkward}, [awkward])
    valid_blocks(preset_blocks.render_run_form(run, (), fields={}, login=awkward), "modal")

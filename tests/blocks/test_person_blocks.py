from __future__ import annotations

from bot.blocks import person_blocks
from bot.circleci.models import User
from tests.plugins.block_kit import Check
from tests.plugins.factories import NASTY, make_id, make_pipeline

GRACE = User(id=make_id(7), login="grace", name="Grace Hopper")


def test_somebody_is_shown_by_name_with_login_and_id(golden: Check, valid_blocks: Check) -> None:
    blocks = person_blocks.render_details(GRACE, is_me=False)
    valid_blocks(blocks)
    golden("person", blocks)


def test_names_are_harmless_and_fit(valid_blocks: Check) -> None:
    nasty = User(id=make_id(7), login=NASTY, name=NASTY)
    valid_blocks(person_blocks.render_details(nasty, is_me=True))
    assert "<!channel>" not in person_blocks.format_name(nasty)


def test_who_has_no_name_is_called_by_what_there_is() -> None:
    assert person_blocks.format_name(User(id="1", login="grace")) == "grace"
    assert person_blocks.format_name(User(id="1", name="grace", login="grace")) == "grace"
    assert person_blocks.format_name(User(id="1")) == "`1`"


def test_who_only_started_it_has_not_pushed_it() -> None:
    for kind, pushed, started in (("webhook", "ada", "started by ada"), ("api", "", "started by ada")):
        pipeline = make_pipeline(1, trigger={"type": kind, "actor": {"login": "ada"}})
        assert (person_blocks.format_pusher(pipeline), person_blocks.format_start(pipeline)) == (pushed, started)

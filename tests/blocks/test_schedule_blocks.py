from __future__ import annotations

import pytest

from bot.blocks import question_blocks, schedule_blocks, schedule_form_blocks
from bot.circleci.models import Project, Schedule, Timetable, User, VcsInfo
from bot.circleci.timetable import NEVER, parse_timetable
from bot.domain import ProjectSlug
from tests.plugins.block_kit import Check
from tests.plugins.block_reader import get_text
from tests.plugins.factories import NASTY, WEB, make_id

NIGHTLY = Schedule(
    id=make_id(1),
    name="nightly",
    description="Everything, once a night",
    timetable=parse_timetable("weekdays", "2"),
    parameters={"branch": "main", "deploy": True},
    actor=User(id=make_id(2), login="grace", name="Grace"),
)
PAUSED = NIGHTLY.model_copy(update={"id": make_id(3), "timetable": NEVER, "parameters": {"tag": "v1"}, "actor": None})
STRANGE = Schedule(
    id=make_id(4),
    name=NASTY,
    description=NASTY * 5,
    timetable=Timetable(days_of_week=(NASTY,), months=(NASTY,)),
    parameters={"branch": NASTY, NASTY: NASTY},
    actor=User(id=make_id(5), name=NASTY),
)


def test_schedules_are_listed_with_what_can_be_done_with_each(golden: Check, valid_blocks: Check) -> None:
    listed = schedule_blocks.render_list(WEB, [NIGHTLY, PAUSED], 1)
    valid_blocks(listed)
    golden("schedules", listed)


def test_the_form_for_a_new_schedule(golden: Check, valid_blocks: Check) -> None:
    project = Project(slug="gh/acme/web", vcs_info=VcsInfo(default_branch="main"))
    view = schedule_form_blocks.render(project, {}, {})
    valid_blocks(view.blocks, "modal")
    golden("schedule_form", [view.title, view.submit, view.line, list(view.blocks)])


def test_the_dialog_names_the_schedule_and_when_it_ran(golden: Check) -> None:
    view = question_blocks.render_dialog(schedule_blocks.build_removal_confirmation(WEB, NIGHTLY))
    golden("schedule_removal", [view.title, view.submit, view.line, list(view.blocks)])


@pytest.mark.parametrize(
    ("days", "hours", "said"),
    [
        ("daily", "0-23", "Mon to Sun at 00:00 to 23:00 UTC"),
        ("mon,wed,fri", "2,14", "Mon, Wed and Fri at 02:00 and 14:00 UTC"),
        ("1,15", "8", "on days 1 and 15 of the month at 08:00 UTC"),
    ],
)
def test_a_timetable_is_told_in_words(days: str, hours: str, said: str) -> None:
    assert schedule_blocks.format_timetable(parse_timetable(days, hours)) == said


def test_whatever_circleci_sends_is_shown_harmlessly(valid_blocks: Check) -> None:
    listed = schedule_blocks.render_list(WEB, [STRANGE] * 20, 2)
    valid_blocks(listed)
    assert "<!channel>" not in get_text(listed)
    assert schedule_blocks.NOT_HERE in get_text(schedule_blocks.render_list(ProjectSlug("circleci", "o", "p"), [], 1))

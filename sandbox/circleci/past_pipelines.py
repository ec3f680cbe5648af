"""The history at the start: finished pipelines of the past days, run by the same engine."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import cache, partial

from sandbox.changes import Changes
from sandbox.circleci.copied_past import CopiedPast, copy_past
from sandbox.circleci.entities import FakePipeline
from sandbox.circleci.fake_circleci import FakeCircleci
from sandbox.circleci.fake_users import PEOPLE
from sandbox.circleci.workflow_actions import RerunSelection
from sandbox.faults import Faults
from sandbox.virtual_clock import ManualClock

MARKUP_SUBJECT = "Escape <!channel> & <b>bold</b> in *titles*"
"""A commit subject that must be shown as text, not as markup."""

_Pushes = tuple[tuple[float | str, ...], ...]
"""Hours ago, branch, subject, author, and where it matters the branch whose story it was."""

_WEB: _Pushes = (
    (40 * 24.0, "main", "Start the shop", "lin"),
    (150.0, "main", "Add a basket", "omar"),
    (144.0, "feature/login", "Sketch the login form", "ada"),
    (140.0, "broken", "Round discounts differently", "lin"),
    (127.0, "main", "Cache the product list", "grace"),
    (122.0, "feature/login", "Ask for a second factor", "ada"),
    (118.0, "flaky", "Expire sessions", "omar"),
    (103.0, "main", "Bump the base image", "lin", "broken"),
    (99.0, "broken", "Round discounts differently, again", "lin"),
    (96.0, "main", MARKUP_SUBJECT, "omar"),
    (80.0, "feature/login", "Remember the person", "ada"),
    (76.0, "release", "Release 4.8.0", "grace"),
    (74.0, "main", "Speed up the tests", "grace"),
    (73.0, "feature/login", "Merge what others did", "ada", "broken"),
    (72.0, "flaky", "Expire sessions sooner", "omar"),
    (56.0, "main", "Fix a typo", "lin"),
    (52.0, "bad-config", "Install dependencies by a command", "omar"),
    (50.0, "main", "Rename the basket", "ada"),
    (47.0, "slow", "Soak it", "grace"),
    (31.0, "broken", "Refuse empty baskets", "lin"),
    (28.0, "main", "Say which image runs", "grace"),
    (26.0, "feature/login", "Log out everywhere", "ada"),
    (24.0, "auto-rerun", "Try again by itself", "omar"),
    (8.0, "flaky", "Expire sessions at midnight", "omar"),
    (6.0, "main", "Ship 4.8.1", "grace"),
    (3.0, "broken", "Discount the discount", "lin"),
    (2.0, "feature/login", "Polish the login form", "ada"),
    (1.0, "main", "Thank the customer", "lin"),
)
_OTHERS: dict[str, _Pushes] = {
    "gh/acme/api": (
        (70.0, "main", "Serve v2", "grace"),
        (46.0, "feature/rate-limits", "Count requests", "lin"),
        (22.0, "broken", "Count them twice", "lin"),
        (4.0, "main", "Say Retry-After", "grace"),
    ),
    "gh/acme/secret": (
        (60.0, "main", "Keep it quiet", "ada"),
        (30.0, "main", "Keep it quieter", "ada"),
        (5.0, "broken", "Whisper", "ada"),
    ),
    "gh/acme/mobile": (
        (50.0, "main", "Swipe to pay", "grace"),
        (16.0, "main", "Swipe back", "lin"),
    ),
    "bb/acme/legacy": (
        (90.0, "main", "Keep the lights on", "omar"),
        (65.0, "broken", "Switch the lights", "omar"),
        (10.0, "main", "Switch them back", "omar"),
    ),
}
_KIOSK: _Pushes = (
    (75.0, "main", "Draw the icon", "lin"),
    (45.0, "broken", "Draw it upside down", "lin"),
    (20.0, "main", "Turn the icon", "lin"),
    (7.0, "feature/dark", "Dim the lights", "grace"),
)
_FIRMWARE: _Pushes = (
    (100.0, "main", "Blink", "omar"),
    (33.0, "broken", "Blink faster", "omar"),
    (9.0, "main", "Blink slower", "lin"),
)
_HANDBOOK: _Pushes = (
    (80.0, "main", "Write the first page", "grace"),
    (36.0, "main", "Mend a link", "lin"),
)


def seed_history(world: FakeCircleci) -> None:
    """Give a new world its history; it is the same after every reset, and run but once in a process."""
    _run_history_once().restore(world)


@cache
def _run_history_once() -> CopiedPast:
    world = FakeCircleci(clock=ManualClock(), changes=Changes(), faults=Faults())
    run_history(world)
    return copy_past(world)


def run_history(world: FakeCircleci) -> None:
    """Let the same engine run it that runs what is still to come."""
    kiosk, firmware, handbook = (project.slug for project in world.projects.values() if project.has_opaque_slug)
    with world.id_generator.use_seed("history"):
        apps = {kiosk: _KIOSK, firmware: _FIRMWARE, handbook: _HANDBOOK}
        for slug, pushes in {"gh/acme/web": _WEB, **_OTHERS, **apps}.items():
            for hours_ago, *push in pushes:
                _plan(world, float(hours_ago), partial(_push, world, slug, *map(str, push)))
        world.engine.run_due()
    _remember(world, "gh/acme/web", _OLDER, "staging")
    for environment in ("staging", "production"):
        _remember(world, handbook, 1, environment)
    with world.id_generator.use_seed("deploys"):
        _plan(world, 0.5, partial(_deploy, world, handbook))
        world.engine.run_due()


_OLDER = 5
"""A pipeline of acme/web that ran in staging before the release did: so that there is something to go back to."""


def _remember(world: FakeCircleci, slug: str, number: int, environment: str) -> None:
    pipelines = world.archive.list_pipelines(world.projects[slug])
    workflow = next(one for one in pipelines if one.number == number).workflows[0]
    world.deploys.remember(workflow, workflow.jobs[-1], environment)


def _deploy(world: FakeCircleci, slug: str) -> None:
    """By the deploy pipeline: what waits to be promoted, and how CircleCI knows what that pipeline declares."""
    project = world.projects[slug]
    parameters = {"version": "1.0.2", "environment": "staging"}
    deploy = project.designated["deploy"]
    world.start_pipeline(
        project, actor=PEOPLE["grace"], trigger_type="api", branch="main", parameters=parameters, definition=deploy
    )


def _plan(world: FakeCircleci, hours_ago: float, action: Callable[[], None]) -> None:
    world.engine.schedule_at(world.engine.now() - timedelta(hours=hours_ago), action)


def _push(world: FakeCircleci, slug: str, branch: str, subject: str, author: str, like: str | None = None) -> None:
    pipeline = world.push(world.projects[slug], branch=branch, subject=subject, author=author, like=like)
    follow_up = _FOLLOW_UPS.get(branch)
    if follow_up:
        world.engine.schedule_after(60, partial(follow_up, world, pipeline))


def _rerun_failed(world: FakeCircleci, pipeline: FakePipeline) -> None:
    world.acts.rerun(pipeline.workflows[0], RerunSelection(from_failed=True), PEOPLE["grace"])


def _approve_all(world: FakeCircleci, pipeline: FakePipeline) -> None:
    workflow = pipeline.workflows[0]
    for request_id in [job.approval_request_id for job in workflow.jobs if job.status == "on_hold"]:
        world.acts.approve(workflow, str(request_id), PEOPLE["ada"])


def _cancel(world: FakeCircleci, pipeline: FakePipeline) -> None:
    world.acts.cancel(pipeline.workflows[0], PEOPLE["grace"])


_FOLLOW_UPS = {"flaky": _rerun_failed, "release": _approve_all, "slow": _cancel}

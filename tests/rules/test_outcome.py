"""What a pipeline's end is called, when no workflow of its own tells it; and that with dynamic config too."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.circleci.models import Workflow
from bot.circleci.pipeline_releases import PipelineRelease
from bot.circleci.snapshot import GRACE_S, Snapshot, WorkflowRun
from bot.domain import Outcome
from bot.rules.outcome import build_outcomes
from tests.plugins.each_case import each_case
from tests.plugins.factories import NOW, WEB, make_pipeline, make_workflow

LATER = NOW + timedelta(seconds=GRACE_S)


def _setup(status: str = "success", number: int = 1, **more: object) -> Workflow:
    return make_workflow(number, "setup", status, tag="setup", ended=status != "running", **more)


def _of(state: str, *workflows: Workflow, left_out: int = 0) -> Snapshot:
    runs = tuple(WorkflowRun(workflow=workflow) for workflow in workflows)
    return Snapshot(pipeline=make_pipeline(state=state), workflows=runs, left_out=left_out)


def _told(snapshot: Snapshot, now: datetime = LATER) -> list[Outcome]:
    return build_outcomes(snapshot, WEB, now, default_branch="main")


@each_case(
    ("state", "workflows", "kinds"),
    [
        ("errored", [], ["errored-config"]),
        ("created", [], ["empty"]),
        ("errored", [_setup()], ["errored-config"]),
        ("created", [_setup()], ["empty"]),
        ("new-word", [_setup()], ["empty"]),
        ("created", [_setup(), make_workflow(2, "build", "success")], ["passed"]),
        ("setup", [_setup("failed")], ["failed"]),
        ("created", [_setup("failed")], ["failed"]),
        ("errored", [_setup("failed")], ["failed"]),
        ("setup", [_setup("unauthorized")], ["unauthorized"]),
        ("pending", [], []),
        ("setup-pending", [], []),
        ("setup", [], []),
        ("setup", [_setup("running")], []),
        ("pending", [_setup()], []),
        ("setup", [_setup()], []),
    ],
)
def test_a_pipeline_ends_as_its_state_and_its_workflows_say(
    state: str, workflows: list[Workflow], kinds: list[str]
) -> None:
    assert [outcome.kind for outcome in _told(_of(state, *workflows))] == kinds


def test_a_setup_that_passed_is_given_the_grace_before_nothing_came_of_it() -> None:
    just_now = _setup(stopped_at=NOW)
    assert not _told(_of("created", just_now), NOW)
    assert [outcome.kind for outcome in _told(_of("created", just_now), LATER)] == ["empty"]


def test_what_the_setup_made_is_refused_at_once_and_when_the_setup_ended() -> None:
    (refused,) = _told(_of("errored", _setup(stopped_at=NOW)), NOW)
    assert (refused.happened_at, refused.workflow_id) == (NOW, None)


def test_an_earlier_failure_of_the_setup_does_not_hide_what_came_of_its_rerun() -> None:
    failed = _setup("failed", created_at=NOW - timedelta(minutes=20), stopped_at=NOW - timedelta(minutes=19))
    told = _told(_of("errored", failed, _setup(number=2)))
    assert [outcome.kind for outcome in told] == ["failed", "errored-config"]


def test_a_setup_that_runs_again_after_a_refusal_is_news_when_it_is_refused_again() -> None:
    first, again = _setup(), _setup(number=2, created_at=NOW - timedelta(minutes=2))
    running = _setup("running", number=2, created_at=NOW - timedelta(minutes=2))
    assert _of("errored", first, running).status == "setup"
    assert not _of("errored", first, running).has_ended(LATER)
    keys = {outcome.key for workflows in ([first], [first, again]) for outcome in _told(_of("errored", *workflows))}
    assert len(keys) == 2


def test_workflows_that_cannot_be_read_are_not_nothing() -> None:
    snapshot = _of("created", left_out=1)
    assert snapshot.status == "unreadable"
    assert not _told(snapshot)
    assert snapshot.has_ended(LATER)


@each_case(
    ("release", "words"),
    [
        ({"state": "success"}, {"deployed"}),
        ({"state": "success", "promoted_from": "staging"}, {"deployed", "promoted"}),
        ({"state": "success", "is_rollback": True}, {"rolled-back"}),
        ({"state": "success", "is_return": True}, {"rolled-back"}),
        ({"state": "failed"}, {"deploy-failed"}),
        ({"state": "failed", "was_validated": True}, {"deploy-failed", "validation-failed"}),
        ({"state": "failed", "is_rollback": True}, {"deploy-failed"}),
        ({"state": "validating"}, None),
        ({"state": "canceled"}, None),
        ({"state": "a-new-word"}, None),
    ],
)
def test_a_release_that_ended_is_an_outcome_beside_its_workflow(
    release: dict[str, object], words: set[str] | None
) -> None:
    workflow = make_workflow(1, "ship", "success")
    one = PipelineRelease(
        id="r1",
        component="web",
        environment="asia",
        version="1.0",
        workflow_id=workflow.id,
        **release,
    )
    told = _told(_of("created", workflow).model_copy(update={"releases": (one,)}))
    found = [outcome for outcome in told if outcome.deploy]
    assert [outcome.filter_words for outcome in found] == ([words] if words else [])
    assert all(outcome.key == f"r1:{release['state']}" and outcome.workflow == "ship" for outcome in found)
    assert [outcome.kind for outcome in told if not outcome.deploy] == ["passed"]

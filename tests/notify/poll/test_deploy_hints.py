"""What ends may be a first deploy: what is called so hints at it, and any workflow that passed does a little."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.circleci.models import Job, Pipeline, Workflow
from bot.circleci.snapshot import Snapshot, WorkflowRun
from bot.notify.poll.deploy_hints import DeployHint, find_hint

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
LATER = NOON + timedelta(minutes=1)


def build_snapshot(*jobs: Job, workflow: str = "build", status: str = "success") -> Snapshot:
    pipeline = Pipeline.model_validate({"id": "p", "number": 1, "project_slug": "gh/acme/web", "state": "created"})
    ran = Workflow.model_validate(
        {
            "id": "w",
            "name": workflow,
            "status": status,
            "pipeline_id": "p",
            "pipeline_number": 1,
            "project_slug": "gh/acme/web",
            "stopped_at": LATER.isoformat() if status == "success" else None,
        }
    )
    return Snapshot(pipeline=pipeline, workflows=(WorkflowRun(workflow=ran, jobs=jobs),))


def build_job(name: str, **more: object) -> Job:
    return Job.model_validate({"id": name, "name": name, "status": "success", "stopped_at": NOON.isoformat(), **more})


@pytest.mark.parametrize(
    "name",
    [
        "deploy-production",
        "DeployToEU",
        "auto_release",
        "Promote canary",
        "rollout",
        "push/prod",
        "helm-upgrade staging",
        "undeploy",
        "ship it",
        "go-live",
        "publish",
    ],
)
def test_a_job_that_is_called_so_hints_as_soon_as_it_ended(name: str) -> None:
    assert find_hint(build_snapshot(build_job(name), status="running")) == DeployHint(NOON, is_named=True)
    assert find_hint(build_snapshot(build_job(name, status="running", stopped_at=None), status="running")) is None


@pytest.mark.parametrize(
    "name", ["test", "product-tests", "oliver", "reproduce", "delivered", "lint", "", "\N{ROCKET}"]
)
def test_another_one_hints_nothing_of_itself(name: str) -> None:
    assert find_hint(build_snapshot(build_job(name), status="running")) is None


def test_all_of_a_workflow_that_is_called_so_hints() -> None:
    assert find_hint(build_snapshot(build_job("push"), workflow="deploy", status="running")) == DeployHint(
        NOON, is_named=True
    )


def test_a_workflow_that_passed_hints_a_little_whatever_it_is_called() -> None:
    assert find_hint(build_snapshot(build_job("test"))) == DeployHint(LATER, is_named=False)
    assert find_hint(build_snapshot(build_job("test"), status="failed")) is None


def test_an_approval_deploys_nothing_itself() -> None:
    assert find_hint(build_snapshot(build_job("approve-production", type="approval"), status="running")) is None

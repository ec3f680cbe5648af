"""Rollbacks: by API, and by CircleCI itself after a validation that failed. A rollback pipeline does both."""

from __future__ import annotations

from collections.abc import Callable

from sandbox.circleci.api_rules import ApiRule
from sandbox.circleci.entities import FakePipeline
from sandbox.circleci.fake_deploys import FakeDeployment, FakeDeploys
from sandbox.circleci.fake_users import FakeCircleciUser
from sandbox.circleci.plans import DeployMark, JobPlan, Story, WorkflowPlan

StartPipeline = Callable[..., FakePipeline]


class Rollbacks:
    def __init__(self, deploys: FakeDeploys, start: StartPipeline) -> None:
        self._deploys = deploys
        self._start = start
        deploys.roll_back = self._undo_failed

    def start(self, live: FakeDeployment, current: str, target: str, by: FakeCircleciUser) -> FakePipeline:
        """Bring back `target`. Raises FakeCircleciError when CircleCI would refuse it."""
        if self._deploys.is_rolling_back(live.place):
            raise ApiRule.UNDER_WAY.to_error()
        ran = {one.version for one in self._deploys.list_at(live.place) if one.status == "SUCCESS"}
        if live.version != current or target == current or target not in ran:
            raise ApiRule.VERSIONS.to_error(version=current)
        return self._begin(live, target, by)

    def _undo_failed(self, failed: FakeDeployment, by: FakeCircleciUser) -> None:
        """To the last good version, once; not where there is none, or no rollback pipeline (facts 17.6)."""
        good = self._deploys.find_live(failed.place)
        if good and "rollback" in failed.component.project.designated:
            self._begin(failed, good.version, by)

    def _begin(self, deployed: FakeDeployment, target: str, by: FakeCircleciUser) -> FakePipeline:
        project = deployed.component.project
        definition = project.designated.get("rollback")
        if definition is None:
            raise ApiRule.NO_ROLLBACK.to_error()
        pipeline = self._start(
            project,
            actor=by,
            trigger_type="api",
            branch=project.default_branch,
            definition=definition,
            story=_build_story(deployed, target),
        )
        self._deploys.rollbacks[deployed.place] = pipeline
        return pipeline


def _build_story(deployed: FakeDeployment, target: str) -> Story:
    environment = deployed.environment.name
    mark = DeployMark(environment, deployed.component.name, target, namespace=deployed.mark.namespace, is_rollback=True)
    job = JobPlan(
        f"rollback-{environment}",
        4.0,
        step=f"Roll back {environment}",
        command=f"make deploy ENVIRONMENT={environment} VERSION={target}",
        deploys=mark,
    )
    return Story((WorkflowPlan("rollback", (job,)),))

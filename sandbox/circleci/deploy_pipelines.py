"""The pipeline that was designated to deploy: what it is told by parameters of its own, it deploys.

CircleCI's own *Deploy* button sets `pipeline.deploy.…` instead; no call of the API does (facts 17.3).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.circleci.fake_projects import FakeDefinition, FakeProject
from sandbox.circleci.plans import DeployMark, JobPlan, Story, WorkflowPlan

_VERSION = ("version", "target_version", "tag")
_ENVIRONMENT = ("environment", "environment_name", "target_environment")


def find_story(project: FakeProject, definition: FakeDefinition, parameters: Mapping[str, Any]) -> Story | None:
    """What it does with these parameters; None for what was not designated to deploy."""
    if definition is not project.designated.get("deploy"):
        return None
    said = {name.replace("-", "_"): str(value) for name, value in parameters.items()}
    version, environment = (next((said[one] for one in names if one in said), "") for names in (_VERSION, _ENVIRONMENT))
    mark = DeployMark(environment or "default", version=version)
    job = JobPlan(f"deploy-{mark.environment}", 4.0, step="Deploy", command="make deploy", deploys=mark)
    return Story((WorkflowPlan("deploy", (job,)),))

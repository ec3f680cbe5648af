"""What the client asks of deploys, for the contract test: the document's path, and the call.

What releases and settings look like in v2 was seen by nobody: the table takes any answer there.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from bot.circleci import models
from bot.circleci.client import CircleCI
from bot.circleci.deploys_api import RollbackOrder

ID = "5034460f-c7c4-4c43-9457-de07e2029e7b"
PROJECT = models.Project(slug="gh/acme/web", name="web", id=ID, organization_id=ID)
ORDER = RollbackOrder("web", "production", "default", current="1.0.31", target="1.0.30", reason="It is down")

VERSIONS = "/deploy/components/{component_id}/versions"
ROLLBACK = "/projects/{project_id}/rollback"

DEPLOYS: dict[str, tuple[str, Callable[[CircleCI], Awaitable[Any]]]] = {
    "a deploy component": ("/deploy/components/{component_id}", lambda it: it.fetch_component_name(ID)),
    "deploy components": ("/deploy/components", lambda it: it.list_deploy_components(PROJECT)),
    "deploying projects": ("/deploy/components", lambda it: it.fetch_deploying_projects(ID)),
    "deploy environments": ("/deploy/environments", lambda it: it.list_deploy_environments(ID)),
    "component versions": (VERSIONS, lambda it: it.list_component_versions(ID)),
    "newest versions": (VERSIONS, lambda it: it.list_newest_versions(ID, [ID])),
    "versions of an environment": (VERSIONS, lambda it: it.list_component_versions(ID, ID)),
    "releases": ("/deploy/projects/{project_id}/releases", lambda it: it.list_releases(PROJECT)),
    "releases or why not": ("/deploy/projects/{project_id}/releases", lambda it: it.fetch_releases(PROJECT, pages=1)),
    "deploy settings": ("/deploy/projects/{project_id}/settings", lambda it: it.fetch_deploy_settings(ID)),
    "roll back": (ROLLBACK, lambda it: it.request_rollback(ID, ORDER)),
}

READ = {
    models.DeployComponent: ("GET", "/deploy/components"),
    models.DeployEnvironment: ("GET", "/deploy/environments"),
    models.ComponentVersion: ("GET", VERSIONS),
    models.StartedRollback: ("POST", ROLLBACK),
}

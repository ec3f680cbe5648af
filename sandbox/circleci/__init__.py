"""The simulated CircleCI: its pipelines run, fail, wait for approval and finish in real time or faster."""

from __future__ import annotations

from starlette.routing import BaseRoute

from sandbox.circleci import api, oauth_pages, web_app
from sandbox.circleci.autopilot import run_autopilot
from sandbox.circleci.fake_circleci import FakeCircleci
from sandbox.circleci.past_pipelines import seed_history

__all__ = ["FakeCircleci", "build_routes", "run_autopilot", "seed_history"]


def build_routes(world: FakeCircleci) -> list[BaseRoute]:
    """Everything to be mounted under /circleci: the API, the files behind it and the web pages."""
    return [*api.build_routes(world), *oauth_pages.build_routes(world), *web_app.build_routes(world)]

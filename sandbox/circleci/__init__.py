"""A CircleCI whose pipelines live, fail, wait for approval and finish while you look."""

from __future__ import annotations

from starlette.routing import BaseRoute

from sandbox.circleci import api, web_app
from sandbox.circleci.autopilot import fly
from sandbox.circleci.fake_circleci import World
from sandbox.circleci.past_pipelines import plant

__all__ = ["World", "fly", "plant", "routes"]


def routes(world: World) -> list[BaseRoute]:
    """Everything to be mounted under /circleci: the API, the files behind it and the web pages."""
    return [*api.routes(world), *web_app.routes(world)]

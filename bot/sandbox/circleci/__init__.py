"""A CircleCI whose pipelines live, fail, wait for approval and finish while you look."""

from __future__ import annotations

from starlette.routing import BaseRoute

from bot.sandbox.circleci import api, web
from bot.sandbox.circleci.autopilot import fly
from bot.sandbox.circleci.history import plant
from bot.sandbox.circleci.world import World

__all__ = ["World", "fly", "plant", "routes"]


def routes(world: World) -> list[BaseRoute]:
    """Everything to be mounted under /circleci: the API, the files behind it and the web pages."""
    return [*api.routes(world), *web.routes(world)]

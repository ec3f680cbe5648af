"""The routes of API v2, of v1.1's job steps, and of the files behind them; one module for each family."""

from __future__ import annotations

from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.sandbox.circleci.api import (
    artifacts,
    checkout_keys,
    contexts,
    flaky,
    insights,
    jobs,
    me,
    output,
    pipelines,
    projects,
    schedules,
    summaries,
    trigger,
    variables,
    webhooks,
    workflows,
)
from bot.sandbox.circleci.api.call import Call
from bot.sandbox.circleci.api.gate import endpoint
from bot.sandbox.circleci.api.server import on_server
from bot.sandbox.circleci.rules import Rule
from bot.sandbox.circleci.world import World

_FAMILIES = (
    *(me, trigger, pipelines, workflows, jobs, artifacts, projects, insights, summaries, flaky),
    *(checkout_keys, variables, schedules, contexts, webhooks),
)
_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def routes(world: World) -> list[BaseRoute]:
    v2 = [("/api/v2", *route) for family in _FAMILIES for route in family.ROUTES]
    v1 = [("/api/v1.1", *route) for route in output.ROUTES]
    return [
        *(
            Route(base + path, endpoint(world, on_server(method, path, handler)), methods=[method])
            for base, method, path, handler in (*v2, *v1)
        ),
        Route("/output/{key}", output.presigned(world)),
        Route("/artifacts/{id}/artifacts/{node:int}/{path:path}", artifacts.kept(world)),
        Route("/store/{key}", artifacts.stored(world)),
        Route("/api/{rest:path}", endpoint(world, _unknown), methods=_METHODS),
    ]


def _unknown(call: Call) -> Response:
    raise Rule.NO_ROUTE.refusal(method=call.request.method)

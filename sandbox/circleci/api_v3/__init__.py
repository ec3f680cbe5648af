"""The routes of API v3, beside those of v2 and made from the same world; a CircleCI Server has none of them."""

from __future__ import annotations

from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sandbox.circleci.api_rules import ApiRule
from sandbox.circleci.api_v3 import (
    deployment_routes,
    job_result_routes,
    owner_routes,
    run_routes,
    schedule_trigger_routes,
)
from sandbox.circleci.api_v3.v3_call import V3Call
from sandbox.circleci.api_v3.v3_gate import build_v3_endpoint
from sandbox.circleci.fake_circleci import FakeCircleci

_FAMILIES = (owner_routes, run_routes, job_result_routes, schedule_trigger_routes, deployment_routes)
_METHODS = ["GET", "POST", "PUT", "DELETE", "PATCH"]


def build_routes(world: FakeCircleci) -> list[BaseRoute]:
    routes = [route for family in _FAMILIES for route in family.ROUTES]
    return [
        *(
            Route(f"/api/v3{path}", build_v3_endpoint(world, handler), methods=[method])
            for method, path, handler in routes
        ),
        Route("/api/v3/{rest:path}", build_v3_endpoint(world, _unknown), methods=_METHODS),
    ]


def _unknown(call: V3Call) -> Response:
    raise ApiRule.NO_ROUTE.to_error(method=call.request.method)

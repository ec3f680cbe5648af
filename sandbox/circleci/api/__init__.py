"""The routes of API v2, of v1.1's job steps, and of the files behind them; one module for each family."""

from __future__ import annotations

from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sandbox.circleci import api_v3
from sandbox.circleci.api import (
    artifact_routes,
    checkout_key_routes,
    context_routes,
    deploy_routes,
    flaky_routes,
    insight_routes,
    job_routes,
    me_routes,
    output_routes,
    pipeline_routes,
    project_routes,
    schedule_routes,
    summary_routes,
    trigger_routes,
    variable_routes,
    webhook_routes,
    workflow_routes,
)
from sandbox.circleci.api.circleci_call import CircleciCall
from sandbox.circleci.api.cloud_only import wrap_for_server
from sandbox.circleci.api.gate import build_endpoint
from sandbox.circleci.api_rules import ApiRule
from sandbox.circleci.fake_circleci import FakeCircleci

_FAMILIES = (
    *(
        me_routes,
        trigger_routes,
        pipeline_routes,
        workflow_routes,
        job_routes,
        artifact_routes,
        project_routes,
        insight_routes,
        summary_routes,
        flaky_routes,
    ),
    *(checkout_key_routes, variable_routes, schedule_routes, context_routes, webhook_routes, deploy_routes),
)
_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def build_routes(world: FakeCircleci) -> list[BaseRoute]:
    v2 = [("/api/v2", *route) for family in _FAMILIES for route in family.ROUTES]
    v1 = [("/api/v1.1", *route) for route in output_routes.ROUTES]
    return [
        *(
            Route(base + path, build_endpoint(world, wrap_for_server(method, path, handler)), methods=[method])
            for base, method, path, handler in (*v2, *v1)
        ),
        Route("/output/{key}", output_routes.build_output_endpoint(world)),
        Route("/artifacts/{id}/artifacts/{node:int}/{path:path}", artifact_routes.build_download_endpoint(world)),
        Route("/store/{key}", artifact_routes.build_store_endpoint(world)),
        *api_v3.build_routes(world),
        Route("/api/{rest:path}", build_endpoint(world, _unknown), methods=_METHODS),
    ]


def _unknown(call: CircleciCall) -> Response:
    raise ApiRule.NO_ROUTE.to_error(method=call.request.method)

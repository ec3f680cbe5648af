"""What a CircleCI Server lacks: there these routes answer as any unknown path does.

The classic trigger is the only one that it has (CircleCI docs: trigger a pipeline), so it has no definitions to run;
and no deploys.
"""

from __future__ import annotations

from starlette.responses import Response

from sandbox.circleci.api import deploy_routes
from sandbox.circleci.api.circleci_call import SLUG, CircleciCall, Handler
from sandbox.circleci.api_rules import ApiRule

CLOUD_ONLY = frozenset(
    {
        ("POST", f"/project/{SLUG}/pipeline/run"),
        ("GET", "/projects/{id}/pipeline-definitions"),
        *((method, path) for method, path, _handler in deploy_routes.ROUTES),
    }
)


def wrap_for_server(method: str, path: str, handler: Handler) -> Handler:
    """The same handler, unless it answers a route that only the cloud has."""
    return _cloud_only(handler) if (method, path) in CLOUD_ONLY else handler


def _cloud_only(handler: Handler) -> Handler:
    def answer(call: CircleciCall) -> Response:
        if call.world.is_server:
            raise ApiRule.SERVER.to_error()
        return handler(call)

    return answer

"""What every control has in common: a JSON object comes in, JSON goes out, and a refusal is a sentence."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.circleci.fake_errors import FakeCircleciError

Body = dict[str, Any]
ControlEndpoint = Callable[[Request], Awaitable[Any]]


def answer_by(act: ControlEndpoint) -> Callable[[Request], Awaitable[Response]]:
    """A route that answers what `act` returns. Errors are `{"error": sentence}` with a 4xx."""

    async def answer(request: Request) -> Response:
        try:
            return JSONResponse(await act(request))
        except FakeCircleciError as refusal:
            return JSONResponse({"error": refusal.message}, refusal.status)
        except (ValueError, TypeError) as invalid:
            return JSONResponse({"error": str(invalid)}, HTTPStatus.BAD_REQUEST)

    return answer


async def read_body(request: Request) -> Body:
    """The JSON object sent, an empty one when nothing was. Raises ValueError for anything else."""
    body = json.loads(await request.body() or b"{}")
    if not isinstance(body, dict):
        raise TypeError("the body must be a JSON object")
    return body

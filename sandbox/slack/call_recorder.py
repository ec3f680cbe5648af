"""Wraps every call of the app: applies faults, and records the call for the state and for tests."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox.faults import apply_fault
from sandbox.slack.fake_slack import FakeSlack

_SECRET_ARGUMENTS = {"token", "client_secret", "code", "refresh_token"}


async def answer_call(
    slack: FakeSlack,
    method: str,
    args: Mapping[str, Any],
    request: Request,
    perform: Callable[[], Awaitable[Response]],
) -> Response:
    """Answer a call, or let a fault answer it. A performed call is recorded, also when its answer gets lost."""
    recorded = False

    async def perform_and_record() -> Response:
        nonlocal recorded
        response = await perform()
        recorded = True
        _record(slack, method, args, response)
        return response

    response = await apply_fault(slack.faults, "slack", method, perform_and_record, method=request.method)
    if not recorded:
        _record(slack, method, args, response)
    return response


def _record(slack: FakeSlack, method: str, args: Mapping[str, Any], response: Response) -> None:
    error = _error(response)
    call = {
        "method": method,
        "args": {key: value for key, value in args.items() if key not in _SECRET_ARGUMENTS},
        "ok": error is None,
        "status": response.status_code,
        "at": slack.clock.now().isoformat(),
    }
    slack.calls.append(call | ({"error": error} if error else {}))
    slack.changes.bump()


def _error(response: Response) -> str | None:
    """The error code of an answer, also of one that is plain text or a fault's that is no JSON."""
    text = bytes(response.body).decode(errors="replace")
    if response.media_type == "text/plain":
        return None if response.status_code == HTTPStatus.OK else text
    try:
        answer = json.loads(text)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        return f"http_{response.status_code}"
    return None if answer.get("ok") else str(answer.get("error"))

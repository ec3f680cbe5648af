"""Failures on demand: both simulators ask here before they answer, so that tests can show what a client does then."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from sandbox.virtual_clock import RealClock, SandboxClock

Target = Literal["slack", "circleci"]
Perform = Callable[[], Awaitable[Response]]


class Fault(BaseModel):
    """One line of `POST /_control/faults`: a route prefix and what happens to the next `count` calls that match it.

    `match` is a prefix of the route, `*` standing for one path segment: a Slack method, "response_url" or "socket";
    for CircleCI the path below /api/v2 or /api/v1.1, "v3/…" or "output/…", and `caller` may name whose token alone is
    meant. `status`, `body` and `error` replace the call, which is not performed; `delay_s` (real seconds) holds back an
    answer whose call, if any, has been performed; `accept_then_drop` performs the call and cuts the connection. `count`
    0 or less lasts until reset.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    target: Target
    match: str = ""
    method: str | None = None
    caller: str | None = None
    status: int | None = Field(default=None, ge=200, le=599)
    retry_after: float | None = None
    delay_s: float = Field(default=0.0, ge=0)
    accept_then_drop: bool = False
    count: int = 1
    body: str | None = None
    error: str | None = None
    disconnect: Literal["refresh_requested", "warning", "link_disabled", "too_many_websockets"] | None = None
    drop_socket: bool = False

    @property
    def replaces_call(self) -> bool:
        return self.status is not None or self.body is not None or self.error is not None

    def matches_call(self, target: Target, route: str, method: str | None, caller: str | None = None) -> bool:
        """Whether this call matches; a fault without a method or a caller matches all of them."""
        if self.target != target or (self.method and method and self.method.upper() != method.upper()):
            return False
        if self.caller and self.caller != caller:
            return False
        pattern = re.escape(self.match.lstrip("/")).replace(r"\*", "[^/]*")
        return re.match(pattern, route.lstrip("/")) is not None


def parse_fault(spec: Mapping[str, Any]) -> Fault:
    """The fault that a JSON object describes. Raises ValueError with a sentence when it makes no sense."""
    try:
        return Fault.model_validate(dict(spec))
    except ValidationError as invalid:
        raise ValueError(_sentence(invalid)) from invalid


class Faults:
    """The faults in force, oldest first; each counts down as it strikes."""

    def __init__(self, clock: SandboxClock | None = None) -> None:
        self.clock = clock or RealClock()
        self._waiting: list[tuple[Fault, int]] = []

    def add(self, spec: Mapping[str, Any]) -> Fault:
        """Put a fault in force. Raises ValueError with a sentence when the spec makes no sense."""
        fault = parse_fault(spec)
        self._waiting.append((fault, fault.count))
        return fault

    def remove(self, fault: Fault) -> None:
        """Lift a fault before it has struck as often as it was to."""
        self._waiting = [(each, left) for each, left in self._waiting if each is not fault]

    def take(self, target: Target, route: str, method: str | None = None, caller: str | None = None) -> Fault | None:
        """The first fault that matches this call, counted down; None when the call is to go through."""
        for index, (fault, left) in enumerate(self._waiting):
            if fault.matches_call(target, route, method, caller):
                self._count_down(index, fault, left)
                return fault
        return None

    def _count_down(self, index: int, fault: Fault, left: int) -> None:
        if left == 1:
            del self._waiting[index]
        elif left > 1:
            self._waiting[index] = (fault, left - 1)

    def clear(self) -> None:
        self._waiting.clear()

    def snapshot(self) -> list[dict[str, Any]]:
        """Those still in force, with how often each will strike, for `GET /_control/state`."""
        return [{**fault.model_dump(exclude_defaults=True), "count": left} for fault, left in self._waiting]


async def apply_fault(
    faults: Faults, target: Target, route: str, call: Perform, *, method: str | None = None, caller: str | None = None
) -> Response:
    """Answer a call, or let a matching fault answer it. Both simulators send every request through here."""
    fault = faults.take(target, route, method, caller)
    if fault is None:
        return await call()
    response = _replacement(fault) if fault.replaces_call and not fault.accept_then_drop else await call()
    if fault.delay_s:
        await faults.clock.sleep_s(fault.delay_s)
    return DroppedConnection() if fault.accept_then_drop else response


def _replacement(fault: Fault) -> Response:
    status = fault.status or HTTPStatus.OK
    headers = {} if fault.retry_after is None else {"Retry-After": f"{fault.retry_after:g}"}
    if fault.body is not None:
        media_type = "text/html" if fault.body.lstrip().startswith("<") else "application/json"
        return Response(fault.body, status, headers, media_type)
    return JSONResponse(_usual_body(fault, status), status, headers)


def _usual_body(fault: Fault, status: int) -> dict[str, Any]:
    """What the platform says with this status when the fault does not say it. CircleCI's 429 may be an empty object."""
    limited = status == HTTPStatus.TOO_MANY_REQUESTS
    if fault.target == "slack":
        return {"ok": False, "error": fault.error or ("ratelimited" if limited else "internal_error")}
    if fault.error:
        return {"message": fault.error}
    return {} if limited else {"message": _phrase(status)}


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return f"Status {status}"


class DroppedConnection(Response):
    """No answer at all: the connection is cut, as when a proxy dies after the call went through."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 -- nothing is sent
        """Abort the transport. Raises ConnectionResetError where there is none (an app called in process)."""
        transport = getattr(getattr(receive, "__self__", None), "transport", None)
        if transport is None:
            raise ConnectionResetError("the sandbox dropped the connection")
        transport.abort()
        # The server answers 500 unless it has noticed the lost connection before we return.
        while (await receive())["type"] != "http.disconnect":
            pass


def _sentence(invalid: ValidationError) -> str:
    problems = json.loads(invalid.json(include_url=False))
    return "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in problems)

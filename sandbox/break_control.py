"""The controls of what the page breaks and mends, and of CircleCI's pace."""

from __future__ import annotations

from starlette.requests import Request
from starlette.routing import BaseRoute, Route

from sandbox.control_protocols import ControlledSandbox
from sandbox.control_requests import Body, answer_by, read_body

PACES = {"slow": 0.25, "normal": 1.0, "fast": 5.0}
"""How many times as fast as usual pipelines run. What was begun before goes on at its own pace."""


def build_routes(world: ControlledSandbox) -> list[BaseRoute]:
    """To be mounted under /_control."""
    control = BreakControl(world)
    return [
        Route("/break", answer_by(control.switch), methods=["POST"]),
        Route("/pace", answer_by(control.set_pace), methods=["POST"]),
        Route("/breaks", answer_by(control.show)),
        Route("/drill", answer_by(control.play_drill), methods=["POST"]),
        Route("/drill", answer_by(control.show_drill)),
    ]


class BreakControl:
    """Each method answers one route with what becomes its JSON."""

    def __init__(self, world: ControlledSandbox) -> None:
        self._world = world

    async def switch(self, request: Request) -> Body:
        """Something breaks until `{"on": false}` or a reset: `{"name": "slack-outage", "on": true}`."""
        body = await read_body(request)
        await self._world.breaks.switch(str(body.get("name")), broken=bool(body.get("on", True)))
        return {}

    async def set_pace(self, request: Request) -> Body:
        """Pipelines run slower or faster until a reset: `{"pace": "fast"}`."""
        pace = (await read_body(request)).get("pace")
        if pace not in PACES:
            raise ValueError(f"pace must be one of {', '.join(PACES)}, not {pace!r}")
        self._world.circleci.engine.pace = PACES[pace]
        self._world.changes.bump()
        return {}

    async def play_drill(self, request: Request) -> Body:
        """A kill, an outage and a restore, or some of them: `{"scenes": ["kill"]}`."""
        scenes = (await read_body(request)).get("scenes", [])
        if not isinstance(scenes, list):
            raise TypeError(f"scenes must be a list, not {scenes!r}")
        self._world.drill.start([str(scene) for scene in scenes])
        return self._world.drill.as_page()

    async def show_drill(self, _request: Request) -> Body:
        """What it has said until now, with the number of the newest change (`GET /_control/wait`)."""
        return self._world.drill.as_page() | {"seq": self._world.changes.seq}

    async def show(self, _request: Request) -> Body:
        """What the page draws."""
        pace = self._world.circleci.engine.pace
        now = next((name for name, times in PACES.items() if times == pace), None)
        shown = {"paces": list(PACES), "pace": now, "is_server": self._world.circleci.is_server}
        return self._world.breaks.as_page() | shown | {"drill": self._world.drill.as_page()}

"""Protocols of what the control API needs of both simulators."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

from sandbox.breaks import Breaks
from sandbox.changes import Changes
from sandbox.circleci import FakeCircleci
from sandbox.drill.drill import Drill
from sandbox.faults import Faults


class ControlledSlack(Protocol):
    """What the control needs of the simulated Slack."""

    hides_buttons: bool
    """Whether it knows buttons that only some see."""

    @property
    def changes(self) -> Changes: ...

    def snapshot(self, part: str = "") -> dict[str, Any]: ...

    def reset(self, *, seed: bool) -> None:
        """Back to the initial workspace; open sockets stay connected."""
        ...

    async def disconnect(self, reason: str) -> None:
        """Send a `disconnect` frame with this reason to every open socket."""
        ...

    def change_group(self, group: str, users: tuple[str, ...] | None, *, disabled: bool | None) -> None:
        """Change a user group's members, or disable or enable it. Raises ValueError."""

    def deactivate(self, user: str) -> None:
        """Close somebody's account. Raises ValueError for nobody's."""
        ...

    def drop_socket(self) -> None:
        """Cut the TCP connection of every open socket, without a word."""
        ...


class ControlledSandbox(Protocol):
    """Both simulators and what they share."""

    @property
    def slack(self) -> ControlledSlack: ...

    @property
    def circleci(self) -> FakeCircleci: ...

    @property
    def faults(self) -> Faults: ...

    @property
    def changes(self) -> Changes: ...

    @property
    def breaks(self) -> Breaks: ...

    @property
    def drill(self) -> Drill: ...

    @property
    def around_reset(self) -> Callable[[], AbstractAsyncContextManager[None]]: ...

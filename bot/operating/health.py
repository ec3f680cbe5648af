"""`circlebot health`, also `python -m bot.operating.health`: whether the process that runs here is ready.

A container asks again and again, so this imports little: all of `circlebot` takes five times as long.
"""

from __future__ import annotations

import http.client
import sys

from pydantic import ValidationError

from bot.operating.console import say
from bot.settings import Settings

_WITHIN_S = 10.0
_EVERYWHERE = {None: "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what is served there is reached here


def check_health(settings: Settings) -> tuple[bool, str]:
    """Ask /readyz: at ADMIN_PORT, which gives reasons; where there is none, at PORT."""
    admin = settings.admin_port > 0
    host, port = (settings.admin_host, settings.admin_port) if admin else (settings.host, settings.port)
    connection = http.client.HTTPConnection(_EVERYWHERE.get(host, host or ""), port, timeout=_WITHIN_S)
    try:
        connection.request("GET", "/readyz")
        answer = connection.getresponse()
        return answer.status == 200, answer.read().decode()
    except OSError as error:
        return False, f"nobody answers at port {port} ({type(error).__name__})"
    finally:
        connection.close()


def print_health() -> None:
    """Whether the circlebot that runs here is ready, and why not; exit code 1 if it is not."""
    try:
        ready, reasons = check_health(Settings())
    except ValidationError:
        ready, reasons = False, "the settings cannot be read: circlebot doctor says which"
    say(reasons)
    sys.exit(0 if ready else 1)


if __name__ == "__main__":
    print_health()

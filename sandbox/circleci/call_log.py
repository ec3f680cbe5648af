"""The log of API calls, for `GET /_control/state`. It never holds tokens or secrets."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Mapping
from typing import Any

REMEMBERED = 2000
_TOKEN = re.compile(r"CCIPAT_\w+", re.IGNORECASE)
_SECRET_KEYS = {"signing-secret", "value"}


class CallLog:
    """The last calls, oldest first."""

    def __init__(self) -> None:
        self._calls: deque[dict[str, Any]] = deque(maxlen=REMEMBERED)

    def record(self, call: Mapping[str, Any]) -> None:
        scrubbed = json.loads(_TOKEN.sub("****", json.dumps(_without_secrets(call))))
        self._calls.append(scrubbed)

    def clear(self) -> None:
        self._calls.clear()

    def snapshot(self) -> list[dict[str, Any]]:
        return list(self._calls)


def _without_secrets(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: "****" if key in _SECRET_KEYS else _without_secrets(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_without_secrets(each) for each in value]
    return value

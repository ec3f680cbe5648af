"""How many calls each token may make: in a minute (in the headers of every answer) and, where set, in an hour.

CircleCI publishes neither number (CircleCI docs: API developer's guide, rate limits); 5,000 an hour for each token is
what one planning page of it says, and nobody's headers were seen. Windows are those of the clock.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

A_MINUTE = 6000
"""What the headers say for a token without a limit. It is not enforced."""


@dataclass(frozen=True)
class RateLimitWindow:
    """What of one window is left; `ends_in_s` until the next begins."""

    limit: int
    made: int
    ends_in_s: int

    @property
    def remaining(self) -> int:
        return max(self.limit - self.made, 0)


class CallQuotas:
    """By login. A call is counted once it was answered, also where the answer was a refusal."""

    def __init__(self) -> None:
        self.a_minute: dict[str, int] = {}
        self.an_hour: dict[str, int] = {}
        self._counts: Counter[tuple[str, datetime, str]] = Counter()

    def count_call(self, now: datetime, login: str | None) -> None:
        minute, hour = _begins(now)
        self._counts[login or "", minute, "minute"] += 1
        self._counts[login or "", hour, "hour"] += 1

    def get_minute(self, now: datetime, login: str | None) -> RateLimitWindow:
        begins, _ = _begins(now)
        count = self._counts[login or "", begins, "minute"]
        return RateLimitWindow(self.a_minute.get(login or "", A_MINUTE), count, 60 - now.second)

    def find_hour(self, now: datetime, login: str | None) -> RateLimitWindow | None:
        """None where no hourly limit was set."""
        limit = self.an_hour.get(login or "")
        if limit is None:
            return None
        _, begins = _begins(now)
        return RateLimitWindow(limit, self._counts[login or "", begins, "hour"], 3600 - now.minute * 60 - now.second)

    def find_wait_s(self, now: datetime, login: str | None) -> int | None:
        """Seconds until a token whose calls are used up may call again; None for any other."""
        minute, hour = self.get_minute(now, login), self.find_hour(now, login)
        spent = [hour] if hour else []
        spent += [minute] if login in self.a_minute else []
        return max((window.ends_in_s for window in spent if not window.remaining), default=None)

    def build_headers(self, now: datetime, login: str | None) -> dict[str, str]:
        """Both families, as documented; a client goes by the lower."""
        minute, hour = self.get_minute(now, login), self.find_hour(now, login)
        headers = {
            "RateLimit-Limit": str(minute.limit),
            "RateLimit-Remaining": str(minute.remaining),
            "RateLimit-Reset": str(minute.ends_in_s),
        }
        if hour:
            headers |= {
                "X-RateLimit-Limit-Hour": str(hour.limit),
                "X-RateLimit-Remaining-Hour": str(hour.remaining),
                "X-RateLimit-Reset": str(hour.ends_in_s),
            }
        return headers


def _begins(now: datetime) -> tuple[datetime, datetime]:
    minute = now.replace(second=0, microsecond=0)
    return minute, minute.replace(minute=0)

"""Posts of one channel, one after the other; no channel waits for another."""

from __future__ import annotations

import asyncio


class Pacer:
    """Gives each channel's posts their turns; a channel that Slack asked to wait waits."""

    def __init__(self, gap_s: float) -> None:
        self._gap_s = gap_s
        self._free_at: dict[tuple[str, str], float] = {}

    async def turn(self, workspace: str, channel: str) -> None:
        """Wait for this post's turn; the next one's is a gap later."""
        now = asyncio.get_running_loop().time()
        at = max(now, self._free_at.get((workspace, channel), 0.0))
        self._free_at[workspace, channel] = at + self._gap_s
        self._forget_idle(now)
        await asyncio.sleep(at - now)

    def hold(self, workspace: str, channel: str, seconds: float) -> None:
        now = asyncio.get_running_loop().time()
        self._free_at[workspace, channel] = max(now + seconds, self._free_at.get((workspace, channel), 0.0))

    def _forget_idle(self, now: float) -> None:
        if len(self._free_at) > 1000:
            self._free_at = {place: at for place, at in self._free_at.items() if at > now}

"""The look of a status, of a duration, of a size and of a moment: the same everywhere.

An emoji is never alone: the word beside it says the same (colour and picture are not for everybody).
"""

from __future__ import annotations

from datetime import datetime

from bot.language import N_

_UNKNOWN = ":grey_question:"

_LOOKS = {
    "pending": (":hourglass_flowing_sand:", "pending"),
    "created": (":hourglass_flowing_sand:", "created"),
    "setup-pending": (":hourglass_flowing_sand:", "pending"),
    "setup": (":gear:", N_("setting up")),
    "queued": (":hourglass_flowing_sand:", "queued"),
    "not_running": (":hourglass_flowing_sand:", N_("waiting to run")),
    "blocked": (":white_circle:", "blocked"),
    "running": (":large_blue_circle:", "running"),
    "on_hold": (":double_vertical_bar:", N_("on hold")),
    "failing": (":red_circle:", "failing"),
    "success": (":white_check_mark:", "success"),
    "failed": (":x:", "failed"),
    "error": (":x:", "error"),
    "errored": (":x:", N_("config error")),
    "canceled": (":no_entry_sign:", "canceled"),
    "unauthorized": (":lock:", "unauthorized"),
    "not_run": (":heavy_minus_sign:", N_("not run")),
    "empty": (":heavy_minus_sign:", N_("nothing to run")),
    "retried": (":repeat:", "retried"),
    "infrastructure_fail": (":x:", N_("infrastructure failure")),
    "timedout": (":x:", N_("timed out")),
    "terminated-unknown": (":x:", "terminated"),
}


def get_emoji(status: str) -> str:
    """An emoji for any status; one that we do not know yet gets a question mark."""
    return _LOOKS.get(status, (_UNKNOWN, ""))[0]


def get_label(status: str) -> str:
    """The status in people's words; an unknown one as CircleCI says it, made readable."""
    return _LOOKS.get(status, ("", status.replace("_", " ").replace("-", " ")))[1]


def format_duration(seconds: float) -> str:
    """`45s`, `3m 12s`, `2h 5m`, `3d 4h`: the two largest units that say something."""
    whole = max(0, int(seconds))
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    named = [(days, "d"), (hours, "h"), (minutes, "m"), (rest, "s")]
    first = next((place for place, (amount, _) in enumerate(named) if amount), 3)
    return " ".join(f"{amount}{unit}" for amount, unit in named[first : first + 2] if amount) or "0s"


def format_size(count: int) -> str:
    """Bytes as `812 B`, `1.2 kB`, `24 MB`: powers of ten, as Slack and CircleCI count."""
    amount, unit = float(count), "B"
    for unit in ("B", "kB", "MB", "GB"):
        if amount < 1000 or unit == "GB":
            break
        amount /= 1000
    return f"{amount:.1f}".removesuffix(".0") + f" {unit}" if amount < 100 else f"{amount:.0f} {unit}"


def format_ago(moment: datetime) -> str:
    """How long ago, told by each reader's own Slack ("Date formatting"); elsewhere the moment itself in UTC."""
    return f"<!date^{int(moment.timestamp())}^{{ago}}|{moment:%Y-%m-%d %H:%M} UTC>"


def format_moment(at: datetime) -> str:
    """A moment by the clock of each reader (Slack: "Date formatting"); elsewhere in UTC."""
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{at:%Y-%m-%d %H:%M} UTC>"

"""The look of a status, of a duration, of a size and of a moment: the same everywhere.

An emoji is never alone: the word beside it says the same (colour and picture are not for everybody).
"""

from __future__ import annotations

from datetime import datetime

from bot.language import N_, _
from bot.language.formats import format_amount, format_number

_UNKNOWN = ":grey_question:"

_LOOKS = {
    "pending": (":hourglass_flowing_sand:", N_("pending")),
    "created": (":hourglass_flowing_sand:", N_("created")),
    "setup-pending": (":hourglass_flowing_sand:", N_("pending")),
    "setup": (":gear:", N_("setting up")),
    "queued": (":hourglass_flowing_sand:", N_("queued")),
    "not_running": (":hourglass_flowing_sand:", N_("waiting to run")),
    "blocked": (":white_circle:", N_("blocked")),
    "running": (":large_blue_circle:", N_("running")),
    "on_hold": (":double_vertical_bar:", N_("on hold")),
    "failing": (":red_circle:", N_("failing")),
    "success": (":white_check_mark:", N_("success")),
    "failed": (":x:", N_("failed")),
    "error": (":x:", N_("error")),
    "errored": (":x:", N_("config error")),
    "canceled": (":no_entry_sign:", N_("canceled")),
    "unauthorized": (":lock:", N_("unauthorized")),
    "not_run": (":heavy_minus_sign:", N_("not run")),
    "empty": (":heavy_minus_sign:", N_("nothing to run")),
    "retried": (":repeat:", N_("retried")),
    "infrastructure_fail": (":x:", N_("infrastructure failure")),
    "timedout": (":x:", N_("timed out")),
    "terminated-unknown": (":x:", N_("terminated")),
}


def get_emoji(status: str) -> str:
    """An emoji for any status; one that we do not know yet gets a question mark."""
    return _LOOKS.get(status, (_UNKNOWN, ""))[0]


def get_label(status: str) -> str:
    """The status in people's words; an unknown one as CircleCI says it, made readable."""
    known = _LOOKS.get(status)
    return _(known[1]) if known else status.replace("_", " ").replace("-", " ")


def format_size(count: int) -> str:
    """Bytes as `812 B`, `1.2 kB`, `24 MB`: powers of ten, as Slack and CircleCI count."""
    amount, unit = float(count), "B"
    for unit in ("B", "kB", "MB", "GB"):
        if amount < 1000 or unit == "GB":
            break
        amount /= 1000
    whole = amount >= 100 or f"{amount:.1f}".endswith(".0")
    return format_amount(format_number(amount, 0 if whole else 1), unit)


def format_ago(moment: datetime) -> str:
    """How long ago, told by each reader's own Slack ("Date formatting"); elsewhere the moment itself in UTC."""
    return f"<!date^{int(moment.timestamp())}^{{ago}}|{moment:%Y-%m-%d %H:%M} UTC>"


def format_moment(at: datetime) -> str:
    """A moment by the clock of each reader (Slack: "Date formatting"); elsewhere in UTC."""
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{at:%Y-%m-%d %H:%M} UTC>"

"""What people did to a pipeline through us: written in English, and said in the language of whoever reads it."""

from __future__ import annotations

from html import unescape
from re import escape
from string import Formatter
from typing import Any

from bot.language import N_, _
from bot.mrkdwn import as_code, cut
from bot.mrkdwn import escape as escape_mrkdwn
from bot.untrusted.patterns import compile_linear

APPROVED = N_("Approved {hold}")
APPROVED_WHY = N_("Approved {hold} — “{reason}”")
VOTED = N_("Approved {hold}, {count} of {needed}")
VOTED_WHY = N_("Approved {hold}, {count} of {needed} — “{reason}”")
UNVOTED = N_("Withdrew the approval of {hold}")
DECLINED = N_("Declined {hold}")
DECLINED_WHY = N_("Declined {hold} — “{reason}”")
CANCELED = N_("Canceled ({workflow})")
CANCELED_JOB = N_("Canceled the job {job}")
RERUN_FAILED = N_("Rerun from failed ({workflow})")
RERUN = N_("Rerun of {workflow}")
RERUN_SSH = N_("Rerun of {workflow} with SSH")
RERUN_JOBS = N_("Rerun of {workflow}: {jobs}")
RERUN_JOBS_SSH = N_("Rerun of {workflow}: {jobs} with SSH")
ROLLED_BACK = N_("Rolled back {place} from {current} to {target} — “{reason}”")
TRIGGERED = N_("Triggered")
TRIGGERED_WITH = N_("Triggered with {parameters}")
RAN_PRESET = N_("Ran preset {preset}")
RAN_PRESET_WITH = N_("Ran preset {preset} with {parameters}")

_BY = {
    APPROVED: N_("{who} approved {hold} {ago}"),
    APPROVED_WHY: N_("{who} approved {hold} — “{reason}” {ago}"),
    VOTED: N_("{who} approved {hold} ({count} of {needed}) {ago}"),
    VOTED_WHY: N_("{who} approved {hold} ({count} of {needed}) — “{reason}” {ago}"),
    UNVOTED: N_("{who} withdrew the approval of {hold} {ago}"),
    DECLINED: N_("{who} declined {hold} {ago}"),
    DECLINED_WHY: N_("{who} declined {hold} — “{reason}” {ago}"),
    CANCELED: N_("{who} canceled {workflow} {ago}"),
    CANCELED_JOB: N_("{who} canceled the job {job} {ago}"),
    RERUN_FAILED: N_("{who} reran {workflow} from failed {ago}"),
    RERUN: N_("{who} reran {workflow} {ago}"),
    RERUN_SSH: N_("{who} reran {workflow} with SSH {ago}"),
    RERUN_JOBS: N_("{who} reran {jobs} of {workflow} {ago}"),
    RERUN_JOBS_SSH: N_("{who} reran {jobs} of {workflow} with SSH {ago}"),
    ROLLED_BACK: N_("{who} rolled back {place} from {current} to {target} — “{reason}” {ago}"),
    TRIGGERED: N_("{who} triggered it {ago}"),
    TRIGGERED_WITH: N_("{who} triggered it with {parameters} {ago}"),
    RAN_PRESET: N_("{who} ran preset {preset} {ago}"),
    RAN_PRESET_WITH: N_("{who} ran preset {preset} with {parameters} {ago}"),
}
"""The same with who did it, and when."""

_LONGEST = 300
_LONGEST_REASON = 200

_RERUNS = (RERUN_JOBS_SSH, RERUN_SSH, RERUN_JOBS, RERUN_FAILED, RERUN)
_CANCELS = (CANCELED_JOB, CANCELED)
_STARTS = (TRIGGERED_WITH, TRIGGERED, RAN_PRESET_WITH, RAN_PRESET)
_DECISIONS = (VOTED_WHY, VOTED, APPROVED_WHY, DECLINED_WHY, APPROVED, DECLINED, UNVOTED)
_ALL = (ROLLED_BACK, *_RERUNS, *_CANCELS, *_DECISIONS, *_STARTS)
"""What says more first: a shorter one may fit too."""


def _compile(sentence: str) -> Any:
    parts = [(escape(said), name) for said, name, *_rest in Formatter().parse(sentence)]
    return compile_linear("(?s)" + "".join(said + (f"(?P<{name}>.+)" if name else "") for said, name in parts))


_PATTERNS = {sentence: _compile(sentence) for sentence in _ALL}
_WITH_WHY = (VOTED_WHY, APPROVED_WHY, DECLINED_WHY, ROLLED_BACK)
_WHY = " — “"


def add_why(text: str, why: str) -> str:
    """With the reason that somebody gave for it, unless its sentence says one."""
    return f"{text}{_WHY}{shorten_reason(why)}”" if why and _parse(text)[0] not in _WITH_WHY else text


def format_deed(text: str) -> str:
    """What was written with one of these sentences, as it is shown (mrkdwn); anything else as it was written."""
    deed, why = _split_why(text)
    sentence, values = _parse(deed)
    return f"{_(sentence, **values)}{why}"


def format_deed_by(text: str, who: str, ago: str) -> str:
    """The same with `who` did it, as far as that is known, and when (all mrkdwn)."""
    deed, why = _split_why(text)
    sentence, values = _parse(deed)
    if who and sentence in _BY:
        shown = {name: cut(value, _LONGEST) for name, value in values.items()}
        return f"{_(_BY[sentence], who=who, ago=ago, **shown)}{why}"
    return " · ".join(filter(None, [cut(format_deed(text), _LONGEST), who, ago]))


def is_start(text: str) -> bool:
    return _parse(_split_why(text)[0])[0] in _STARTS


def is_rerun(text: str) -> bool:
    return _parse(_split_why(text)[0])[0] in _RERUNS


def is_cancel(text: str) -> bool:
    return _parse(_split_why(text)[0])[0] in _CANCELS


def is_decision(text: str, hold: str) -> bool:
    """Whether it says that this hold was approved or declined; `hold` is mrkdwn."""
    alone = {APPROVED.format(hold=hold), DECLINED.format(hold=hold)}
    return text in alone or text.startswith(tuple(f"{one} — “" for one in alone))


def find_rollback_reason(text: str, version: str) -> str | None:
    """Why somebody brought this version back, as they typed it; None where it says something else."""
    sentence, values = _parse(text)
    return unescape(values["reason"]) if sentence == ROLLED_BACK and values["target"] == as_code(version, 60) else None


def format_decision(sentence: str, sentence_why: str, hold: str, reason: str, **more: int) -> str:
    """One of these two, in English, with the reason that somebody typed where there is one. `hold` is mrkdwn."""
    if not reason:
        return sentence.format(hold=hold, **more)
    return sentence_why.format(hold=hold, reason=shorten_reason(reason), **more)


def shorten_reason(reason: str) -> str:
    """What somebody typed, harmless in mrkdwn."""
    return cut(escape_mrkdwn(reason), _LONGEST_REASON)


def _split_why(text: str) -> tuple[str, str]:
    """A deed, and the reason that `add_why` added, with its signs; "" where there is none."""
    deed, sign, why = text.partition(_WHY)
    is_added = sign and why.endswith("”") and _parse(text)[0] not in _WITH_WHY and _parse(deed)[0] in _ALL
    return (deed, f"{sign}{why}") if is_added else (text, "")


def _parse(text: str) -> tuple[str, dict[str, str]]:
    """The sentence that it was written with, and the values that were filled in."""
    for sentence, pattern in _PATTERNS.items():
        if found := pattern.fullmatch(text):
            return sentence, found.groupdict()
    return text, {}

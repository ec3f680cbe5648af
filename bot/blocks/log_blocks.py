"""The end of what a step printed, with the line that reads most like the reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.blocks import kit, status_blocks
from bot.circleci.job_steps import has_failed
from bot.circleci.models import StepAction
from bot.command import format_line
from bot.line import Written, extend_line
from bot.mrkdwn import as_code, as_code_block, as_link, as_quote, cut, escape
from bot.untrusted.job_log import find_first_error


@dataclass(frozen=True, slots=True)
class StepLog:
    """`job` is plain text, and `job_words` name it in a line of ours.

    `lines` are the last ones, fit to be shown; `full_log_line` is the line that asks for all of them as a file.
    """

    job: str
    job_words: Sequence[str]
    url: str
    action: StepAction
    lines: Sequence[str]
    full_log_line: Written


def format_title(shown: StepLog) -> str:
    return f"The log of {cut(escape(shown.job), 150)}, {cut(escape(shown.action.name), 100)}"


def render(shown: StepLog) -> list[kit.Block]:
    """The message."""
    return [
        kit.section("\n".join(_head(shown))),
        kit.section(as_code_block(shown.lines) if shown.lines else "It printed nothing (yet)."),
        kit.actions(list(_buttons(shown))),
    ]


def _head(shown: StepLog) -> Iterator[str]:
    action = shown.action
    where = as_link(shown.url, shown.job)
    exit_code = f" (exit code {action.exit_code})" if action.exit_code else ""
    node = f", node {action.index}" if action.index else ""
    yield f"{status_blocks.get_emoji(action.status)} *{where}*, step {as_code(action.name, 100)}{node}{exit_code}"
    reason = find_first_error("\n".join(shown.lines)) if has_failed(action) else None
    if reason:
        yield as_quote(reason, 400)


def _buttons(shown: StepLog) -> Iterator[kit.Pressable]:
    yield kit.button("Send Me the Full Log", shown.full_log_line)
    yield kit.button("Show Full Log to All Here", extend_line(shown.full_log_line, here=True))
    yield kit.link_button("Open in CircleCI", shown.url)
    more = [("Show tests", format_line("tests", *shown.job_words)), ("Show job", format_line("job", *shown.job_words))]
    yield from filter(None, [kit.overflow(more)])

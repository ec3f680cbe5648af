"""What was understood of a person's own words, and the button that does it: nothing has happened yet."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks import kit, person_blocks, status_blocks
from bot.circleci.links import Links
from bot.circleci.models import Pipeline
from bot.language import _
from bot.line import Written, split_parts
from bot.messages import Message
from bot.mrkdwn import as_code, as_link, cut, escape

Choice = tuple[str, Written]
"""A button: what it is called, and its line."""


_ENDS = frozenset({"cancel", "disconnect", "unsubscribe"})
"""Commands that end something: green asks nobody to."""


def render(what: str, choices: Sequence[Choice], *, detail: str = "") -> Message:
    """`what` is mrkdwn, and says all that the button does. A single one that ends nothing is primary."""
    style = "primary" if len(choices) == 1 and split_parts(choices[0][1])[0] not in _ENDS else None
    buttons = [kit.button(label, line, style=style) for label, line in choices]
    text = f"{what}\n{detail}" if detail else what
    return Message(text, [kit.section(text), kit.actions(buttons)])


def format_pipeline(pipeline: Pipeline, project: str, links: Links) -> str:
    """Which one is meant, so that nobody presses for another: number, branch, commit, who and when."""
    url = links.pipeline_url(pipeline.project, pipeline.number)
    subject = _("“{subject}”", subject=cut(escape(pipeline.subject), 120)) if pipeline.subject else ""
    who = person_blocks.format_starter(pipeline)
    when = status_blocks.format_ago(pipeline.created_at) if pipeline.created_at else ""
    ref = as_code(pipeline.ref, 120) if pipeline.ref else ""
    return " · ".join(filter(None, [f"{project} {as_link(url, f'#{pipeline.number}')}", ref, subject, who, when]))

"""Pipeline values as a table of text: names on the left, aligned, values as CircleCI has them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from bot.blocks import kit
from bot.command import format_line
from bot.language import _
from bot.mrkdwn import as_code_block
from bot.untrusted.job_log import shorten_line
from bot.untrusted.masking import mask_secrets
from bot.untrusted.terminal import clean_terminal_text

_LONGEST = 5_000
"""Characters of one value."""
_FITS = 2600
"""Characters that a table in a message may have; a longer one is a file."""


def format_table(values: Mapping[str, Any]) -> list[str]:
    """One line each, by name, the pipeline's parameters last; what looks like a secret is masked."""
    width = max((len(name) for name in values), default=0)
    ordered = sorted(values.items(), key=lambda item: (item[0].startswith("pipeline.parameters."), item[0]))
    return [_line(name, value, width) for name, value in ordered]


def _line(name: str, value: Any, width: int) -> str:
    shown = shorten_line(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False), _LONGEST)
    return mask_secrets(clean_terminal_text(f"{name.ljust(width)}  {' '.join(shown.split()) or '-'}"))


def fits_in_message(lines: list[str]) -> bool:
    return len(as_code_block(lines, limit=10 * _FITS)) <= _FITS


def render(title: str, about: str, lines: list[str], *, pipeline_id: str) -> list[kit.Block]:
    """The table in a message that only one person sees, with a button that sends it to all as a file."""
    share = kit.button(_("Share It Here as a File"), format_line("pipeline", pipeline_id, here=True, values=True))
    whole = kit.button(_("Show Pipeline"), format_line("pipeline", pipeline_id))
    return [kit.header(title), kit.section(about), kit.section(as_code_block(lines)), kit.actions([share, whole])]

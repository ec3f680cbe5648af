"""Pipeline values as a table of text: names on the left, aligned, values as CircleCI has them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from bot.blocks import kit
from bot.command import line
from bot.mrkdwn import preformatted
from bot.untrusted.job_log import shortened
from bot.untrusted.masking import mask
from bot.untrusted.terminal import clean

_LONGEST = 5_000
"""Characters of one value."""
_FITS = 2600
"""Characters that a table in a message may have; a longer one is a file."""


def table(values: Mapping[str, Any]) -> list[str]:
    """One line each, by name, the pipeline's parameters last; what looks like a secret is masked."""
    width = max((len(name) for name in values), default=0)
    ordered = sorted(values.items(), key=lambda item: (item[0].startswith("pipeline.parameters."), item[0]))
    return [_line(name, value, width) for name, value in ordered]


def _line(name: str, value: Any, width: int) -> str:
    shown = shortened(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False), _LONGEST)
    return mask(clean(f"{name.ljust(width)}  {' '.join(shown.split()) or '-'}"))


def fits(lines: list[str]) -> bool:
    return len(preformatted(lines, limit=10 * _FITS)) <= _FITS


def shown(title: str, lines: list[str], pipeline_id: str) -> list[kit.Block]:
    """The table in a message that only one person sees, with a button that sends it to all as a file."""
    share = kit.button("Share it here as a file", line("values", pipeline_id, here=True))
    whole = kit.button("Whole pipeline", line("pipeline", pipeline_id))
    return [kit.section(title), kit.section(preformatted(lines)), kit.actions([share, whole])]

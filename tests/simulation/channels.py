"""What the channels of a simulated run want: messages, a digest each minute, holds with a reminder after a minute."""

from __future__ import annotations

from dataclasses import replace

from bot.rules.rule import Rule

ENDS = {"success": "passed", "failed": "failed", "canceled": "canceled"}
"""How a rule calls each end of a workflow."""

DIGEST, HOLDS = "C0DIGEST", "C0HOLDS"
_EVERY_MINUTE = tuple(f"09:{minute:02d}" for minute in range(1, 60))

MESSAGES = {
    "C0ALL": Rule.parse({"only": ["failed", "passed", "canceled"]}),
    "C0BAD": Rule.parse({"only": ["failed"]}),
}
OTHERS = {
    DIGEST: replace(Rule.parse({"only": ["failed", "passed", "canceled"], "to": ["digest"]}), at=_EVERY_MINUTE),
    HOLDS: replace(Rule.parse({"only": ["on-hold"]}), remind=("1m",)),
}
"""Only in some runs, since they take minutes. Nobody may ask for them as often."""

RULES = MESSAGES | OTHERS

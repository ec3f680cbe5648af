"""What was found wrong, or well, as the operator reads it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.domain.symptoms import Finding, Symptom
from bot.language.formats import format_duration


def format_line(finding: Finding) -> str:
    """What the command prints of it."""
    if finding.symptom is None:
        return f"ok   {finding.check} — {finding.well}"
    says, mend, _command = _fill_in(finding, finding.symptom)
    return f"FAIL {finding.check} — {says.rstrip('.')}; mend: {mend}"


def format_wrong(finding: Finding) -> str:
    """What is wrong, and what to do, in two sentences; "" if all is well."""
    return " ".join(_fill_in(finding, finding.symptom)[:2]) if finding.symptom else ""


def format_json(findings: Sequence[Finding]) -> str:
    """For programs: the keys are told in docs/troubleshooting.md, and stay."""
    report = {"ok": not any(one.symptom for one in findings), "findings": [_describe(one) for one in findings]}
    return json.dumps(report, indent=2, ensure_ascii=False)


def _describe(finding: Finding) -> dict[str, Any]:
    if finding.symptom is None:
        return {"check": finding.check, "ok": True, "symptom": None, "says": finding.well, "mend": "", "command": ""}
    says, mend, command = _fill_in(finding, finding.symptom)
    named = {"check": finding.check, "ok": False, "symptom": finding.symptom.key}
    return {**named, "says": says, "mend": mend, "command": command}


def _fill_in(finding: Finding, symptom: Symptom) -> tuple[str, str, str]:
    """What it says, what mends it, and the command alone."""
    values = {name: _format_value(value) for name, value in finding.values.items()}
    command = symptom.command.format_map(values)
    says = symptom.says.format_map(values)
    return says, symptom.mend.format_map({**values, "command": f"`{command}`"}), command


def _format_value(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    if isinstance(value, timedelta):
        return format_duration(value.total_seconds())
    return f"{value:%Y-%m-%d %H:%M} UTC" if isinstance(value, datetime) else str(value)

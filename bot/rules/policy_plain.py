"""A line of a policy as plain data, as a YAML file, the database and the record of changes hold it.

    {only: [S034DEPLOY, U012AB3CD], do: decide, project: gh/acme/web, hold: production}
    {deny: everybody, do: start, project: gh/acme, when: fri 16:00-mon 08:00 Europe/Berlin}
    {require: everybody, do: approve, parameters: {environment: production}, approvals: 2, four-eyes: true}

`{command: approve, channel: C012AB3CD, users: [U012AB3CD]}`, as files said it before, is an `only`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from bot.conversation import PERSON
from bot.domain import ProjectScope
from bot.errors import UsageError
from bot.language import N_, _
from bot.language.formats import join_or
from bot.mrkdwn import as_code
from bot.rules.durations import format_span, parse_span
from bot.rules.policy_line import ANY, EVERYBODY, EXTERNAL, GUESTS, Demands, Effect, PolicyLine, PolicyScope
from bot.rules.weekly_window import parse_window

_WORDS = (EVERYBODY, GUESTS, EXTERNAL)
_WHO = re.compile(rf"{PERSON}|S[A-Z0-9]{{2,}}|{'|'.join(_WORDS)}")
_CHANNEL = re.compile(r"\*|[CGDUW][A-Z0-9]{2,}")
_TEXTS = ("branch", "tag", "workflow", "hold")
_FLAGS = ("four-eyes", "reason", "confirm")
_SCOPE_KEYS = ("do", "channel", "project", *_TEXTS, "parameters", "when")
_DEMAND_KEYS = (*_FLAGS, "approvals", "approvers", "expires", "escalates", "escalate-to")
_FORMER_KEYS = {"command": "do", "users": "only"}
LONGEST = 200
_MOST = 50
_MOST_APPROVALS = 10

_NO_PERSON = N_("{text} is neither a person (U…) nor a user group (S…), nor `everybody`, `guests` or `external`.")


def from_plain(row: Mapping[str, Any]) -> PolicyLine:
    """The line, where all of it says something. Raises UsageError with what is wrong."""
    line = from_stored(row)
    if line.demands.approvers and not line.demands.approvals:
        raise UsageError(_("`approvers` says who approves: say with `approvals` how many of them."))
    return line


def from_stored(row: Mapping[str, Any]) -> PolicyLine:
    """The line as it was written once. Raises UsageError."""
    if "command" in row:
        row = {_FORMER_KEYS.get(key, key): value for key, value in row.items()}
    effects = [effect for effect in Effect if effect in row]
    if len(effects) != 1:
        raise UsageError(_("A line says one of {words}.", words=join_or([f"`{one}`" for one in Effect])))
    known = {effects[0], *_SCOPE_KEYS, *(_DEMAND_KEYS if effects[0] is Effect.REQUIRE else ())}
    if unknown := next((key for key in row if key not in known), None):
        raise UsageError(_("A line with `{effect}` has no {key}.", effect=effects[0], key=as_code(str(unknown), 50)))
    return PolicyLine(effects[0], _read_people(row[effects[0]]), _read_scope(row), _read_demands(row))


def to_plain(line: PolicyLine) -> dict[str, Any]:
    """The inverse of `from_plain`: without what says nothing."""
    scope, demands = line.scope, line.demands
    said: dict[str, Any] = {
        str(line.effect): list(line.who),
        "do": scope.act,
        "channel": scope.channel,
        "project": scope.project,
        **{name: getattr(scope, name) for name in _TEXTS},
        "parameters": dict(scope.parameters),
        "when": str(scope.when) if scope.when else None,
        "approvals": demands.approvals,
        "approvers": list(demands.approvers),
        **{name: getattr(demands, name.replace("-", "_")) for name in _FLAGS},
        "expires": _format_seconds(demands.expires_s),
        "escalates": _format_seconds(demands.escalates_s),
        "escalate-to": list(demands.escalate_to),
    }
    return {key: value for key, value in said.items() if key == line.effect or (value and value != ANY) or key == "do"}


def format_plain(line: PolicyLine) -> str:
    """In one row, for plans and logs: `only=U012AB3CD do=approve project=gh/acme/web`."""
    return " ".join(f"{key}={_format_value(value)}" for key, value in to_plain(line).items())


def _format_value(value: object) -> str:
    match value:
        case list():
            return ",".join(sorted(value)) or "nobody"
        case dict():
            return ",".join(f"{name}={text}" for name, text in value.items())
        case _:
            return str(value)


def _read_people(value: object) -> tuple[str, ...]:
    names = [value] if isinstance(value, str) else list(value) if isinstance(value, Sequence) else [value]
    for name in names[: _MOST + 1]:
        if not isinstance(name, str) or not _WHO.fullmatch(name):
            raise UsageError(_(_NO_PERSON, text=as_code(str(name), 50)))
    if len(names) > _MOST:
        raise UsageError(_("At most {count} people and groups; use a user group.", count=_MOST))
    return tuple(dict.fromkeys(names))


def _read_scope(row: Mapping[str, Any]) -> PolicyScope:
    project, channel = _read_text(row, "project") or ANY, _read_text(row, "channel") or ANY
    if not _CHANNEL.fullmatch(channel):
        raise UsageError(_("{text} is not a channel.", text=as_code(channel, 50)))
    parameters = row.get("parameters") or {}
    if not isinstance(parameters, Mapping):
        raise UsageError(_("`parameters` are names with values, as in `environment=production`."))
    when = _read_text(row, "when")
    return PolicyScope(
        act=_read_text(row, "do") or ANY,
        channel=channel,
        project=project if project == ANY else str(ProjectScope.parse(project)),
        parameters=tuple(sorted((str(name)[:LONGEST], _read_value(value)) for name, value in parameters.items())),
        when=parse_window(when) if when else None,
        **{name: _read_glob(row, name) for name in _TEXTS},
    )


def _read_demands(row: Mapping[str, Any]) -> Demands:
    approvals = row.get("approvals", 0)
    if not isinstance(approvals, int) or isinstance(approvals, bool) or not 0 <= approvals <= _MOST_APPROVALS:
        raise UsageError(_("`approvals` is a number from 1 to {most}.", most=_MOST_APPROVALS))
    demands = Demands(
        approvals=approvals,
        approvers=_read_people(row.get("approvers", ())),
        four_eyes=_read_flag(row, "four-eyes"),
        reason=_read_flag(row, "reason"),
        confirm=_read_flag(row, "confirm"),
        expires_s=_read_seconds(row, "expires"),
        escalates_s=_read_seconds(row, "escalates"),
        escalate_to=_read_people(row.get("escalate-to", ())),
    )
    if (demands.escalates_s is None) != (not demands.escalate_to):
        raise UsageError(_("`escalates` and `escalate-to` go together."))
    if "require" in row and demands == Demands():
        raise UsageError(_("A line with `require` says what: approvals, four-eyes, reason or confirm."))
    return demands


def _read_text(row: Mapping[str, Any], key: str) -> str | None:
    return _read_value(row[key]) if row.get(key) not in {None, ""} else None


def _read_glob(row: Mapping[str, Any], key: str) -> str | None:
    """An empty one would say everything where nothing was meant."""
    if row.get(key) == "":
        raise UsageError(_("`{key}` is empty: leave it out, or say which.", key=key))
    return _read_text(row, key)


def _read_value(value: object) -> str:
    """YAML's `true` and `3` as the texts that a person would type."""
    text = str(value).lower() if isinstance(value, bool) else str(value) if isinstance(value, int) else value
    if not isinstance(text, str) or len(text) > LONGEST:
        raise UsageError(
            _("{text} is not a text of at most {most} characters.", text=as_code(str(value)[:50]), most=LONGEST)
        )
    return text


def _read_flag(row: Mapping[str, Any], key: str) -> bool:
    value = row.get(key, False)
    if not isinstance(value, bool):
        raise UsageError(_("`{key}` is `true` or `false`.", key=key))
    return value


def _read_seconds(row: Mapping[str, Any], key: str) -> int | None:
    text = _read_text(row, key)
    return int(parse_span(text).total_seconds()) if text else None


def _format_seconds(seconds: int | None) -> str | None:
    return None if seconds is None else format_span(timedelta(seconds=seconds))

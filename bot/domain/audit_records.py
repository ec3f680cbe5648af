"""What is recorded of every act and refusal, and how the rows of a workspace are chained. Values.

The rows of a workspace are numbered, and each holds the hash of the one before: what is changed, taken out or put in
another order afterwards no longer fits.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from bot.untrusted.invisible_marks import to_one_line
from bot.untrusted.masking import mask_secrets

CONSOLE_CHAIN = "*"
"""The workspace of what an operator does to all of them."""

PURGED = "purge"
"""The act of a row of theirs: a workspace's chain went with all its rows."""

FIRST_HASH = "0" * 64
"""What stands before the first row of a chain."""

_LONGEST = 1_000
_LONGEST_VALUE = 500
_MOST_VALUES = 60
_DEEPEST = 5
_MOST_DETAIL = 8_000


class AuditKind(StrEnum):
    """What a row is about. As stored; retention goes by it (RETENTION_AUDIT_…)."""

    ACT = "act"
    """Something that was asked of CircleCI in somebody's name."""
    RULE = "rule"
    """Rules, mutes, quiet hours, presets: what a channel or a person is told."""
    POLICY = "policy"
    """Who may do what."""
    ACCOUNT = "account"
    """People connected and disconnected, and what they keep of themselves."""
    READ = "read"
    """Something that is only read. Recorded where it was refused."""
    INSTALL = "install"
    """The app in a workspace: installed, removed, its rows deleted."""
    OPERATION = "operation"
    """What an operator did: keys, backups, rules as code, exports, the outbox."""
    CHAIN = "chain"
    """The record itself: rows pruned, a database put back. Never pruned."""


class AuditResult(StrEnum):
    """What came of it. As stored."""

    DONE = "done"
    REFUSED = "refused"
    """By us: a policy, or somebody's rights here."""
    FAILED = "failed"
    """CircleCI refused it, or did not do it."""
    UNKNOWN = "unknown"
    """CircleCI's answer was lost, or the process ended before it came."""


class Door(StrEnum):
    """How somebody came in. As stored."""

    TYPED = "typed"
    BUTTON = "button"
    FORM = "form"
    SHORTCUT = "shortcut"
    MENTION = "mention"
    HOME = "home"
    RESUMED = "resumed"
    CODE = "code"
    """`circlebot apply`."""
    CONSOLE = "console"
    """Any other command of an operator's."""
    SYSTEM = "system"
    """Nobody asked: circlebot itself, or Slack told of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRecord:
    """One act or refusal. `act` is a command's name, or a word of its own where nobody typed one.

    `what` says in English what it was done to; for a pipeline's card it is a sentence of bot/blocks/deed_blocks.py.
    `team` is the person's workspace, where that is another one. `decided_by` is the policy line that counted.
    `request` is the id of the request, as in the log. `detail` holds what changed, and what CircleCI called it.
    `kind`, `result` and `door` are words of the enums above; a later release may have written others.
    """

    workspace: str
    at: datetime
    kind: str
    act: str
    result: str = AuditResult.DONE
    user: str = ""
    team: str = ""
    circleci_id: str = ""
    login: str = ""
    project: str = ""
    pipeline_id: str = ""
    pipeline_number: int | None = None
    branch: str = ""
    what: str = ""
    door: str = Door.SYSTEM
    channel: str = ""
    decided_by: str = ""
    request: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)

    def clean(self) -> AuditRecord:
        """Bounded, on one line each and without anything that looks like a secret."""
        words: dict[str, Any] = {name: _clean(getattr(self, name), _LONGEST) for name in _WORDS}
        return replace(self, at=self.at.astimezone(UTC), detail=_bound_detail(self.detail), **words)


_WORDS = ("act", "login", "project", "branch", "what", "channel", "decided_by")


class ChainHead(NamedTuple):
    """Where a chain ends. Kept elsewhere, `hash` shows whether the end was cut off later."""

    workspace: str
    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class ChainedRecord:
    """A record at its place in the chain of its workspace."""

    record: AuditRecord
    seq: int
    prev_hash: str
    hash: str

    def list_fields(self) -> dict[str, Any]:
        """All of it as JSON has it, but for its own hash."""
        fields = {name: getattr(self.record, name) for name in AuditRecord.__dataclass_fields__}
        moment = self.record.at.astimezone(UTC).isoformat(timespec="microseconds")
        return {**fields, "at": moment, "seq": self.seq, "prev_hash": self.prev_hash}

    def compute_hash(self) -> str:
        """What `hash` has to be: SHA-256 over canonical JSON, in which the hash before is one field."""
        return hashlib.sha256(to_canonical_json(self.list_fields()).encode()).hexdigest()


def build_chained(record: AuditRecord, seq: int, prev_hash: str) -> ChainedRecord:
    """The record, cleaned, as the next row after the one with that hash."""
    unsealed = ChainedRecord(record.clean(), seq, prev_hash, "")
    return replace(unsealed, hash=unsealed.compute_hash())


@dataclass(slots=True)
class AuditTrail:
    """What is known so far of the act that one request is, until it is recorded.

    `act` is the command's name, `request` the id of the request. `recorded` says that a transaction has written it,
    `changes` whether it would do more than show something.
    """

    act: str = ""
    request: str = ""
    known: dict[str, Any] = field(default_factory=dict)
    recorded: bool = False
    changes: bool = True

    def add(self, **known: Any) -> None:
        """Fields of AuditRecord that the request has come to be about: `project`, `branch`, `decided_by` …"""
        self.known |= known

    @property
    def why(self) -> str:
        """The reason that the policy asked for."""
        return str(self.known.get("detail", {}).get("why", ""))


def to_canonical_json(value: Any) -> str:
    """The same for the same value, wherever and whenever it is written."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def _clean(text: str, limit: int) -> str:
    shown = mask_secrets(to_one_line(text[: 4 * limit]))
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


def _bound_detail(detail: Mapping[str, Any]) -> dict[str, Any]:
    bounded = _limit(detail, _DEEPEST)
    size = len(to_canonical_json(bounded))
    return bounded if size <= _MOST_DETAIL else {"left_out": f"{size} characters"}


def _limit(value: Any, deep: int) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Mapping) and deep:
        items = list(value.items())[:_MOST_VALUES]
        return {_clean(str(name), _LONGEST_VALUE): _limit(one, deep - 1) for name, one in items}
    if isinstance(value, list | tuple) and deep:
        return [_limit(one, deep - 1) for one in value[:_MOST_VALUES]]
    return _clean(str(value), _LONGEST_VALUE)

"""What several people approve, and their votes."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Boolean, Column, Index, Integer, String, Table, Text

from bot.language import N_
from bot.store.engine.moment import UtcDateTime
from bot.store.tables.personal_fact import Holds, PersonalFact
from bot.store.tables.schema import metadata

approvals = Table(
    "approvals",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("subject", String(200), primary_key=True),
    Column("pipeline_id", String(64), nullable=False, index=True),
    Column("project", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("revision", Text, nullable=False),
    Column("needed", Integer, nullable=False),
    Column("expires_s", Integer),
    Column("asks_reason", Boolean, nullable=False),
    Column("approvers", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("caller", String(64)),
    Column("called_at", UtcDateTime),
    Column("declined_why", Text, nullable=False),
    Column("asked_at", UtcDateTime),
    Column("escalates_at", UtcDateTime),
    Column("escalate_to", Text, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Index("ix_approvals_name", "workspace", "project", "name", "called_at"),
)

votes = Table(
    "votes",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("subject", String(200), primary_key=True),
    Column("user", String(64), primary_key=True),
    Column("team", String(64), nullable=False),
    Column("circleci_id", String(64), nullable=False),
    Column("voted_at", UtcDateTime, nullable=False),
    Column("reason", Text, nullable=False),
    Column("loss", String(16)),
    Column("lost_at", UtcDateTime),
)

APPROVAL_FACTS: Final = (
    PersonalFact(
        "votes",
        N_("What you approved, and why"),
        "To count who approves together, and to say who did",
        "30 days",
        "Whoever reads the channel",
        {"user": Holds.OWNER, **dict.fromkeys(("team", "circleci_id", "reason", "loss"), Holds.DETAIL)},
    ),
    PersonalFact(
        "approvals",
        N_("What you approved or declined last, and for what you are asked"),
        "To say it of the next one of its name, and to tell CircleCI once",
        "30 days",
        "Whoever reads the channel",
        {"caller": Holds.ASKER, "declined_why": Holds.TEXT, "approvers": Holds.TEXT, "escalate_to": Holds.TEXT},
    ),
)

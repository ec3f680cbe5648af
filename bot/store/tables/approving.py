"""What several people approve, and their votes; starts that wait for them."""

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

start_requests = Table(
    "start_requests",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("id", String(32), primary_key=True),
    Column("user", String(64), nullable=False),
    Column("team", String(64), nullable=False),
    Column("channel", String(64), nullable=False),
    Column("thread_ts", String(64)),
    Column("act", String(64), nullable=False),
    Column("mark", String(64), nullable=False),
    Column("said_sealed", Text, nullable=False),
    Column("revision", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("circleci_id", String(64)),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False),
    Column("state", String(16), nullable=False),
    Column("ended_by", String(64)),
    Column("why", Text, nullable=False),
    Index("ix_start_requests_state", "state", "ends_at"),
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
    PersonalFact(
        "start_requests",
        N_("Starts that you asked others to approve, or declined"),
        "To start them in the name of whoever asked",
        "30 days",
        "Whoever reads the channel; what exactly was asked is encrypted",
        {
            "user": Holds.OWNER,
            "ended_by": Holds.ASKER,
            **dict.fromkeys(("team", "mark", "said_sealed", "author", "circleci_id"), Holds.DETAIL),
            "why": Holds.TEXT,
        },
    ),
)

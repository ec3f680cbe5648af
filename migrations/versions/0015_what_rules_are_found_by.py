"""A rule is found by how the refs begin that it names, and no longer only by the projects that it covers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.add_column("covers", sa.Column("cued", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.drop_index("ix_covers_project", "covers")
    op.create_index("ix_covers_project_cued", "covers", ["project", "cued"])
    op.create_table(
        "cues",
        sa.Column("subscription_id", sa.Integer(), nullable=False),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("cue", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(
            ["subscription_id", "project"],
            ["covers.subscription_id", "covers.project"],
            name="fk_cues_subscription_id_project",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("subscription_id", "project", "cue", name="pk_cues"),
    )
    op.create_index("ix_cues_cue_project_subscription_id", "cues", ["cue", "project", "subscription_id"])
    _let_rules_have_cues()


def _let_rules_have_cues() -> None:
    rules = op.get_bind().execute(sa.text("SELECT id, rule FROM subscriptions")).all()
    found = [{"id": row.id, "cue": cue} for row in rules for cue in _cues(json.loads(row.rule))]
    cue = "INSERT INTO cues (subscription_id, project, cue) SELECT subscription_id, project, CAST(:cue AS VARCHAR(64))"
    _run(f"{cue} FROM covers WHERE subscription_id = :id", found)
    cued = [{"id": number, "yes": True} for number in {one["id"] for one in found}]
    _run("UPDATE covers SET cued = :yes WHERE subscription_id = :id", cued)


def _cues(rule: dict[str, Any]) -> set[str]:
    """Those of bot/rules/cues.py, as they were when this was written."""
    return set(_begins(rule)) or ({"default"} if rule.get("default-branch") else set())


def _begins(rule: dict[str, Any]) -> Iterator[str]:
    for kind in ("branch", "tag"):
        for glob in rule.get(kind, ()):
            yield f"{kind}:{re.split(r'[*?[]', glob, maxsplit=1)[0][:24]}"


def _run(statement: str, values: Sequence[dict[str, Any]]) -> None:
    if values:
        op.get_bind().execute(sa.text(statement), values)


def downgrade() -> None:
    op.drop_table("cues")
    op.drop_index("ix_covers_project_cued", "covers")
    op.drop_column("covers", "cued")
    op.create_index("ix_covers_project", "covers", ["project"])

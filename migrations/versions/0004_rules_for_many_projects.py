"""A rule is one document; what it covers stands beside it, and outcomes know who started them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

MOMENT = sa.DateTime(timezone=True)
AS_BEFORE = ["workspace", "channel", "project", "branch", "workflow", "only"]
DEFAULT_ONLY = {"failed", "recovered", "on-hold", "errored-config", "unauthorized"}
OLD_WORDS = {"errored": "errored-config"}


def upgrade() -> None:
    _let_rules_be_documents()
    _create_covers()
    _let_outcomes_know_more()
    op.add_column("watches", sa.Column("default_branch", sa.Text()))
    op.add_column("watches", sa.Column("learned_at", MOMENT))


def _let_rules_be_documents() -> None:
    op.add_column("subscriptions", sa.Column("rule", sa.Text()))
    op.add_column("subscriptions", sa.Column("digest", sa.String(64)))
    for row in _rows('SELECT id, project, branch, workflow, "only" FROM subscriptions'):
        document = _document(row.branch, row.workflow, row.only)
        said = {"rule": document, "digest": sha256(f"{row.project}\n{document}".encode()).hexdigest()}
        _run("UPDATE subscriptions SET rule = :rule, digest = :digest WHERE id = :id", id=row.id, **said)
    op.drop_index("ix_subscriptions_project", "subscriptions")
    with _remade("subscriptions") as table:
        table.drop_constraint("uq_subscriptions_rule", type_="unique")
        for column in ("branch", "workflow", "only"):
            table.drop_column(column)
        table.alter_column("rule", nullable=False)
        table.alter_column("digest", nullable=False)
        table.create_unique_constraint("uq_subscriptions_rule", ["workspace", "channel", "digest"])


def _document(branch: str, workflow: str, only: str) -> str:
    """The JSON of bot/rules/rule.py, as it was when this was written."""
    kinds = sorted(OLD_WORDS.get(kind, kind) for kind in only.split(","))
    plain: dict[str, Any] = {"branch": [branch]} if branch != "*" else {}
    plain |= {"workflow": [workflow]} if workflow != "*" else {}
    plain |= {"only": kinds} if set(kinds) != DEFAULT_ONLY else {}
    return json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _create_covers() -> None:
    op.create_table(
        "covers",
        sa.Column("subscription_id", sa.Integer(), nullable=False),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("subscription_id", "project", name="pk_covers"),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscriptions.id"], name="fk_covers_subscription_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_covers_project", "covers", ["project"])
    _run("INSERT INTO covers (subscription_id, project, seen_at) SELECT id, project, made_at FROM subscriptions")


def _let_outcomes_know_more() -> None:
    op.add_column("outcomes", sa.Column("actor", sa.Text()))
    op.add_column("outcomes", sa.Column("trigger", sa.Text()))
    op.add_column("outcomes", sa.Column("on_default", sa.Boolean()))
    _run("UPDATE outcomes SET \"trigger\" = '', on_default = :no", no=False)
    _run("UPDATE outcomes SET kind = 'errored-config' WHERE kind = 'errored'")
    with op.batch_alter_table("outcomes") as table:
        table.alter_column("trigger", nullable=False)
        table.alter_column("on_default", nullable=False)


def downgrade() -> None:
    for column in ("learned_at", "default_branch"):
        op.drop_column("watches", column)
    _run("UPDATE outcomes SET kind = 'errored' WHERE kind = 'errored-config'")
    for column in ("on_default", "trigger", "actor"):
        op.drop_column("outcomes", column)
    op.drop_table("covers")
    _let_rules_be_columns()


def _let_rules_be_columns() -> None:
    """Rules that only a document can say are lost: as columns they would say something else."""
    for column in ("branch", "workflow", "only"):
        op.add_column("subscriptions", sa.Column(column, sa.Text()))
    for row in _rows("SELECT id, project, rule FROM subscriptions"):
        _let_it_be_columns(row)
    with _remade("subscriptions") as table:
        table.drop_constraint("uq_subscriptions_rule", type_="unique")
        table.drop_column("rule")
        table.drop_column("digest")
        for column in ("branch", "workflow", "only"):
            table.alter_column(column, nullable=False)
        table.create_unique_constraint("uq_subscriptions_rule", AS_BEFORE)
    op.create_index("ix_subscriptions_project", "subscriptions", ["project"])


def _let_it_be_columns(row: Any) -> None:
    plain = json.loads(row.rule)
    branch, workflow = plain.pop("branch", ["*"]), plain.pop("workflow", ["*"])
    only = [{new: old for old, new in OLD_WORDS.items()}.get(kind, kind) for kind in plain.pop("only", DEFAULT_ONLY)]
    if plain or len(branch) > 1 or len(workflow) > 1 or set(row.project) & set("*?["):
        _run("DELETE FROM subscriptions WHERE id = :id", id=row.id)
        return
    said = {"branch": branch[0], "workflow": workflow[0], "only": ",".join(sorted(only))}
    change = 'UPDATE subscriptions SET branch = :branch, workflow = :workflow, "only" = :only WHERE id = :id'
    _run(change, id=row.id, **said)


@contextmanager
def _remade(table: str) -> Iterator[Any]:
    """SQLite makes the table anew; which ids were given before is kept, since no id may ever name another rule."""
    with_sequence = op.get_bind().dialect.name == "sqlite"
    seen = _rows(f"SELECT seq FROM sqlite_sequence WHERE name = '{table}'") if with_sequence else []  # noqa: S608 - our own name
    with op.batch_alter_table(table, table_kwargs={"sqlite_autoincrement": True}) as batch:
        yield batch
    for row in seen:
        _run("DELETE FROM sqlite_sequence WHERE name = :name", name=table)
        _run("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :seq)", name=table, seq=row.seq)


def _rows(query: str) -> list[Any]:
    return list(op.get_bind().execute(sa.text(query)))


def _run(statement: str, **values: Any) -> None:
    op.get_bind().execute(sa.text(statement), values)

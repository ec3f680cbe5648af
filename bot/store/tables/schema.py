"""What all tables share. They are private to bot/store: other rooms ask the repositories.

Names of tables and columns are older than those of the code and stay (CONTRIBUTING, "A migration only adds"). An id
that is named outside the database (a button, a key) is `sqlite_autoincrement`: it must never name another row.
"""

from __future__ import annotations

from sqlalchemy import Index, MetaData

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

OF_PROCESSES = "of_processes"
"""In a table's `info`: it tells of processes that run now. No copy of a database has their rows, and they fill none."""

PARTIAL = "where"
"""In an index's `info`: which rows it has. Migrations build it, and are compared with this."""


def build_partial_index(condition: str, name: str, *columns: str) -> Index:
    """An index of those rows and no others. Said as a dialect's argument, it would import both of them: 3 MB."""
    return Index(name, *columns, info={PARTIAL: condition})

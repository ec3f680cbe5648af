"""How we speak with the database, SQLite or PostgreSQL: connections, time, statements, migrations."""

"""What is remembered: accounts, rules, pipelines, cards, and the outbox. SQLAlchemy is known only in here."""

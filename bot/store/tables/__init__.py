"""The tables. Private to bot/store: everybody else speaks with the repositories."""

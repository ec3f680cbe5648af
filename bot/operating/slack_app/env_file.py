"""Adds settings to `.env`: what is there stays as it is, and only its owner reads it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from bot.operating.console import say
from bot.operating.environment import check_complete, read_environment
from bot.operating.process import CommandFailed
from bot.operating.settings_problems import find_address_problems
from bot.private_files import is_exposed, replace_private_file
from bot.settings import Settings, read_env_file
from bot.store.vault import generate_key

_FILE = Path(".env")


def require_readable_settings() -> Settings:
    """Raises CommandFailed with what does not count or leads nowhere safe: it would be asked for again, or leak."""
    read = read_environment()
    return check_complete(read.settings, read.problems, [find_address_problems])


def make_env_file() -> Settings:
    """A `.env` that can be written, with a key for what circlebot stores. Raises CommandFailed."""
    settings = require_readable_settings()
    add_settings({} if settings.encryption_keys else {"ENCRYPTION_KEYS": generate_key()})
    return require_readable_settings()


def list_passing(*fields: str) -> list[str]:
    """Those that only this run's environment has: without them the next command would not start."""
    origins, kept = read_environment().origins, read_env_file().names
    return [name for field in fields if origins.get(field) == "environment" and (name := field.upper()) not in kept]


def add_settings(values: Mapping[str, str]) -> None:
    """Add these, which are not set yet, and say so. Raises CommandFailed if the file cannot be written."""
    exposed, is_new = is_exposed(_FILE), not _FILE.exists()
    try:
        before = "" if is_new else _FILE.read_text(encoding="utf-8")
        gap = "" if not before or before.endswith("\n") else "\n"
        replace_private_file(_FILE, before + gap + "".join(f"{name}={value}\n" for name, value in values.items()))
    except (OSError, UnicodeDecodeError) as error:
        raise CommandFailed(f".env cannot be written here ({type(error).__name__}): take another folder.") from None
    told = [f"has {', '.join(values)} now"] if values else []
    told += ["only you can read it"] if is_new else []
    told += ["others on this machine could read it, and no longer can"] if exposed else []
    if told:
        say(f"ok   .env — {'; '.join(told)}")

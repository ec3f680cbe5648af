"""What people are called: one name for each, wherever CircleCI tells of them by a login or an id.

Whoever is known in the workspace that reads it is mentioned (`<@U0ADA>`). Slack notifies those whom a new message of a
channel mentions: it calls them by their name, and mentions them once it is changed. A dialog, in which Slack shows no
mention, calls them by their name too. Everybody else keeps the name that CircleCI gives. A login stays where it is
itself what is told: `me`, `user`, the trigger form, the patterns of a rule.

Whom a message is to notify is another matter, and the rules' (bot/notify/publish/mentioning.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from bot.conversation import is_direct


@dataclass(frozen=True, slots=True)
class PeopleDirectory:
    """Slack's user ids by (folded) login and by id at CircleCI, and by them what CircleCI calls their owners."""

    by_login: Mapping[str, str] = field(default_factory=dict)
    by_id: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)


NOBODY = PeopleDirectory()

_people: ContextVar[PeopleDirectory] = ContextVar("people of the workspace that reads", default=NOBODY)
_by_name: ContextVar[bool] = ContextVar("people are not mentioned", default=False)


def fold_login(login: str) -> str:
    """Upper and lower case are equal."""
    return login.casefold()[:200]


def find_by_login(login: str | None) -> str | None:
    return _people.get().by_login.get(fold_login(login or ""))


def find_by_id(circleci_id: str | None) -> str | None:
    return _people.get().by_id.get(circleci_id or "")


def get_name(user: str) -> str:
    """What CircleCI calls this user of Slack; "" where they are not connected."""
    return _people.get().names.get(user, "")


def list_names() -> Iterator[tuple[str, str]]:
    """Each user with what they are called: their logins, and their name at CircleCI."""
    known = _people.get()
    yield from ((user, login) for login, user in known.by_login.items())
    yield from known.names.items()


def may_mention() -> bool:
    return not _by_name.get()


def set_people(people: PeopleDirectory) -> None:
    """From here on, until the end of the `naming` around it."""
    _people.set(people)


@contextmanager
def naming(people: PeopleDirectory) -> Iterator[None]:
    """What is said within is read by these."""
    before = _people.set(people)
    try:
        yield
    finally:
        _people.reset(before)


@contextmanager
def replace_mentions(when: bool = True) -> Iterator[None]:
    """By names, within: Slack would notify those who are mentioned, or show their ids."""
    before = _by_name.set(when)
    try:
        yield
    finally:
        _by_name.reset(before)


def may_notify(channel: str, *, is_new: bool) -> bool:
    """Whether a mention would notify: in a new message of a channel. In direct messages nobody else reads it."""
    return is_new and not is_direct(channel)

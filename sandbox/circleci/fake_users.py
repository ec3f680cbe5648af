"""The users of the simulated CircleCI and their tokens."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from uuid import NAMESPACE_URL, uuid5


@cache
def build_fixed_id(name: str) -> str:
    """The UUID that a thing of the fixed world keeps over restarts."""
    return str(uuid5(NAMESPACE_URL, f"sandbox:{name}"))


@dataclass(frozen=True)
class FakeCircleciUser:
    """`login` is how the rest of the sandbox names them; only `may_write` can change anything.

    `has_authorized_circleci` says that they authorized CircleCI at GitHub, which user keys need (API v2: checkout-key).
    """

    login: str
    name: str
    may_write: bool = False
    has_authorized_circleci: bool = False

    @property
    def id(self) -> str:
        return build_fixed_id(f"person/{self.login}")

    @property
    def avatar_url(self) -> str:
        return f"https://avatars.example.com/{self.login}.png"


PEOPLE = {
    person.login: person
    for person in (
        FakeCircleciUser("ada", "Ada", may_write=True, has_authorized_circleci=True),
        FakeCircleciUser("grace", "Grace", may_write=True),
        FakeCircleciUser("eve", "Eve"),
        FakeCircleciUser("lin", "Lin", may_write=True),
        FakeCircleciUser("omar", "Omar"),
        FakeCircleciUser("circleci-scheduler", "Scheduled"),
    )
}

TOKENS = {f"CCIPAT_{login}": PEOPLE[login] for login in ("ada", "grace", "eve", "lin")}
"""`CCIPAT_expired` and everything else answers 401."""


def find_person(person_id: str) -> FakeCircleciUser | None:
    return next((person for person in PEOPLE.values() if person.id == person_id), None)

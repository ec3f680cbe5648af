"""Who exists in the simulated CircleCI, and whose token is whose."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import NAMESPACE_URL, uuid5


def fixed_id(name: str) -> str:
    """The UUID that a thing of the fixed world keeps over restarts."""
    return str(uuid5(NAMESPACE_URL, f"sandbox:{name}"))


@dataclass(frozen=True)
class Person:
    """`login` is how the rest of the sandbox names them; only `may_write` can change anything.

    `lets_circleci_in` says that they authorized CircleCI at GitHub, which user keys need (API v2: checkout-key).
    """

    login: str
    name: str
    may_write: bool = False
    lets_circleci_in: bool = False

    @property
    def id(self) -> str:
        return fixed_id(f"person/{self.login}")

    @property
    def avatar_url(self) -> str:
        return f"https://avatars.example.com/{self.login}.png"


PEOPLE = {
    person.login: person
    for person in (
        Person("ada", "Ada", may_write=True, lets_circleci_in=True),
        Person("grace", "Grace", may_write=True),
        Person("eve", "Eve"),
        Person("lin", "Lin"),
        Person("omar", "Omar"),
        Person("circleci-scheduler", "Scheduled"),
    )
}

TOKENS = {"CCIPAT_ada": PEOPLE["ada"], "CCIPAT_grace": PEOPLE["grace"], "CCIPAT_eve": PEOPLE["eve"]}
"""`CCIPAT_expired` and everything else answers 401."""


def person_by_id(person_id: str) -> Person | None:
    return next((person for person in PEOPLE.values() if person.id == person_id), None)

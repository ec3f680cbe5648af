"""A workspace's policy as it works out: who may do what where, in lines for the doctor."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from bot.rules.policy import EVERYWHERE, FAMILIES, LISTEN, Act, Policy, allowed, deciding


def table(policies: Sequence[Policy], commands: Collection[str]) -> Iterator[str]:
    """A sentence for each act that is not free, in each place that has lines of its own."""
    acts = [*dict.fromkeys([*commands, *(act for family in FAMILIES.values() for act in family)])]
    for channel in _places(policies):
        for name in acts:
            lines = deciding(policies, Act(name), channel)
            if any(one.channel == channel for one in lines):
                yield f"{name} {_where(channel)}: {_people(allowed(lines))}"


def open_siblings(policies: Sequence[Policy]) -> Iterator[str]:
    """What undoes a line from the side: an act of its family that more people may, and rules that anybody moves."""
    for channel in _places(policies):
        for family, acts in FAMILIES.items():
            yield from _uneven(policies, channel, family, acts)
        bound = [one for one in policies if one.channel == channel != EVERYWHERE and one.command != LISTEN]
        if bound and not deciding(policies, Act("use"), channel):
            yield (
                f"anybody who is connected may change what {channel} hears, and so which projects its lines hold for: "
                f"add one for `{LISTEN}`"
            )


def _uneven(policies: Sequence[Policy], channel: str, family: str, acts: Sequence[str]) -> Iterator[str]:
    may = {name: allowed(deciding(policies, Act(name), channel)) for name in acts}
    narrow = min((users for users in may.values() if users is not None), key=len, default=None)
    for name, users in may.items():
        if narrow is not None and users is not None and users - narrow:
            more = _people(users - narrow)
            yield f"{name} {_where(channel)} is open to {more}, whom another line of {family} keeps out"


def _places(policies: Sequence[Policy]) -> list[str]:
    return sorted({one.channel for one in policies})


def _where(channel: str) -> str:
    return "everywhere" if channel == EVERYWHERE else f"in {channel}"


def _people(users: Collection[str] | None) -> str:
    return ", ".join(sorted(users or ())) or "nobody"

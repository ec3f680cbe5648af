"""What a workspace's policy means: who may do what where, in lines for the doctor."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from bot.rules.policy import EVERYWHERE, FAMILIES, LISTEN, Policy, PolicyAction, get_allowed_users, select_policies


def format_table(policies: Sequence[Policy], commands: Collection[str]) -> Iterator[str]:
    """A sentence for each restricted action, in each place that has lines of its own."""
    acts = [*dict.fromkeys([*commands, *(act for family in FAMILIES.values() for act in family)])]
    for channel in _get_channels(policies):
        for name in acts:
            lines = select_policies(policies, PolicyAction(name), channel)
            if any(one.channel == channel for one in lines):
                yield f"{name} {_format_channel(channel)}: {_format_people(get_allowed_users(lines))}"


def find_loopholes(policies: Sequence[Policy]) -> Iterator[str]:
    """What weakens a line: another action of its family that more people may do, and rules that anybody may change."""
    for channel in _get_channels(policies):
        for family, acts in FAMILIES.items():
            yield from _find_uneven_acts(policies, channel, family, acts)
        bound = [one for one in policies if one.channel == channel != EVERYWHERE and one.command != LISTEN]
        if bound and not select_policies(policies, PolicyAction("use"), channel):
            yield (
                f"anybody who is connected may change what {channel} hears, and so which projects its lines hold for: "
                f"add one for `{LISTEN}`"
            )


def _find_uneven_acts(policies: Sequence[Policy], channel: str, family: str, acts: Sequence[str]) -> Iterator[str]:
    may = {name: get_allowed_users(select_policies(policies, PolicyAction(name), channel)) for name in acts}
    narrow = min((users for users in may.values() if users is not None), key=len, default=None)
    for name, users in may.items():
        if narrow is not None and users is not None and users - narrow:
            more = _format_people(users - narrow)
            yield f"{name} {_format_channel(channel)} is open to {more}, whom another line of {family} keeps out"


def _get_channels(policies: Sequence[Policy]) -> list[str]:
    return sorted({one.channel for one in policies})


def _format_channel(channel: str) -> str:
    return "everywhere" if channel == EVERYWHERE else f"in {channel}"


def _format_people(users: Collection[str] | None) -> str:
    return ", ".join(sorted(users or ())) or "nobody"

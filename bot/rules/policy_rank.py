"""How specific a line of a policy is about an act, in each respect: pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from functools import lru_cache

from bot.domain import ProjectScope, ProjectSlug
from bot.rules.policy_line import ACT_FAMILIES, ANY, FAMILY_OF, READ, PolicyScope

Rank = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What a person is about to do. One that `changes` nothing (`schedules list`) is of the family "read".

    None is what is not known (yet), an empty text what is not there: a run of a tag has the branch "". `projects` are
    all names of the one project. `homes` are the channels that use it or have rules for it: what is forbidden in one of
    these is forbidden from everywhere. `forward`: a rollback to something newer.
    """

    name: str
    at: datetime
    changes: bool = True
    channel: str | None = None
    homes: frozenset[str] | None = None
    projects: frozenset[ProjectSlug] | None = None
    branch: str | None = None
    tag: str | None = None
    workflow: str | None = None
    hold: str | None = None
    parameters: Mapping[str, str | None] | None = None
    forward: bool = False

    @property
    def family(self) -> str:
        return FAMILY_OF.get(self.name, READ) if self.changes else READ


OWN, SIBLING = (4, 0), (1, 0)
"""The ranks of a line for this very act, and of one for another act of the family."""


def rank_scope(scope: PolicyScope, act: Act, *, unknown: bool, homes: frozenset[str]) -> Rank | None:
    """How specific it is in each respect; None where it is not about this act. `unknown`: what is unknown fits."""
    ranks: list[tuple[int, ...]] = []
    for rank in _iter_ranks(scope, act, unknown=unknown, homes=homes):
        if rank is None:
            return None
        ranks.append(rank)
    return tuple(ranks)


def _iter_ranks(
    scope: PolicyScope, act: Act, *, unknown: bool, homes: frozenset[str]
) -> Iterator[tuple[int, ...] | None]:
    """In an order of their own: most lines end at the first ones."""
    yield rank_act(scope.act, act)
    yield _rank_project(scope.project, act.projects, unknown=unknown)
    yield (0, 0) if scope.channel == ANY else (1, 0) if scope.channel in {act.channel, *homes} else None
    yield _rank_glob(scope.branch, act.branch, unknown=unknown)
    yield _rank_glob(scope.tag, act.tag, unknown=unknown)
    yield _rank_glob(scope.workflow, act.workflow, unknown=unknown)
    yield _rank_glob(scope.hold, act.hold, unknown=unknown)
    yield _rank_parameters(scope.parameters, act.parameters, unknown=unknown)
    yield (0, 0) if scope.when is None else (1, 0) if scope.when.covers(act.at) else None


def rank_act(word: str, act: Act) -> tuple[int, int] | None:
    if word == act.name:
        return OWN
    if word == act.family:
        return 3, 0
    if word != ANY and fnmatchcase(act.name, word):
        return 2, _count_literal(word)
    if act.changes and word in ACT_FAMILIES.get(act.family, ()):
        return SIBLING
    return (0, 0) if word == ANY else None


def _rank_project(wanted: str, names: frozenset[ProjectSlug] | None, *, unknown: bool) -> tuple[int, int] | None:
    if wanted == ANY:
        return 0, 0
    scope = _parse_scope(wanted)
    rank = (2, 0) if scope.exact else (1, _count_literal(scope.project))
    if names is None:
        return rank if unknown else None
    return rank if any(scope.covers(_fold(name)) for name in names) else None


@lru_cache(maxsize=4096)
def _parse_scope(wanted: str) -> ProjectScope:
    return ProjectScope.parse(wanted.casefold())


@lru_cache(maxsize=4096)
def _fold(name: ProjectSlug) -> ProjectSlug:
    return ProjectSlug.parse(str(name).casefold())


def _rank_parameters(
    wanted: Sequence[tuple[str, str]], values: Mapping[str, str | None] | None, *, unknown: bool
) -> tuple[int, ...] | None:
    ranks = [
        _rank_glob(glob, None if values is None else values.get(name, ""), unknown=unknown) for name, glob in wanted
    ]
    return None if None in ranks else (len(ranks),)


def _rank_glob(glob: str | None, value: str | None, *, unknown: bool) -> tuple[int, int] | None:
    """A name is more specific than a glob, and one with more letters more than one with fewer."""
    if glob is None:
        return 0, 0
    rank = (2, 0) if glob == value or not set(glob) & _MARKS else (1, _count_literal(glob))
    if value is None:
        return rank if unknown else None
    return rank if value == glob or fnmatchcase(value, glob) else None


def is_within(scope: PolicyScope, other: PolicyScope) -> bool:
    """Whether the other's patterns match all that this one's do, as far as the patterns alone tell."""
    mine, its = dict(scope.parameters), dict(other.parameters)
    named = [(getattr(scope, name), getattr(other, name)) for name in ("branch", "tag", "workflow", "hold")]
    pairs = [*named, *((mine.get(name), glob) for name, glob in its.items())]
    both = {scope.act, other.act}.isdisjoint(_WORDS)
    pairs += [(scope.act, other.act)] if both else []
    pairs += [(scope.project.casefold(), None if other.project == ANY else other.project.casefold())]
    return all(_is_glob_within(*pair) for pair in pairs)


_WORDS = {ANY, READ, *ACT_FAMILIES, *FAMILY_OF}


def _is_glob_within(glob: str | None, other: str | None) -> bool:
    """A pattern's text stands for all that it matches, where nothing of the other takes just one letter."""
    if other is None or glob == other:
        return True
    if glob is None or (set(glob) & _MARKS and set(other) & {"?", "["}):
        return False
    return fnmatchcase(glob, other)


_MARKS = set("*?[")


def _count_literal(glob: str) -> int:
    return len(glob) - glob.count("*") - glob.count("?")

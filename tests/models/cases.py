"""Which cases of the models are checked, what has to break in each, and the table of what the run found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from tests.models import changes, digests, posting, turns
from tests.models.checking import ENDS, Checked, Model

POSTING, TURNS, DIGESTS, CHANGES = "posting", "turns and folding", "digests", "cards and revisions"


@dataclass(frozen=True, slots=True)
class Case:
    """`breaks` names the promise that has to break; None where all hold."""

    protocol: str
    title: str
    build: Callable[[], Model[Any]]
    breaks: str | None = None

    def format_row(self, found: Checked) -> str:
        told = "all hold" if self.breaks is None else f"*{self.breaks}* breaks {_format_way(found.broken[self.breaks])}"
        return f"| {self.protocol} | {self.title} | {found.states:,} | {told} |"


def _format_way(way: list[str]) -> str:
    return f"after {len(way)} steps" if way else "from the beginning"


def list_cases() -> Iterator[Case]:
    yield from _list_posting()
    yield from _list_turns()
    yield from _list_digests()
    yield from _list_changes()


def _list_posting() -> Iterator[Case]:
    whole, budget = posting.Safeguards(), posting.Budget
    for title, faults in (
        ("two deaths, a refusal, a lost answer", budget(deaths=2, refusals=1, lost_answers=1)),
        ("a death, a pause, a refusal, a lost answer", budget(1, 1, 1, 1)),
        ("two pauses, a refusal", budget(pauses=2, refusals=1)),
    ):
        yield Case(POSTING, title, partial(posting.build_posting, whole, faults))
    for deaths, told in ((1, "a death, two"), (2, "two deaths, three")):
        blind = replace(whole, looks_back=False)
        title = f"nobody may look, {told} messages at most"
        yield Case(POSTING, title, partial(posting.build_posting, blind, budget(deaths=deaths), 1 + deaths))
    for name, title, faults in (
        ("looks_back", "no look back before repeating, a death", budget(deaths=1)),
        ("keeps_attempted", "`attempted_at` not kept, a lost answer", budget(lost_answers=1)),
        ("checks_before_post", "no check before the post, a pause", budget(pauses=1)),
        ("settles_only_its_own", "whoever had the row settles it, a pause, a refusal", budget(pauses=1, refusals=1)),
        ("cuts_off", "no cut before the lease ends, a pause", budget(pauses=1)),
        ("waits_until_shown", "no wait until it would stand there, a death", budget(deaths=1)),
    ):
        weak = replace(whole, **{name: False})
        yield Case(POSTING, title, partial(posting.build_posting, weak, faults), "once")
    unrenewed = replace(whole, renews=False)
    yield Case(POSTING, "no renewal, a slow Slack", partial(posting.build_posting, unrenewed, budget()), ENDS)
    for title, faults in (
        ("what nobody can rule out: taken or shown later than five seconds", budget(deaths=1, late=1)),
        ("what nobody can rule out: sent by a frozen worker before it looks", budget(pauses=1, uncalled=1)),
    ):
        yield Case(POSTING, title, partial(posting.build_posting, whole, faults), "once")


def _list_turns() -> Iterator[Case]:
    whole, budget = turns.Safeguards(), turns.Budget
    yield Case(TURNS, "a death, a pause, a refusal", partial(turns.build_turns, whole, budget(1, 1, 1)))
    yield Case(TURNS, "a lost answer, a refusal", partial(turns.build_turns, whole, budget(refusals=1, lost_answers=1)))
    yield Case(TURNS, "a day passes, a death, a pause", partial(turns.build_turns, whole, budget(1, 1), old=True))
    yield Case(TURNS, "the first breaks its sending", partial(turns.build_turns, whole, budget(), poison=0))
    for name, title, faults, more, breaks in (
        ("one_at_a_time", "several of a channel at once", budget(), {}, "order"),
        ("waits_in_line", "a channel does not wait for the one that Slack refused", budget(refusals=1), {}, "order"),
        ("shares_turns", "each process counts turns for itself", budget(), {}, "pace"),
        ("lets_others_pass", "what breaks its sending is always first", budget(), {"poison": 0}, ENDS),
        ("folds_what_nobody_tried", "what was tried is folded too, three deaths", budget(3), {"old": True}, "once"),
        ("folds_into_its_own", "who lost a row folds into it, a pause", budget(pauses=1), {"old": True}, "told"),
    ):
        weak = replace(whole, **{name: False})
        yield Case(TURNS, title, partial(turns.build_turns, weak, faults, **more), breaks)


def _list_digests() -> Iterator[Case]:
    whole = digests.Safeguards()
    yield Case(DIGESTS, "two deaths", partial(digests.build_digests, whole, 2))
    split, unlocked = replace(whole, one_transaction=False), replace(whole, locks_what_it_tells=False)
    yield Case(
        DIGESTS, "taken and written in two transactions, a death", partial(digests.build_digests, split, 1), ENDS
    )
    yield Case(DIGESTS, "what it names is not locked", partial(digests.build_digests, unlocked, 0), ENDS)


def _list_changes() -> Iterator[Case]:
    whole, budget = changes.Safeguards(), changes.Budget
    for title, faults in (
        ("two decisions, a death, a pause", budget(2, deaths=1, pauses=1)),
        ("a lost answer, a pause", budget(1, pauses=1, lost_answers=1)),
        ("sent by a frozen worker before it looks", budget(1, uncalled=1)),
    ):
        yield Case(CHANGES, title, partial(changes.build_changes, whole, faults))
    for name, title, faults in (
        ("writes_what_it_claimed", "settled as the newest, whatever was claimed", budget(1)),
        ("settles_only_its_own", "whoever had the row settles it, sent by a frozen worker", budget(1, uncalled=1)),
        ("shows_again", "an overtaken change is not made again", budget(1, uncalled=1)),
        ("waits_until_shown", "no wait until it would stand there, a death", budget(1, deaths=1)),
    ):
        weak = replace(whole, **{name: False})
        yield Case(CHANGES, title, partial(changes.build_changes, weak, faults), "true")
    both = budget(1, deaths=1, uncalled=1)
    title = "what nobody can rule out: the same, and it dies before it can say so"
    yield Case(CHANGES, title, partial(changes.build_changes, whole, both), "true")

"""The model accepts what delivery does, whoever dies or is frozen, and refuses what it must never do."""

from __future__ import annotations

from tests.models.accepting import Line, list_refused
from tests.plugins.each_case import each_case

POSTS = "A claim first, A check ours, A send, A answer sent, A settle sent, A settled sent"
DIES_OVER_IT = "A claim first, A check ours, A send, "
CHANGES = POSTS.replace("A", "B").replace("first", "change")
LOOKS_AND_POSTS = "B claim again, B look absent, B check ours, B send, B answer sent, B settle sent, B settled sent"


def _read(told: str) -> list[Line]:
    split = [one.split(" ") for one in told.split(", ")]
    return [Line(step, "notice:1", attempt, " ".join(found)) for attempt, step, *found in split]


@each_case(
    "told",
    [
        POSTS,
        f"{DIES_OVER_IT}{LOOKS_AND_POSTS}",
        f"{DIES_OVER_IT}A answer sent, B claim again, B look found, B settle sent, B settled sent",
        f"{DIES_OVER_IT}A answer sent, A settle sent",
        f"{DIES_OVER_IT}A answer lost, A settle lost, A settled lost, {LOOKS_AND_POSTS}",
        f"{DIES_OVER_IT}A settle lost, A settled lost, {LOOKS_AND_POSTS}",
        f"{DIES_OVER_IT}A answer retry, A settle retry, A settled retry, {POSTS.replace('A', 'B')}",
        f"A claim first, {POSTS.replace('A', 'B')}",
        f"A claim first, {LOOKS_AND_POSTS}, A check over",
        f"{DIES_OVER_IT}{LOOKS_AND_POSTS}, A settle lost, A settled lost",
        "A claim first, A settle later, A settled later",
        f"{DIES_OVER_IT}B claim again, A settle lost, {LOOKS_AND_POSTS.replace('B', 'C')}, A settled lost",
        "A claim first, A check ours, A send, A answer gone, A settle gone, A settled gone",
        f"{POSTS}, B claim change, B check ours, B send, {CHANGES.replace('B', 'C')}",
        f"{POSTS.replace(', A settled sent', '')}, {CHANGES}, A settled sent",
    ],
)
def test_what_delivery_may_do_is_accepted(told: str) -> None:
    assert list_refused(_read(told)) == []


@each_case(
    ("told", "where"),
    [
        (POSTS.replace(", A settle sent, A settled sent", ""), "has no end"),
        (f"{POSTS}, A settled sent", "line 7"),
        (f"{POSTS}, A settle sent", "line 7"),
        (POSTS.replace("A check ours, ", ""), "line 2"),
        (POSTS.replace("A send, ", ""), "line 3"),
        (f"{POSTS}, {POSTS.replace('A', 'B')}", "line 8"),
        (f"{DIES_OVER_IT}A answer sent, {LOOKS_AND_POSTS}", "line 6"),
        (f"{DIES_OVER_IT}{LOOKS_AND_POSTS.replace('B look absent, ', '')}", "line 5"),
        (f"{DIES_OVER_IT}{POSTS.replace('A', 'B')}", "line 5"),
        (f"A claim first, {LOOKS_AND_POSTS}, A check ours", "line 9"),
        (f"{DIES_OVER_IT}A answer retry, A settle sent", "line 5"),
    ],
    ids=[
        "a settlement is missing",
        "a settlement is written twice",
        "it settles again",
        "a post without a check",
        "an answer to nothing",
        "what is sent is posted again",
        "two posts of one key, though it could look",
        "it repeats without a look",
        "it forgets an attempt whose end is unknown",
        "who lost the row goes on",
        "it writes down what it was not told",
    ],
)
def test_what_delivery_must_never_do_is_refused(told: str, where: str) -> None:
    [refused] = list_refused(_read(told))
    assert where in refused


def test_where_nobody_may_look_a_death_may_repeat_a_message() -> None:
    told = _read(f"{DIES_OVER_IT}A answer sent, {LOOKS_AND_POSTS}")
    assert list_refused(told, may_look=False) == []

from __future__ import annotations

import pytest

from bot.errors import UsageError
from bot.rules import mention_words
from tests.plugins.each_case import each_case


@each_case(
    ("said", "means"),
    [
        ("author", ("author",)),
        ("Breaker", ("breaker",)),
        ("actor,culprit", ("author", "breaker")),
        ("<@U0ADA|ada>,<!subteam^S0PLATFORM|@platform>, author", ("S0PLATFORM", "U0ADA", "author")),
        ("<@U0ADA>,U0ADA,@U0ADA", ("U0ADA",)),
        ("<!subteam^SAZXYWVUT>", ("SAZXYWVUT",)),
        ("nobody", ()),
    ],
)
def test_whom_people_mean(said: str, means: tuple[str, ...]) -> None:
    assert mention_words.parse("mention", [said]) == means
    assert mention_words.parse("mention", means or ["nobody"]) == means


@each_case(
    ("said", "wrong"),
    [
        ("", "needs to say whom"),
        (",".join(f"U0000{number}" for number in range(11)), "10 at most"),
        ("nobody,author", "stands alone"),
        ("<!channel>", "cannot mention everybody"),
        ("@here", "cannot mention everybody"),
        ("@platfrom", "I do not know `@platfrom`"),
        ("STAGING", "I do not know"),
        ("<!here|here> & <b>", "I do not know"),
    ],
)
def test_what_names_nobody_is_told(said: str, wrong: str) -> None:
    with pytest.raises(UsageError, match=wrong):
        mention_words.parse("mention", [said])


def test_a_reference_mentions_a_person_or_a_group() -> None:
    assert [mention_words.format_mention(one) for one in ("U0ADA", "S0PLATFORM")] == [
        "<@U0ADA>",
        "<!subteam^S0PLATFORM>",
    ]
    assert [mention_words.is_id(one) for one in ("U0ADA", "author", "breaker")] == [True, False, False]

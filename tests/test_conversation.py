from __future__ import annotations

import re
from pathlib import Path

from bot.conversation import DESTINATIONS, NotificationKind, PlaceKind, is_direct, is_person
from tests.plugins.each_case import each_case

BOT = Path(__file__).parents[1] / "bot"


def test_of_every_place_it_is_known_what_arrives_there() -> None:
    assert set(DESTINATIONS) == set(PlaceKind)
    assert all(set(told) == set(NotificationKind) for told in DESTINATIONS.values())


@each_case(
    ("place", "person", "direct"),
    [
        ("U0A", True, True),
        ("W0WIM", True, True),
        ("D0A", False, True),
        ("C0X", False, False),
        ("G0X", False, False),
    ],
)
def test_a_person_and_a_direct_message_are_known_by_their_ids(place: str, person: bool, direct: bool) -> None:
    assert (is_person(place), is_direct(place)) == (person, direct)


def test_nobody_else_reads_the_first_letter_of_an_id() -> None:
    """Who looks for U… forgets W…."""
    letters = re.compile(r"""startswith\(\(?"[UWDCG]"|in "[UWDCG]{2,}"|== "[UWDG]"(?!\w)|\[UW?\]\[A-Z""")
    theirs = {BOT / "conversation.py", BOT / "rules" / "mention_words.py"}
    files = [file for file in BOT.rglob("*.py") if file not in theirs]
    found = [
        f"{file.relative_to(BOT)}: {line.strip()}"
        for file in files
        for line in file.read_text(encoding="utf-8").splitlines()
        if letters.search(line)
    ]
    assert not found, "\n".join(found)

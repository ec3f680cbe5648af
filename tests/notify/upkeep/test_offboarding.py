from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

from bot.domain.people import Person
from bot.notify.upkeep.offboarding import EVERY_S, select_due

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def test_of_many_people_slack_is_asked_about_each_once_within_the_hour() -> None:
    people = [Person("T1", f"U{number}") for number in range(1_003)]
    asked = Counter[Person]()
    for turn in range(5):
        due = select_due(people, NOW + timedelta(seconds=turn * EVERY_S))
        assert len(due) <= 201
        asked.update(due)
    assert asked == Counter(people)


def test_of_few_people_slack_is_asked_about_all_each_time() -> None:
    people = [Person("T1", f"U{number}") for number in range(100)]
    assert select_due(people, NOW) == people

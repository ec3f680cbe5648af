from __future__ import annotations

from random import Random

from bot.circleci.environment_order import rank_environment, rank_name

ORDERED = [
    "Prod EU",
    "production",
    "canary",
    "pre-production",
    "staging",
    "",
    "customer-2",
    "customer-10",
    "qa",
    "dev",
    "preview-7",
    "preview-12",
]


def test_environments_stand_production_first_and_by_number_whatever_order_they_come_in() -> None:
    mixed = list(ORDERED)
    for seed in range(20):
        Random(seed).shuffle(mixed)
        assert sorted(mixed, key=rank_environment) == ORDERED


def test_odd_names_have_a_place_too() -> None:
    odd = ["\N{ROCKET}", "\u202eproduction", "9" * 5000, "\u00b2", "-", "x" * 300, "prod\u00adtion", "\u0663"]
    assert len({rank_name(one) for one in odd}) == len(odd)
    backwards = odd[::-1]
    assert sorted(odd, key=rank_environment) == sorted(backwards, key=rank_environment)


def test_what_only_has_production_in_its_name_is_none() -> None:
    names = ["product", "non-prod", "prod", "staging"]
    assert sorted(names, key=rank_environment) == ["prod", "non-prod", "staging", "product"]

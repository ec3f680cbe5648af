from __future__ import annotations

from dataclasses import replace

import pytest

from bot.actions.deploy_targets import FoundPlace, PlaceWords, pick_place
from bot.circleci.deployed_places import DeployPlace, ProjectDeploys
from bot.commands import rollback
from bot.dispatch.words import parse_usage, split_words
from bot.errors import NextStep, TargetError
from tests.blocks.test_deploy_blocks import PROJECT, make_place, make_version

TWO = [make_version("2", 341, live=True), make_version("1", 340)]
DEFAULT = make_place("production", TWO)
BLUE = replace(DEFAULT, namespace="blue")


def pick(said: PlaceWords, *places: DeployPlace) -> FoundPlace:
    deploys = ProjectDeploys(PROJECT, places, {})
    return pick_place("rollback", deploys, said, fits=lambda place: bool(place.list_earlier()))


def test_each_choice_of_a_place_names_just_that_one() -> None:
    with pytest.raises(TargetError, match=r"Where\?") as raised:
        pick(PlaceWords(), DEFAULT, BLUE)
    lines = [step.line for step in raised.value.next_steps if isinstance(step, NextStep)]
    said = [PlaceWords.parse(parse_usage(rollback.COMMAND.usage).parse_typed(split_words(one)[1:])) for one in lines]
    assert [pick(one, DEFAULT, BLUE).place for one in said] == [DEFAULT, BLUE]


def test_the_namespace_of_circleci_is_not_taken_for_any() -> None:
    bare = replace(DEFAULT, versions=TWO[:1])
    said = PlaceWords(environment="production", namespace=bare.namespace)
    assert pick(said, bare, BLUE).place is bare

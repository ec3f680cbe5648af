from __future__ import annotations

import pytest

from bot.blocks import subscription
from bot.domain import DEFAULT_KINDS, OUTCOME_KINDS, ProjectSlug, Subscription
from tests.plugins.blockkit import Check
from tests.plugins.nouns import NOW, WEB
from tests.plugins.reading import text_of


@pytest.mark.parametrize(
    ("only", "said"),
    [
        ({"failed"}, "failures"),
        ({"failed", "recovered"}, "failures and recoveries"),
        (DEFAULT_KINDS, "failures, recoveries, holds, config errors and unauthorized runs"),
        ({"all"}, "everything"),
        ({"brand-new"}, "brand-new"),
    ],
)
def test_kinds_read_as_a_sentence(only: set[str], said: str) -> None:
    assert subscription.kinds(frozenset(only)) == said


def test_every_kind_has_words_of_its_own() -> None:
    said = {subscription.kinds(frozenset({kind})) for kind in OUTCOME_KINDS}
    assert len(said) == len(OUTCOME_KINDS)


def test_a_rule_of_another_channel_can_be_removed_by_who_made_it_only(golden: Check, valid_blocks: Check) -> None:
    rules = [_rule(1, channel="C1", made_by="U1"), _rule(2, channel="C2", made_by="U2"), _rule(3, channel="C2")]
    blocks = subscription.listed(rules, {}, user="U1", channel="C1")
    assert ["accessory" in block for block in blocks] == [True, False, True]
    valid_blocks(blocks)
    golden("subscriptions", blocks)


def test_an_opaque_slug_gives_way_to_the_projects_name() -> None:
    opaque = ProjectSlug("circleci", "org-id", "project-id")
    assert subscription.sentence(_rule(1, project=opaque), {opaque: "Acme/<mobile>"}).startswith(
        "*Acme/&lt;mobile&gt;*"
    )


def test_a_full_page_of_the_longest_rules_fits_into_a_message(valid_blocks: Check) -> None:
    rules = [_rule(number, branch="<!channel>*" * 18, workflow="w" * 200) for number in range(subscription.PAGE)]
    blocks = subscription.listed(rules, {}, user="U1", channel="C1")
    valid_blocks(blocks)
    assert "<!channel>" not in text_of(blocks)


def _rule(
    number: int,
    *,
    channel: str = "C1",
    made_by: str = "U1",
    project: ProjectSlug = WEB,
    branch: str = "*",
    workflow: str = "*",
) -> Subscription:
    return Subscription(number, "T1", channel, project, branch, workflow, DEFAULT_KINDS, made_by, NOW)

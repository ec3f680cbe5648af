from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.blocks import created_rule_blocks, subscription_blocks
from bot.domain import ProjectScope, ProjectSlug
from bot.domain.project_feeds import PolledProject, TokenOwner
from bot.rules.kinds import DEFAULT_KINDS, OUTCOME_KINDS
from bot.rules.rule import Rule
from bot.rules.subscription import Subscription
from tests.plugins.block_kit import Check
from tests.plugins.block_reader import get_text
from tests.plugins.each_case import each_case
from tests.plugins.factories import NOW, WEB

_WATCH = PolledProject(WEB, None, NOW, 0, None)


@each_case(
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
    assert subscription_blocks.format_kinds(frozenset(only)) == said


def test_every_kind_has_words_of_its_own() -> None:
    said = {subscription_blocks.format_kinds(frozenset({kind})) for kind in OUTCOME_KINDS}
    assert len(said) == len(OUTCOME_KINDS)


def test_a_rule_of_another_channel_can_be_removed_by_who_made_it_only(golden: Check, valid_blocks: Check) -> None:
    rules = [_rule(1, channel="C1", made_by="U1"), _rule(2, channel="C2", made_by="U2"), _rule(3, channel="C2")]
    blocks = subscription_blocks.build_list(rules, {}, user="U1", channel="C1")
    assert [block["type"] for block in blocks] == ["section"] * 3
    assert ["accessory" in block for block in blocks] == [True, False, True]
    valid_blocks(blocks)
    golden("subscriptions", blocks)


def test_an_opaque_slug_gives_way_to_the_projects_name() -> None:
    opaque = ProjectSlug("circleci", "org-id", "project-id")
    assert subscription_blocks.format_rule(_rule(1, project=opaque), {opaque: "Acme/<mobile>"}).startswith(
        "*Acme/&lt;mobile&gt;*"
    )


@each_case(
    ("project", "said", "told"),
    [
        ("gh/acme/web", {}, "`acme/web`, every branch: "),
        ("gh/acme", {}, "every project of `gh/acme`, every branch: "),
        ("gh/acme/web-*", {}, "projects like `gh/acme/web-*`, every branch: "),
        ("gh/acme/web", {"branch": ("main",)}, "`acme/web`, branch `main`: "),
        (
            "gh/acme/web",
            {"branch": ("main", "x/*"), "tag": ("v*",)},
            ", branches like `main` or `x/*` or tags like `v*`: ",
        ),
        ("gh/acme/web", {"not_branch": ("renovate/*",)}, ", but no branches like `renovate/*`: "),
        (
            "gh/acme/web",
            {"workflow": ("deploy",), "not_workflow": ("n*",)},
            ", workflow `deploy`, but no workflows like `n*`",
        ),
        (
            "gh/acme/web",
            {"actor": ("ada",), "not_actor": ("dependabot*",)},
            "started by `ada`, not started by `dependabot*`",
        ),
        (
            "gh/acme/web",
            {"trigger": ("api",), "not_trigger": ("schedule",)},
            "triggered by `api`, not triggered by `schedule`",
        ),
        (
            "gh/acme/web",
            {"only": frozenset({"broke"}), "every": 3},
            ": first failures, and one in 3 of the failures that",
        ),
        ("gh/acme/web", {"only": frozenset({"slow"})}, ": slow passes, where slow is 1.5 times the 95th percentile"),
        (
            "gh/acme/web",
            {"environment": ("production",)},
            "`acme/web`, environment `production`: deploys, failed deploys and rollbacks",
        ),
        (
            "gh/acme/web",
            {"environment": ("prod*",), "component": ("api", "web"), "only": frozenset({"all"})},
            "environments like `prod*`, components like `api` or `web`: deploys, failed deploys and rollbacks",
        ),
        (
            "gh/acme/web",
            {"not_environment": ("qa",), "branch": ("main",)},
            "branch `main`, but not environment `qa`: dep",
        ),
        ("gh/acme/web", {"default_branch": True, "mine": True}, ", the default branch, started by <@U1>: "),
    ],
)
def test_a_rule_reads_as_a_sentence(project: str, said: dict[str, Any], told: str) -> None:
    assert told in subscription_blocks.format_rule(_rule(1, project=project, **said), {})


def test_a_new_rule_for_several_projects_says_which_these_are_now(valid_blocks: Check) -> None:
    many = [ProjectSlug("gh", "acme", f"p{number}") for number in range(12)]
    made = created_rule_blocks.render(_rule(1, project="gh/acme"), {}, many)
    valid_blocks(made.blocks)
    assert "`acme/p9` and 2 more" in get_text(made.blocks)
    assert "Nothing ran lately" in get_text(created_rule_blocks.render(_rule(1, project="gh/acme"), {}, []).blocks)


@each_case(
    ("watch", "said"),
    [
        (None, "not read yet"),
        (_WATCH, "not read yet"),
        (replace(_WATCH, read_by=TokenOwner()), "read by the service account"),
        (replace(_WATCH, read_by=TokenOwner("T1", "U9")), "read with <@U9>'s token"),
        (replace(_WATCH, read_by=TokenOwner("T2", "U9")), "read with a token of another workspace"),
        (replace(_WATCH, error="No <token> can see it"), "cannot be read: No &lt;token&gt; can see it"),
    ],
)
def test_a_rule_says_whose_token_reads_its_project(watch: PolledProject | None, said: str) -> None:
    assert subscription_blocks.format_token_owner(_rule(1), {WEB: watch} if watch else {}, 0) == said


def test_a_rule_for_several_projects_says_who_finds_them() -> None:
    wide = replace(_rule(1, project="gh/acme"), login="ada")
    assert subscription_blocks.format_token_owner(wide, {}, 1) == "covers 1 project now, found with <@U1>'s token"
    assert "<@U1> is not connected" in subscription_blocks.format_token_owner(replace(wide, login=None), {}, 2)


def test_a_full_page_of_the_longest_rules_fits_into_a_message(valid_blocks: Check) -> None:
    rules = [
        _rule(number, branch=("<!channel>*" * 18,), workflow=("w" * 200,)) for number in range(subscription_blocks.PAGE)
    ]
    blocks = subscription_blocks.build_list(rules, {}, user="U1", channel="C1")
    valid_blocks(blocks)
    assert "<!channel>" not in get_text(blocks)


def _rule(
    number: int,
    *,
    channel: str = "C1",
    made_by: str = "U1",
    project: object = WEB,
    **said: Any,
) -> Subscription:
    return Subscription(number, "T1", channel, ProjectScope.parse(str(project)), Rule.build(said), made_by, NOW)

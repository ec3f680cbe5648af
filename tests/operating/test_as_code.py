from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain import Outcome, ProjectSlug
from bot.errors import UsageError
from bot.operating.as_code.document import SubscriptionEntry, build_rule
from bot.operating.as_code.export import export_documents
from bot.operating.as_code.plan import apply_documents, format_summary
from bot.rules.kinds import DEFAULT_KINDS
from bot.rules.muting import QueuedOutcome
from bot.rules.quiet_hours import QuietHours
from bot.rules.rule import Rule
from bot.rules.saved_preset import Preset
from bot.rules.subscription import Subscription
from bot.store.store import Store
from bot.store.vault import Vault, generate_key
from tests.plugins.database import create_database
from tests.plugins.policies import only

WIDE = (
    "subscription C0WEB gh/acme/* --only errored-config --not-branch dependabot/*,renovate/* --tag v* "
    "--not-trigger schedule --default-branch"
)
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
INSTALLED = ("T0SANDBOX", "T0OTHER", "T0X")
COMMANDS = ("trigger", "approve", "cancel")
WEB = ProjectSlug("gh", "acme", "web")

FILE = """\
workspace: T0SANDBOX
subscriptions:
  - {channel: C0DEPLOYS, project: github/acme/web, branch: release/*, only: [recovered, failed], made_by: U0ADA}
  - {channel: C0WEB, project: gh/acme/api, made_by: U0GRACE}
  - channel: C0WEB
    project: gh/acme
    tag: v*
    not-branch: [renovate/*, dependabot/*]
    not-trigger: schedule
    default-branch: true
    mine: false
    only: [errored]
    made_by: U0ADA
policy:
  - {command: approve, channel: C0DEPLOYS, users: [U0GRACE, U0ADA]}
  - {command: "*", users: [U0ADA]}
presets:
  - {name: staging, project: gh/acme/web, branch: main, parameters: {environment: staging, deploy: true, replicas: 3}}
"""


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    url = await create_database(tmp_path)
    one = Store(url, Vault([generate_key()]))
    yield one
    await one.close()


async def applied(store: Store, text: str, *, dry_run: bool = False) -> list[str]:
    done = await apply_documents(store, text, commands=COMMANDS, installed=INSTALLED, now=NOW, dry_run=dry_run)
    return [str(one) for one in done]


async def rules(store: Store) -> list[Subscription]:
    async with store.begin_read() as tx:
        return await tx.subscriptions.list_after(0, 1000)


async def test_a_file_becomes_rules_policy_and_presets(store: Store) -> None:
    plan = await applied(store, FILE)
    assert plan == [
        "+ subscription C0DEPLOYS gh/acme/web --only failed,recovered --branch release/*",
        "+ subscription C0WEB gh/acme/api",
        f"+ {WIDE}",
        "+ policy only=U0ADA,U0GRACE do=approve channel=C0DEPLOYS",
        "+ policy only=U0ADA do=*",
        "+ preset staging gh/acme/web branch=main deploy=true environment=staging replicas=3",
    ]
    first, second, third = await rules(store)
    assert (str(first.scope), first.made_by, first.made_at) == ("gh/acme/web", "U0ADA", NOW)
    assert first.rule == Rule(frozenset({"failed", "recovered"}), branch=("release/*",))
    assert second.rule == Rule()
    assert third.rule == Rule(
        frozenset({"errored-config"}),
        not_branch=("dependabot/*", "renovate/*"),
        tag=("v*",),
        not_trigger=("schedule",),
        default_branch=True,
    )
    async with store.begin_read() as tx:
        assert only("approve", "U0GRACE", "U0ADA", channel="C0DEPLOYS") in await tx.policy_versions.load_lines(
            "T0SANDBOX"
        )
        assert await tx.presets.find("T0SANDBOX", "staging") == Preset(
            "T0SANDBOX", "staging", WEB, "main", None, {"environment": "staging", "deploy": "true", "replicas": "3"}
        )


async def test_a_project_with_a_new_rule_is_watched_from_now_on(store: Store) -> None:
    await applied(store, FILE)
    async with store.begin_read() as tx:
        assert [(str(one.project), one.next_look_at) for one in await tx.polled_projects.list_all()] == [
            ("gh/acme/api", NOW),
            ("gh/acme/web", NOW),
        ]


async def test_applying_again_changes_nothing(store: Store) -> None:
    await applied(store, FILE)
    before = await rules(store)
    again = await applied(store, FILE)
    assert [line[0] for line in again] == ["="] * 6
    assert await rules(store) == before


async def test_what_left_the_file_is_removed_and_the_rest_is_kept(store: Store) -> None:
    await applied(store, FILE)
    kept = (await rules(store))[1]
    text = """\
workspace: T0SANDBOX
subscriptions:
  - {channel: C0WEB, project: gh/acme/api, made_by: U0EVE}
presets: []
"""
    plan = await applied(store, text)
    assert plan == [
        "- subscription C0DEPLOYS gh/acme/web --only failed,recovered --branch release/*",
        f"- {WIDE}",
        "= subscription C0WEB gh/acme/api",
        "- preset staging gh/acme/web branch=main deploy=true environment=staging replicas=3",
    ]
    assert await rules(store) == [kept]
    async with store.begin_read() as tx:
        assert await tx.presets.list_for_workspace("T0SANDBOX") == []
        assert len(await tx.policy_versions.load_lines("T0SANDBOX")) == 2, "a section that is left out is left alone"


async def test_a_dry_run_tells_the_plan_and_does_nothing(store: Store) -> None:
    plan = await applied(store, FILE, dry_run=True)
    assert len(plan) == 6
    assert await rules(store) == []


async def test_another_workspace_is_left_alone(store: Store) -> None:
    await applied(store, FILE)
    await applied(store, "workspace: T0OTHER\nsubscriptions: []\n")
    assert len(await rules(store)) == 3


async def test_what_is_exported_applies_to_an_empty_plan(store: Store) -> None:
    await applied(store, FILE)
    text = await export_documents(store)
    assert "made_at" not in text
    assert {line[0] for line in await applied(store, text)} == {"="}
    assert text == await export_documents(store, "T0SANDBOX")


async def test_several_workspaces_are_several_documents(store: Store) -> None:
    other = FILE.replace("T0SANDBOX", "T0OTHER")
    assert len(await applied(store, f"{FILE}---\n{other}")) == 12
    text = await export_documents(store)
    assert text.count("workspace:") == 2
    assert {line[0] for line in await applied(store, text)} == {"="}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "The file is empty"),
        ("a: [1", "line 1: not YAML"),
        ("subscriptions: []", "line 1: workspace: is missing"),
        ("workspace: nonsense", "line 1: workspace: must be a workspace's id, like T012AB3CD"),
        ("workspace: T0X\nsubscriptions:\n  - channel: C0X\n    made_by: U0X", "line 3: subscriptions[0].project"),
        (
            "workspace: T0X\nsubscriptions:\n  - channel: C0X\n    project: web\n    made_by: U0X",
            "line 4: subscriptions[0].project: `web` is not a project.",
        ),
        (
            "workspace: T0X\nsubscriptions:\n  - channel: C0X\n    project: gh/a/b\n    only: [fixd]",
            "line 5: subscriptions[0].only: I do not know the outcome `fixd`. Did you mean `recovered`?",
        ),
        (
            "workspace: T0X\nsubscriptions:\n  - channel: C0X\n    project: gh/a/b\n    made_by: U0X\n    mine: 3",
            "line 6: subscriptions[0].mine: must be true or false",
        ),
        (
            "workspace: T0X\nsubscriptions:\n  - channel: C0X\n    project: gh/a/b\n    made_by: U0X\n    tag: {a: b}",
            "line 6: subscriptions[0].tag: must be a text or a list of texts",
        ),
        (
            "workspace: T0X\nsubscriptions:\n  - {channel: C0X, project: gh/a*/b, made_by: U0X}",
            "line 3: subscriptions[0].project: `gh/a*/b` names no organisation.",
        ),
        ("workspace: T0X\nsubscriptions:\n  - {channel: C0X, project: gh/a, not_tag: x}", "not_tag: is not known here"),
        (
            "workspace: T0X\nsubscriptions:\n  - {channel: C0X, project: gh/a, made_by: U0X, component: x, only: slow}",
            "line 3: subscriptions[0]: Only a deploy has an environment or a component",
        ),
        ("workspace: T0X\npolicy:\n  - {command: approve, user: [U0X]}", "line 3: policy[0]: A line says one of"),
        ("workspace: T0X\npolicy:\n  - {command: aprove, users: [U0X]}", "there is no command `aprove`"),
        ("workspace: T0X\npresets:\n  - {name: x, project: gh/a/b, branch: b, tag: t}", "a branch or a tag, not both"),
        ("workspace: T0X\n---\nworkspace: T0X", "workspace T0X: is in the file twice"),
        (
            "workspace: T0X\nhours:\n  - {channel: C0X, quiet: 22}",
            "line 3: hours[0].quiet: must be a text",
        ),
        ("workspace: T0X\nhours:\n  - {channel: C0X, quiet: 22:00}", "line 3: hours[0].quiet: `22:00` does not say"),
        ("workspace: T0X\nhours:\n  - {channel: C0X, zone: Mars}", "hours[0].zone: I do not know the time zone `Mars`"),
        (
            "workspace: T0X\nhours:\n  - {channel: C0X}\n  - {channel: C0X, quiet: 1-2}",
            "hours of C0X: is in the file twice",
        ),
        ("workspace: T0X\nchannels: []", "line 2: channels: is not known here"),
        ("- just a list", "line 1: the document: must be names with values"),
    ],
)
async def test_what_is_wrong_in_a_file_is_told_with_its_line(text: str, says: str, store: Store) -> None:
    with pytest.raises(UsageError) as raised:
        await applied(store, text)
    assert says in raised.value.message


async def test_the_same_rule_twice_is_a_mistake(store: Store) -> None:
    rule = "  - {channel: C0X, project: gh/a/b, made_by: U0X}\n"
    with pytest.raises(UsageError, match="is in the file twice"):
        await applied(store, f"workspace: T0X\nsubscriptions:\n{rule}{rule}")


async def test_nothing_is_changed_when_any_document_is_wrong(store: Store) -> None:
    with pytest.raises(UsageError):
        await applied(store, f"{FILE}---\nworkspace: nonsense\n")
    assert await rules(store) == []


async def test_a_summary_counts(store: Store) -> None:
    changes = await apply_documents(store, FILE, commands=COMMANDS, installed=INSTALLED, now=NOW)
    assert format_summary(changes) == "6 to add, 0 to remove, 0 as they are"


async def test_where_a_rule_tells_and_a_channels_hours_are_said_as_times_of_day(store: Store) -> None:
    text = """\
workspace: T0SANDBOX
subscriptions:
  - {channel: C0X, project: gh/acme/web, to: digest, at: [17:00, 9], every: 3, slower: 2.5, made_by: U0ADA}
hours:
  - {channel: C0X, quiet: 22:00-8:00, weekends: true, zone: berlin}
  - {channel: C0Y, zone: UTC}
"""
    assert await applied(store, text) == [
        "+ subscription C0X gh/acme/web --every 3 --slower 2.5 --to digest --at 09:00,17:00",
        "+ hours C0X 22:00-08:00 --weekends --zone Europe/Berlin",
        "+ hours C0Y --zone UTC",
    ]
    exported = await export_documents(store)
    assert "quiet: 22:00-08:00" in exported
    assert {line[0] for line in await applied(store, exported)} == {"="}
    changed = "workspace: T0SANDBOX\nhours:\n  - {channel: C0Y, zone: Asia/Kolkata}\n"
    assert [line[0] for line in await applied(store, changed)] == ["-", "-", "+"]
    async with store.begin_read() as tx:
        assert await tx.hours.list_for_workspace("T0SANDBOX") == {"C0Y": QuietHours("Asia/Kolkata")}


async def test_quiet_hours_that_a_file_takes_away_let_go_what_they_kept(store: Store) -> None:
    outcome = Outcome("k", "failed", "failed", WEB, "p", 1, "build", "w", "main", None, NOW)
    await applied(store, "workspace: T0SANDBOX\nhours:\n  - {channel: C0X, quiet: 22-8}\n")
    async with store.begin() as tx:
        await tx.outcomes.insert(outcome, NOW)
        due_at = NOW + timedelta(hours=9)
        await tx.digest_queue.insert(QueuedOutcome(outcome, "T0SANDBOX", "C0X", "gh/acme/web", 1, "quiet", due_at), NOW)
    await applied(store, "workspace: T0SANDBOX\nhours: []\n")
    async with store.begin_read() as tx:
        assert await tx.digest_queue.list_due(NOW) == [("T0SANDBOX", "C0X")]


@pytest.mark.parametrize("name", ["environment", "not-environment", "component"])
def test_a_rule_of_a_file_means_what_the_same_words_mean_when_they_are_typed(name: str) -> None:
    for kinds in (None, sorted(DEFAULT_KINDS), ["deployed"]):
        texts = {name: ["web"], **({"only": kinds} if kinds else {})}
        row = {"channel": "C0X", "project": "gh/acme/web", "made_by": "U0X", **texts}
        try:
            wanted = Rule.parse(texts)
        except UsageError:
            with pytest.raises(ValueError, match="would never post"):
                SubscriptionEntry.model_validate(row)
        else:
            assert build_rule(SubscriptionEntry.model_validate(row)) == wanted

from __future__ import annotations

import asyncio
import contextlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from bot.domain import Deploy, Outcome, ProjectSlug
from bot.rules.history import classify
from bot.rules.replay import replay_outcomes
from bot.store.store import Store, Tx
from bot.store.tables.publishing import outcomes

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
WEB = ProjectSlug("gh", "acme", "web")
FAILED = Outcome("w1:failed", "failed", "failed", WEB, "p1", 1, "build", "w1", "main", None, NOW)


def _later(number: int, kind: str = "passed", **more: object) -> Outcome:
    happened_at = NOW + timedelta(minutes=number)
    values = {"key": f"w{number}:{kind}", "pipeline_id": f"p{number}", "workflow_id": f"w{number}"} | more
    return replace(FAILED, kind=kind, pipeline_number=number, happened_at=happened_at, **values)  # type: ignore[arg-type]  # one of the fields


async def _add(tx: Tx, *outcomes: Outcome) -> None:
    for outcome in outcomes:
        assert await tx.outcomes.insert(outcome, NOW)


async def test_an_outcome_is_new_once_whoever_brings_it(store: Store, other_replica: Store) -> None:
    async def bring(at: Store) -> bool:
        async with at.begin() as tx:
            return await tx.outcomes.insert(FAILED, NOW)

    brought = await asyncio.gather(*(bring(at) for at in (store, other_replica) * 5))
    assert sorted(brought) == [False] * 9 + [True]
    async with store.begin_read() as tx:
        assert await tx.outcomes.list_for_pipeline("p1") == [FAILED]


async def test_an_outcome_of_a_transaction_that_failed_can_be_brought_again(store: Store) -> None:
    async def bring_and_die() -> None:
        async with store.begin() as tx:
            await tx.outcomes.insert(FAILED, NOW)
            raise LookupError

    await asyncio.gather(bring_and_die(), return_exceptions=True)
    async with store.begin() as tx:
        assert await tx.outcomes.insert(FAILED, NOW)


async def test_a_pipelines_outcomes_come_in_the_order_in_which_they_happened(store: Store) -> None:
    second = replace(FAILED, key="w2:success", workflow_id="w2", happened_at=NOW + timedelta(minutes=1))
    async with store.begin() as tx:
        await _add(tx, second, FAILED, replace(FAILED, key="other", pipeline_id="p2"))
        assert await tx.outcomes.list_for_pipeline("p1") == [FAILED, second]


async def test_what_came_before_is_the_newest_end_of_the_same_workflow_and_branch(store: Store) -> None:
    async with store.begin() as tx:
        await _add(tx, FAILED, _later(2), _later(3, branch="other"), _later(4, workflow="deploy"))
        await _add(tx, _later(5, project=ProjectSlug("gh", "acme", "api")), _later(6, "on-hold"), _later(9))
        assert (await tx.outcomes.load_past(_later(7))).last == _later(2)
        assert (await tx.outcomes.load_past(_later(2))).last == FAILED
        assert (await tx.outcomes.load_past(FAILED)).last is None


async def test_the_previous_run_is_never_a_newer_one(store: Store) -> None:
    async with store.begin() as tx:
        await _add(tx, FAILED, replace(_later(5), happened_at=NOW + timedelta(minutes=1)), _later(2, branch="other"))
        late = _later(3, "failed")
        assert await tx.outcomes.find_previous(late) == FAILED
        assert (await tx.outcomes.load_past(late)).last == replace(_later(5), happened_at=NOW + timedelta(minutes=1))


async def test_before_a_rerun_came_the_run_itself(store: Store) -> None:
    rerun = replace(FAILED, key="w9:success", kind="passed", workflow_id="w9", happened_at=NOW + timedelta(minutes=1))
    async with store.begin() as tx:
        await _add(tx, FAILED, rerun, replace(FAILED, key="other", workflow="deploy"))
        past = await tx.outcomes.load_past(rerun)
        assert (past.last, past.runs) == (FAILED, [FAILED])
        assert not (await tx.outcomes.load_past(FAILED)).runs


async def test_a_config_that_does_not_compile_is_a_bad_end_of_every_workflow(store: Store) -> None:
    wrong = _later(2, "errored-config", workflow="", workflow_id=None)
    async with store.begin() as tx:
        await _add(tx, FAILED, wrong)
        assert (await tx.outcomes.load_past(_later(3))).last == wrong
        assert (await tx.outcomes.load_past(wrong)).last == FAILED


async def test_a_pipeline_of_a_tag_has_no_branch_and_is_compared_with_its_like(store: Store) -> None:
    tagged = replace(FAILED, branch=None, tag="v1")
    async with store.begin() as tx:
        await _add(tx, tagged, _later(2))
        assert (await tx.outcomes.load_past(_later(3, branch=None, tag="v2"))).last == tagged


async def test_usual_are_the_last_thirty_good_runs_on_any_branch(store: Store) -> None:
    async with store.begin() as tx:
        for number in range(1, 36):
            await _add(tx, _later(number, branch=f"b{number}", busy_s=float(number)))
        await _add(tx, _later(50, "failed", busy_s=1.0), _later(51, busy_s=None), _later(70, busy_s=1.0))
        past = await tx.outcomes.load_past(_later(60))
    assert past.usual_s == [float(number) for number in range(35, 5, -1)]


async def test_an_outcome_is_kept_with_all_that_it_means(store: Store) -> None:
    meant = _later(
        2, "failed", actor="ada", trigger="api", on_default=True, busy_s=2.5,
        failing=frozenset({"unit", "unit\na test"}),
        classes=frozenset({"broke", "newly-failing"}), streak=3, slowdown=1.25,
    )  # fmt: skip
    async with store.begin() as tx:
        await _add(tx, meant)
        assert await tx.outcomes.list_for_pipeline("p2") == [meant]


MOMENTS = st.integers(0, 12).map(lambda minutes: NOW + timedelta(minutes=minutes))
RUNS = st.lists(
    st.tuples(st.integers(1, 4), st.sampled_from(["passed", "failed", "canceled", "errored-config"]), MOMENTS),
    max_size=8,
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(RUNS)
async def test_the_database_and_a_replay_remember_the_same(store: Store, runs: list[tuple[int, str, datetime]]) -> None:
    """However pipelines overlap, are rerun and overtake each other."""
    outcomes = [
        replace(
            _later(number, kind), key=f"{place}:{kind}", workflow_id=f"w{place}", happened_at=at, busy_s=float(place)
        )
        for place, (number, kind, at) in enumerate(runs)
    ]
    expected = replay_outcomes(outcomes)
    with contextlib.suppress(_RolledBackError):
        async with store.begin() as tx:
            found = []
            for outcome in (replace(one, classes=frozenset(), streak=0, slowdown=None) for one in expected):
                found.append(classify(outcome, await tx.outcomes.load_past(outcome)))
                await _add(tx, found[-1])
            raise _RolledBackError
    assert found == expected


class _RolledBackError(Exception):
    """Nothing of an example is left for the next one."""


async def test_the_workflows_of_projects_are_known_with_when_they_ran_last(store: Store) -> None:
    api = ProjectSlug("gh", "acme", "api")
    async with store.begin() as tx:
        await _add(tx, _later(1), _later(3), _later(2, workflow="deploy", project=api), _later(4, workflow=""))
        assert await tx.outcomes.list_workflows([WEB]) == {"build": NOW + timedelta(minutes=3)}
        assert set(await tx.outcomes.list_workflows([WEB, api])) == {"build", "deploy"}
        assert await tx.outcomes.list_workflows([]) == {}


async def test_who_broke_it_is_the_first_bad_end_of_the_row_also_when_it_is_mended(store: Store) -> None:
    old = _later(2, "failed", classes=frozenset({"broke", "newly-failing"}))
    broke, config = replace(old, key="b"), _later(4, "errored-config", workflow="", classes=frozenset({"broke"}))
    async with store.begin() as tx:
        await _add(tx, _later(1), broke, _later(3, branch="other", kind="failed", classes=frozenset({"broke"})))
        still, mended = ({"classes": frozenset({name})} for name in ("still-failing", "recovered"))
        assert await tx.outcomes.find_streak_start(old) == old
        assert await tx.outcomes.find_streak_start(_later(5, "failed", **still)) == broke
        assert await tx.outcomes.find_streak_start(_later(6, **mended)) == broke
        assert await tx.outcomes.find_streak_start(_later(6)) is None
        await _add(tx, config)
        assert await tx.outcomes.find_streak_start(_later(7, **mended)) == config, (
            "a config that does not compile breaks all"
        )


async def test_each_branch_and_workflow_stands_as_its_newest_end_says(store: Store) -> None:
    api = ProjectSlug("gh", "acme", "api")
    mended, lint = _later(3), _later(2, "failed", workflow="lint")
    async with store.begin() as tx:
        await _add(
            tx,
            FAILED,
            mended,
            lint,
            _later(4, "on_hold"),
            replace(_later(5, "failed", branch="x"), happened_at=NOW - timedelta(days=20)),
            _later(6, "failed", project=api),
        )
        since = NOW - timedelta(days=14)
        assert await tx.outcomes.list_newest_ends([WEB], since) == [mended, lint]
        assert await tx.outcomes.list_newest_ends([], since) == []


DEPLOYED = replace(
    FAILED,
    key="r1:success",
    kind="deployed",
    status="success",
    classes=frozenset({"promoted"}),
    deploy=Deploy("web", "production", "1.0.14", replaced="1.0.13", promoted_from="staging"),
)


async def test_a_deploy_comes_back_as_it_was_and_says_started_to_a_release_that_knows_none(store: Store) -> None:
    async with store.begin() as tx:
        await _add(tx, DEPLOYED)
        assert await tx.outcomes.list_for_pipeline("p1") == [DEPLOYED]
        assert await tx.outcomes.list_kinds("p1") == {"r1:success": "started"}


async def test_a_deploy_of_a_kind_that_a_later_release_wrote_is_left_alone(store: Store) -> None:
    """So are the words of it that are new."""
    kinds: list[str] = []
    later = {"kind": "frozen", "classes": [], "deploy": {"weather": "fine"}}
    async with store.begin() as tx:
        await _add(tx, DEPLOYED, _later(2))
        for said in (later, later | {"kind": "deployed"}):
            await tx.outcomes._connection.execute(
                update(outcomes).where(outcomes.c.key == "r1:success").values(deploy=json.dumps(said))
            )
            kinds.append((await tx.outcomes.list_for_pipeline("p1"))[0].kind)
    assert kinds == ["started", "deployed"]

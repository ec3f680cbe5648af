"""Alerts and the dashboard ask for what a process really exposes, and Prometheus answers all they ask."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from bot import __version__
from bot.domain.project_feeds import TokenOwner
from bot.store.store import Store
from bot.store.vault import Vault
from tests.plugins.database import create_database
from tests.plugins.deployment import CHECKOUT, DEPLOY, run_tool
from tests.plugins.process_harness import ProcessHarness, build_environment
from tests.plugins.programs import get_free_port
from tests.plugins.prometheus_server import PrometheusServer, run_prometheus
from tests.plugins.world import build_connected_check, run_sandbox

RULES = DEPLOY / "prometheus" / "rules.yml"
DASHBOARD = DEPLOY / "grafana" / "circlebot.json"
ALERTS: list[dict[str, Any]] = [
    rule for group in yaml.safe_load(RULES.read_text("utf-8"))["groups"] for rule in group["rules"]
]
PANELS: list[dict[str, Any]] = json.loads(DASHBOARD.read_text("utf-8"))["panels"]
ASKED = [target["expr"].replace("$__rate_interval", "1m") for panel in PANELS for target in panel["targets"]]
METRIC = re.compile(r"\b(?:circlebot|process|python)_\w+")
MATCHER = re.compile(r"(\w+)\{([^}]*)\}")
GROUPED = re.compile(r"\b(?:by|on) \(([^)]*)\)")
OF_PROMETHEUS = {"instance", "job"}
"""Labels that it adds itself."""

COUNTED = {
    "circlebot_outcome_to_post_seconds_count polling",
    "circlebot_slack_ack_seconds_count command",
    "circlebot_slack_ack_seconds_count view",
    "circlebot_slack_messages_total sent",
    "circlebot_polls_total project changed",
    "circlebot_circleci_requests_total 200",
    "circlebot_commands_total trigger done",
    "circlebot_loop_rest_seconds retention",
    "circlebot_transaction_seconds_count read",
    "circlebot_transaction_seconds_count write",
    "circlebot_event_loop_lag_seconds_count",
    "circlebot_slack_connected",
    f"circlebot_build_info {__version__}",
}
"""What has happened in the story."""

FIRES = {
    "CirclebotAbsent": {},
    "CirclebotOutcomesLate": {
        'circlebot_outcome_to_post_seconds_bucket{found_by="polling",le="300"}': "0+9x60",
        'circlebot_outcome_to_post_seconds_bucket{found_by="polling",le="60"}': "0x60",
        'circlebot_outcome_to_post_seconds_bucket{found_by="polling",le="+Inf"}': "0+9x60",
    },
    "CirclebotBacklogOld": {"circlebot_cards_oldest_seconds": "400+60x60"},
    "CirclebotSocketQuiet": {"circlebot_slack_connected": "0x60"},
    "CirclebotAcksLate": {
        'circlebot_slack_ack_seconds_bucket{kind="command",le="1.5"}': "0x60",
        'circlebot_slack_ack_seconds_bucket{kind="command",le="3.0"}': "0+9x60",
        'circlebot_slack_ack_seconds_bucket{kind="command",le="+Inf"}': "0+9x60",
    },
    "CirclebotLimitNear": {'circlebot_circleci_hour_busiest{workspace="T1"}': "0.9x60"},
    "CirclebotLoopStandsStill": {
        'circlebot_loop_age_seconds{loop="poller"}': "0+60x60",
        'circlebot_loop_rest_seconds{loop="poller"}': "1x60",
    },
    "CirclebotOldKeyInUse": {"circlebot_secrets_under_later_key": "3x2000"},
}
"""What each alert is about, a value a minute."""


@asynccontextmanager
async def run_bot(tmp_path: Path, **more: str) -> AsyncIterator[tuple[ProcessHarness, int]]:
    """People whose bot is a process, and its ADMIN_PORT. A token has polled before it began."""
    url, admin_port = await create_database(tmp_path), get_free_port()
    async with run_sandbox() as http:
        sandbox = str(http.base_url).rstrip("/")
        environment = build_environment(sandbox, url) | {"ADMIN_PORT": str(admin_port)} | more
        store = Store(url, Vault([environment["ENCRYPTION_KEYS"]]))
        async with store.begin() as tx:
            await tx.token_usage.add(TokenOwner("T0SANDBOX", "U0ADA"), 100, None, now=datetime.now(UTC))
        await store.close()
        people = ProcessHarness(sandbox, http, environment=environment, cwd=tmp_path, within_s=60)
        async with people.run_bot("run"):
            await people.wait_until(build_connected_check(people), "the bot to be connected")
            yield people, admin_port


async def play_story(people: ProcessHarness) -> None:
    """Something fails, and a channel hears of it."""
    await people.connect()
    await people.say("/circle trigger gh/acme/web --branch broken")
    await people.thread(await people.card("*failed*"), "2 failed tests")


async def scrape(port: int) -> list[Sample]:
    async with httpx.AsyncClient() as http:
        page = (await http.get(f"http://127.0.0.1:{port}/metrics")).text
    return [sample for family in text_string_to_metric_families(page) for sample in family.samples]


async def scrape_story(port: int) -> list[Sample] | None:
    """Once all that happened is counted: what was posted last may not be yet."""
    samples = await scrape(port)
    counted = {" ".join([one.name, *one.labels.values()]) for one in samples if one.value}
    return samples if counted >= COUNTED else None


def list_labels(samples: list[Sample]) -> dict[str, set[str]]:
    """By the name that a query uses."""
    found: dict[str, set[str]] = {}
    for sample in samples:
        found.setdefault(sample.name, set()).update(sample.labels)
    return found


def list_unknown(expression: str, exposed: dict[str, set[str]]) -> Iterator[str]:
    """Metrics and labels of an expression that nobody exposes."""
    names = METRIC.findall(expression)
    assert names
    yield from (name for name in names if name not in exposed)
    for name, matchers in MATCHER.findall(expression):
        asked = {re.split(r"[=!~]", one)[0] for one in matchers.split(",")}
        yield from (f"{name}{{{label}}}" for label in asked - exposed.get(name, set()) - OF_PROMETHEUS)
    known = set.union(OF_PROMETHEUS, *(exposed.get(name, set()) for name in names))
    grouped = {label.strip() for labels in GROUPED.findall(expression) for label in labels.split(",")}
    yield from (f"by ({label})" for label in grouped - known)


async def answer_everything(prometheus: PrometheusServer) -> None:
    for expression in ASKED:
        await prometheus.wait_for_answer(expression)
    assert await prometheus.list_broken_rules() == []
    wrong = [alert["alert"] for alert in ALERTS if await prometheus.query(alert["expr"])]
    assert wrong == [], "all is well"


async def test_a_process_exposes_what_is_asked_and_prometheus_answers(tmp_path: Path) -> None:
    async with run_bot(tmp_path) as (people, port):
        await play_story(people)
        exposed = list_labels(await people.wait_until(partial(scrape_story, port), "all of it to be counted"))
        expressions = [*ASKED, *(alert["expr"] for alert in ALERTS)]
        assert [name for one in expressions for name in list_unknown(one, exposed)] == []
        async with run_prometheus(tmp_path, scraped_port=port, rules=RULES) as prometheus:
            await answer_everything(prometheus)


def test_prometheus_understands_the_alerts() -> None:
    checked = run_tool("promtool", "check", "rules", RULES)
    assert checked.returncode == 0, checked.stderr


@pytest.mark.parametrize("name", [alert["alert"] for alert in ALERTS])
def test_each_alert_fires_for_what_it_is_about(name: str, tmp_path: Path) -> None:
    (alert,) = [one for one in ALERTS if one["alert"] == name]
    series = [{"series": series, "values": values} for series, values in FIRES[name].items()]
    at = "30h" if alert["for"] == "24h" else "40m"
    expression = f'count(ALERTS{{alertname="{name}",alertstate="firing"}})'
    wanted = [{"expr": expression, "eval_time": at, "exp_samples": [{"labels": "{}", "value": 1}]}]
    case = {"interval": "1m", "input_series": series, "promql_expr_test": wanted}
    file = tmp_path / "alerts.yml"
    file.write_text(yaml.safe_dump({"rule_files": [str(RULES)], "evaluation_interval": "1m", "tests": [case]}), "utf-8")
    tried = run_tool("promtool", "test", "rules", file)
    assert tried.returncode == 0, tried.stdout + tried.stderr


def test_each_alert_says_how_bad_it_is_for_how_long_and_where_to_read_on() -> None:
    page = (CHECKOUT / "docs" / "metrics.md").read_text("utf-8")
    anchors = {heading.lower() for heading in re.findall(r"^### (\w+)$", page, re.MULTILINE)}
    assert {alert["alert"] for alert in ALERTS} == FIRES.keys()
    for alert in ALERTS:
        assert alert["for"]
        assert alert["labels"]["severity"] in {"warning", "critical"}
        assert alert["annotations"]["summary"].endswith(".")
        file, _, anchor = alert["annotations"]["runbook"].partition("#")
        assert (file, anchor) == ("docs/metrics.md", alert["alert"].lower())
        assert anchor in anchors


def test_the_dashboard_is_one_screen_of_panels_that_say_what_they_show() -> None:
    assert max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in PANELS) <= 26
    taken = [
        (x, y)
        for at in (panel["gridPos"] for panel in PANELS)
        for x in range(at["x"], at["x"] + at["w"])
        for y in range(at["y"], at["y"] + at["h"])
    ]
    assert len(taken) == len(set(taken)), "no two in one place"
    assert max(x for x, _ in taken) < 24
    assert all(panel["title"] and panel["description"].endswith(".") for panel in PANELS)

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.circleci.webhook_payload import WebhookEvent, parse_webhook
from bot.domain import ProjectSlug
from tests.contracts import webhooks
from tests.plugins.each_case import each_case

OAUTH = ProjectSlug("gh", "acme", "web")
APP = ProjectSlug("circleci", "DdaVtNusHqi24D4YT3X4eu", "6EkDPZoN4ZdMKKZtBkRodt")


def sample(kind: str) -> WebhookEvent:
    event = parse_webhook(webhooks.body(kind))
    assert event is not None
    return event


@pytest.mark.parametrize(
    ("name", "kind", "project", "has_workflow"),
    [
        ("workflow-completed.github", "workflow-completed", OAUTH, True),
        ("job-completed.github", "job-completed", OAUTH, True),
        ("workflow-completed.gitlab-or-github-app", "workflow-completed", APP, True),
        ("job-completed.gitlab-or-github-app", "job-completed", APP, False),
    ],
)
def test_the_documented_bodies_say_where_to_look(
    name: str, kind: str, project: ProjectSlug, *, has_workflow: bool
) -> None:
    event, sent = sample(name), json.loads(webhooks.body(name))
    assert (event.type, event.project) == (kind, project)
    assert event.workflow_id == (sent["workflow"]["id"] if has_workflow else None)
    assert event.pipeline_number == sent["pipeline"]["number"]
    assert event.pipeline_id == sent["pipeline"]["id"]
    assert event.project_id == sent["project"]["id"]
    assert event.happened_at == datetime.fromisoformat(sent["happened_at"])


def test_a_ping_is_about_nothing() -> None:
    event = sample("ping.community-observed")
    assert event.type == "ping"
    assert (event.project, event.pipeline_id, event.workflow_id) == (None, None, None)


def test_every_documented_kind_is_read() -> None:
    assert len(webhooks.KINDS) >= 5
    assert all(sample(kind).id == json.loads(webhooks.body(kind))["id"] for kind in webhooks.KINDS)


def body(**more: Any) -> bytes:
    return json.dumps({"id": "e-1", "type": "workflow-completed"} | more).encode()


def test_the_long_slug_becomes_the_short_one() -> None:
    event = parse_webhook(body(project={"id": "u-1", "slug": "bitbucket/acme/legacy"}))
    assert event is not None
    assert event.project == ProjectSlug("bb", "acme", "legacy")


def test_kinds_and_keys_that_circleci_invents_are_tolerated() -> None:
    event = parse_webhook(body(type="pipeline-started", novelty={"a": 1}, project={"id": "u-1", "slug": "svn/a/b/c"}))
    assert event is not None
    assert (event.type, event.project, event.project_id) == ("pipeline-started", None, "u-1")


def test_nulls_and_missing_parts_are_tolerated() -> None:
    event = parse_webhook(body(project=None, pipeline={"id": None}, workflow={}, happened_at=None))
    assert event is not None
    assert (event.pipeline_id, event.pipeline_number, event.workflow_id, event.happened_at) == (None,) * 4


@each_case(
    "raw", [b"", b"{", b"[]", b"null", b'"x"', b"{}", b'{"id": "1"}', b'{"id": 1, "type": "ping"}', b"\xff", b"<html>"]
)
def test_what_is_no_webhook_is_none(raw: bytes) -> None:
    assert parse_webhook(raw) is None


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
)


@given(st.dictionaries(st.sampled_from(["project", "pipeline", "workflow", "happened_at", "job"]), json_values))
def test_no_body_breaks_it(parts: dict[str, Any]) -> None:
    event = parse_webhook(json.dumps(parts | {"id": "e-1", "type": "x"}).encode())
    assert event is None or event.id == "e-1"

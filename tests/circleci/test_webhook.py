from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.circleci.webhook import WebhookEvent, parse
from bot.domain import ProjectSlug

SAMPLES = Path(__file__).parents[2] / "../shared/specs/webhooks"
needs_samples = pytest.mark.skipif(not SAMPLES.exists(), reason="the specs are not beside this checkout")

OAUTH = ProjectSlug("gh", "circleci", "webhook-service")
APP = ProjectSlug("circleci", "DdaVtNusHqi24D4YT3X4eu", "6EkDPZoN4ZdMKKZtBkRodt")


def sample(name: str) -> WebhookEvent:
    event = parse((SAMPLES / name).read_bytes())
    assert event is not None
    return event


@needs_samples
@pytest.mark.parametrize(
    ("name", "kind", "project", "pipeline_number", "workflow_id"),
    [
        ("workflow-completed.github.json", "workflow-completed", OAUTH, 130, "fda08377-fe7e-46b1-8992-3a7aaecac9c3"),
        ("job-completed.github.json", "job-completed", OAUTH, 130, "fda08377-fe7e-46b1-8992-3a7aaecac9c3"),
        (
            "workflow-completed.gitlab-or-github-app.json",
            "workflow-completed",
            APP,
            1,
            "c2006ece-778d-49fc-9e6e-b9965f72bee9",
        ),
        ("job-completed.gitlab-or-github-app.json", "job-completed", APP, 1, None),
    ],
)
def test_the_documented_bodies_say_where_to_look(
    name: str, kind: str, project: ProjectSlug, pipeline_number: int, workflow_id: str | None
) -> None:
    event = sample(name)
    assert (event.type, event.project, event.workflow_id) == (kind, project, workflow_id)
    assert event.pipeline_number == pipeline_number
    assert event.pipeline_id is not None
    assert event.project_id is not None
    assert event.happened_at is not None
    assert event.happened_at.utcoffset() is not None


@needs_samples
def test_a_ping_is_about_nothing() -> None:
    event = sample("ping.community-observed.json")
    assert (event.type, event.id) == ("ping", "92e0554a-837f-4086-913b-0dc7665d2a84")
    assert (event.project, event.pipeline_id, event.workflow_id) == (None, None, None)


@needs_samples
def test_every_sample_is_read() -> None:
    names = [path.name for path in SAMPLES.glob("*.json") if path.name != "signature-vectors.json"]
    assert len(names) >= 5
    assert all(sample(name).id for name in names)


def body(**more: Any) -> bytes:
    return json.dumps({"id": "e-1", "type": "workflow-completed"} | more).encode()


def test_the_long_slug_becomes_the_short_one() -> None:
    event = parse(body(project={"id": "u-1", "slug": "bitbucket/acme/legacy"}))
    assert event is not None
    assert event.project == ProjectSlug("bb", "acme", "legacy")


def test_kinds_and_keys_that_circleci_invents_are_tolerated() -> None:
    event = parse(body(type="pipeline-started", novelty={"a": 1}, project={"id": "u-1", "slug": "svn/a/b/c"}))
    assert event is not None
    assert (event.type, event.project, event.project_id) == ("pipeline-started", None, "u-1")


def test_nulls_and_missing_parts_are_tolerated() -> None:
    event = parse(body(project=None, pipeline={"id": None}, workflow={}, happened_at=None))
    assert event is not None
    assert (event.pipeline_id, event.pipeline_number, event.workflow_id, event.happened_at) == (None,) * 4


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"[]", b"null", b'"x"', b"{}", b'{"id": "1"}', b'{"id": 1, "type": "ping"}', b"\xff", b"<html>"]
)
def test_what_is_no_webhook_is_none(raw: bytes) -> None:
    assert parse(raw) is None


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
)


@given(st.dictionaries(st.sampled_from(["project", "pipeline", "workflow", "happened_at", "job"]), json_values))
def test_no_body_breaks_it(parts: dict[str, Any]) -> None:
    event = parse(json.dumps(parts | {"id": "e-1", "type": "x"}).encode())
    assert event is None or event.id == "e-1"

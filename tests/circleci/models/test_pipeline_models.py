from __future__ import annotations

import pytest

from bot.circleci.models import Config, NotTriggered, Pipeline
from bot.domain import ProjectSlug
from bot.errors import UsageError
from tests.plugins.each_case import each_case

OAUTH = {
    "id": "5034460f-c7c4-4c43-9457-de07e2029e7b",
    "number": 25,
    "project_slug": "gh/acme/web",
    "state": "created",
    "created_at": "2026-11-23T09:00:00.123456Z",
    "updated_at": None,
    "errors": [],
    "trigger": {
        "type": "Decoupled Ingestion System",
        "received_at": "2026-11-23T09:00:00Z",
        "actor": {"login": "ada", "avatar_url": None},
    },
    "vcs": {
        "provider_name": "GitHub",
        "origin_repository_url": "https://github.com/acme/web",
        "target_repository_url": "https://github.com/acme/web",
        "revision": "f454a02b5d10fcccfd7d9dd7608a76d6493a98b4",
        "branch": "feature/x",
        "commit": {"subject": "Fix it", "body": None},
    },
}
APP = {
    "id": "37c74cb7-d64d-4032-8731-1cb95bfef921",
    "number": 1,
    "project_slug": "circleci/DdaVtNusHqi24D4YT3X4eu/6EkDPZoN4ZdMKKZtBkRodt",
    "state": "created",
    "errors": None,
    "trigger": {"type": "gitlab"},
    "trigger_parameters": {
        "gitlab": {
            "commit_author_name": "Commit Author",
            "user_username": "username",
            "commit_title": "Update README.md",
            "branch": "not this one",
            "ref": "refs/heads/nor/this",
        },
        "git": {"tag": "", "checkout_sha": "850a1519f25d14e968649cc420d1bd381715c05c", "branch": "main"},
        "circleci": {"event_type": "push"},
        "flat": "value",
        "count": 3,
    },
}


def test_a_github_oauth_pipeline_tells_all_of_itself() -> None:
    pipeline = Pipeline.model_validate(OAUTH)
    assert (pipeline.branch, pipeline.tag, pipeline.ref) == ("feature/x", None, "feature/x")
    assert (pipeline.subject, pipeline.author, pipeline.actor_login) == ("Fix it", None, "ada")
    assert pipeline.revision == "f454a02b5d10fcccfd7d9dd7608a76d6493a98b4"
    assert pipeline.trigger_type == "Decoupled Ingestion System"
    assert pipeline.project == ProjectSlug("gh", "acme", "web")
    assert pipeline.created_at is not None
    assert pipeline.created_at.utcoffset() is not None


def test_an_app_or_gitlab_pipeline_is_read_from_its_trigger_parameters() -> None:
    pipeline = Pipeline.model_validate(APP)
    assert (pipeline.branch, pipeline.tag, pipeline.ref) == ("main", None, "main")
    assert (pipeline.subject, pipeline.author) == ("Update README.md", "Commit Author")
    assert pipeline.actor_login == "username"
    assert pipeline.revision == "850a1519f25d14e968649cc420d1bd381715c05c"
    assert pipeline.errors == ()


@each_case(
    ("git", "branch", "tag"),
    [
        ({"ref": "refs/heads/a/b"}, "a/b", None),
        ({"ref": "refs/tags/v1.2"}, None, "v1.2"),
        ({"ref": "refs/pull/3/head"}, None, None),
        ({"branch": "", "tag": "v1"}, None, "v1"),
        ({"branch": 3, "tag": None}, None, None),
        ({}, None, None),
    ],
)
def test_a_ref_is_found_wherever_it_stands(git: dict[str, object], branch: str | None, tag: str | None) -> None:
    pipeline = Pipeline.model_validate({"id": "1", "trigger_parameters": {"git": git}})
    assert (pipeline.branch, pipeline.tag, pipeline.ref) == (branch, tag, tag or branch)


def test_the_least_that_a_pipeline_can_be_is_its_id() -> None:
    pipeline = Pipeline.model_validate({"id": "1"})
    unknown = (pipeline.ref, pipeline.subject, pipeline.author, pipeline.actor_login, pipeline.revision)
    assert unknown == (None,) * 5
    with pytest.raises(UsageError):
        _ = pipeline.project


def test_nulls_where_text_should_be_are_no_surprise() -> None:
    pipeline = Pipeline.model_validate({**OAUTH, "vcs": {"branch": None, "commit": {"subject": None}}, "trigger": None})
    assert (pipeline.branch, pipeline.subject, pipeline.trigger_type) == (None, None, "")


def test_a_subject_is_one_line() -> None:
    message = {"app": {"commit_message": "First line\n\nThe rest"}}
    assert Pipeline.model_validate({"id": "1", "trigger_parameters": message}).subject == "First line"


@pytest.mark.parametrize("body", [OAUTH, APP])
def test_a_pipeline_survives_being_stored(body: dict[str, object]) -> None:
    pipeline = Pipeline.model_validate(body)
    assert Pipeline.model_validate_json(pipeline.model_dump_json()) == pipeline


def test_both_spellings_of_a_config_are_read() -> None:
    kebab = Config.model_validate({"source": "a", "compiled": "b", "setup-config": "c", "compiled-setup-config": "d"})
    snake = Config.model_validate({"source": "a", "compiled": "b", "setup_config": "c", "compiled_setup_config": "d"})
    assert kebab == snake
    assert kebab.setup_config == "c"


def test_nothing_triggered_may_come_without_a_reason() -> None:
    assert NotTriggered.model_validate({}).message == ""


def test_a_pipeline_of_no_known_project_says_so() -> None:
    with pytest.raises(UsageError, match="which project pipeline #25 is of"):
        _ = Pipeline(id="p-1", number=25).project

from __future__ import annotations

from typing import Any

import pytest
from pytest_httpx import HTTPXMock

from bot.circleci.client import CircleCI
from bot.circleci.integration import Integration, detect_integration
from bot.circleci.models import PipelineDefinition, Project

OPAQUE = Project(slug="circleci/o/p", name="app")
LIST = "https://circleci.test/api/v2/project/circleci/o/p/pipeline"


@pytest.mark.parametrize(
    ("slug", "found"), [("gh/acme/web", Integration.GITHUB), ("bb/acme/legacy", Integration.BITBUCKET)]
)
async def test_a_readable_slug_says_it_without_a_question(circleci: CircleCI, slug: str, found: Integration) -> None:
    assert await detect_integration(circleci, Project(slug=slug), []) is found


@pytest.mark.parametrize(
    ("provider", "found"),
    [
        ("github_app", Integration.GITHUB_APP),
        ("gitlab", Integration.GITLAB),
        ("bitbucket_dc", Integration.BITBUCKET_DC),
    ],
)
async def test_a_definition_says_it_without_a_question(circleci: CircleCI, provider: str, found: Integration) -> None:
    definition = PipelineDefinition(id="d", config_source=PipelineDefinition.DefinitionSource(provider=provider))
    assert await detect_integration(circleci, OPAQUE, [definition]) is found


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({"trigger_parameters": {"circleci": {"trigger_type": "gitlab"}, "git": {}}}, Integration.GITLAB),
        ({"trigger_parameters": {"git": {}, "gitlab": {"web_url": "x"}}}, Integration.GITLAB),
        ({"trigger": {"type": "gitlab"}}, Integration.GITLAB),
        ({"vcs": {"provider_name": "GitLab", "branch": "main"}}, Integration.GITLAB),
        ({"trigger_parameters": {"github_app": {}, "git": {}}}, Integration.GITHUB_APP),
        ({"trigger_parameters": {"circleci": "odd"}, "trigger": {"type": "webhook"}}, Integration.UNKNOWN),
    ],
)
async def test_without_definitions_the_newest_pipeline_says_it(
    circleci: CircleCI, httpx_mock: HTTPXMock, said: dict[str, Any], found: Integration
) -> None:
    httpx_mock.add_response(url=LIST, json={"items": [{"id": "1", **said}, {"id": "0", "trigger": {"type": "gitlab"}}]})
    assert await detect_integration(circleci, OPAQUE, []) is found


async def test_where_nothing_ever_ran_nothing_is_known(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(url=LIST, json={"items": []})
    assert await detect_integration(circleci, OPAQUE, []) is Integration.UNKNOWN

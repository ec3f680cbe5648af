from __future__ import annotations

from typing import Any

from bot.circleci.models import DeploySettings
from tests.plugins.each_case import each_case
from tests.plugins.factories import make_id

ID = make_id(3)


@each_case(
    ("said", "found"),
    [
        ({"rollback_pipeline_definition_id": ID}, ID),
        ({"rollback_pipeline": {"definition": {"id": ID}}}, ID),
        ({"rollback_pipeline_definition": {"provider": "github_app", "id": ID}}, ID),
        ({"rollback_pipeline_definition": {"provider": ID}}, ""),
        ({"deploy_settings": {"rollback": {"valid": ID}}}, ""),
        ({"rollback_guidance": ID}, ""),
        ({"rollbackPipelineDefinitionId": ID}, ID),
        ({"rollback_settings": {"org_id": ID, "decided_by_id": ID}}, ""),
        ({"autorollback_id": ID}, ""),
        ({"rollback_id": "none"}, ""),
        ({"rollback_pipeline_definition_id": None}, ""),
    ],
)
def test_only_an_id_designates_a_definition(said: dict[str, Any], found: str) -> None:
    assert DeploySettings.model_validate(said).rollback_definition_id == found

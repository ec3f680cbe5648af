from __future__ import annotations

from tests.sandbox.circleci.circle import SimulatorClient

ACME = {"owner-slug": "gh/acme"}


async def test_contexts_are_those_of_their_owner_by_slug_or_id(circle: SimulatorClient) -> None:
    listed = (await circle.get("/context", **ACME))["items"]
    assert [each["name"] for each in listed] == ["deploy-production", "deploy-staging", "docker-hub", "empty"]
    org_id = circle.world.projects["gh/acme/web"].org.id
    assert (await circle.get("/context", **{"owner-id": org_id}))["items"] == listed
    assert (await circle.get("/context", **{"owner-slug": "github/acme"}))["items"] == listed
    mobile = await circle.get("/context", **{"owner-slug": circle.kiosk.org.slug})
    assert [each["name"] for each in mobile["items"]] == ["mobile-signing"]


async def test_of_variables_only_the_names_come_out(circle: SimulatorClient) -> None:
    production = (await circle.get("/context", **ACME))["items"][0]
    variables = (await circle.get(f"/context/{production['id']}/environment-variable"))["items"]
    assert [each["variable"] for each in variables] == ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "SLACK_WEBHOOK"]
    assert set(variables[0]) == {"variable", "created_at", "updated_at", "context_id"}


async def test_who_does_not_belong_to_the_organisation_sees_none(circle: SimulatorClient) -> None:
    production = (await circle.get("/context", **ACME))["items"][0]
    assert (await circle.call("GET", "/context", "eve", params=ACME)).status_code == 404
    for path in (f"/context/{production['id']}", f"/context/{production['id']}/environment-variable"):
        answer = await circle.call("GET", path, "eve")
        assert (answer.status_code, answer.json()) == (404, {"message": "Entity not found."})

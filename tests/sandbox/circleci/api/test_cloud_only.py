from __future__ import annotations

from tests.sandbox.circleci.circle import WEB, SimulatorClient


async def test_a_server_has_the_classic_trigger_alone_and_no_definitions(circle: SimulatorClient) -> None:
    project = await circle.get(WEB)
    definitions = f"/projects/{project['id']}/pipeline-definitions"
    listed = await circle.get(definitions)
    run = {"definition_id": listed["items"][0]["id"], "config": {"branch": "main"}, "checkout": {"branch": "main"}}
    circle.world.is_server = True
    for answer in (await circle.call("GET", definitions), await circle.post(f"{WEB}/pipeline/run", run)):
        assert (answer.status_code, answer.json()) == (404, {"message": "Not found"})
    assert (await circle.post(f"{WEB}/pipeline", {"branch": "main"})).status_code == 201
    circle.world.reset(seed=False)
    assert (await circle.post(f"{WEB}/pipeline/run", run)).status_code == 201

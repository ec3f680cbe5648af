from __future__ import annotations

from tests.sandbox.circleci.circle import WEB, SimulatorClient

VARIABLES = f"{WEB}/envvar"


async def test_what_goes_in_comes_out_masked(circle: SimulatorClient) -> None:
    made = await circle.post(VARIABLES, {"name": "API_KEY", "value": "hunter2-9876"})
    assert (made.status_code, made.json()["value"]) == (201, "xxxx9876")
    assert (await circle.get(f"{VARIABLES}/API_KEY"))["value"] == "xxxx9876"
    assert "hunter2" not in str(circle.world.snapshot())
    assert circle.world.snapshot()["projects"][0]["variables"]["API_KEY"] == "xxxx9876"


async def test_a_name_that_is_there_is_replaced(circle: SimulatorClient) -> None:
    before = (await circle.get(VARIABLES))["items"]
    await circle.post(VARIABLES, {"name": before[0]["name"], "value": "another-value"})
    after = (await circle.get(VARIABLES))["items"]
    assert (len(after), after[0]["value"]) == (len(before), "xxxxalue")


async def test_what_is_no_variable_is_refused(circle: SimulatorClient) -> None:
    bodies = ({"name": "1ST", "value": "x"}, {"name": "A-B", "value": "x"}, {"name": "A", "value": 1}, {"name": "A"})
    assert [(await circle.post(VARIABLES, body)).status_code for body in bodies] == [400] * 4


async def test_who_may_only_read_changes_nothing(circle: SimulatorClient) -> None:
    assert (await circle.post(VARIABLES, {"name": "A", "value": "x"}, "eve")).status_code == 404
    assert (await circle.call("DELETE", f"{VARIABLES}/AWS_REGION", "eve")).status_code == 404
    assert (await circle.get(f"{VARIABLES}/AWS_REGION", "eve"))["value"] == "xxxxal-1"
    assert (await circle.call("GET", "/project/gh/acme/api/envvar", "eve")).status_code == 404


async def test_a_removed_variable_is_gone_until_the_world_begins_anew(circle: SimulatorClient) -> None:
    await circle.call("DELETE", f"{VARIABLES}/AWS_REGION")
    assert (await circle.call("GET", f"{VARIABLES}/AWS_REGION")).status_code == 404
    circle.world.reset(seed=False)
    await circle.get(f"{VARIABLES}/AWS_REGION")

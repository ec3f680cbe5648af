from __future__ import annotations

from tests.sandbox.circleci.circle import SimulatorClient

WEB = "/insights/gh/acme/web"
MONTH = {"reporting-window": "last-30-days"}


async def test_a_workflow_has_trends_over_thirty_days(circle: SimulatorClient) -> None:
    found = await circle.get(f"{WEB}/workflows/build-and-test/summary")
    assert found["metrics"]["total_runs"] >= found["metrics"]["completed_runs"] > 10
    assert found["trends"]["total_runs"] > 0
    assert found["workflow_names"] == ["build-and-test", "deploy-preview"]
    answer = await circle.call("GET", f"{WEB}/workflows/nothing/summary")
    assert answer.status_code == 404


async def test_a_trend_is_what_is_now_divided_by_what_was_before(circle: SimulatorClient) -> None:
    month, two = [
        (await circle.get("/insights/pages/gh/acme/web/summary", **{"reporting-window": f"last-{days}-days"}))
        for days in (30, 60)
    ]
    now = month["project_data"]["metrics"]["total_runs"]
    before = two["project_data"]["metrics"]["total_runs"] - now
    assert month["project_data"]["trends"]["total_runs"] == now / before


async def test_a_project_page_names_workflows_and_branches_and_can_be_narrowed(circle: SimulatorClient) -> None:
    page = "/insights/pages/gh/acme/web/summary"
    whole = await circle.get(page, **MONTH)
    assert {"build-and-test", "release"} <= set(whole["all_workflows"])
    assert {one["workflow_name"] for one in whole["project_workflow_data"]} == set(whole["all_workflows"])
    some = await circle.get(page, branches="broken", **{"workflow-names": "build-and-test"}, **MONTH)
    assert [one["workflow_name"] for one in some["project_workflow_data"]] == ["build-and-test"]
    assert {one["branch"] for one in some["project_workflow_branch_data"]} == {"broken"}


async def test_an_organisation_has_the_projects_that_one_may_see(circle: SimulatorClient) -> None:
    async def projects(by: str) -> list[str]:
        return [one["project_name"] for one in (await circle.get("/insights/gh/acme/summary", by))["org_project_data"]]

    assert await projects("ada") == ["web", "api", "secret", "mobile"]
    assert await projects("eve") == ["web"]
    some = await circle.get("/insights/github/acme/summary", **{"project-names": "api"})
    assert [one["project_name"] for one in some["org_project_data"]] == ["api"]
    assert (await circle.call("GET", "/insights/gh/nobody/summary")).status_code == 404

from __future__ import annotations

import httpx

from tests.sandbox.circleci.circle import SimulatorClient

ROOT = "http://sandbox/circleci"


async def _page(circle: SimulatorClient, path: str) -> httpx.Response:
    return await circle.http.get(f"{ROOT}{path}")


async def test_a_clicked_link_leads_to_a_page_without_a_token(circle: SimulatorClient) -> None:
    pipeline_id = await circle.trigger("broken")
    circle.after(30)
    workflow = await circle.workflow(pipeline_id)
    number = (await circle.get(f"/pipeline/{pipeline_id}"))["number"]
    job = (await circle.jobs(workflow["id"]))["test"]["job_number"]
    base = f"/pipelines/github/acme/web/{number}"
    for path in (base, f"{base}/workflows/{workflow['id']}", f"/pipelines/workflows/{workflow['id']}"):
        page = await _page(circle, path)
        assert (page.status_code, f"gh/acme/web #{number}" in page.text) == (200, True)
    page = await _page(circle, f"{base}/workflows/{workflow['id']}/jobs/{job}")
    assert "test_an_empty_basket_is_refused" in page.text
    assert "&lt;guest&gt; &amp; paying" in page.text
    assert "\x1b" not in page.text
    assert "2 failed, 38 passed" in page.text
    assert (await _page(circle, "/pipelines/gh/acme/web?branch=flaky")).text.count("Expire sessions") == 3
    assert (await _page(circle, "/pipelines/gh/acme/nothing")).status_code == 404


async def test_what_people_write_into_commits_stays_text(circle: SimulatorClient) -> None:
    page = (await _page(circle, "/pipelines/gh/acme/web")).text
    assert "&lt;!channel&gt; &amp; &lt;b&gt;bold&lt;/b&gt;" in page
    assert "<b>bold" not in page


async def test_a_page_reloads_itself_only_while_something_moves(circle: SimulatorClient) -> None:
    pipeline_id = await circle.trigger("main")
    number = (await circle.get(f"/pipeline/{pipeline_id}"))["number"]
    path = f"/pipelines/gh/acme/web/{number}"
    assert 'http-equiv="refresh"' in (await _page(circle, path)).text
    circle.after(30)
    assert 'http-equiv="refresh"' not in (await _page(circle, path)).text


async def test_somebody_decides_on_the_web(circle: SimulatorClient) -> None:
    pipeline_id = await circle.trigger("release")
    circle.after(7)
    workflow = await circle.workflow(pipeline_id)
    jobs = await circle.jobs(workflow["id"])
    acts = f"{ROOT}/pipelines/workflows/{workflow['id']}"
    assert (
        f"{acts.removeprefix('http://sandbox')}/approve/"
        in (await _page(circle, f"/pipelines/workflows/{workflow['id']}")).text
    )
    approved = await circle.http.post(f"{acts}/approve/{jobs['approve-staging']['id']}", data={"as": "ada"})
    declined = await circle.http.post(f"{acts}/decline/{jobs['approve-production']['id']}")
    assert (approved.status_code, declined.status_code) == (303, 303)
    circle.after(10)
    jobs = await circle.jobs(workflow["id"])
    ada, grace = await circle.get("/me", "ada"), await circle.get("/me", "grace")
    assert jobs["approve-staging"]["approved_by"] == ada["id"]
    assert jobs["approve-production"]["canceled_by"] == grace["id"]
    assert (await circle.http.post(f"{acts}/rerun")).status_code == 303
    circle.after(2)
    newest = (await circle.workflows(pipeline_id))[0]
    assert (newest["status"], newest["started_by"]) == ("running", grace["id"])


async def test_a_button_that_no_longer_applies_says_so(circle: SimulatorClient) -> None:
    pipeline_id = await circle.trigger("broken")
    circle.after(30)
    workflow = await circle.workflow(pipeline_id)
    page = await circle.http.post(f"{ROOT}/pipelines/workflows/{workflow['id']}/cancel")
    assert (page.status_code, "already ended" in page.text) == (400, True)
    again = await circle.http.post(f"{ROOT}/pipelines/workflows/{workflow['id']}/rerun-failed", follow_redirects=True)
    assert "Cancel workflow" in again.text


async def test_the_token_page_lists_what_the_sandbox_takes(circle: SimulatorClient) -> None:
    page = await _page(circle, "/settings/user/tokens")
    assert all(token in page.text for token in ("CCIPAT_ada", "CCIPAT_eve", "CCIPAT_expired"))
    assert "/pipelines/github/acme/web" in (await _page(circle, "/")).text

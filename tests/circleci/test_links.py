from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.circleci.links import CLOUD, Link, Links, build_commit_url, select_app_addresses
from bot.domain import ProjectSlug
from tests.plugins.each_case import each_case

WEB = ProjectSlug("gh", "acme", "web")
LEGACY = ProjectSlug("bb", "acme", "legacy")
APP = ProjectSlug("circleci", "43G3kM5RtfFE7v5sa4nWAU", "44n9pujWcTnVZ2b5S8Fnat")
ID = "fda08377-fe7e-46b1-8992-3a7aaecac9c3"
OTHER_ID = "0d2b6a8e-1c1f-4c58-9f10-6b2f3c0b7d11"
SERVER = "https://circle.acme.example"
SANDBOX = "http://localhost:3000/circleci"


@each_case(
    ("text", "link"),
    [
        ("https://app.circleci.com/pipelines/gh/acme/web", Link(WEB)),
        ("https://app.circleci.com/pipelines/github/acme/web?branch=main&filter=mine", Link(WEB, branch="main")),
        ("<https://app.circleci.com/pipelines/gh/acme/web?a=1&amp;branch=a%2Fb+c|x>", Link(WEB, branch="a/b c")),
        ("https://app.circleci.com/pipelines/github/acme/web/12?branch=main", Link(WEB, 12)),
        (f"https://app.circleci.com/pipeline/{ID}", Link(pipeline_id=ID)),
        (f"https://app.circleci.com/workflow/{ID}", Link(workflow_id=ID)),
        (f"https://app.circleci.com/workflow/{ID}/", Link(workflow_id=ID)),
        (f"https://app.circleci.com/workflow/{ID}/job/{OTHER_ID}", Link(workflow_id=ID, job_id=OTHER_ID)),
        (f"<https://circleci.com/workflow/{ID}/job/{OTHER_ID}?x=y|job>", Link(workflow_id=ID, job_id=OTHER_ID)),
        ("https://app.circleci.com/pipelines/github/acme/web/12", Link(WEB, 12)),
        (f"https://app.circleci.com/pipelines/github/acme/web/12/workflows/{ID}", Link(WEB, 12, ID)),
        (f"https://app.circleci.com/pipelines/github/acme/web/12/workflows/{ID}/", Link(WEB, 12, ID)),
        (f"https://app.circleci.com/pipelines/gh/acme/web/12/workflows/{ID}/jobs/34", Link(WEB, 12, ID, 34)),
        (
            f"https://app.circleci.com/pipelines/gh/acme/web/12/workflows/{ID}/jobs/34/parallel-runs/0/steps/0-101#x",
            Link(WEB, 12, ID, 34),
        ),
        (f"https://app.circleci.com/pipelines/gh/acme/web/12/workflows/{ID}/jobs/34/tests", Link(WEB, 12, ID, 34)),
        (f"https://app.circleci.com/pipelines/circleci/{APP.org}/{APP.project}/1", Link(APP, 1)),
        (f"https://app.circleci.com/pipelines/bitbucket/acme/legacy/3/workflows/{ID}", Link(LEGACY, 3, ID)),
        (f"https://app.circleci.com/pipelines/workflows/{ID}", Link(workflow_id=ID)),
        (f"https://app.circleci.com/pipelines/workflows/{ID}/jobs/3", Link(workflow_id=ID, job_number=3)),
        (f"https://circleci.com/workflow-run/{ID}", Link(workflow_id=ID)),
        ("https://circleci.com/gh/acme/web/99", Link(WEB, job_number=99)),
        ("https://circleci.com/gh/acme/web/99#tests/containers/0", Link(WEB, job_number=99)),
        ("https://circleci.com/bb/acme/legacy", Link(LEGACY)),
        ("https://circleci.com/gh/acme/web/tree/feature%2Fx", Link(WEB)),
        ("https://app.circleci.com/jobs/github/acme/web/99", Link(WEB, job_number=99)),
        ("https://app.circleci.com/settings/project/github/acme/web/environment-variables", Link(WEB)),
        ("https://app.circleci.com/projects/gh/acme/web", Link(WEB)),
        ("https://app.circleci.com/projects/project-setup/gh/acme/web", Link(WEB)),
        ("https://app.circleci.com/insights/github/acme/web/workflows/build/overview", Link(WEB)),
        ("https://github.com/acme/web", Link(WEB)),
        ("https://github.com/acme/web.git", Link(WEB)),
        ("https://github.com/acme/web/tree/feature/x", Link(WEB)),
        ("https://github.com/acme/web/pull/12/files", Link(WEB)),
        ("github.com/acme/web", Link(WEB)),
        ("git@github.com:acme/web.git", Link(WEB)),
        ("ssh://git@github.com/acme/web", Link(WEB)),
        ("https://bitbucket.org/acme/legacy/src/main/", Link(LEGACY)),
        ("HTTPS://App.CircleCI.com/pipelines/gh/acme/web/12", Link(WEB, 12)),
        ("https://someone@github.com/acme/web", Link(WEB)),
        ("<https://app.circleci.com/pipelines/gh/acme/web/12>", Link(WEB, 12)),
        ("<https://app.circleci.com/pipelines/gh/acme/web/12?a=1&amp;b=2|acme/web #12>", Link(WEB, 12)),
        (" <https://github.com/acme/web|github.com/acme/web>  ", Link(WEB)),
        ("https://app.circleci.com/pipelines/gh/acme/my%20web/2", Link(ProjectSlug("gh", "acme", "my web"), 2)),
    ],
)
def test_every_form_of_a_link_is_read(text: str, link: Link) -> None:
    assert Link.parse(text, "https://circleci.com") == link
    assert Link.parse(text, SERVER) == link


@each_case("base", [SERVER, SANDBOX])
def test_links_of_a_server_and_of_the_sandbox_are_read_on_their_base(base: str) -> None:
    assert Link.parse(f"{base}/pipelines/gh/acme/web/12/workflows/{ID}/jobs/3", base) == Link(WEB, 12, ID, 3)
    assert Link.parse(f"{base}/gh/acme/web/99", f"{base}/") == Link(WEB, job_number=99)
    assert Link.parse(f"<{base}/pipelines/workflows/{ID}|x>", base) == Link(workflow_id=ID)


def test_a_servers_web_app_may_stand_on_a_host_of_its_own() -> None:
    assert Link.parse("https://app.circle.acme.example/pipelines/gh/acme/web/1", SERVER) == Link(WEB, 1)


@each_case(
    "text",
    [
        "",
        "gh/acme/web",
        "acme/web",
        "web",
        "341",
        ID,
        "https://example.com/gh/acme/web",
        "https://circleci.com.evil.example/gh/acme/web",
        "https://evil.example/?https://circleci.com/gh/acme/web",
        "https://circle.acme.example/gh/acme/web",
        "http://localhost:3001/circleci/pipelines/gh/acme/web/1",
        "https://app.circleci.com/",
        "https://app.circleci.com/pipelines",
        "https://app.circleci.com/pipelines/gh/acme",
        "https://app.circleci.com/pipelines/svn/acme/web/1",
        "https://app.circleci.com/pipelines/workflows/",
        "https://app.circleci.com/pipeline/",
        "https://app.circleci.com/pipeline/../x",
        "https://app.circleci.com/workflow/",
        "https://app.circleci.com/pipelines/workflows/../../x",
        "https://app.circleci.com/pipelines/gh/a%2Fb/web",
        "https://github.com/acme",
        "https://github.com/orgs/acme/repositories",
        "https://github.com/settings/tokens",
        "ftp://github.com/acme/web",
        "javascript://github.com/acme/web",
        "http://[::1/gh/acme/web",
        "<!channel>",
        "<@U0ADA>",
        "https://",
        "://",
    ],
)
def test_what_is_no_link_of_ours_is_none(text: str) -> None:
    assert Link.parse(text, "https://circleci.com") is None


def test_a_number_that_is_none_is_not_made_up() -> None:
    assert Link.parse("https://app.circleci.com/pipelines/gh/acme/web/twelve") == Link(WEB)
    assert Link.parse("https://app.circleci.com/pipelines/gh/acme/web/\u0661\u0662") == Link(WEB)
    assert Link.parse(f"https://app.circleci.com/pipelines/gh/acme/web/{'9' * 40}") == Link(WEB)
    assert Link.parse("https://app.circleci.com/pipelines/gh/acme/web/12/workflows/%2e%2e") == Link(WEB, 12)


def test_the_cloud_has_its_web_app_on_another_host() -> None:
    links = Links("https://circleci.com")
    assert links.project_url(WEB) == "https://app.circleci.com/pipelines/gh/acme/web"
    assert links.pipeline_url(WEB, 12) == "https://app.circleci.com/pipelines/gh/acme/web/12"
    assert links.workflow_url(WEB, 12, ID) == f"https://app.circleci.com/pipelines/gh/acme/web/12/workflows/{ID}"
    assert (
        links.job_url(WEB, 12, ID, job_number=3)
        == f"https://app.circleci.com/pipelines/gh/acme/web/12/workflows/{ID}/jobs/3"
    )
    assert links.token_page == "https://app.circleci.com/settings/user/tokens"


@each_case("base", [SERVER, f"{SERVER}/", SANDBOX])
def test_elsewhere_it_is_the_base_itself(base: str) -> None:
    links = Links(base)
    assert links.pipeline_url(WEB, 12) == f"{base.rstrip('/')}/pipelines/gh/acme/web/12"
    assert links.token_page == f"{base.rstrip('/')}/settings/user/tokens"


def test_a_name_cannot_break_out_of_a_link() -> None:
    strange = ProjectSlug("gh", "a|b>", "c d/e?f")
    assert Links().pipeline_url(strange, 1) == "https://app.circleci.com/pipelines/gh/a%7Cb%3E/c%20d%2Fe%3Ff/1"


names = st.text(
    st.characters(codec="utf-8", exclude_characters="/", exclude_categories=["Cc", "Zs", "Zl", "Zp"]), min_size=1
)
slugs = st.builds(ProjectSlug, st.sampled_from(["gh", "bb", "circleci"]), names, names)


@given(
    slugs,
    st.integers(0, 10**9 - 1),
    st.uuids().map(str),
    st.integers(0, 10**9 - 1),
    st.sampled_from([SERVER, SANDBOX, "https://circleci.com"]),
)
def test_what_we_build_reads_back(slug: ProjectSlug, number: int, workflow_id: str, job: int, base: str) -> None:
    links = Links(base)
    assert Link.parse(links.job_url(slug, number, workflow_id, job_number=job), base) == Link(
        slug, number, workflow_id, job
    )
    assert Link.parse(f"<{links.pipeline_url(slug, number)}|label>", base) == Link(slug, number)


@given(
    st.text(),
    st.sampled_from(["", "https://app.circleci.com/pipelines/", "https://github.com/", "<https://circleci.com/"]),
)
def test_no_text_breaks_the_reading_of_links(text: str, prefix: str) -> None:
    link = Link.parse(prefix + text)
    assert link is None or link.project or link.workflow_id


_WORKFLOW = "https://app.circleci.com/pipelines/github/acme/web/341/workflows/11111111-2222-4333-8444-555555555555"


@each_case(
    ("told", "meant"),
    [
        (["https://github.com/acme/web/pull/7", "https://example.com"], []),
        (["https://app.circleci.com/pipelines/github/acme/web/341", _WORKFLOW, f"{_WORKFLOW}/jobs/7"], [2]),
        ([_WORKFLOW, f"{_WORKFLOW}?utm=x"], [1]),
        ([f"{_WORKFLOW}/jobs/7", f"{_WORKFLOW}/jobs/8"], [0, 1]),
        (["https://app.circleci.com/pipelines/github/acme/web?branch=main"], [0]),
        (["https://app.circleci.com/pipelines/github/acme/web", "https://circleci.com/gh/acme/api/12"], [0, 1]),
        (["https://ci.example.com/pipelines/github/acme/web/341"], []),
    ],
)
def test_of_a_messages_addresses_those_count_that_lead_furthest(told: list[str], meant: list[int]) -> None:
    assert list(select_app_addresses(told, CLOUD)) == [told[each] for each in meant]


def test_an_address_of_the_server_is_meant_too() -> None:
    server = "https://ci.example.com/pipelines/github/acme/web/341"
    assert select_app_addresses([server], "https://ci.example.com") == (server,)


@each_case(
    ("address", "label"),
    [
        ("https://app.circleci.com/pipelines/github/acme/web/341", "acme/web #341"),
        (f"{_WORKFLOW}/jobs/7", "acme/web #341 job 7"),
        ("https://circleci.com/gh/acme/web/12", "acme/web job 12"),
        ("https://app.circleci.com/pipelines/github/acme/web", "acme/web"),
    ],
)
def test_a_link_is_called_by_what_it_leads_to(address: str, label: str) -> None:
    found = Link.parse_app(address)
    assert found
    assert found.label == label


@each_case(
    ("repository", "url"),
    [
        ("https://github.com/acme/web", "https://github.com/acme/web/commit/0123456789"),
        ("https://gitlab.com/acme/web", "https://gitlab.com/acme/web/-/commit/0123456789"),
        ("https://bitbucket.org/acme/web", "https://bitbucket.org/acme/web/commits/0123456789"),
        ("javascript:alert(1)", None),
        (None, None),
    ],
)
def test_a_commit_has_its_page_where_its_repository_is(repository: str | None, url: str | None) -> None:
    assert build_commit_url(repository, "0123456789") == url
    assert build_commit_url(repository, "not a revision") is None


@each_case("host", ["localhost", "127.0.0.1", "[::1]"])
def test_in_a_demo_this_machine_has_several_names(host: str) -> None:
    found = Link.parse(f"http://{host}:3000/circleci/pipelines/gh/acme/web/29", "http://127.0.0.1:3000/circleci")
    assert found == Link(WEB, 29)
    assert Link.parse(f"http://{host}:3001/circleci/pipelines/gh/acme/web/29", SANDBOX) is None
    assert Link.parse(f"http://{host}:3000/pipelines/gh/acme/web/29", SERVER) is None

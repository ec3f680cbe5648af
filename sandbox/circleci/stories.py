"""Stories: what happens on each branch. Which workflows a pipeline gets, how long their jobs take and how they end."""

from __future__ import annotations

import re
from dataclasses import replace

from sandbox.circleci.plans import DeployMark, FailingTest, JobPlan, Story, WorkflowPlan


def get_story(ref: str, definition: str = "build") -> Story:
    """The story of this branch or tag; a ref without one of its own has that of main."""
    story = _STORIES.get(ref, _PASSES)
    return _NIGHTLY if story is _PASSES and definition == "nightly" else story


def match_pull_request(branch: str) -> re.Match[str] | None:
    """`pull/<n>/head` and `pull/<n>/merge` are branches to GitHub (CircleCI docs: trigger a pipeline)."""
    return re.fullmatch(r"pull/(\d+)/(?:head|merge)", branch)


_CART = FailingTest(
    index=17,
    name="test_total_includes_the_discount",
    classname="tests.test_cart.TestCart",
    file="tests/test_cart.py",
    message="AssertionError: assert Decimal('90.00') == Decimal('81.00')",
)
_CHECKOUT = FailingTest(
    index=33,
    name="test_an_empty_basket_is_refused",
    classname="tests.test_checkout.TestCheckout",
    file="tests/test_checkout.py",
    message="Failed: DID NOT RAISE <class 'shop.EmptyBasket'>\n  while posting to /checkout as <guest> & paying",
)
_SESSION = FailingTest(
    index=25,
    name="test_a_session_expires",
    classname="tests.test_session.TestSession",
    file="tests/test_session.py",
    message="TimeoutError: session did not expire within 2.0 s",
)

NAMED_TESTS = {test.index: test for test in (_CART, _CHECKOUT, _SESSION)}
"""Tests that fail in one story and pass, under the same name, in another."""

_LINT = JobPlan("lint", 3.0, step="Run lint", command="make lint")
_BUILD = JobPlan("build", 5.0, ("lint", "test"), step="Build image", command="make image", artifacts=("image.txt",))
_TEST_ARTIFACTS = (
    "test-results/junit.xml",
    "coverage/index.html",
    "coverage/coverage.xml",
    "coverage/coverage-summary.json",
    "coverage/lcov.info",
    "logs/server.log",
    "logs/worker.log",
    "screenshots/checkout.png",
    "dumps/heap.bin",
    "requirements.txt",
    "timings.txt",
)
_PREVIEW = WorkflowPlan("deploy-preview", (JobPlan("preview", 6.0, step="Deploy preview", command="make preview"),))


def _tests(
    outcomes: tuple[str | None, ...] = ("success",), failing: tuple[FailingTest, ...] = (), duration_s: float = 7.0
) -> JobPlan:
    return JobPlan(
        "test",
        duration_s,
        outcomes=outcomes,
        parallelism=2,
        step="Run tests",
        command="pytest --junitxml=test-results/junit.xml",
        stores_tests=True,
        failing_tests=failing,
        artifacts=_TEST_ARTIFACTS,
    )


def _build_and_test(test: JobPlan, max_auto_reruns: int = 0) -> WorkflowPlan:
    return WorkflowPlan("build-and-test", (_LINT, test, _BUILD), max_auto_reruns)


def _hold(name: str) -> JobPlan:
    return JobPlan(name, requires=("build",), type="approval")


def _deploy(environment: str, requires: tuple[str, ...], outcome: str = "success") -> JobPlan:
    return JobPlan(
        f"deploy-{environment}",
        4.0,
        requires,
        (outcome,),
        step=f"Deploy to {environment}",
        command=f"make deploy ENVIRONMENT={environment}",
        contexts=(environment,),
        deploys=DeployMark(environment),
    )


_ON_ONE_NODE = replace(_tests(("failed",), (_CHECKOUT,)), parallelism=4, failing_nodes=(1,), contexts=("docker-hub",))
_MACHINE_GONE = "The infrastructure that ran this job was lost. Rerun the job."
_BUILD_IMAGE = JobPlan("build", 4.0, step="Build image", command="make image")
_PASSES = Story((_build_and_test(_tests()), _PREVIEW))
_NIGHTLY = Story((WorkflowPlan("nightly", (_LINT, _tests(duration_s=12.0))),))
_RELEASE = WorkflowPlan(
    "release",
    (
        _BUILD_IMAGE,
        _hold("approve-staging"),
        _hold("approve-production"),
        _deploy("staging", ("approve-staging",)),
        _deploy("production", ("approve-production",)),
    ),
)
_SHIP = WorkflowPlan(
    "ship",
    (
        _BUILD_IMAGE,
        _deploy("staging", ("build",)),
        JobPlan("approve-production", requires=("deploy-staging",), type="approval"),
        _deploy("production", ("approve-production",)),
    ),
)
_VALIDATED = replace(
    _deploy("production", ("build",)), deploys=DeployMark("production", plan="production", is_validated=True)
)
_BAD_RELEASE = WorkflowPlan(
    "bad-release",
    (
        _BUILD_IMAGE,
        _VALIDATED,
        JobPlan(
            "validate-production",
            6.0,
            ("deploy-production",),
            ("failed",),
            type="release",
            validates="production",
        ),
    ),
)
_ODD_HOLDS = (
    "Deploy-EU",
    "deploy-eu",
    "Approve “prod”",
    "Validé par l\N{RIGHT SINGLE QUOTATION MARK}équipe",
    "— live —",
    "R&amp;D ok",
    "--force",
)
_ODD_JOBS = (
    "lint\N{RIGHT SINGLE QUOTATION MARK} --jobs \N{LEFT SINGLE QUOTATION MARK}deploy-prod",
    "lint, format",
    "18",
    "node/test",
    "test-node-18.x",
)
_ODD_STEP = "Run tests\N{RIGHT SINGLE QUOTATION MARK} --full --here"
_ODD = (
    WorkflowPlan("odd", tuple(JobPlan(name, type="approval") for name in _ODD_HOLDS)),
    WorkflowPlan(
        "odd-jobs",
        (
            _LINT,
            JobPlan("deploy-prod", 2.0),
            *(
                JobPlan(name, 2.0, outcomes=("failed",), step=_ODD_STEP, artifacts=(f"{name}.txt",))
                for name in _ODD_JOBS
            ),
        ),
    ),
)
"""Awkward names that anybody who can push may choose."""
_SETUP = WorkflowPlan(
    "setup",
    (JobPlan("generate-config", 3.0, step="Generate config", command="./generate-config > generated.yml"),),
    is_setup=True,
)
_SOAK = JobPlan("soak", requires=("lint",), outcomes=(None,), step="Soak", command="./soak --forever")
_OUT_OF_MEMORY = JobPlan(
    "bundle",
    4.0,
    outcomes=("failed",),
    step="Bundle the shop",
    command="npm run bundle",
    exit_code=137,
    ending="<--- Last few GCs --->\r\n"
    "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\r\n"
    "/bin/bash: line 1:   214 Killed                  npm run bundle\r\n",
    runs_out_of_memory=True,
)
_TIME_LIMIT = JobPlan(
    "end-to-end",
    6.0,
    outcomes=("timedout",),
    step="Run end-to-end tests",
    command="npx playwright test",
    ending="waiting for http://localhost:8080 …\r\n"
    "\x1b[31mToo long with no output (exceeded 10m0s): context deadline exceeded\x1b[0m\r\n",
)
_BAD_CONFIG = {
    "type": "config",
    "message": "Error calling workflow: 'build-and-test'\nError calling job: 'lint'\n"
    "Cannot find a definition for command named install-deps",
}
_REFUSED = {"type": "config", "message": "Unexpected argument(s): suite"}
_SUITE = {"suite": {"type": "string", "default": "all", "description": "Which tests the continuation runs"}}
_FAILS_IN_MONO = 37


def _service(number: int) -> WorkflowPlan:
    """One of many in one repository, each with a workflow of its own."""
    outcome = "failed" if number == _FAILS_IN_MONO else "success"
    test = JobPlan("test", 4.0 + number % 3, outcomes=(outcome,), step="Run tests", command="make test")
    return WorkflowPlan(f"service-{number:02}", (test,))


_STORIES = {
    "main": _PASSES,
    "broken": Story((_build_and_test(_tests(("failed",), (_CART, _CHECKOUT))), _PREVIEW)),
    "flaky": Story((_build_and_test(_tests(("failed", "success"), (_SESSION,))),)),
    "release": Story((_RELEASE,)),
    "ship": Story((_SHIP,)),
    "bad-release": Story((_BAD_RELEASE,)),
    "slow": Story((WorkflowPlan("build-and-test", (_LINT, _SOAK)),)),
    "bad-config": Story((_build_and_test(_tests()),), errors=(_BAD_CONFIG,)),
    "setup": Story((_build_and_test(_tests()),), setup=_SETUP, continued_parameters=_SUITE),
    "dynamic": Story((_build_and_test(_tests()),), setup=_SETUP, errors=(_REFUSED,)),
    "dynamic-empty": Story(setup=_SETUP),
    "empty": Story(),
    "ci-skip": Story(),
    "auto-rerun": Story((_build_and_test(_tests(("failed", "success"), (_SESSION,)), max_auto_reruns=1),)),
    "unauthorized": Story((WorkflowPlan("deploy", (_LINT, _deploy("production", ("lint",), "unauthorized"))),)),
    "infra": Story((_build_and_test(replace(_tests(("infrastructure_fail",)), messages=(_MACHINE_GONE,))),)),
    "oom": Story((WorkflowPlan("build-and-test", (_LINT, _OUT_OF_MEMORY)),)),
    "timeout": Story((WorkflowPlan("build-and-test", (_LINT, _TIME_LIMIT)),)),
    "parallel": Story((_build_and_test(_ON_ONE_NODE),)),
    "odd": Story(_ODD),
    "mono": Story(tuple(_service(number) for number in range(1, 51))),
    "worse": Story((_build_and_test(_tests(("failed",), (_CART, _SESSION))), _PREVIEW)),
}
STORY_BRANCHES = tuple(_STORIES)

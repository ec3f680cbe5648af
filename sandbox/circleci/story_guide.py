"""What to expect of each branch, and what to try then: the words beside it in the page's panel."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sandbox.circleci.stories import STORY_BRANCHES


@dataclass(frozen=True)
class StoryGuide:
    """`line` is for the message field once the pipeline is there; {project} stands for the chosen project."""

    happens: str
    line: str


_WHY, _SHOW, _LOGS = "/circle why {project}", "/circle pipeline {project}", "/circle logs {project}"
_GUIDES = {
    "main": StoryGuide("Every job passes.", "/circle status {project}"),
    "broken": StoryGuide("Two tests fail, and a log says why.", _WHY),
    "flaky": StoryGuide("A test fails, and passes when it is rerun.", "/circle rerun {project} --failed"),
    "release": StoryGuide("Waits at two holds before it deploys.", "/circle approve {project}"),
    "ship": StoryGuide("Deploys to staging, and behind a hold to production.", "/circle deploys {project}"),
    "bad-release": StoryGuide("Deploys, fails its validation and is rolled back.", "/circle deploys {project}"),
    "slow": StoryGuide("Runs until somebody cancels it.", "/circle cancel {project}"),
    "bad-config": StoryGuide("CircleCI refuses the config: no workflow starts.", _WHY),
    "setup": StoryGuide("A setup workflow makes the config of the rest.", "/circle jobs {project}"),
    "dynamic": StoryGuide("Its setup passes, and what that made is refused.", _WHY),
    "dynamic-empty": StoryGuide("Its setup passes and leaves nothing to run.", _SHOW),
    "empty": StoryGuide("No workflow fits this branch.", _SHOW),
    "ci-skip": StoryGuide("Its commit message skips CI.", _SHOW),
    "auto-rerun": StoryGuide("A test fails, and CircleCI reruns it by itself.", _SHOW),
    "unauthorized": StoryGuide("A job may not use its context.", _WHY),
    "infra": StoryGuide("The machine of a job is lost.", "/circle rerun {project} --failed"),
    "oom": StoryGuide("A job runs out of memory.", _LOGS),
    "timeout": StoryGuide("A job prints nothing for too long.", _LOGS),
    "parallel": StoryGuide("One of four nodes fails.", "/circle tests {project}"),
    "odd": StoryGuide("Holds and jobs have awkward names.", "/circle jobs {project}"),
    "mono": StoryGuide("Fifty workflows, one of which fails.", "/circle jobs {project} --failed"),
    "worse": StoryGuide("Fails with another test than broken.", "/circle tests {project}"),
}


def list_guides() -> dict[str, dict[str, str]]:
    """By branch; a branch without a story of its own has that of main."""
    return {branch: asdict(_GUIDES[branch]) for branch in STORY_BRANCHES}

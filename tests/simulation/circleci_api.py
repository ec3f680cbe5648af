"""What the simulated CircleCI answers to each request, and how people's acts change the course of builds."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any

from bot.domain import ProjectSlug
from tests.simulation.builds import ENDED, Build, Run, Step, make_id
from tests.simulation.virtual_loop import STARTED_AT, VirtualLoop

Json = dict[str, Any]

WEB = ProjectSlug("gh", "acme", "web")
PEOPLE = {"U0ADA": "ada", "U0GRACE": "grace", "U0EVE": "eve"}
"""Who is connected, and what CircleCI calls them."""


@dataclass
class CircleCIState:
    """Answers with "message" are refusals, None is what is not there."""

    loop: VirtualLoop
    chance: Random
    builds: list[Build]

    def answer(self, method: str, path: str, login: str, said: Json) -> tuple[int, Json]:
        for of, pattern, answer in _ROUTES:
            if of == method and (found := pattern.fullmatch(path)):
                made = answer(self, login, said, *found.groups())
                if made is not None:
                    return (200 if method == "GET" else 400 if "message" in made else 201), made
        return 404, {"message": "Not found"}

    def tell_me(self, login: str, _said: Json) -> Json:
        return _tell_person(login)

    def tell_user(self, _login: str, _said: Json, user_id: str) -> Json | None:
        return next((one for one in map(_tell_person, PEOPLE.values()) if one["id"] == user_id), None)

    def tell_project(self, _login: str, _said: Json) -> Json:
        return {
            "id": "00000000-0000-4000-8000-0000000000bb",
            "slug": str(WEB),
            "name": "web",
            "organization_name": "acme",
            "vcs_info": {"default_branch": "main", "provider": "GitHub", "vcs_url": "https://github.com/acme/web"},
        }

    def list_builds(self, _login: str, _said: Json, mine: str | None) -> Json:
        begun = [one for one in self.builds if one.began_s <= self.loop.time() and (not mine or one.by == _login)]
        return _list([_tell_build(one) for one in sorted(begun, key=lambda one: -one.number)])

    def tell_build(self, _login: str, _said: Json, build_id: str) -> Json | None:
        return next((_tell_build(one) for one in self.builds if one.id == build_id), None)

    def list_runs(self, _login: str, _said: Json, build_id: str) -> Json | None:
        build = next((one for one in self.builds if one.id == build_id), None)
        now_s = self.loop.time()
        return build and _list([_tell_run(build, run, now_s) for run in build.runs if run.find_status(now_s)])

    def tell_run(self, _login: str, _said: Json, run_id: str) -> Json | None:
        found = self._find_run(run_id)
        return found and _tell_run(*found, self.loop.time())

    def list_jobs(self, _login: str, _said: Json, run_id: str) -> Json | None:
        found, now_s = self._find_run(run_id), self.loop.time()
        return found and _list([_tell_job(found[1], now_s), *_tell_hold(found[1], now_s)])

    def trigger(self, login: str, said: Json) -> Json:
        number = max(one.number for one in self.builds) + 1
        build = Build(number, make_id(number), said["branch"], [self._begin_run(1000 * number, "build")], login)
        self.builds.append(build)
        told = _tell_build(build)
        return {name: told[name] for name in ("id", "number", "state", "created_at")}

    def rerun(self, _login: str, _said: Json, run_id: str) -> Json | None:
        if (found := self._find_run(run_id)) is None:
            return None
        build, run = found
        if run.find_status(self.loop.time()) not in ENDED:
            return {"message": "The workflow runs."}
        build.runs.append(again := self._begin_run(1000 * build.number + len(build.runs), run.name))
        return {"workflow_id": again.id}

    def cancel(self, _login: str, _said: Json, run_id: str) -> Json | None:
        if (found := self._find_run(run_id)) is None:
            return None
        now_s = self.loop.time()
        if found[1].find_status(now_s) in ENDED:
            return {"message": "The workflow has ended."}
        found[1].turn(now_s, (now_s + self.chance.uniform(0.1, 2), "canceled"))
        return {}

    def approve(self, login: str, _said: Json, run_id: str, _hold: str) -> Json | None:
        if (found := self._find_run(run_id)) is None:
            return None
        now_s = self.loop.time()
        if found[1].find_hold_status(now_s) != "on_hold":
            return {"message": "The job has been approved already."}
        found[1].decided_by = login
        found[1].turn(now_s, (now_s, "running"), self._draw_end())
        return {}

    def cancel_job(self, _login: str, _said: Json, job_id: str) -> Json | None:
        """Of a hold: it is declined, and its workflow ends."""
        if not job_id.startswith("2") or (found := self._find_run(f"0{job_id[1:]}")) is None:
            return None
        now_s = self.loop.time()
        if found[1].find_hold_status(now_s) != "on_hold":
            return {"message": "The job has ended already."}
        found[1].turn(now_s, (now_s, "canceled"))
        return {}

    def _find_run(self, run_id: str) -> tuple[Build, Run] | None:
        return next(((build, run) for build in self.builds for run in build.runs if run.id == run_id), None)

    def _begin_run(self, number: int, name: str) -> Run:
        return Run(make_id(number), name, [(self.loop.time(), "running"), self._draw_end()])

    def _draw_end(self) -> Step:
        return self.loop.time() + self.chance.uniform(1, 8), self.chance.choice(("success", "failed"))


def find_user_id(login: str) -> str:
    return f"00000000-0000-4000-8000-00000000aa{[*PEOPLE.values()].index(login):02d}"


def _tell_person(login: str) -> Json:
    return {"id": find_user_id(login), "login": login, "name": login.title()}


def _tell_build(build: Build) -> Json:
    return {
        "id": build.id,
        "number": build.number,
        "project_slug": str(WEB),
        "state": "created",
        "created_at": _tell_time(build.began_s),
        "trigger": {"type": "webhook", "actor": {"login": build.by}},
        "vcs": {"branch": build.branch, "revision": f"{build.number:040x}"},
        "errors": [],
    }


def _tell_run(build: Build, run: Run, now_s: float) -> Json:
    status = run.find_status(now_s)
    return {
        "id": run.id,
        "name": run.name,
        "status": status,
        "created_at": _tell_time(run.course[0][0]),
        "stopped_at": _tell_time(run.course[-1][0]) if status in ENDED else None,
        "pipeline_id": build.id,
        "pipeline_number": build.number,
        "project_slug": str(WEB),
    }


def _tell_job(run: Run, now_s: float) -> Json:
    status = run.find_status(now_s)
    return {
        "id": f"1{run.id[1:]}",
        "name": "build",
        "type": "build",
        "job_number": int(run.id[-6:]),
        "status": "success" if status == "on_hold" else status,
        "started_at": _tell_time(run.course[0][0]),
        "stopped_at": _tell_time(run.course[-1][0]) if status in ENDED else None,
        "dependencies": [],
    }


def _tell_hold(run: Run, now_s: float) -> list[Json]:
    """Where it waits at some time for an approval."""
    if run.held_s is None:
        return []
    hold = {
        "id": f"2{run.id[1:]}",
        "name": "release",
        "type": "approval",
        "status": run.find_hold_status(now_s),
        "approval_request_id": f"3{run.id[1:]}",
        "dependencies": [],
    }
    return [hold | ({"approved_by": find_user_id(run.decided_by)} if run.decided_by else {})]


def _list(items: list[Json]) -> Json:
    return {"items": items, "next_page_token": None}


def _tell_time(at_s: float) -> str:
    return (STARTED_AT + timedelta(seconds=at_s)).isoformat().replace("+00:00", "Z")


_ROUTES: list[tuple[str, re.Pattern[str], Callable[..., Json | None]]] = [
    ("GET", re.compile("me"), CircleCIState.tell_me),
    ("GET", re.compile("user/([^/]+)"), CircleCIState.tell_user),
    ("GET", re.compile("project/gh/acme/web"), CircleCIState.tell_project),
    ("GET", re.compile("project/gh/acme/web/pipeline(/mine)?"), CircleCIState.list_builds),
    ("GET", re.compile("pipeline/([^/]+)"), CircleCIState.tell_build),
    ("GET", re.compile("pipeline/([^/]+)/workflow"), CircleCIState.list_runs),
    ("GET", re.compile("workflow/([^/]+)"), CircleCIState.tell_run),
    ("GET", re.compile("workflow/([^/]+)/job"), CircleCIState.list_jobs),
    ("POST", re.compile("project/gh/acme/web/pipeline"), CircleCIState.trigger),
    ("POST", re.compile("jobs/([^/]+)/cancel"), CircleCIState.cancel_job),
    ("POST", re.compile("workflow/([^/]+)/rerun"), CircleCIState.rerun),
    ("POST", re.compile("workflow/([^/]+)/cancel"), CircleCIState.cancel),
    ("POST", re.compile("workflow/([^/]+)/approve/([^/]+)"), CircleCIState.approve),
]

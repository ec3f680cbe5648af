"""The control API: faults, state, reset, pushes, approvals, and the clock."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.routing import BaseRoute, Route

from sandbox.circleci.described import parse_story
from sandbox.circleci.entities import FakeJob, FakeWorkflow
from sandbox.circleci.fake_errors import FakeCircleciError
from sandbox.circleci.fake_projects import FakeProject, find_project
from sandbox.circleci.fake_users import PEOPLE, FakeCircleciUser
from sandbox.circleci.webhook_deliveries import DeliveryDisorder
from sandbox.circleci.workflow_actions import RerunSelection
from sandbox.control_protocols import ControlledSandbox
from sandbox.control_requests import Body, answer_by, read_body
from sandbox.faults import Fault, parse_fault

TRIGGER_TYPES = {"schedule": "scheduled_pipeline"} | {
    word: word
    for word in (
        *("webhook", "api", "explicit", "scheduled_pipeline", "unknown", "Decoupled Ingestion System"),
        *("github_app", "gitlab", "bitbucket_cloud", "bitbucket_dc"),
    )
}
"""Values of `trigger.type` that a push may set. CircleCI's set is open; these are documented or were seen."""

LONGEST_WAIT_S = 60.0


def build_routes(world: ControlledSandbox) -> list[BaseRoute]:
    """To be mounted under /_control. Errors are `{"error": sentence}` with a 4xx."""
    control = ControlApi(world)
    posts = {
        "/faults": control.add_fault,
        "/reset": control.reset,
        "/world": control.replace_world,
        "/push": control.push,
        "/decide": control.decide,
        "/rerun": control.rerun,
        "/cancel": control.cancel,
        "/advance": control.advance,
        "/server": control.set_server,
        "/follow": control.set_following,
        "/limit": control.set_rate_limit,
        "/revoke": control.revoke,
        "/webhooks": control.disturb_webhooks,
        "/see": control.set_visibility,
        "/rename": control.rename,
        "/leave": control.deactivate_user,
        "/usergroup": control.change_group,
        "/buttons": control.set_buttons,
    }
    return [
        *(Route(path, answer_by(act), methods=["POST"]) for path, act in posts.items()),
        Route("/state", answer_by(control.get_state)),
        Route("/wait", answer_by(control.wait)),
    ]


class ControlApi:
    """Each method answers one route with what becomes its JSON."""

    def __init__(self, world: ControlledSandbox) -> None:
        self._world = world
        self._circleci = world.circleci

    async def add_fault(self, request: Request) -> Body:
        """One fault. Those of the socket strike the open sockets at once instead of waiting for a call."""
        spec = await read_body(request)
        if spec.get("disconnect") or spec.get("drop_socket"):
            await self._strike_sockets(parse_fault(spec))
        else:
            self._world.faults.add(spec)
        self._world.changes.bump()
        return {}

    async def _strike_sockets(self, fault: Fault) -> None:
        if fault.disconnect:
            await self._world.slack.disconnect(fault.disconnect)
        else:
            self._world.slack.drop_socket()

    async def get_state(self, request: Request) -> Body:
        """All of it, or with `?of=slack` that part alone, with `?of=slack.calls` one list of it."""
        self._circleci.engine.run_due()
        world = self._world
        parts: dict[str, Callable[[str], Any]] = {
            "slack": world.slack.snapshot,
            "circleci": self._circleci.snapshot,
            "faults": lambda _: world.faults.snapshot(),
        }
        wanted, _, part = request.query_params.get("of", "").partition(".")
        if wanted and wanted not in parts:
            raise ValueError(f"There is no {wanted}: only {', '.join(parts)}.")
        found = {name: build(part) for name, build in parts.items() if wanted in {"", name}}
        if part and part not in found.get(wanted, ()):
            raise ValueError(f"There is no {part} in {wanted}.")
        return {"seq": world.changes.seq} | found

    async def reset(self, request: Request) -> Body:
        seed = bool((await read_body(request)).get("seed", True))
        await self._world.drill.stop()
        async with self._world.around_reset():
            self._world.faults.clear()
            self._world.breaks.clear()
            self._circleci.reset(seed=seed)
            self._world.slack.reset(seed=seed)
        self._world.changes.bump()
        return {}

    async def replace_world(self, request: Request) -> Body:
        """Replace CircleCI's world by the described projects, without a history (docs/sandbox.md)."""
        self._circleci.reset(seed=False, described=await read_body(request))
        return {"projects": list(self._circleci.projects)}

    async def push(self, request: Request) -> Body:
        """To a branch or with a tag; what comes is `like` another branch, or brings a `story` (docs/sandbox.md).

        `schedule` names the one that starts it.
        """
        body = await read_body(request)
        trigger = body.get("trigger")
        if trigger is not None and trigger not in TRIGGER_TYPES:
            raise ValueError(f"trigger must be one of {', '.join(TRIGGER_TYPES)}, not {trigger!r}")
        pipeline = self._circleci.push(
            self._project(body),
            branch=None if "tag" in body else _text(body, "branch"),
            tag=_text(body, "tag") if "tag" in body else None,
            subject=body.get("subject"),
            author=body.get("author", "lin"),
            trigger_type=TRIGGER_TYPES.get(str(trigger)),
            config_source=body.get("config"),
            like=body.get("like"),
            story=parse_story(body["story"]) if "story" in body else None,
        )
        named = body.get("schedule")
        known = [one.id for one in self._circleci.schedules.list_for(pipeline.project) if one.name == named]
        pipeline.schedule_id = next(iter(known), "")
        return {"id": pipeline.id, "number": pipeline.number}

    async def decide(self, request: Request) -> Body:
        """Approve or cancel a hold by its name, as if on the web."""
        body = await read_body(request)
        workflow, by = self._workflow(body), _person(body)
        hold = _hold(workflow, _text(body, "hold"))
        decision = body.get("decision", "approve")
        if decision not in {"approve", "cancel"}:
            raise ValueError(f"decision must be approve or cancel, not {decision!r}")
        if decision == "approve":
            self._circleci.acts.approve(workflow, str(hold.approval_request_id), by)
        else:
            self._circleci.acts.cancel_job(workflow, hold, by)
        return {}

    async def rerun(self, request: Request) -> Body:
        body = await read_body(request)
        selection = RerunSelection(from_failed=bool(body.get("from_failed", False)))
        return {"workflow_id": self._circleci.acts.rerun(self._workflow(body), selection, _person(body)).id}

    async def cancel(self, request: Request) -> Body:
        body = await read_body(request)
        self._circleci.acts.cancel(self._workflow(body), _person(body))
        return {}

    async def advance(self, request: Request) -> Body:
        """Move CircleCI's clock ahead; what was due has happened when this answers."""
        seconds = (await read_body(request)).get("seconds")
        if not isinstance(seconds, int | float) or seconds < 0:
            raise ValueError(f"seconds must be a number, at least 0, not {seconds!r}")
        self._circleci.engine.advance(seconds)
        return {"now": self._circleci.engine.now().isoformat()}

    async def set_server(self, request: Request) -> Body:
        """CircleCI behaves like a CircleCI Server until `{"on": false}` or a reset: `{"on": true}`."""
        self._circleci.is_server = bool((await read_body(request)).get("on", True))
        self._world.changes.bump()
        return {}

    async def set_following(self, request: Request) -> Body:
        """A person follows a project, or no longer: `{"project": "gh/acme/web", "as": "ada", "on": false}`."""
        body = await read_body(request)
        unfollowed_by, login = self._project(body).unfollowed_by, _person(body).login
        (unfollowed_by.discard if body.get("on", True) else unfollowed_by.add)(login)
        return {}

    async def revoke(self, request: Request) -> Body:
        """Revoke a CircleCI token until `{"on": false}` or a reset: `{"as": "grace", "on": true}`."""
        body, revoked = await read_body(request), self._circleci.revoked
        (revoked.add if body.get("on", True) else revoked.discard)(_person(body).login)
        return {}

    async def set_rate_limit(self, request: Request) -> Body:
        """Limit the calls of a token, by CircleCI's clock: `{"as": "ada", "a_minute": 30, "an_hour": 100}`."""
        body, allowance = await read_body(request), self._circleci.quotas
        limits = {"a_minute": allowance.a_minute, "an_hour": allowance.an_hour}
        if not limits.keys() & body:
            raise ValueError(f"say one of {', '.join(limits)}")
        for name in limits.keys() & body:
            limits[name][_person(body).login] = _count(body, name)
        return {}

    async def disturb_webhooks(self, request: Request) -> Body:
        """Make webhook delivery unreliable until reset: `{"copies": 2, "late_s": 30, "replayed_days": 90}`."""
        self._circleci.deliveries.disorder = DeliveryDisorder(**await read_body(request))
        return {}

    async def set_visibility(self, request: Request) -> Body:
        """A person may see a project, or no longer: `{"project": "gh/acme/web", "as": "ada", "on": false}`."""
        body = await read_body(request)
        project, login = self._project(body), _person(body).login
        project.seen_by = project.seen_by | {login} if body.get("on", True) else project.seen_by - {login}
        return {}

    async def rename(self, request: Request) -> Body:
        """Rename a repository; with `redirects` the old name still works."""
        body = await read_body(request)
        self._project(body).rename(_text(body, "name"), redirects=bool(body.get("redirects", False)))
        return {}

    async def change_group(self, request: Request) -> Body:
        """Other `users` are in it; or it is `disabled`, or no longer."""
        body = await read_body(request)
        users = body.get("users")
        named = tuple(map(str, users)) if isinstance(users, list) else None
        self._world.slack.change_group(_text(body, "group"), named, disabled=body.get("disabled"))
        return {}

    async def set_buttons(self, request: Request) -> Body:
        """This Slack knows `visible_to_user_ids`, or refuses it: `{"hide": false}`."""
        self._world.slack.hides_buttons = bool((await read_body(request)).get("hide", True))
        return {}

    async def deactivate_user(self, request: Request) -> Body:
        """Deactivate a Slack user: `{"user": "U0GRACE"}`."""
        self._world.slack.deactivate(_text(await read_body(request), "user"))
        self._world.changes.bump()
        return {}

    async def wait(self, request: Request) -> Body:
        """Long poll: `?since=<seq>&timeout_s=10`; with `of=slack` until something has changed there."""
        since = int(request.query_params.get("since", 0))
        timeout_s = min(float(request.query_params.get("timeout_s", 10)), LONGEST_WAIT_S)
        world = self._world
        await (world.slack if request.query_params.get("of") == "slack" else world).changes.wait_after(since, timeout_s)
        return {"seq": world.changes.seq}

    def _project(self, body: Body) -> FakeProject:
        slug = _text(body, "project")
        project = find_project(self._circleci.projects.values(), *slug.split("/")) if slug.count("/") == 2 else None
        if project is None:
            raise FakeCircleciError(HTTPStatus.NOT_FOUND, f"there is no project {slug}")
        return project

    def _workflow(self, body: Body) -> FakeWorkflow:
        self._circleci.engine.run_due()
        workflow = self._circleci.archive.find_workflow(_text(body, "workflow_id"))
        if workflow is None:
            raise FakeCircleciError(HTTPStatus.NOT_FOUND, f"there is no workflow {body['workflow_id']}")
        return workflow


def _text(body: Body, key: str) -> str:
    value = body.get(key)
    if not isinstance(value, str) or not value:
        raise ValueError(f"{key} is missing")
    return value


def _count(body: Body, key: str) -> int:
    count = body[key]
    if isinstance(count, bool) or not isinstance(count, int) or count < 0:
        raise ValueError(f"{key} must be a number, at least 0, not {count!r}")
    return count


def _person(body: Body) -> FakeCircleciUser:
    login = body.get("as", "grace")
    if login not in PEOPLE:
        raise ValueError(f"as must be one of {', '.join(PEOPLE)}, not {login!r}")
    return PEOPLE[login]


def _hold(workflow: FakeWorkflow, name: str) -> FakeJob:
    hold = next((job for job in workflow.jobs if job.is_hold and job.name == name), None)
    if hold is None:
        raise FakeCircleciError(HTTPStatus.NOT_FOUND, f"workflow {workflow.name} has no hold {name}")
    return hold

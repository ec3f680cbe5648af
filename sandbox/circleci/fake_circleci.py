"""The simulated CircleCI: projects, pipelines, call log. Routes read it, the control API changes it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from sandbox.changes import Changes
from sandbox.circleci import api_json, config_yaml, deploy_pipelines, hostile_content
from sandbox.circleci.archive import PipelineArchive
from sandbox.circleci.call_log import CallLog
from sandbox.circleci.call_quotas import CallQuotas
from sandbox.circleci.described import parse_projects as described_projects
from sandbox.circleci.entities import FakePipeline
from sandbox.circleci.fake_checkout_keys import FakeCheckoutKeys
from sandbox.circleci.fake_deploys import FakeDeploys
from sandbox.circleci.fake_oauth import FakeOAuth
from sandbox.circleci.fake_projects import FakeCommit, FakeDefinition, FakeProject, build_projects
from sandbox.circleci.fake_schedules import FakeSchedules
from sandbox.circleci.fake_users import PEOPLE, TOKENS, FakeCircleciUser
from sandbox.circleci.fake_variables import FakeVariables
from sandbox.circleci.fake_webhooks import FakeWebhooks
from sandbox.circleci.id_generator import IdGenerator
from sandbox.circleci.pipeline_flow import PipelineFlow
from sandbox.circleci.plans import Story
from sandbox.circleci.presigned import PresignedUrls
from sandbox.circleci.rollbacks import Rollbacks
from sandbox.circleci.simulation_engine import SimulationEngine
from sandbox.circleci.stories import get_story
from sandbox.circleci.webhook_deliveries import WebhookDeliveries
from sandbox.circleci.workflow_actions import WorkflowActions
from sandbox.faults import Faults
from sandbox.virtual_clock import MovableClock

SETTINGS_AGE = timedelta(days=30)
"""How long ago the settings of the fixed world were made."""


class FakeCircleci:
    """`clock` is CircleCI's time and may be fast or stand still. `public_url` is the sandbox's own.

    `history` fills a new world with finished pipelines; `autopilot` starts pipelines that nobody triggered.
    """

    def __init__(
        self,
        *,
        clock: MovableClock,
        changes: Changes,
        faults: Faults,
        public_url: str = "http://localhost:3000",
        history: Callable[[FakeCircleci], None] = lambda _world: None,
        autopilot: Callable[[FakeCircleci], Coroutine[Any, Any, None]] | None = None,
    ) -> None:
        self.changes = changes
        self.faults = faults
        self.app_url = f"{public_url}/circleci"
        self.id_generator = IdGenerator()
        self.archive = PipelineArchive()
        self.calls = CallLog()
        self.presigned = PresignedUrls()
        self.hooks = FakeWebhooks()
        self.keys = FakeCheckoutKeys()
        self.variables = FakeVariables()
        self.schedules = FakeSchedules()
        self.oauth = FakeOAuth()
        self._build_moving_parts(clock)
        self._history = history
        self._autopilot = autopilot
        self.reset(seed=True)

    def _build_moving_parts(self, clock: MovableClock) -> None:
        """Build what runs in the background: pipelines on the engine's clock, and the events of completed ones."""
        self.engine = SimulationEngine(clock)
        self.deliveries = WebhookDeliveries(
            engine=self.engine,
            clock=clock,
            id_generator=self.id_generator,
            hooks=self.hooks,
            app_url=self.app_url,
            changed=self.changes.bump,
        )
        self.deploys = FakeDeploys(engine=self.engine, id_generator=self.id_generator, changed=self.changes.bump)
        self.flow = PipelineFlow(
            engine=self.engine,
            id_generator=self.id_generator,
            archive=self.archive,
            completed=self.deliveries.enqueue_completed,
            moved=self.deploys.hear,
            changed=self.changes.bump,
        )
        self.acts = WorkflowActions(self.engine, self.flow)
        self.rollbacks = Rollbacks(self.deploys, self.start_pipeline)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run the clock, the webhook deliveries and the autopilot while this is entered."""
        async with asyncio.TaskGroup() as tasks:
            running = [tasks.create_task(self.engine.run()), tasks.create_task(self.deliveries.run())]
            if self._autopilot:
                running.append(tasks.create_task(self._autopilot(self)))
            yield
            for task in running:
                task.cancel()

    def reset(self, *, seed: bool, described: Mapping[str, Any] | None = None) -> None:
        """Put everything back to the initial world, with its past when `seed`; or begin one as it is `described`.

        Raises ValueError for one that cannot be, and leaves everything as it was.
        """
        made = None if described is None else described_projects(described, self.engine.now())
        settings = (self.keys, self.variables, self.schedules)
        for part in (
            *(self.engine, self.archive, self.calls, self.presigned, self.hooks, self.deliveries, self.oauth),
            *(self.deploys, *settings),
        ):
            part.clear()
        self.is_server = False
        self.people = dict(PEOPLE)
        self.quotas = CallQuotas()
        self.revoked: set[str] = set()
        self.started_at = self.engine.now()
        self.projects = made or build_projects(self.started_at)
        for setting in settings:
            setting.add_initial(self.projects.values(), self.started_at - SETTINGS_AGE)
        if seed:
            self._history(self)
        self.changes.bump()

    def find_person(self, person_id: str) -> FakeCircleciUser | None:
        return next((person for person in self.people.values() if person.id == person_id), None)

    def find_token_owner(self, token: str) -> FakeCircleciUser | None:
        """Whose token this is, as far as it lets them act; None for one that nobody has."""
        return TOKENS.get(token) or self.oauth.find_owner(token, self.engine.now())

    def start_pipeline(
        self,
        project: FakeProject,
        *,
        actor: FakeCircleciUser,
        trigger_type: str,
        branch: str | None = None,
        tag: str | None = None,
        parameters: dict[str, Any] | None = None,
        definition: FakeDefinition | None = None,
        story: Story | None = None,
    ) -> FakePipeline:
        """Trigger a pipeline on what lies on this branch or tag; whether that is allowed has been checked."""
        commit, definition = project.get_commit(branch, tag), definition or project.definitions[0]
        ref = commit.like or tag or branch or project.default_branch
        filled = config_yaml.fill_defaults(parameters or {}, config_yaml.parse_parameters_at(commit, definition))
        story = story or deploy_pipelines.find_story(project, definition, filled) or commit.story
        story = story or hostile_content.find_story(ref) or get_story(ref, definition.name)
        pipeline = FakePipeline(
            id=self.id_generator.generate_id(),
            number=project.take_pipeline_number(),
            project=project,
            story=story,
            commit=commit,
            created_at=self.engine.now(),
            updated_at=self.engine.now(),
            trigger_type=trigger_type,
            actor=actor,
            parameters=filled,
            branch=branch,
            tag=tag,
            definition=definition,
        )
        self.flow.begin(pipeline)
        return pipeline

    def push(
        self,
        project: FakeProject,
        *,
        branch: str | None = None,
        tag: str | None = None,
        subject: str | None = None,
        author: str = "lin",
        trigger_type: str | None = None,
        config_source: str | None = None,
        like: str | None = None,
        story: Story | None = None,
    ) -> FakePipeline:
        """A commit arrives on a branch, new or known, or with a tag; CircleCI takes it up, or as `trigger_type` says.

        It has the story that comes with it, or of the branch that it is `like`, or that was on its ref before.
        """
        refs, ref = (project.tags, tag) if tag else (project.heads, branch or project.default_branch)
        before = project.heads.get(like) if like else refs.get(ref)
        refs[ref] = FakeCommit(
            sha=self.id_generator.generate_sha(),
            subject=subject or f"Work on {ref}",
            author=author,
            committed_at=self.engine.now(),
            like=like,
            config_source=config_source,
            story=story or (before.story if before else None),
        )
        actor = self.people.setdefault(author, FakeCircleciUser(author, author))
        branch = None if tag else ref
        how = trigger_type or project.push_trigger
        return self.start_pipeline(project, actor=actor, trigger_type=how, branch=branch, tag=tag)

    def snapshot(self, part: str = "") -> dict[str, Any]:
        """For `GET /_control/state`, all or one part; pipelines newest first, calls oldest first, no tokens."""
        parts: dict[str, Callable[[], Any]] = {
            "projects": lambda: [self._project(project) for project in self.projects.values()],
            "pipelines": lambda: [_pipeline(pipeline) for pipeline in self.archive.list_pipelines()],
            "calls": self.calls.snapshot,
            "deliveries": self.deliveries.snapshot,
        }
        return {name: build() for name, build in parts.items() if part in {"", name}}

    def _project(self, project: FakeProject) -> dict[str, Any]:
        """With its settings: fingerprints of keys, masked variables, and timetables by schedule."""
        return {
            **api_json.build_project(project),
            "branches": list(project.heads),
            "keys": [key.md5 for key in self.keys.list_for(project)],
            "variables": {variable.name: variable.masked for variable in self.variables.list_for(project)},
            "schedules": {schedule.name: schedule.timetable for schedule in self.schedules.list_for(project)},
        }


def _pipeline(pipeline: FakePipeline) -> dict[str, Any]:
    return {
        **api_json.build_pipeline(pipeline),
        "branch": pipeline.branch,
        "tag": pipeline.tag,
        "subject": pipeline.commit.subject,
        "author": pipeline.commit.author,
        "parameters": pipeline.parameters,
        "workflows": [
            {**api_json.build_workflow(workflow), "jobs": [api_json.build_workflow_job(job) for job in workflow.jobs]}
            for workflow in pipeline.workflows
        ],
    }

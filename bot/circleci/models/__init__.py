"""What CircleCI's API answers, as frozen values."""

from bot.circleci.models.job import (
    Action,
    Artifact,
    FlakyTest,
    Job,
    JobDetail,
    JobMessage,
    JobStep,
    TestResult,
)
from bot.circleci.models.model import Model, Page
from bot.circleci.models.people import Collaboration, Definition, Me, Project, User, VcsInfo
from bot.circleci.models.pipeline import (
    PENDING,
    Commit,
    Config,
    Created,
    NotTriggered,
    Pipeline,
    PipelineError,
    Trigger,
    Vcs,
)
from bot.circleci.models.workflow import ACTIVE, Workflow

__all__ = [
    "ACTIVE",
    "PENDING",
    "Action",
    "Artifact",
    "Collaboration",
    "Commit",
    "Config",
    "Created",
    "Definition",
    "FlakyTest",
    "Job",
    "JobDetail",
    "JobMessage",
    "JobStep",
    "Me",
    "Model",
    "NotTriggered",
    "Page",
    "Pipeline",
    "PipelineError",
    "Project",
    "TestResult",
    "Trigger",
    "User",
    "Vcs",
    "VcsInfo",
    "Workflow",
]

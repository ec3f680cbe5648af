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
from bot.circleci.models.settings import (
    CheckoutKey,
    ContextName,
    ContextVariable,
    Schedule,
    Timetable,
    Variable,
    Webhook,
)
from bot.circleci.models.workflow import ACTIVE, Workflow

__all__ = [
    "ACTIVE",
    "PENDING",
    "Action",
    "Artifact",
    "CheckoutKey",
    "Collaboration",
    "Commit",
    "Config",
    "ContextName",
    "ContextVariable",
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
    "Schedule",
    "TestResult",
    "Timetable",
    "Trigger",
    "User",
    "Variable",
    "Vcs",
    "VcsInfo",
    "Webhook",
    "Workflow",
]

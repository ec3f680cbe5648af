"""The envelopes of API v3: one thing, or many with a cursor; its attributes stand apart from what it refers to."""

from __future__ import annotations

from typing import Annotated, Generic, TypeVar

from pydantic import BeforeValidator

from bot.circleci.memory_use import MemoryUse
from bot.circleci.models.model import Flag, Many, Model, Word, list_or_nothing

T = TypeVar("T")

SAMPLES = 3
"""The last ones of a node: a job that is killed has no later ones."""
NODES = 500


class Cursors(Model):
    next: str | None = None


class Single(Model, Generic[T]):
    data: T


class Listing(Model, Generic[T]):
    """`data` is needed: an answer without it is no list of v3's."""

    data: Annotated[tuple[T, ...], BeforeValidator(list_or_nothing)]
    page: Cursors = Cursors()


class Reference(Model):
    """What is known by its id alone."""

    id: str


class Named(Model):
    name: Word


class ProjectEntity(Model):
    """A project as v3 lists it: without its slug."""

    id: str
    attributes: Named


class TriggerEntity(Model):
    """What starts a pipeline. Only schedules are told of, by their cron expression, in UTC."""

    class ScheduleEvent(Model):
        name: Word = ""
        cron_expression: Word = ""

    class TriggerEvent(Model):
        type: Word = ""
        schedule: TriggerEntity.ScheduleEvent | None = None

    class TriggerRef(Model):
        ref: Word = ""

    class TriggerAttributes(Model):
        event: TriggerEntity.TriggerEvent
        is_disabled: Flag = False
        checkout: TriggerEntity.TriggerRef | None = None

    id: str
    attributes: TriggerAttributes

    @property
    def is_schedule(self) -> bool:
        return self.attributes.event.type == "schedule"


def _last_samples(value: object) -> object:
    """Of a job of five hours there are thousands, and no others count."""
    return value[-SAMPLES:] if isinstance(value, list) else value


def _first_nodes(value: object) -> object:
    return value[:NODES] if isinstance(value, list) else value


class NodeUsage(Model):
    """What one parallel run of a job used, in its last samples."""

    memory_bytes: Annotated[Many[int | None], BeforeValidator(_last_samples)] = ()


class JobUsage(Model):
    """What a job used of its machine (`/jobs/{id}/resource-usage`)."""

    class Machine(Model):
        name: Word = ""
        memory_limit_bytes: int = 0

    class UsageAttributes(Model):
        resource_class: JobUsage.Machine
        parallel_executions: Annotated[Many[NodeUsage], BeforeValidator(_first_nodes)] = ()

    attributes: UsageAttributes

    @property
    def memory(self) -> MemoryUse | None:
        """What the fullest of its nodes used at the end, and what there was; None where that is not told."""
        used = [size for node in self.attributes.parallel_executions for size in node.memory_bytes if size]
        limit = self.attributes.resource_class.memory_limit_bytes
        return MemoryUse(max(used), limit) if used and limit > 0 else None

"""The file: its shape, and errors that name the line."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Self

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    create_model,
    model_validator,
)

from bot.conversation import PERSON
from bot.diagnostics.policy_names import PlacedNames, build_line_names, build_mark_names
from bot.domain import ProjectScope, ProjectSlug
from bot.domain.project_marks import Mark
from bot.errors import UsageError
from bot.operating.validation_errors import format_predicate
from bot.rules import preset_names, quiet_hours
from bot.rules.fields import FIELDS
from bot.rules.fields import Field as RuleField
from bot.rules.policy_line import PolicyLine
from bot.rules.policy_plain import from_plain
from bot.rules.rule import Rule


def _as_typed(value: object) -> object:
    """YAML's `true` and `3` as the texts that a person would type."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else value


def _parse_with(read: Callable[[str], str]) -> Callable[[object], object]:
    """Parse texts; the field's type checks anything else."""

    def check(value: object) -> object:
        try:
            return read(value) if isinstance(value, str) else value
        except UsageError as error:
            raise ValueError(error.message) from None

    return check


def _match_pattern(form: re.Pattern[str], words: str) -> AfterValidator:
    """A text that matches the pattern; `words` describe it in the error."""

    def check(value: str) -> str:
        if not form.fullmatch(value):
            raise ValueError(f"must be {words}")
        return value

    return AfterValidator(check)


Workspace = Annotated[str, _match_pattern(re.compile(r"[TE][A-Z0-9]{2,}"), "a workspace's id, like T012AB3CD")]
Channel = Annotated[
    str, _match_pattern(re.compile(r"[CGDUW][A-Z0-9]{2,}"), "a channel's id, like C012AB3CD, or a person's")
]
ChannelOrAll = Annotated[
    str, _match_pattern(re.compile(r"\*|[CGDUW][A-Z0-9]{2,}"), "a channel's id, like C012AB3CD, or *")
]
User = Annotated[str, _match_pattern(re.compile(PERSON), "a person's id, like U012AB3CD")]


Slug = Annotated[str, BeforeValidator(_parse_with(lambda text: str(ProjectSlug.parse(text))))]
Scope = Annotated[str, BeforeValidator(_parse_with(lambda text: str(ProjectScope.parse(text))))]
Typed = Annotated[str, BeforeValidator(_as_typed), StringConstraints(max_length=512)]


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class ParsedSubscription(_Row):
    """The part of a subscription that is not its rule: channel, projects and owner."""

    channel: Channel
    project: Scope
    made_by: User

    @model_validator(mode="after")
    def _check_rule(self) -> Self:
        try:
            build_rule(self).check()
        except UsageError as error:
            raise ValueError(error.message) from None
        return self


def _build_field(field: RuleField) -> tuple[Any, Any]:
    """A rule's field as a key of the file: checked like the typed option; errors name the line."""

    def parse_value(value: object) -> object:
        try:
            return field.from_plain(value)
        except UsageError as error:
            raise ValueError(error.message) from None

    return Annotated[Any, BeforeValidator(parse_value)], Field(default=field.default, alias=field.name)


SubscriptionEntry = create_model(
    "Wanted", __base__=ParsedSubscription, **{field.attribute: _build_field(field) for field in FIELDS}
)  # type: ignore[call-overload]  # made from the table
"""A subscription in the file: channel, projects, owner, and a key for each of a rule's fields."""


def build_rule(wanted: ParsedSubscription) -> Rule:
    """Its rule: of what the file says, for what it leaves out depends on that."""
    said = [field.attribute for field in FIELDS if field.attribute in wanted.model_fields_set]
    return Rule.build({each: getattr(wanted, each) for each in said})


class HoursEntry(_Row):
    """A channel's hours: its time zone and its quiet hours."""

    channel: Channel
    zone: Annotated[str, BeforeValidator(_parse_with(quiet_hours.parse_zone))] = "UTC"
    quiet: Annotated[
        str | None,
        BeforeValidator(_parse_with(lambda text: quiet_hours.format_quiet_hours(quiet_hours.parse_quiet_hours(text)))),
    ] = None
    weekends: bool = False


def _parse_policy_line(value: object) -> PolicyLine:
    if not isinstance(value, Mapping):
        raise ValueError("is not a line of a policy")  # noqa: TRY004 - what pydantic turns into an error of the file
    try:
        return from_plain(value)
    except UsageError as error:
        raise ValueError(error.message) from None


PolicyEntry = Annotated[PolicyLine, BeforeValidator(_parse_policy_line)]
"""A line of the policy, as bot/rules/policy_plain.py reads it."""


class PresetEntry(_Row):
    """A preset: what `run NAME` stands for, in this channel or in all; what it is to `ask` for each time."""

    name: Annotated[str, BeforeValidator(_parse_with(preset_names.parse_name))]
    channel: ChannelOrAll = "*"
    project: Slug
    branch: str | None = None
    tag: str | None = None
    definition: str | None = None
    config_branch: str | None = Field(default=None, alias="config-branch")
    parameters: dict[str, Typed] = Field(default_factory=dict, max_length=100)
    ask: tuple[Typed, ...] = Field(default=(), max_length=preset_names.MOST_ASKED)
    made_by: User | None = None

    @model_validator(mode="after")
    def _check_one_ref(self) -> Self:
        if self.branch and self.tag:
            raise ValueError("a branch or a tag, not both")
        return self


class MarkEntry(_Row):
    """What admins say of a project, or of several."""

    project: Scope
    mark: Mark


class Document(_Row):
    """One workspace. A section that is left out is None."""

    workspace: Workspace
    subscriptions: tuple[SubscriptionEntry, ...] | None = None
    policy: tuple[PolicyEntry, ...] | None = None
    presets: tuple[PresetEntry, ...] | None = None
    hours: tuple[HoursEntry, ...] | None = None
    marks: tuple[MarkEntry, ...] | None = None


class _Loader(yaml.SafeLoader):
    """Reads 17:00 as a text. YAML 1.1 reads it as 1,020, a number to the base of sixty."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":int", ":float"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
for _tag, _number in (("int", r"[-+]?(0|[1-9]\d*)"), ("float", r"[-+]?\d+\.\d*")):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_number})$"), list("-+0123456789"))


def parse_documents(text: str) -> list[Document]:
    """The file's documents. Raises UsageError with a sentence for each thing that is wrong, and its line."""
    try:
        nodes = [node for node in yaml.compose_all(text, Loader=_Loader) if node]
        values = [value for value in yaml.load_all(text, Loader=_Loader) if value is not None]
    except yaml.YAMLError as error:
        raise UsageError(_format_yaml_error(error)) from None
    if not nodes:
        raise UsageError("The file is empty: it needs at least a workspace.")
    return [_parse_document(value, node) for value, node in zip(values, nodes, strict=True)]


def list_placed_names(text: str) -> list[PlacedNames]:
    """Those of the file's policies and marks. Raises UsageError as `parse_documents` does."""
    documents = parse_documents(text)
    nodes = [node for node in yaml.compose_all(text, Loader=_Loader) if node]
    placed: list[PlacedNames] = []
    for document, node in zip(documents, nodes, strict=True):
        for index, line in enumerate(document.policy or ()):
            placed.append(build_line_names(document.workspace, _get_line(("policy", index), node), line))
        for index, one in enumerate(document.marks or ()):
            scope = ProjectScope.parse(one.project)
            placed.append(build_mark_names(document.workspace, _get_line(("marks", index), node), scope, one.mark))
    return placed


def _parse_document(value: Any, node: yaml.Node) -> Document:
    try:
        return Document.model_validate(value)
    except ValidationError as error:
        problems = error.errors(include_url=False)
        raise UsageError(
            "\n".join(dict.fromkeys(_format_problem(one["loc"], format_predicate(one), node) for one in problems))
        ) from None


def _format_yaml_error(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    where = f"line {mark.line + 1}: " if mark else ""
    return f"{where}not YAML ({getattr(error, 'problem', None) or 'cannot be read'})"


def _format_problem(path: Sequence[str | int], wrong: str, node: yaml.Node) -> str:
    """`line 7: subscriptions[2].channel: is missing`."""
    place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")
    return f"line {_get_line(path, node)}: {place or 'the document'}: {wrong}"


def _get_line(path: Sequence[str | int], node: yaml.Node) -> int:
    """The line of the value at this path, or of the last part of the path that exists."""
    for part in path:
        child = _find_child(node, part)
        if child is None:
            break
        node = child
    return int(node.start_mark.line) + 1


def _find_child(node: yaml.Node, part: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int):
        return node.value[part] if part < len(node.value) else None
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == part), None)
    return None

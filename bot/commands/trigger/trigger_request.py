"""What somebody says of a pipeline to start: as a line, in a form, or by a preset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.circleci.parameter_values import TYPES
from bot.command import format_line
from bot.line import OptionValue, Written, extend_line


@dataclass(frozen=True, slots=True)
class TriggerRequest:
    """What to start, in the person's words. `definition` is a name or an id; values are as typed, `types` say of what.

    `sparing` leaves out values that are the config's defaults anyway: a form shows, and so hands in, all of them. What
    the policy asks for is said all the same: the config that runs may be another one.
    `open` names what a preset asks for and nobody has said. `form` asks for the form, with all of it filled in.
    """

    project: str | None = None
    branch: str | None = None
    tag: str | None = None
    definition: str | None = None
    config_branch: str | None = None
    preset: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    types: Mapping[str, str] = field(default_factory=dict)
    sparing: bool = False
    open: tuple[str, ...] = ()
    form: bool = False
    reason: str = ""

    @property
    def is_bare(self) -> bool:
        """Nothing is said but, perhaps, the project."""
        return self == TriggerRequest(project=self.project)

    def to_line(self, project: str | None = None, definition: str | None = None) -> Written:
        """The same as a line to type, for another project or definition."""
        named: dict[str, OptionValue] = {
            "branch": self.branch,
            "tag": self.tag,
            "definition": definition or self.definition,
            "config_branch": self.config_branch,
            "preset": self.preset,
            "form": self.form,
            "reason": self.reason or None,
        }
        line = format_line(
            "trigger", *filter(None, [project or self.project]), **named, **group_names_by_type(self.types)
        )
        return extend_line(line, self.parameters)


def group_names_by_type(types: Mapping[str, str]) -> dict[str, list[str]]:
    """As the line names them: `--integer replicas`."""
    return {kind: [name for name, one in types.items() if one == kind] for kind in TYPES}

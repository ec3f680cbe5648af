"""A setting `X` may stand in a file that `X_FILE` names: that is how docker and Kubernetes hand over secrets."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

MOST_BYTES = 65_536
UNUSABLE = "setting_file"
"""The type of pydantic's error; its message is a whole sentence."""

Variables = Mapping[str, str | None]


class UnusableFile(str):
    """Stands where the setting's value would, and says why there is none."""

    __slots__ = ()


def refuse_unusable(value: object) -> object:
    """Raises PydanticCustomError for what came from a file that is of no use."""
    if isinstance(value, UnusableFile):
        raise PydanticCustomError(UNUSABLE, "{why}", {"why": str(value)})
    return value


class SettingFiles(PydanticBaseSettingsSource):
    """Asked before the variables, so that a setting that is given twice is told rather than chosen between."""

    def __init__(self, settings_cls: type[BaseSettings], variables: Variables) -> None:
        super().__init__(settings_cls)
        self._variables = variables

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002 - its shape
        path = self._variables.get(to_file_name(field_name))
        return (_read_value(field_name, path, self._variables) if path else None), field_name, False

    def __call__(self) -> dict[str, Any]:
        fields = self.settings_cls.model_fields.items()
        values = {name: self.get_field_value(field, name)[0] for name, field in fields}
        return {name: value for name, value in values.items() if value is not None}


def to_file_name(setting: str) -> str:
    """`port_file` for `port`, `PORT_FILE` for `PORT`."""
    return setting + ("_FILE" if setting.isupper() else "_file")


def _read_value(setting: str, path: str, variables: Variables) -> str:
    named = to_file_name(setting.upper())
    if variables.get(setting):
        return UnusableFile(f"{setting.upper()} and {named} are both set: unset one.")
    try:
        with Path(path).open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            return UnusableFile(f"{named} names a file of more than {MOST_BYTES // 1024} KB, which is no setting.")
        value = content.decode().removesuffix("\n").removesuffix("\r")
    except (OSError, ValueError) as error:
        return UnusableFile(f"{named} names a file that cannot be read ({type(error).__name__}).")
    return value or UnusableFile(f"{named} names an empty file.")

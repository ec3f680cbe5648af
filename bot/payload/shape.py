"""What every shape of what Slack sends is made of."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints


class Shape(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, defer_build=True)


Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Text = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$")]
"""PostgreSQL keeps no NUL."""
Short = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$", max_length=255)]

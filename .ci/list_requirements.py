"""What pyproject.toml asks for to build the package (`build`), or for one extra; a line each."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

if __name__ == "__main__":
    read = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
    asked = {"build": read["build-system"]["requires"], **read["project"]["optional-dependencies"]}
    print(*asked[sys.argv[1]], sep="\n")

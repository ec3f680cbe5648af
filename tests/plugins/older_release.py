"""An older release as it was, taken from git's history, with today's dependencies."""

from __future__ import annotations

import io
import subprocess
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.plugins.programs import ProgramResult, run_circlebot

CHECKOUT = Path(__file__).parents[2]
FIRST_RELEASE = "0.2.0"


@dataclass(frozen=True)
class OlderRelease:
    """Its code is in `folder`."""

    folder: Path

    @property
    def program(self) -> tuple[str, ...]:
        """What Python starts. It says where it comes from, since today's code is installed and easily meant instead."""
        path = str(self.folder)
        return ("-c", f"import sys; sys.path.insert(0, {path!r}); from bot.__main__ import main; main()")

    async def run(self, *words: str, env: dict[str, str], cwd: Path) -> str:
        done: ProgramResult = await run_circlebot(*words, env=env, cwd=cwd, program=self.program)
        assert done.code == 0, done.out
        return done.out


@pytest.fixture(scope="session")
def first_release(tmp_path_factory: pytest.TempPathFactory) -> OlderRelease:
    """Skips where git's history does not reach back so far."""
    folder = tmp_path_factory.mktemp(f"circlebot-{FIRST_RELEASE}")
    if (commit := find_release(FIRST_RELEASE)) is None:
        pytest.skip(f"git knows no commit of {FIRST_RELEASE} here: fetch the whole history (git fetch --unshallow)")
    packed = _run_git("archive", "--format=zip", commit, "bot", "migrations")
    zipfile.ZipFile(io.BytesIO(packed or b"")).extractall(folder)
    return OlderRelease(folder)


def find_release(version: str) -> str | None:
    """The commit that gave this release its section in the changelog; a cut history shows it where it was cut."""
    if _run_git("rev-parse", "--is-shallow-repository") != b"false\n":
        return None
    told = _run_git("log", "--reverse", "--format=%H", f"-S## {version} (", "--", "CHANGELOG.md")
    return told.decode().partition("\n")[0] or None if told else None


def list_migrations(version: str) -> list[str] | None:
    """Those of this release; None where git does not know it."""
    commit = find_release(version)
    listed = _run_git("ls-tree", "--name-only", commit, "migrations/versions/") if commit else None
    return [Path(name).name[:4] for name in listed.decode().split() if name.endswith(".py")] if listed else None


def _run_git(*words: str) -> bytes | None:
    try:
        done = subprocess.run(["git", *words], cwd=CHECKOUT, capture_output=True, check=False)
    except FileNotFoundError:
        return None
    return done.stdout if done.returncode == 0 else None

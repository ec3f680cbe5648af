from __future__ import annotations

from bot.actions.target_jobs import FoundJob
from bot.circleci.models import Artifact
from bot.commands.artifacts import COMMAND
from bot.commands.artifacts.target_artifacts import FoundArtifacts, filter_artifacts, split_path
from bot.dispatch.words import parse_usage, split_written
from tests.plugins.each_case import each_case
from tests.plugins.factories import WEB, make_pipeline

JOB = "https://app.circleci.com/pipelines/github/acme/web/7/workflows/7d1d0b1c-0000-4000-8000-000000000000/jobs/12"
CLOUD = "https://circleci.com"


@each_case(
    ("line", "words", "glob"),
    [
        ("12", ("12",), None),
        ("gh/acme/web", ("gh/acme/web",), None),
        ("gh/acme/web 12 *.xml", ("gh/acme/web", "12"), "*.xml"),
        ("12 coverage/index.html", ("12",), "coverage/index.html"),
        ("12 image.txt", ("12",), "image.txt"),
        ("341 test", ("341", "test"), None),
        ("341 test-3.11", ("341", "test-3.11"), None),
        ("gh/acme/web 341 build test ./Makefile", ("gh/acme/web", "341", "build", "test"), "./Makefile"),
        (JOB, (JOB,), None),
        (f"{JOB} logs/[ab].log", (JOB,), "logs/[ab].log"),
    ],
)
def test_the_last_word_is_a_path_when_it_looks_like_one(line: str, words: tuple[str, ...], glob: str | None) -> None:
    assert split_path(line.split(), CLOUD) == (words, glob)


ALL = [
    Artifact(path=path, node_index=node)
    for node in (1, 0)
    for path in ("b/x.log", "a/x.log", "x.log", "Makefile", "w[1].txt", "w1.txt")
]


@each_case(
    ("glob", "node", "found"),
    [
        ("x.log", 0, ["a/x.log", "b/x.log", "x.log"]),
        ("./x.log", 0, ["x.log"]),
        ("a/*", 1, ["a/x.log"]),
        ("*.log", None, ["a/x.log", "b/x.log", "x.log"] * 2),
        ("./Makefile", 0, ["Makefile"]),
        ("*.exe", None, []),
        (None, 2, []),
    ],
)
def test_a_glob_is_looked_for_in_every_folder_unless_it_names_one(
    glob: str | None, node: int | None, found: list[str]
) -> None:
    assert [one.path for one in filter_artifacts(ALL, glob, node)] == found


@each_case("artifact", ALL)
def test_every_artifact_can_be_named_alone(artifact: Artifact) -> None:
    job = FoundJob(WEB, "test", "success", ended=True, number=12, id=None, pipeline=make_pipeline(341))
    meant = FoundArtifacts(job, tuple(ALL), ())
    said = parse_usage(COMMAND.usage).parse_written(split_written(meant.build_line_for(artifact))[1:])
    words, glob = split_path(said.words, CLOUD)
    assert words == ("gh/acme/web", "job", "12")
    assert filter_artifacts(ALL, glob, int(said.get_value("node") or "")) == [artifact]

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from bot.blocks.artifact_blocks import PAGE, ArtifactPage, format_sent, render_list, render_nothing_to_send
from bot.blocks.artifact_blocks import build_back_button as back_to_all
from bot.circleci.models import Artifact
from bot.line import format_line
from tests.plugins.block_kit import Check
from tests.plugins.block_reader import find_button, get_text
from tests.plugins.factories import NASTY


def _artifact(path: str, node: int = 0, url: str | None = None) -> Artifact:
    where = url or f"https://output.circle-artifacts.com/output/job/1/artifacts/{node}/x"
    return Artifact(path=path, node_index=node, url=where)


def _listing(
    artifacts: Sequence[Artifact],
    *,
    page: int = 1,
    sends: Mapping[str, bool] = MappingProxyType({"send": True, "here": True}),
) -> ArtifactPage:
    shown = artifacts[(page - 1) * PAGE : page * PAGE]
    return ArtifactPage(
        called="test #12",
        artifacts=artifacts,
        rows=[(artifact, None if number == 1 else 1234 * number) for number, artifact in enumerate(shown)],
        page=page,
        coverage=[(one, 87.29) for one in artifacts if one.path.endswith("coverage.xml")],
        list_line=format_line("artifacts", "gh/acme/web", "12"),
        artifact_line=lambda artifact: format_line("artifacts", "gh/acme/web", "12", f"./{artifact.path}", node="0"),
        send_options=sends,
    )


def test_artifacts_are_drawn_by_node_with_coverage_and_reports_first(golden: Check, valid_blocks: Check) -> None:
    paths = ("coverage/coverage.xml", "coverage/index.html", "logs/server.log", "shop.png", "src.tar.gz")
    blocks = render_list(_listing([_artifact(path, node) for node in (0, 1) for path in paths]))
    valid_blocks(blocks)
    golden("artifacts", blocks)


def test_thousands_of_them_come_in_pages(valid_blocks: Check) -> None:
    artifacts = [_artifact(f"{number}/index.html", number % 7) for number in range(5000)]
    for page in (1, 2, 334):
        blocks = render_list(_listing(artifacts, page=page))
        valid_blocks(blocks)
        assert len(blocks) <= 50
    assert "There are no more." in get_text(render_list(_listing(artifacts, page=900)))


def test_a_name_can_do_no_harm_and_a_long_one_has_no_button(valid_blocks: Check) -> None:
    nasty, long = _artifact(NASTY), _artifact("x" * 3000, url=f"https://x.test/{'y' * 3000}")
    blocks = render_list(_listing([nasty, long]))
    valid_blocks(blocks)
    assert "<!channel>" not in get_text(blocks)
    assert get_text(blocks).count("Send Here") == 1


def test_in_the_open_there_is_one_way_to_send_all() -> None:
    two = [_artifact("a"), _artifact("b")]
    assert "Send All to Me" in get_text(render_list(_listing(two)))
    alone = {"blocks": render_list(_listing(two, sends={"send": True}))}
    assert "Send All to Me" not in get_text(alone)
    _, button = find_button(alone, lambda one: one["text"]["text"] == "Send All Here")
    assert button["value"] == "artifacts gh/acme/web 12 --send"


def test_what_is_sent_is_named_and_what_is_not_has_its_reason(valid_blocks: Check) -> None:
    assert format_sent("test #12", ["a.txt", "b.txt"]) == "`a.txt`, `b.txt` of test #12"
    assert format_sent("test #12", ["22 artifacts of test #12"]) == "22 artifacts of test #12"
    blocks = render_nothing_to_send(
        ["<https://x|a> is empty."] * 100, back_to_all(format_line("artifacts", "gh/acme/web", "12"))
    )
    valid_blocks(blocks)
    assert "is empty." in get_text(blocks)

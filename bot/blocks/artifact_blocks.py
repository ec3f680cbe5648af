"""The artifacts of a job: what they say about coverage, the reports to open, then a page of them, node by node."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from bot.blocks import kit, status_blocks
from bot.blocks.pager import build_pager
from bot.circleci.models import Artifact
from bot.language import _, ngettext
from bot.language.formats import format_number
from bot.line import Written, extend_line
from bot.mrkdwn import as_code, as_link, escape

PAGE = 15
_REPORTS = 5
_LONGEST_LINE = 2000
"""Characters of a button's value (Slack's limit); an artifact of a longer path is opened at CircleCI."""
_LONGEST_URL = 2000

_LOOKS = (
    (":frame_with_picture:", (".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg")),
    (":bar_chart:", (".html", ".htm")),
    (":package:", (".zip", ".gz", ".tgz", ".xz", ".bz2", ".zst", ".7z", ".jar", ".whl")),
)
_FRONT_PAGES = ("index.html", "report.html")


@dataclass(frozen=True, slots=True)
class ArtifactPage:
    """A page of artifacts. `called` is plain text that says whose they are.

    `rows` are those of this page with their bytes (None when nobody says), `coverage` what summaries say in per cent
    (None for one that is too large to read). `list_line` asks for all that are listed, `artifact_line` for one; with
    `send_options` added they are sent.
    """

    called: str
    artifacts: Sequence[Artifact]
    rows: Sequence[tuple[Artifact, int | None]]
    page: int
    coverage: Sequence[tuple[Artifact, float | None]]
    list_line: Written
    artifact_line: Callable[[Artifact], Written]
    send_options: Mapping[str, bool]

    @property
    def has_several_nodes(self) -> bool:
        return len({artifact.node_index for artifact in self.artifacts}) > 1


def format_title(listing: ArtifactPage) -> str:
    """Plain text."""
    return format_count(len(listing.artifacts), listing.called)


def format_count(count: int, called: str) -> str:
    return ngettext("{count} artifact of {job}", "{count} artifacts of {job}", count, job=called)


def render_list(listing: ArtifactPage) -> list[kit.Block]:
    more = listing.page * PAGE < len(listing.artifacts)
    return [
        kit.header(format_title(listing)),
        *_coverage(listing),
        *_reports(listing),
        *(_rows(listing) if listing.rows else [kit.section(_("There are no more."))]),
        *build_pager(listing.page, listing.list_line, more=more),
        *_build_send_all(listing),
    ]


def _coverage(listing: ArtifactPage) -> Iterator[kit.Block]:
    told = [_format_coverage(percent, _format_artifact(artifact, listing)) for artifact, percent in listing.coverage]
    if told:
        yield kit.section(_(":test_tube: *Coverage*: {reports}", reports=" · ".join(told)))


def _format_coverage(percent: float | None, report: str) -> str:
    if percent is None:
        return _("too large to read: {report}", report=report)
    return _("{percent} % of lines in {report}", percent=format_number(percent, 1), report=report)


def _reports(listing: ArtifactPage) -> Iterator[kit.Block]:
    """HTML reports by their front page: they are to be opened, not to be sent."""
    front = [one for one in listing.artifacts if one.path.rpartition("/")[2].lower() in _FRONT_PAGES]
    if front and listing.page == 1:
        shown = " · ".join(_format_artifact(one, listing) for one in front[:_REPORTS])
        yield kit.section(_(":bar_chart: *Reports*: {reports}", reports=shown))


def _rows(listing: ArtifactPage) -> Iterator[kit.Block]:
    for node, of_node in groupby(listing.rows, key=lambda row: row[0].node_index):
        if listing.has_several_nodes:
            yield kit.context(_("*Node {number}*", number=node))
        for artifact, size in of_node:
            yield _row(artifact, size, extend_line(listing.artifact_line(artifact), **listing.send_options))


def _row(artifact: Artifact, size: int | None, send: Written) -> kit.Block:
    known = _("size unknown") if size is None else status_blocks.format_size(size)
    button = kit.button(_("Send Here"), send, about=artifact.path) if len(send) <= _LONGEST_LINE else None
    return kit.section(f"{_emoji(artifact.path)} {_link(artifact)} · {known}", button)


def _build_send_all(listing: ArtifactPage) -> Iterator[kit.Block]:
    """Those that are listed, also on the other pages; where others read along, also for oneself alone."""
    if len(listing.artifacts) > 1:
        here = kit.button(_("Send All Here"), extend_line(listing.list_line, **listing.send_options))
        to_me = kit.button(_("Send All to Me"), extend_line(listing.list_line, send=True))
        yield kit.actions([here, to_me] if len(listing.send_options) > 1 else [here])


def _emoji(path: str) -> str:
    return next((emoji for emoji, endings in _LOOKS if path.lower().endswith(endings)), ":page_facing_up:")


def _link(artifact: Artifact) -> str:
    fits = artifact.url.startswith("http") and len(artifact.url) <= _LONGEST_URL
    return as_link(artifact.url, artifact.path) if fits else escape(artifact.path)


def _format_artifact(artifact: Artifact, listing: ArtifactPage) -> str:
    link = _link(artifact)
    return (
        _("{artifact} (node {number})", artifact=link, number=artifact.node_index)
        if listing.has_several_nodes
        else link
    )


def build_back_button(said: Written) -> kit.Pressable:
    return kit.button(_("Show All Artifacts"), said)


def format_sent(called: str, titles: Sequence[str]) -> str:
    """What is sent, as mrkdwn."""
    names = ", ".join(as_code(each, 120) for each in titles)
    if len(titles) == 1 and called in titles[0]:
        return escape(titles[0])
    return _("{artifacts} of {job}", artifacts=names, job=escape(called))


def render_nothing_to_send(left: Sequence[str], button: kit.Pressable) -> list[kit.Block]:
    return [kit.section(_("I have nothing to send:")), *map(kit.section, left[:40]), kit.actions([button])]

"""What stands in the pictures, asked of matplotlib itself."""

from __future__ import annotations

from dataclasses import replace

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

from bot.circleci.deploy_timeline import build_deploy_timeline
from bot.circleci.job_timeline import Bar
from bot.pictures import canvas, deploy_gantt, deploy_health, gantt, ranking, workflow_health
from bot.pictures.charts import DeployTimelineChart
from tests.circleci.test_deploy_metrics import release
from tests.pictures import test_charts
from tests.plugins.factories import NOW


def labels(axes: Axes) -> list[str]:
    return [text.get_text() for text in axes.get_yticklabels()]


def legend(axes: Axes) -> list[str]:
    shown = axes.get_legend()
    return [text.get_text() for text in shown.get_texts()] if shown else []


def colors_are_told_by_hatch_too(axes: Axes) -> bool:
    """Two bars of different colours differ in hatch as well."""
    looks = {
        (bar.get_facecolor(), bar.get_hatch()) for bar in axes.patches if bar.get_fill() and bar.get_height() > 0.3
    }
    return len({hatch for _color, hatch in looks}) == len({color for color, _hatch in looks})


def test_a_workflows_days_have_a_bar_for_each_end_a_line_for_each_duration_and_their_costs() -> None:
    with canvas.open_canvas(8.4, "title") as figure:
        chart = test_charts.health()
        workflow_health.compose(figure, chart)
        runs, durations, costs = figure.axes
    assert runs.get_title(loc="left") == "93.8 % of 412 runs passed, 13.7 a day"
    assert legend(runs) == ["passed", "failed", "other"]
    assert len(runs.patches) == 3 * 30
    assert sum(bar.get_height() for bar in runs.patches) == chart.days.runs
    assert [line.get_label() for line in durations.lines] == ["p95", "median"]
    assert set(durations.lines[1].get_ydata()) == {400.0}
    assert sum(bar.get_height() for bar in costs.patches) == 270_000
    assert [text.get_text() for text in costs.get_xticklabels()][0] == "5 Oct"
    assert colors_are_told_by_hatch_too(runs)


def test_weeks_have_a_bar_for_each_end_a_line_for_each_lead_time_and_a_mark_for_each_outage() -> None:
    with canvas.open_canvas(8.4, "title") as figure:
        metrics = test_charts.deploys().metrics
        deploy_health.compose(figure, metrics)
        counts, leads, outages = figure.axes
    assert legend(counts) == ["stayed", "rolled back", "failed"]
    assert counts.get_ylabel() == "attempts"
    assert [bar.get_height() for bar in counts.patches] == [1, 1, 0, 0, 1, 0, 0, 0, 1]
    assert colors_are_told_by_hatch_too(counts)
    assert [line.get_label() for line in leads.lines] == ["p90", "median"]
    assert list(leads.lines[1].get_ydata()) == [7 * 3600]
    marks = [line for line in outages.lines if line.get_marker() == "D"]
    assert [float(mark.get_ydata()[0]) for mark in marks] == [2 * 3600, 4 * 3600]
    assert [mark.get_markerfacecolor() for mark in marks] == [canvas.BAD, canvas.PAPER]


def test_places_stand_from_top_to_bottom_with_a_bar_for_what_ran_and_a_mark_for_what_did_not() -> None:
    figure = Figure()
    nasty = test_charts.deploy_timeline("dep" * 20 + "1", "dep" * 20 + "2")
    deploy_gantt.compose(figure, nasty.labels, nasty.timeline)
    (axes,) = figure.axes
    assert len(set(labels(axes))) == 2
    assert max(map(len, labels(axes))) <= 22
    assert len(axes.patches) == 5
    assert all(bar.get_x() >= 0 for bar in axes.patches)
    assert colors_are_told_by_hatch_too(axes)
    assert [line.get_marker() for line in axes.lines] == ["X", "s", ">"]
    assert sorted(text.get_text() for text in axes.texts) == ["1", "1", "2", "5", "6"]
    shown = [text.get_text() for text in figure.legends[0].get_texts()]
    assert shown == ["deployed", "rolled back later", "brought back", "failed", "canceled", "under way"]


def test_what_runs_now_is_seen_and_named_however_new_and_marks_on_each_other_are_counted() -> None:
    figure = Figure()
    now = [release(1, "1.0.3", "failed"), release(0.5, "1.0.4", "failed"), release(0.2, "1.0.5")]
    chart = DeployTimelineChart("acme/web", ["staging"], build_deploy_timeline([release(20, "1.0.2"), *now], NOW))
    deploy_gantt.compose(figure, chart.labels, chart.timeline)
    (axes,) = figure.axes
    assert [text.get_text() for text in axes.texts] == ["1.0.5", "\N{MULTIPLICATION SIGN}2"]
    assert min(bar.get_width() for bar in axes.patches) > 0.4
    assert max(bar.get_x() + bar.get_width() for bar in axes.patches) <= axes.get_xlim()[1]


def test_rows_stand_from_top_to_bottom_with_their_numbers() -> None:
    with canvas.open_canvas(3, "title") as figure:
        ranking.compose(figure, test_charts.ranking("slow", "quick"))
        reliable, slow = figure.axes
    assert labels(reliable) == ["never", "quick", "slow"]
    assert [text.get_text() for text in reliable.texts] == ["—", "90.0\u00a0%", "90.0\u00a0%"]
    assert [text.get_text() for text in slow.texts] == ["2m to 3m 20s", "1m to 1m 40s"]
    assert colors_are_told_by_hatch_too(reliable)


def test_rows_whose_names_have_the_same_start_are_told_apart() -> None:
    names = [
        "deploy-to-production-in-europe",
        "deploy-to-production-in-the-us",
        "deploy-to-production-in-europa-europe",
    ]
    with canvas.open_canvas(3, "title") as figure:
        ranking.compose(figure, test_charts.ranking(*names))
    shown = labels(figure.axes[0])
    assert len(set(shown)) == 4
    assert max(map(len, shown)) <= 22
    figure = Figure()
    gantt.compose(figure, tuple(replace(test_charts.gantt().timeline.bars[0], name=name) for name in names), 700)
    assert len(set(labels(figure.axes[0]))) == 3


def test_bars_stand_from_top_to_bottom_the_critical_ones_bold_and_framed() -> None:
    figure = Figure()
    bars = test_charts.gantt().timeline.bars
    gantt.compose(figure, bars, 700)
    (axes,) = figure.axes
    assert labels(axes) == ["approve", "test", "lint"]
    assert [label.get_fontweight() for label in axes.get_yticklabels()] == ["bold", "bold", "normal"]
    assert sum(not bar.get_fill() for bar in axes.patches) == 2
    assert [text.get_text() for text in axes.texts] == ["56s", "4m 50s failed", "6m 30s on hold"]
    shown = [text.get_text() for text in figure.legends[0].get_texts()]
    assert shown == ["critical path", "passed", "failed", "waits for approval", "queued (thin)"]
    assert colors_are_told_by_hatch_too(axes)


def test_of_too_many_bars_the_critical_and_the_longest_are_kept_in_their_order() -> None:
    bars = tuple(
        Bar(str(n), "success", is_hold=False, ready_s=0, started_s=n, stopped_s=n + 1 + n % 7, critical=n in {3, 90})
        for n in range(100)
    )
    kept = gantt.select_bars(bars)
    assert len(kept) == gantt.MOST
    assert {"3", "90"} <= {bar.name for bar in kept}
    assert [bar.started_s for bar in kept] == sorted(bar.started_s or 0 for bar in kept)


def test_a_heading_is_as_wide_as_the_picture_at_most() -> None:
    said = "Wiederherstellung: Median 14 Std. 10 Min., p90 6 Tg. 22 Std., von 8 Malen, und mehr"
    with canvas.open_canvas(8.4, "title") as figure:
        axes = figure.subplots()
        axes.set_ylabel("Deployments pro Woche")
        axes.set_yticks([0], ["12 Std."])
        canvas.draw_heading(axes, said)
        canvas.to_png(figure)
    (heading,) = [one for one in axes.get_children() if isinstance(one, Text) and one.get_text()]
    assert heading.get_text().startswith("Wiederherstellung: Median")
    assert heading.get_window_extent().x1 < figure.bbox.x1


def test_what_the_font_lacks_becomes_a_box_and_what_is_too_long_is_cut() -> None:
    assert canvas.to_drawable("日 café\n$x$", 20) == "□ café $x$"
    assert canvas.to_drawable("x" * 30, 10) == "x" * 9 + "…"

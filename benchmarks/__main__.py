"""Measure every budget, print the table, and write it into the README.

Usage: ``python -m benchmarks [--quick] [--no-write] [--only models SLUG ...]``
"""

import argparse
import re
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks import bench_hog, bench_model, bench_windows, browser
from benchmarks.mended import mended
from explorer.ui.catalogue import LESSONS

README = Path(__file__).parents[1] / "README.md"
FIRST_PAGE_MS = 5000
OPEN_MS = 5000
CONTROL_MS = 300
FRAME_MS = 16
LIVE_MS = 66  # 15 pictures a second
# The control that is moved on each page, and the view it is moved in.
CONTROLS = {
    "convolution": ("Stride", "convolution_part=My+photo"),
    "transposed_convolution": ("Kernel size", "transposed_convolution_part=2-D"),
    "unpooling": ("Stride", "unpooling_part=My+photo"),
    "fully_convolutional": ("Show", ""),
    "fcn": ("Opened up", ""),
    "encoder_decoder": ("Skip off", "encoder_decoder_part=Switch+off"),
    "elastic_deformation": ("Field", ""),
    "dilated_convolution": ("Part", ""),
    "receptive_field": ("Input side", ""),
    "pyramid_pooling": ("Pool", ""),
    "deeplab": ("B: stride", ""),
    "detection_challenges": ("Score threshold", ""),
    "hog": ("Library", ""),
    "sliding_window": ("Score threshold", ""),
    "nms": ("IoU threshold", "nms_part=A+detector"),
    "viola_jones": ("Cascade", ""),
    "deformable_parts": ("Score threshold", ""),
    "precision_recall": ("IoU threshold", ""),
    "cnn_windows": ("Stride", "cnn_windows_part=The+count"),
    "selective_search": ("k of the start", ""),
    "rcnn": ("Score threshold", ""),
    "box_regression": ("Times moved", "box_regression_part=The+live+head"),
    "roi_pooling": ("Stride", ""),
    "anchors": ("Positive from", ""),
    "faster_rcnn": ("Score threshold", ""),
    "mask_rcnn": ("Score threshold", ""),
    "yolo": ("Score threshold", "yolo_part=Final+boxes"),
    "ssd": ("Score threshold", "ssd_part=Live&ssd_show=What+each+map+finds"),
    "detector_race": ("Score threshold", ""),
    "discriminative_generative": (
        "Threshold, nats",
        "discriminative_generative_part=Is+it+a+digit%3F",
    ),
    "autoencoder": ("Bottleneck", ""),
    "vae": ("Seed of ε", ""),
    "latent_space": ("Pictures", ""),
    "latent_arithmetic": ("Which faces", "latent_arithmetic_base=serious"),
}

# A second view of a page, where another network answers.
MORE_CONTROLS = {
    "pyramid_pooling": ("Rate 6", "pyramid_pooling_part=ASPP"),
    "anchors": ("Best drawn", "anchors_part=Objectness"),
}

Row = dict[str, Any]


def measure_floor(chromium: Any, releases: int) -> tuple[list[Row], float]:
    """Time the empty page: its opening, and its slider to its text."""
    with browser.serve(Path(__file__).with_name("floor_app.py")) as (address, _):
        page, opened = browser.open_page(chromium, address, staged=False)
        browser.settle(page)
        times = browser.control_to_picture(page, "Value", releases)
    page.context.close()
    rows = [
        browser.row("empty page: open (the floor)", [opened], OPEN_MS),
        browser.row("empty page: control to text (the floor)", times, CONTROL_MS),
    ]
    return rows, float(rows[1]["median_ms"])


def measure_app(
    chromium: Any, releases: int, floor_ms: float, only: Sequence[str]
) -> list[Row]:
    """Time the start, every page's opening and control, hover and drag frames.

    ``only`` names the pages, by their slugs; all without any.
    """
    rows: list[Row] = []
    app = browser.ROOT / "streamlit_app.py"
    with browser.serve(app) as (address, start):
        page, _ = browser.open_page(chromium, address, staged=False)
        first = (time.perf_counter() - start) * 1e3
        rows.append(browser.row("start to first page", [first], FIRST_PAGE_MS))
        page.context.close()
        time.sleep(8)  # the models warm after the first page, as for any reader
        for lesson in [one for one in LESSONS if not only or one.slug in only]:
            views = [(lesson.title, *CONTROLS[lesson.slug])]
            if lesson.slug in MORE_CONTROLS:
                label, view = MORE_CONTROLS[lesson.slug]
                views.append((f"{lesson.title} ({label})", label, view))
            for name, label, view in views:
                link = f"{address}/{lesson.slug}?{view}"
                rows += measure_page(chromium, link, name, label, releases, floor_ms)
    return rows


def measure_page(
    chromium: Any, link: str, name: str, label: str, releases: int, floor_ms: float
) -> list[Row]:
    """Time one page: its opening, its control, hover and drag frames."""
    page, opened = browser.open_page(chromium, link)
    browser.settle(page)
    times = browser.control_to_picture(page, label, releases)
    browser.live_times(page)  # those of the opening do not count
    hover = browser.frame_times(page, drag=False)
    drag = browser.frame_times(page, drag=True)
    live = browser.live_times(page)
    page.context.close()
    rows = [
        browser.row(f"{name}: first open", [opened], OPEN_MS),
        browser.row(f"{name}: control to picture", times, CONTROL_MS, floor_ms),
        browser.row(f"{name}: hover, script a frame", hover, FRAME_MS),
    ]
    if drag:  # not every picture has something to drag
        rows.append(browser.row(f"{name}: drag, script a frame", drag, FRAME_MS))
    if live:
        rows.append(browser.row(f"{name}: picture while dragging", live, LIVE_MS))
    return rows


def table(rows: list[Row]) -> str:
    """Write the rows as a markdown table."""
    head = "| What | Median | p95 | Against | Ratio | Budget | Met |"
    lines = [head, "|---|---:|---:|---|---:|---|---|"]
    for row in rows:
        median, p95 = (_ms(row.get(k)) for k in ("median_ms", "p95_ms"))
        against = row.get("reference") or ""
        if row.get("reference_ms") is not None:
            against += f" ({_ms(row['reference_ms'])})"
        ratio = f"{row['ratio']:.2f}" if row.get("ratio") is not None else ""
        met = {True: "yes", False: "**no**", None: "—"}[row.get("met")]
        cells = (row["what"], median, p95, against, ratio, row.get("budget", ""), met)
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _ms(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.3g} ms" if value < 999.5 else f"{value / 1e3:.2f} s"


def written() -> str:
    """Return the table that stands in the README."""
    found = re.search(
        r"<!-- bench -->\n(.*)\n<!-- /bench -->", README.read_text(), re.S
    )
    return found[1] if found else ""


def write(text: str) -> None:
    """Put the table between the README's marks."""
    readme = README.read_text()
    block = f"<!-- bench -->\n{text}\n<!-- /bench -->"
    README.write_text(
        re.sub(r"<!-- bench -->.*<!-- /bench -->", lambda _: block, readme, flags=re.S)
    )


def main(arguments: list[str]) -> int:
    """Measure, print and write; a missed budget is said in the table, not by status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--quick", action="store_true", help="fewer repetitions")
    parser.add_argument("--no-write", action="store_true", help="leave the README")
    parser.add_argument("--only", nargs="+", default=[], help="models, or pages")
    chosen = parser.parse_args(arguments)
    releases, only = 6 if chosen.quick else 20, chosen.only
    rows: list[Row] = []
    modules = (bench_hog, bench_windows, bench_model)
    if only:
        modules = (bench_model,) if "models" in only else ()
    for module in modules:
        rows += module.run()
    with browser.chromium() as chromium:
        floor_rows, floor_ms = measure_floor(chromium, releases)
        rows += floor_rows + measure_app(chromium, releases, floor_ms, only)
    text = table(rows)
    print(text)
    if not chosen.no_write:
        write(mended(written(), text) if only else text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

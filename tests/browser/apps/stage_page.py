"""A page with every mode of the stage, for the tests in Chromium."""

import numpy as np
import streamlit as st

from explorer.figures.layers import Arrows, Boxes, Grid, Heat, Points, Segments, Texts
from explorer.ui.stage import Hover, scrubber, stage

st.set_page_config(layout="wide")

ROWS, COLS = 60, 80
y, x = np.mgrid[0:480, 0:640]
PHOTO = np.stack([x * 255 // 640, y * 255 // 480, (x + y) % 256], 2).astype(np.uint8)
SMALL = (np.arange(64).reshape(8, 8) * 4).astype(np.uint8)
part = st.query_params.get("part", "boxes")

if part == "boxes":
    start = st.session_state.get("start", [[100, 100, 300, 260]])
    rng = np.random.default_rng(0)
    corner = rng.uniform(0, [560, 400], (500, 2))
    many = np.hstack([corner, corner + rng.uniform(10, 80, (500, 2))])
    values = rng.integers(0, 255, (ROWS, COLS, 9)).astype(np.uint8)
    event = stage(
        PHOTO,
        key="editor",
        alt="A colour ramp",
        mode="boxes",
        boxes=start,
        box_labels=["one", "two"],
        max_boxes=2,
        layers=[Boxes(many, "#56B4E9", width_px=1)],
        hover=Hover(values, [f"{20 * i}°" for i in range(9)], (8, 8), scale=0.01),
    )
    st.write("boxes " + str(event.boxes.round().astype(int).tolist()))
    if st.button("Start again"):
        st.session_state["start"] = [[10, 20, 110, 90]]
        st.rerun()
    tiny = stage(
        PHOTO, key="tiny", alt="A tiny box", mode="boxes", boxes=[[320, 240, 328, 246]]
    )
    st.write("tiny " + str(tiny.boxes.round().astype(int).tolist()))

if part == "snap":  # as a page whose box has a shape of its own
    snapped = st.session_state.setdefault("snapped", [100.0, 100.0, 300.0, 260.0])
    event = stage(PHOTO, key="snap", alt="Steps of ten", mode="boxes", boxes=[snapped])
    wished = (10 * np.round(event.boxes[0] / 10)).tolist()
    if np.abs(np.subtract(event.boxes[0], snapped)).max() >= 1:
        st.session_state["snapped"] = wished
        st.rerun()
    st.write("snapped " + str(np.asarray(snapped).astype(int).tolist()))

if part == "pair":
    pair = stage(
        PHOTO,
        key="pair",
        alt="Two boxes that stay",
        mode="boxes",
        boxes=[[100, 100, 300, 260], [400, 100, 500, 260]],
        min_boxes=2,
        max_boxes=2,
        max_width_px=300,
    )
    st.write(f"pair {len(pair.boxes)}")

if part == "click":
    event = stage(
        SMALL,
        key="cells",
        alt="Sixty-four grey cells",
        mode="click",
        cell=(1, 1),
        selected=(2.5, 1.5),
        hover=Hover(SMALL, ["grey"], digits=0),
        layers=[Grid((1, 1)), Texts([[0, 0]], ["a"])],
        max_height_px=320,
        live_url="/_stcore/health",
    )
    st.write(f"cell {event.click.col} {event.click.row}")
    point = stage(
        PHOTO,
        key="point",
        alt="A point",
        mode="drag",
        selected=(320, 240),
        max_height_px=240,
    )
    st.write(f"point {point.point[0]:.0f} {point.point[1]:.0f}")

if part == "brush":
    event = stage(
        np.zeros((112, 112), np.uint8),
        key="ink",
        alt="A black pad",
        mode="brush",
        pixelated=True,
        max_height_px=300,
    )
    st.write("ink " + ("none" if event.ink is None else str(int(event.ink.sum()))))

if part == "frames":
    shown = scrubber(
        "Rounds", 4, key="rounds", names=["keep", "drop", "keep", "end"], start=1
    )
    rows = np.array([[40 + 120 * i, 60, 120 + 120 * i, 200] for i in range(5)])
    stage(
        PHOTO,
        key="steps",
        alt="Five boxes, one a round",
        frames="rounds",
        layers=[
            Boxes(
                rows,
                "#009E73",
                labels=list("abcde"),
                first=np.arange(5),
                last=np.full(5, 99),
                fill_frac=0.3,
            ),
            Heat(np.hypot(*np.mgrid[-4:5, -4:5]), box=(100, 250, 400, 450)),
            Points([[500, 300]], "#E69F00", labels=["p"]),
            Arrows([[450, 350]], [[520, 420]], "#D55E00"),
            Segments([[300, 20, 600, 40]], "#0072B2", [0.5]),
        ],
    )
    st.write(f"shown {shown}")
    scrubber("Nothing", 0, key="nothing")
    scrubber("Pictures", 12, key="pictures", start=6, first=1)
    long = "3 after NMS, with the cells that they come from, as the network counts them"
    with st.columns(2)[0]:
        scrubber("Wide", 2, key="wide", names=["all", "few", long], start=0, first=1)
    scrubber("Stages", 1, key="stages", names=["all", "stage 1 of 1"], first=None)

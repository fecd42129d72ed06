import io

import numpy as np
import pytest

from explorer.core.proof import Proof
from explorer.ui.lesson import (
    MAX_CSV_ROWS,
    csv_bytes,
    npz_bytes,
    proof_text,
    timing_text,
)
from explorer.ui.live import Stage


def test_a_proof_that_holds_is_green_and_one_that_does_not_is_red():
    assert proof_text(Proof("cv2.X", 1e-7, 1e-5)).startswith(":green[")
    assert proof_text(Proof("cv2.X", 2e-5, 1e-5)).startswith(":red[")
    assert proof_text(Proof("cv2.X", float("nan"), 1e-5)).startswith(":red[")


def test_a_proof_names_reference_difference_bound_and_convention():
    text = proof_text(Proof("cv2.X", 1.5, 2, "px", "whole image"))
    assert "`cv2.X`" in text
    assert "1.5 px" in text
    assert "allowed 2 px" in text
    assert text.endswith("whole image")
    assert "max |Δ| = 1,234 boxes (allowed 0 boxes)" in proof_text(
        Proof("cv2.X", 1234, 0.0, "boxes")
    )
    assert "= nan" in proof_text(Proof("cv2.X", float("nan"), 0))
    assert "= inf" in proof_text(Proof("cv2.X", float("inf"), 0))


def test_times_name_stage_device_and_what_was_kept():
    text = timing_text([Stage("HOG", 3.14159, False), Stage("net", 20, True, "cuda")])
    assert text == "HOG 3.14 ms · net 20 ms (kept) · on cuda"


@pytest.mark.parametrize(("ms", "text"), [(999.4, "999 ms"), (999.5, "1.00 s")])
def test_a_second_is_written_as_a_second(ms, text):
    assert timing_text([Stage("scan", ms, False, "cpu")]) == f"scan {text} · on cpu"


def test_no_stage_is_said_in_words():
    assert "Nothing was timed" in timing_text([])  # something may well be computed


def test_downloads_carry_the_numbers():
    boxes = np.array([[1, 2.5], [3, 4]])
    assert csv_bytes(boxes) == b"1,2.5\n3,4\n"
    got = np.load(io.BytesIO(npz_bytes({"boxes": boxes, "n": 3})))
    assert got["boxes"].tolist() == boxes.tolist()
    assert int(got["n"]) == 3


def test_csv_rows_are_bounded():
    rows = np.zeros((MAX_CSV_ROWS + 1, 1))
    assert csv_bytes(rows).count(b"\n") == MAX_CSV_ROWS


def test_a_unit_after_one_is_singular():
    text = proof_text(Proof("numpy.matmul", 0.5, 1, " levels of 255"))
    assert "max |Δ| = 0.5 levels of 255 (allowed 1 level of 255)" in text
    assert "(allowed 1 box)" in proof_text(Proof("cv2.X", 2, 1, "boxes"))
    assert "(allowed 1 px)" in proof_text(Proof("cv2.X", 2, 1, "px"))
    assert "(allowed 1 class)" in proof_text(Proof("cv2.X", 2, 1, "classes"))
    assert "(allowed 1 cell)" in proof_text(Proof("cv2.X", 2, 1, "cells"))

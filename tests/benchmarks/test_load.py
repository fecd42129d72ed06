"""The load test's own reckoning, without a server."""

import itertools
import time
from collections import Counter

import numpy as np
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

from benchmarks import load_report as report
from benchmarks import load_soak
from benchmarks.load_http import form
from benchmarks.load_plan import ARITHMETIC, NETWORK, VISITS, seats
from benchmarks.load_reader import Book, Reader
from benchmarks.load_widgets import widget_of
from benchmarks.load_wire import Run, Wire
from explorer.ui.catalogue import BY_SLUG


def test_kinds_take_turns_and_weights_are_kept():
    sat = list(itertools.islice(seats(), 2 * 1000))
    assert {visit.kind for visit in sat[::2]} == {ARITHMETIC}
    assert {visit.kind for visit in sat[1::2]} == {NETWORK}
    seen = Counter(sat)
    for kind in (ARITHMETIC, NETWORK):
        mine = [visit for visit in VISITS if visit.kind == kind]
        share = 1000 / sum(visit.weight for visit in mine)
        for visit in mine:
            assert seen[visit] == pytest.approx(share * visit.weight, abs=3)
    assert {visit.slug for visit in VISITS} <= set(BY_SLUG)


def slider(**more):
    element = Element()
    said = element.slider
    said.id, said.label, said.min, said.max, said.step = "s", "IoU", 0, 1, 0.25
    said.default[:] = [0.5]
    for name, value in more.items():
        setattr(said, name, value)
    return element


def test_a_slider_is_read_moved_and_written_back():
    widget = widget_of(slider(query_param_key="nms_iou"), "part")
    assert (widget.value, widget.param, widget.fragment) == (0.5, "nms_iou", "part")
    assert list(widget.values) == [0, 0.25, 0.5, 0.75, 1]
    assert [widget.at(share) for share in (0, 0.5, 0.999)] == [0, 0.75, 1]
    widget.value = widget.at(0)
    state = WidgetState()
    widget.write(state)
    assert (state.id, list(state.double_array_value.data)) == ("s", [0])


def test_of_a_long_slider_some_places_are_enough():
    values = widget_of(slider(max=1000.0, step=1.0), "").values
    assert len(values) <= 202
    assert values[-1] == 1000


def test_buttons_lists_switches_and_numbers_are_controls_and_text_is_none():
    row = Element()
    for name in ("L1", "L2"):
        row.button_group.options.add().content = name
    row.button_group.default[:] = [1]
    found = widget_of(row, "")
    assert (found.slot, found.value, found.at(0.9)) == (
        "string_array_value",
        "L2",
        "L1",
    )
    drop = Element()
    drop.selectbox.options[:] = ["a", "b"]
    drop.selectbox.default = 0
    drop.selectbox.set_value = True
    drop.selectbox.raw_value = "b"
    found = widget_of(drop, "")
    assert (found.value, found.usual, found.told) == ("b", "a", True)
    switch = Element()
    switch.checkbox.default = True
    assert widget_of(switch, "").at(0.99) is False
    count = Element()
    count.number_input.default, count.number_input.step = 3, 1
    count.number_input.min, count.number_input.max = 1, 5
    count.number_input.has_min = count.number_input.has_max = True
    assert list(widget_of(count, "").values) == [1, 2, 3, 4, 5]
    text = Element()
    text.markdown.body = "words"
    assert widget_of(text, "") is None


def test_a_form_holds_the_file_as_it_is():
    headers, body = form("a.jpg", b"\xff\x00", "image/jpeg")
    mark = headers["Content-Type"].split("boundary=")[1].encode()
    assert body.split(b"\r\n\r\n", 1)[1] == b"\xff\x00\r\n--" + mark + b"--\r\n"
    assert b'filename="a.jpg"' in body


def test_a_book_takes_times_of_what_went_well_and_counts_the_rest():
    book = Book()
    book.enter(ARITHMETIC, "nms", Run(10.0))
    book.enter(ARITHMETIC, "nms", Run(20.0, errors=["broke"]))
    book.enter(NETWORK, "fcn", Run(30.0, warnings=["The machine is busy."]))
    assert dict(book.ms) == {ARITHMETIC: [10.0]}  # "busy" is no fast answer
    assert book.errors == {"nms: broke": 1}
    assert book.shed == 1


class Line:
    """A server that has its answers ready, and keeps what it was sent."""

    def __init__(self, *answers):
        self.answers, self.sent = list(answers), []

    async def send(self, raw):
        self.sent.append(BackMsg.FromString(raw).rerun_script)

    async def recv(self):
        return self.answers.pop(0).SerializeToString()


def ended(how=ForwardMsg.FINISHED_SUCCESSFULLY):
    return ForwardMsg(script_finished=how)


def test_a_page_that_heals_itself_is_asked_when_its_time_comes(awaited):
    again, stop = ForwardMsg(), ForwardMsg()
    again.auto_rerun.interval, again.auto_rerun.fragment_id = 0.01, "busy"
    stop.stop_auto_rerun.fragment_ids.append("busy")
    early = ended(ForwardMsg.FINISHED_EARLY_FOR_RERUN)

    async def visit():
        wire = Wire("http://here:1", "nms")
        wire._socket = Line(again, ended(), early, stop, ended())
        await wire._rerun("")
        found = [await wire.due(0.0), await wire.due(time.perf_counter() + 9)]
        found.append(await wire.due(time.perf_counter() + 9))
        return found, wire._socket

    (early, run, after), line = awaited(visit())
    assert early is None
    assert run is not None
    assert after is None
    assert (line.sent[1].fragment_id, line.sent[1].is_auto_rerun) == ("busy", True)
    assert line.answers == []  # the run that was started again is waited for


def test_a_fault_ends_one_visit_and_is_in_the_book(awaited, monkeypatch):
    async def broken(wire):
        raise RuntimeError("no such message")

    monkeypatch.setattr(Wire, "open", broken)
    book = Book()
    awaited(Reader("http://here:1", VISITS[0], 0, book).stay(1))
    assert (book.failed, book.errors) == (1, {"hog: no such message": 1})


def a_round(readers=30, slow=299.0, errors=0, **more):
    book = Book(failed=0, shed=3, due=40)
    book.ms[ARITHMETIC] = [slow] * 20
    book.ms[NETWORK] = [1001.0] * 20
    book.errors.update({"nms: broke": errors} if errors else {})
    told = {"before_mb": 1000.0, "most_mb": 1060.0, "after_mb": None}
    told |= {"server_share": 0.51, "own_share": 0.1} | more
    return report.Round(readers, 60.0, **report.summary(book), **told)


def test_what_is_owed_is_said_on_both_sides_of_its_bound():
    kept = report.verdict([a_round(slow=300.0)])
    assert "arithmetic lessons: p95 300 ms of at most 300 ms, kept" in kept
    assert "shipped networks: p95 1.0 s of at most 1.0 s, **missed**" in kept
    assert "300 ms, **missed**" in report.verdict([a_round(slow=300.1)])
    assert "0 errors, kept" in report.verdict([a_round(60)])
    assert "2 errors, **missed**" in report.verdict([a_round(60, errors=2)])
    last = report.verdict([a_round(), a_round(120, after_mb=1010.0)])
    assert "1000 MB before the first reader, 1060 MB with the last 120, 1010" in last


def test_a_row_says_times_moves_faults_and_memory():
    head, _, row, *_ = report.table([a_round(errors=1)]).splitlines()
    cells = dict(
        zip(head.strip("| ").split(" | "), row.strip("| ").split(" | "), strict=True)
    )
    assert cells["Arithmetic lessons"] == "299 ms / 299 ms"
    assert cells["Shipped networks"] == "**1.0 s / 1.0 s**"
    assert (cells["Moves made"], cells["Errors"], cells["Shed"]) == ("100%", "1", "3")
    assert (cells["MB a reader"], cells["Cores"]) == ("2.0", "0.5")


def test_the_table_goes_between_its_marks_and_nowhere_else(monkeypatch, tmp_path):
    readme = tmp_path / "README.md"
    readme.write_text("a\n<!-- load -->\nold\n<!-- /load -->\nb\n")
    monkeypatch.setattr(report, "README", readme)
    report.write("load", r"| \1 |")
    assert readme.read_text() == "a\n<!-- load -->\n| \\1 |\n<!-- /load -->\nb\n"
    with pytest.raises(ValueError, match="no marks"):
        report.write("soak", "x")


@pytest.mark.parametrize(("growth", "word"), [(0.049, "kept"), (0.051, "**missed**")])
def test_growth_is_of_the_time_after_the_warm_up(growth, word):
    at = np.arange(0, 1800, 5.0)
    mb = np.where(at < 600, 500 + at, 1000 * (1 + growth * (at >= 1500)))
    found = load_soak.judged(
        list(zip(at.tolist(), mb.tolist(), strict=True)), 1800, 9, Book()
    )
    assert found.growth == pytest.approx(growth)
    assert found.slope_mb_an_hour > 0
    assert f"at most 5%, {word}" in load_soak.sentence(found)

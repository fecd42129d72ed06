"""What keeps a course alive, by itself: lines, pulses, programs that fall or hang."""

import errno
import os
import re
import signal
import subprocess
import sys
import time

import psutil
import pytest

from deploy import folders, kept, lines, pulse
from tests.deploy.course import until

TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d"


class Sink:
    """A log of its own, and what was written to it."""

    def __init__(self):
        self._read, self._write = os.pipe()
        os.set_blocking(self._read, False)
        self.lines = lines.Lines(self._write)

    def text(self) -> str:
        try:
            return os.read(self._read, 10**6).decode()
        except BlockingIOError:
            return ""

    def close(self) -> None:
        os.close(self._write)
        os.close(self._read)


@pytest.fixture
def sink():
    made = Sink()
    yield made
    made.close()


@pytest.fixture
def keep(sink):
    """``keep(code)``: a program of Python that is kept alive."""
    made = []

    def one(code: str, kind=kept.Kept, **given):
        made.append(kind("it", [sys.executable, "-c", code], sink.lines, **given))
        return made[-1]

    yield one
    kept.stop(made, sink.lines)


def printed(sink, code: str) -> list[str]:
    done = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    sink.lines.follow("it", done.stdout)
    while done.poll() is None:
        sink.lines.pump(0.05)
    sink.lines.end()
    return sink.text().splitlines()


def test_lines_are_whole_and_each_has_its_time_and_name(sink):
    code = "import sys, time; w = sys.stdout.write; f = sys.stdout.flush;"
    code += "w('a\\nb'); f(); time.sleep(.2); w('c\\n\\nno end')"
    found = printed(sink, code)
    assert [re.fullmatch(rf"{TIME} it: (.*)", line)[1] for line in found] == [
        "a",
        "bc",
        "no end",
    ]


def test_what_programs_printed_last_is_passed_on_when_all_end(sink):
    done = subprocess.Popen(["echo", "the end"], stdout=subprocess.PIPE)
    sink.lines.follow("it", done.stdout)
    done.wait()
    sink.lines.end()
    assert sink.text().endswith("it: the end\n")
    assert done.stdout.closed


@pytest.mark.parametrize(
    ("length", "kept_bytes"), [(lines.LONGEST, 3500), (lines.LONGEST + 1, 3503)]
)
def test_a_line_that_no_pipe_takes_whole_is_cut(sink, length, kept_bytes):
    (line,) = printed(sink, f"print('x' * {length})")
    assert len(line.rpartition(" ")[2]) == kept_bytes
    assert len(line) < 4096


def test_lines_that_nobody_reads_are_lost_and_stop_nothing(sink, monkeypatch):
    monkeypatch.setattr(lines, "PATIENCE_S", 0.1)
    began = time.monotonic()
    for number in range(2000):
        sink.lines.say("it", f"{number} " + "x" * 100)
    assert time.monotonic() - began < 30
    before = sink.text()
    sink.lines.say("it", "again")
    lost, again = sink.text().splitlines()
    seen = before.count("\n")
    assert 100 < seen < 2000
    assert f"log: {2000 - seen} lines are lost" in lost
    assert again.endswith("it: again")


def test_a_log_that_is_closed_stops_nothing():
    read, write = os.pipe()
    os.close(read)
    lines.Lines(write).say("it", "hello")
    os.close(write)
    lines.Lines(write).say("it", "hello")


@pytest.fixture
def at(monkeypatch):
    """The clock that pulses look at."""
    now = [1000.0]
    monkeypatch.setattr(pulse.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(pulse.Pulse, "_turn", lambda self: None)
    return now


def test_silence_is_a_hang_only_when_it_is_long_and_heard_often(at):
    said = [True]
    one = pulse.Pulse(1, 60.0, lambda port, timeout_s: said[0])
    one.beat()
    said[0] = False
    at[0] += 60.5
    one.beat()
    one.beat()
    assert one.silent_s() == 0.0  # two misses: who asks may have been held up
    one.beat()
    assert one.silent_s() == 60.5
    at[0] -= 0.5
    assert one.silent_s() == 0.0  # 60.0: not longer than it may
    said[0] = True
    one.beat()
    assert one.silent_s() == 0.0


def test_one_that_starts_has_more_time(at):
    one = pulse.Pulse(1, 60.0, lambda port, timeout_s: False)
    for _ in range(9):
        one.beat()
    at[0] += pulse.STARTING_S
    assert one.silent_s() == 0.0
    at[0] += 0.5
    assert one.silent_s() == pulse.STARTING_S + 0.5
    assert not one.ever
    one.begin()
    assert one.silent_s() == 0.0


def test_an_answer_of_the_one_before_is_not_its_successors(at):
    def ask(port, timeout_s):
        one.begin()  # it was started again while it was asked
        return True

    one = pulse.Pulse(1, 60.0, ask)
    one.beat()
    assert not one.ever


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("raise SystemExit(3)", "ended with exit status 3"),
        ("import os; os.kill(os.getpid(), 9)", r"killed by signal 9 \(SIGKILL\)"),
    ],
)
def test_a_death_says_how(keep, sink, code, words):
    one = keep(code)
    one.process.wait()
    one.look()
    assert re.search(rf"^{TIME} it: {words}; again in 2 s$", sink.text(), re.M)


def test_those_that_are_stopped_say_how_they_ended_and_each_once(keep, sink):
    fell = keep("raise SystemExit(3)")
    fell.process.wait()
    fell.look()
    before = sink.text()
    assert before.count("ended with exit status 3") == 1
    runs = kept.Kept("another", ["sleep", "600"], sink.lines)
    early = kept.Kept(
        "early", [sys.executable, "-c", "raise SystemExit(4)"], sink.lines
    )
    early.process.wait()
    kept.stop([fell, runs, early], sink.lines)
    said = sink.text()
    assert re.search(r" another: killed by signal 15 \(SIGTERM\)$", said, re.M)
    assert re.search(r" early: ended with exit status 4$", said, re.M)
    assert "exit status 3" not in said


@pytest.mark.parametrize("number", [errno.EAGAIN, errno.ENOMEM])
def test_a_fork_that_fails_is_tried_again(keep, sink, monkeypatch, number):
    one = keep("raise SystemExit(1)")
    first = one.process
    first.wait()
    one.look()

    def refused(*given, **named):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(kept.time, "monotonic", lambda: 1e9)
    with monkeypatch.context() as broken:
        broken.setattr(kept.subprocess, "Popen", refused)
        one.look()
    assert f"cannot be started ({os.strerror(number)}); again in 4 s" in sink.text()
    monkeypatch.setattr(kept.time, "monotonic", lambda: 2e9)
    one.look()
    assert one.process is not first


def test_one_that_hangs_is_ended(sink, monkeypatch):
    code = "import signal, time; signal.signal(6, signal.SIG_IGN); "
    code += "print('deaf', flush=True); time.sleep(600)"
    monkeypatch.setattr(kept, "ABORT_S", 0.1)
    monkeypatch.setattr(pulse.Pulse, "_turn", lambda self: None)
    one = kept.Front.__new__(kept.Front)
    one.port, one.pulse = 1, pulse.Pulse(1)
    kept.Kept.__init__(one, "it", [sys.executable, "-c", code], sink.lines)
    until(lambda: sink.lines.pump(0.1) or "deaf" in sink.text(), "it is deaf")
    monkeypatch.setattr(one.pulse, "silent_s", lambda: 61.0)
    one.look()
    assert one.process.returncode == -signal.SIGKILL
    assert "no answer for 61 s: it hangs" in sink.text()
    sink.lines.end()


@pytest.mark.skipif(sys.platform != "linux", reason="no other system tells a child")
def test_what_is_kept_ends_with_whoever_keeps_it(tmp_path):
    """A supervisor that was killed can end nobody any more."""
    code = f"""if True:
        import sys, time
        sys.path.insert(0, {str(kept.ROOT)!r})
        from deploy import kept, lines
        one = kept.Kept("it", ["sleep", "600"], lines.Lines())
        time.sleep(600)
    """
    log = tmp_path / "log"
    with log.open("wb") as out:
        above = subprocess.Popen([sys.executable, "-c", code], stdout=out)
    started = until(lambda: re.search(r"process (\d+)", log.read_text()), "it started")
    below = psutil.Process(int(started[1]))
    until(lambda: below.name() == "sleep", "it is tied")
    above.kill()
    above.wait()
    until(lambda: not below.is_running() or below.status() == "zombie", "it ended")


def test_a_folder_that_a_killed_course_left_goes_and_a_living_ones_stays(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(folders.tempfile, "gettempdir", lambda: str(tmp_path))
    monkeypatch.setattr(folders.tempfile, "tempdir", str(tmp_path))
    left = tmp_path / f"{folders.PREFIX}left"
    left.mkdir()
    (left / folders.LOCK).touch()
    strange = tmp_path / f"{folders.PREFIX}strange"
    strange.mkdir()  # no course of ours made it
    with folders.run_folder() as one:
        assert not left.exists()
        assert one.stat().st_mode & 0o777 == 0o711
        assert folders.sweep() == []
        with folders.run_folder() as two:
            assert one.is_dir()
            assert one != two
    assert list(tmp_path.iterdir()) == [strange]

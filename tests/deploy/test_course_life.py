"""A course of its own for each test: how it starts, hangs, stops, and is killed."""

import os
import re
import signal
import socket
import threading

import pytest

from deploy import folders
from tests.deploy.course import PATIENCE_S, Course, get, gone, nginx, until

pytestmark = pytest.mark.slow


@pytest.fixture
def begin(tmp_path):
    """``begin(...)``: a course like ``Course``, closed in the end."""
    if nginx() is None:
        pytest.skip("a course needs nginx: apt-get install nginx")
    made = []

    def one(*options, **given):
        made.append(Course(tmp_path / f"log{len(made)}", *options, **given))
        return made[-1]

    yield one
    for running in made:
        running.close()


def test_one_that_hangs_is_replaced_and_its_readers_are_answered_elsewhere(begin):
    course = begin("--patience=20")
    course.wait()
    port, number = next(iter(course.fronts().items()))
    until(
        lambda: f"front end {port}: answers" in course.log(), "it is known to be well"
    )
    os.kill(number, signal.SIGSTOP)
    hers = f"{course.cookie('reader')}={'0' * 32}; {course.cookie('home')}=home_{port}"
    status, headers, _ = get(course.url + "/nms", Cookie=hers)
    assert status == 200
    assert f"home_{port}" not in headers["set-cookie"]  # and she stays there
    until(lambda: course.fronts()[port] != number, "it is started again")
    assert re.search(rf"front end {port}: no answer for \d+ s: it hangs", course.log())
    assert re.search(rf"front end {port}: killed by signal \d+ \(SIG", course.log())
    course.wait()


def test_it_starts_where_the_log_is_a_socket_as_under_systemd(begin, tmp_path):
    ours, theirs = socket.socketpair()
    course = begin(out=theirs)
    theirs.close()

    def copy():
        with ours, (tmp_path / "log0").open("ab", 0) as log:
            while data := ours.recv(65536):
                log.write(data)

    reading = threading.Thread(target=copy)
    reading.start()
    course.wait()
    course.signal(signal.SIGHUP)
    assert course.ended() == 0
    reading.join(PATIENCE_S)
    stamp = r"\d{4}-\d\d-\d\dT\S+ (front end \d+|nginx): .+"
    strange = [x for x in course.log().splitlines() if not re.fullmatch(stamp, x)]
    assert strange == []
    assert course.fronts()
    assert gone([course.nginx(), *course.fronts().values()])
    ends = r"(front end \d+|nginx): (?:ended with exit status|killed by signal) \d+"
    assert len(set(re.findall(ends, course.log()))) == 3  # each says how, nginx too


def test_a_killed_one_leaves_nothing_behind_and_the_next_one_starts(
    begin, tmp_path, monkeypatch
):
    monkeypatch.setattr(folders.tempfile, "tempdir", str(tmp_path))
    first = begin(TMPDIR=str(tmp_path))
    first.wait()
    numbers = [first.nginx(), *first.fronts().values()]
    left = set(tmp_path.glob(f"{folders.PREFIX}*"))
    assert len(left) == 1
    first.signal(signal.SIGKILL)
    first.ended()
    until(lambda: gone(numbers), "all ended with it")
    second = begin(f"--port={first.port}", TMPDIR=str(tmp_path))
    second.url = first.url
    until(lambda: get(first.url + "/healthz")[0] == 200, "the next one answers")
    assert not left & set(tmp_path.glob(f"{folders.PREFIX}*"))
    second.signal(signal.SIGQUIT)
    assert second.ended() == 0
    assert list(tmp_path.glob(f"{folders.PREFIX}*")) == []


def test_one_whose_processes_never_answer_gives_up_and_says_so(begin, tmp_path):
    broken = tmp_path / "streamlit"
    broken.mkdir()
    (broken / "__init__.py").touch()
    (broken / "__main__.py").write_text("raise SystemExit('a file is missing')")
    course = begin(PYTHONPATH=str(tmp_path))
    assert course.ended() == 1
    port = next(iter(course.fronts()))
    assert f"front end {port}: a file is missing\n" in course.log()
    assert f"front end {port}: ended with exit status 1; again in 2 s" in course.log()
    assert re.search(r"course: The front end \d+ fell 3 times", course.log())
    assert "Traceback" not in course.log()


def test_courses_side_by_side_do_not_take_each_others_readers(course, begin, awaited):
    from tests.deploy.reader import Reader, photo

    other = begin()
    other.wait()

    async def visit():
        async with Reader(course.url, "nms") as reader:
            async with Reader(other.url, "nms") as there:
                for cookie in there.client.cookies.jar:  # browsers: a host's, any port
                    reader.client.cookies.jar.set_cookie(cookie)
                names = {one.name for one in reader.client.cookies.jar}
            for _ in range(3):
                await reader.client.get("/nms")
            return names, (await reader.upload(photo())).status_code

    names, status = awaited(visit())
    both = {one.cookie(kind) for one in (course, other) for kind in ("reader", "home")}
    assert both <= names
    assert len(both) == 4
    assert status == 204

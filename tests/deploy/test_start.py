"""What is asked of a course at its start, and when it can never start."""

import errno
import os
import re
import types

import pytest

from deploy import kept, pulse, start


def test_without_streamlit_or_nginx_it_says_so_at_once(monkeypatch):
    monkeypatch.setattr(start.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(start.Hopeless, match=r"no streamlit.*make install.*\.venv/bin"):
        start.check(start.arguments([]))
    monkeypatch.undo()
    monkeypatch.setattr("deploy.proxy.shutil.which", lambda *given, **named: None)
    with pytest.raises(SystemExit, match="apt-get install nginx"):
        start.check(start.arguments([]))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["--port=0"], "--port must be 1 to 65535, got 0"),
        (["--port=65536"], "--port must be 1 to 65535, got 65536"),
        (["--first-port=-1"], "--first-port must be 0, or"),
        (["--first-port=65535", "--processes=2"], "got 65535 to 65536"),
    ],
)
def test_a_port_that_no_machine_has_is_refused(capsys, given, words):
    with pytest.raises(SystemExit):
        start.arguments(given)
    assert words in capsys.readouterr().err


def test_free_ports_are_never_nginxs_own():
    assert start.arguments(["--port=80", "--processes=96"]).processes == 96
    assert start.arguments(["--port=65535", "--first-port=65534", "--processes=1"])


def test_nginxs_port_is_free_until_it_starts_and_yet_not_for_a_process(monkeypatch):
    class Offered:
        ports = iter([8501, 40001, 40002])

        def bind(self, address):
            self.port = next(self.ports)

        def getsockname(self):
            return "127.0.0.1", self.port

        def close(self):
            pass

    monkeypatch.setattr(start.socket, "socket", Offered)
    assert start.chosen_ports(2, 0, 8501) == [40001, 40002]


def test_a_port_that_may_not_be_had_is_told_at_once(monkeypatch):
    def refused(self, address):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(start.socket.socket, "bind", refused)
    monkeypatch.setattr(start.time, "sleep", lambda wait_s: pytest.fail("it waits"))
    assert start.taken("0.0.0.0", 80) == os.strerror(errno.EACCES)


def test_one_that_falls_is_hopeless_when_all_do_or_the_others_are_late(monkeypatch):
    at = [1000.0]
    monkeypatch.setattr(start.time, "monotonic", lambda: at[0])

    def front(falls, ever=False):
        told = types.SimpleNamespace(ever=ever)
        return types.SimpleNamespace(name=f"{falls}", falls=falls, pulse=told)

    began = at[0]
    start.give_up_if_hopeless([front(3), front(0)], began)  # the other still loads
    with pytest.raises(start.Hopeless, match="The 3 fell 3 times"):
        start.give_up_if_hopeless([front(3), front(4)], began)
    at[0] += pulse.STARTING_S + 1
    start.give_up_if_hopeless([front(3), front(0, ever=True)], began)
    start.give_up_if_hopeless([front(2), front(0)], began)
    with pytest.raises(start.Hopeless, match="The 3 fell 3 times"):
        start.give_up_if_hopeless([front(0), front(3)], began)


def test_make_course_and_the_program_agree_on_the_port(capsys):
    makefile = (kept.ROOT / "Makefile").read_text()
    port = start.arguments([]).port
    assert f"\nPORT ?= {port}\n" in makefile
    assert "start.py --port $(PORT) --first-port $(FIRST_PORT)\n" in makefile
    with pytest.raises(SystemExit):
        start.arguments([f"--first-port={port - 1}", "--processes=2"])
    assert "also a process's" in capsys.readouterr().err


def test_the_readmes_commands_use_the_environment_that_make_made():
    readme = (kept.ROOT / "README.md").read_text()
    assert re.findall(r"\S*python \S*deploy/start\.py", readme)
    assert not re.search(r"(?<!\.venv/bin/)python deploy/start\.py", readme)

"""Several processes behind nginx: stickiness, the websocket, photos, drags, a death."""

import base64
import hashlib
import io
import os
import re
import shutil
import signal
import ssl
import subprocess
import tomllib
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import streamlit
from PIL import Image

from deploy import proxy, start
from deploy.kept import stop
from deploy.lines import Lines
from tests.browser.conftest import free_port
from tests.deploy.course import MARK, ROOT, get, nginx, until
from tests.deploy.reader import Reader, photo

DECODE = "/live/decode?model=digits_vae_2&z=0.5,-1"
TEMPLATE = proxy.TEMPLATE.read_text("utf-8")


def set_cookie(headers: dict[str, str]) -> str:
    return re.search(r"explorer_reader_\d+=(\w+)", headers["set-cookie"])[1]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/nms?nms_iou=0.3", 200),
        ("/_stcore/health", 200),
        ("/live/decode?model=nothing", 400),
        ("/metrics", 404),
        ("/_stcore/metrics", 404),
        ("/_stcore/agent/openapi.json", 404),
        ("/media/nothing.png", 404),
        ("/" + "x" * 40_000, 414),
    ],
)
def test_every_answer_carries_the_headers(course, path, status):
    found, headers, _ = get(course.url + path)
    assert found == status
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "camera=(self)" in headers["permissions-policy"]
    assert "frame-ancestors 'self'" in headers["content-security-policy"]
    assert "strict-transport-security" not in headers  # not over plain HTTP
    assert headers["server"] == "nginx"  # and no version


def test_the_policy_knows_the_one_inline_script_of_streamlits_page():
    page = Path(streamlit.__file__).parent / "static" / "index.html"
    scripts = re.findall(r"<script>(.*?)</script>", page.read_text(), re.DOTALL)
    found = [hashlib.sha256(script.encode()).digest() for script in scripts]
    wanted = [f"'sha256-{base64.b64encode(one).decode()}'" for one in found]
    assert re.findall(r"'sha256-[^']+'", TEMPLATE) == wanted


def test_nginx_lets_in_what_streamlit_lets_in_and_its_wrapping():
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
    megabytes = int(re.search(r"client_max_body_size (\d+)m;", TEMPLATE)[1])
    assert megabytes == config["server"]["maxUploadSize"] + 1


def test_a_value_that_is_not_given_is_an_error():
    given = proxy.configuration(80, [81], Path("/run"))
    assert "${" not in given
    with pytest.raises(KeyError, match="EXPLORER_RUN"):
        proxy.render(TEMPLATE, {"EXPLORER_LISTEN": "listen 80;"})


def test_processes_share_one_secret_and_the_cores():
    first = start.environment(2, {})
    assert len(first[start.SECRET]) == 64
    assert first[start.SECRET] != start.environment(2, {})[start.SECRET]
    given = {start.SECRET: "ours", "OMP_NUM_THREADS": "3", start.ADDRESS: "a.edu"}
    assert start.environment(2, given).items() >= given.items()


def test_the_log_holds_no_cookie_no_session_and_no_query(course, awaited):
    async def visit():
        async with Reader(course.url, "nms", "nms_iou=0.3") as reader:
            await reader.upload(photo())
            await reader.client.get("/media/" + "c" * 56 + ".png")
            await reader.client.get("/" + "d" * 999)
            names = [reader.cookie(course.cookie("reader")), reader.session]
            return [*names, reader.cookie("_streamlit_xsrf"), reader.place()]

    *secrets, place = awaited(visit())
    until(lambda: course.asked("/ddd"), "it is logged")
    log = course.log()
    assert not [one for one in (*secrets, place, "c" * 9, "nms_iou") if one in log]
    paths = {one.path for one in course.asked() if one.reader == secrets[0][:MARK]}
    assert {"/_stcore/upload_file/...", "/media/...", "/" + "d" * 199} <= paths


def test_the_cookie_is_given_once_and_not_taken_from_strangers(course):
    _, headers, _ = get(course.url + "/")
    cookie = headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    name = set_cookie(headers)
    _, again, _ = get(course.url + "/", Cookie=f"{course.cookie('reader')}={name}")
    assert "explorer_reader" not in again["set-cookie"]  # her home alone is new
    at = re.search(r"explorer_home_\d+=home_\d+", again["set-cookie"])[0]
    hers = f"{course.cookie('reader')}={name}; {at}"
    _, third, _ = get(course.url + "/", Cookie=hers)
    assert "set-cookie" not in third
    _, forged, _ = get(course.url + "/", Cookie=f"{course.cookie('reader')}=../../x")
    assert re.fullmatch("[0-9a-f]{32}", set_cookie(forged))


def test_files_that_caches_keep_carry_no_cookie_and_are_fetched_once(course):
    script = re.search(rb'src="\./(static/js/[^"]+)"', get(course.url + "/")[2])[1]
    path = "/" + script.decode()
    for _ in range(3):
        status, headers, _ = get(course.url + path)
        assert status == 200
        assert "set-cookie" not in headers
    asked = course.asked(path)
    assert sum(one.processes != ("-",) for one in asked) <= 1


def test_readers_are_spread_and_each_stays(course):
    readers = [set_cookie(get(course.url + "/")[1]) for _ in range(24)]
    for name in readers:
        get(
            course.url + "/_stcore/host-config",
            Cookie=f"{course.cookie('reader')}={name}",
        )
    homes = {name: course.served(name) for name in readers}
    assert all(len(home) == 1 for home in homes.values())
    assert len({home[0] for home in homes.values()}) == 2


def test_a_lesson_opens_and_a_control_moves_through_the_websocket(course, awaited):
    async def visit():
        async with Reader(course.url, "nms", "nms_iou=0.3") as reader:
            assert reader.elements["IoU threshold"].set_value
            before = reader.text
            await reader.slide("IoU threshold", 0.9)
            assert reader.text != before
            return reader.cookie(course.cookie("reader"))

    name = awaited(visit())
    stream = until(
        lambda: [
            one for one in course.asked("/_stcore/stream") if one.reader == name[:MARK]
        ],
        "the stream is logged when it ends",
    )
    assert [one.status for one in stream] == [101]
    assert len(course.served(name)) == 1


def test_a_photo_goes_up_to_its_own_session_and_a_huge_one_does_not(course, awaited):
    async def visit():
        async with Reader(course.url, "nms") as reader:
            small = await reader.upload(photo())
            large = await reader.upload(b"\xff" * (22 * 2**20))
            return small.status_code, large.status_code

    assert awaited(visit()) == (204, 413)


def test_the_picture_of_a_code_comes_through(course):
    def picture():
        status, headers, data = get(course.url + DECODE)
        return status == 200 and headers["content-type"] == "image/png" and data

    data = until(picture, "a picture of a code")
    assert Image.open(io.BytesIO(data)).size == (28, 28)


def test_one_reader_who_asks_too_fast_is_told_and_another_is_not(course):
    def ask(name: str):
        cookie = f"{course.cookie('reader')}={name * 32}"
        return get(course.url + "/live/decode?model=nothing", Cookie=cookie)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, "a" * 600))
    refused = [body for status, _, body in answers if status == 429]
    assert {status for status, _, _ in answers} == {400, 429}
    assert all(b"Too many pictures at once" in body for body in refused)
    assert ask("b")[0] == 400


def test_with_nobody_left_the_page_says_so_and_heals(course):
    for number in course.fronts().values():
        os.kill(number, signal.SIGKILL)
    status, headers, body = get(course.url + "/nms")
    assert status == 503
    assert headers["content-type"].startswith("text/html")
    assert b"tries again by itself" in body
    assert get(course.url + DECODE)[2] == (
        b'"The server is starting again; move again in a moment."'
    )
    course.wait()
    assert get(course.url + "/nms")[0] == 200


@pytest.fixture
def tls(tmp_path):
    """nginx alone, with a certificate of its own and nobody behind it."""
    if nginx() is None or shutil.which("openssl") is None:
        pytest.skip("the test of TLS needs nginx and openssl")
    command = "openssl req -x509 -nodes -newkey ec -pkeyopt ec_paramgen_curve:P-256"
    command += " -subj /CN=localhost -days 2 -keyout key.pem -out chain.pem"
    subprocess.run(command.split(), cwd=tmp_path, check=True, capture_output=True)
    port = free_port()
    tls = str(tmp_path / "chain.pem"), str(tmp_path / "key.pem")
    lines = Lines()
    text = proxy.configuration(port, start.free_ports(1), tmp_path, tls)
    process = proxy.start_nginx(tmp_path, text, lines)
    yield f"https://127.0.0.1:{port}/"
    stop([process], lines)


def test_over_tls_the_browser_is_told_to_stay_there(tls):
    unsafe = ssl.create_default_context()
    unsafe.check_hostname = False
    unsafe.verify_mode = ssl.CERT_NONE

    def refused():
        try:
            urllib.request.urlopen(tls, context=unsafe, timeout=10).close()
        except urllib.error.HTTPError as answer:
            with answer:
                return dict(answer.headers)
        except OSError:
            return None  # not up yet

    headers = until(refused, "nginx answers")
    assert headers["Strict-Transport-Security"].startswith("max-age=")
    assert headers["Set-Cookie"].endswith("; Secure")

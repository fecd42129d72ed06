"""What must not happen: code from data, a path from a reader, a photo for another."""

import ast
import http.client
import io
import tomllib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from PIL import Image
from websockets.exceptions import InvalidStatus

from tests.deploy.course import get
from tests.deploy.reader import Reader

ROOT = Path(__file__).parents[1]
OURS = ("explorer", "pages", "deploy", "benchmarks")
EVIL = "https://evil.example"

CARRIERS = {"pickle", "cPickle", "dill", "joblib", "marshal", "shelve", "cloudpickle"}
BUILTINS = {"eval", "exec", "compile", "__import__"}
SHELLS = {"os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput"}
LOADERS = {"yaml.load", "yaml.unsafe_load", "torch.hub.load", "tempfile.mktemp"}


def dotted(node: ast.AST) -> str:
    """The name that is called: ``torch.load``; empty if it has none."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def is_true(call: ast.Call, name: str) -> bool:
    """Whether an argument is given and may be true: all but a plain False."""
    given = [one.value for one in call.keywords if one.arg == name]
    return any(not isinstance(x, ast.Constant) or bool(x.value) for x in given)


def faults(source: str) -> Iterator[str]:
    """Each place where data could become code, as ``line: what``."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names]
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            yield from (f"{node.lineno}: {x}" for x in CARRIERS & set(names))
        elif isinstance(node, ast.Call) and unsafe(node):
            yield f"{node.lineno}: {dotted(node.func)}"


def unsafe(call: ast.Call) -> bool:
    name = dotted(call.func)
    if name in BUILTINS | SHELLS | LOADERS:
        return True
    if name == "torch.load":
        checked = [x for x in call.keywords if x.arg == "weights_only"]
        return not (checked and getattr(checked[0].value, "value", None) is True)
    if is_true(call, "allow_pickle") or is_true(call, "unsafe_allow_html"):
        return True
    return name.startswith("subprocess.") and is_true(call, "shell")


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import pickle", "1: pickle"),
        ("from joblib import load", "1: joblib"),
        ("eval(text)", "1: eval"),
        ("torch.load(path)", "1: torch.load"),
        ("torch.load(path, weights_only=False)", "1: torch.load"),
        ("torch.load(path, weights_only=asked)", "1: torch.load"),
        ("np.load(path, allow_pickle=True)", "1: np.load"),
        ("np.load(path, allow_pickle=asked)", "1: np.load"),
        ("\nyaml.load(text)", "2: yaml.load"),
        ("subprocess.run(line, shell=True)", "1: subprocess.run"),
        ("st.markdown(text, unsafe_allow_html=True)", "1: st.markdown"),
        ("torch.load(path, weights_only=True)", None),
        ("np.load(path, allow_pickle=False)", None),
        ("net.eval(); subprocess.run(['ls'])", None),
    ],
)
def test_the_scan_sees_what_it_looks_for(source, found):
    assert list(faults(source)) == ([found] if found else [])


def test_no_data_becomes_code_and_no_text_of_a_readers_markup():
    files = [path for folder in OURS for path in (ROOT / folder).rglob("*.py")]
    assert len(files) > 300
    found = [f"{path}:{x}" for path in files for x in faults(path.read_text("utf-8"))]
    assert found == []


def test_the_configuration_leaves_streamlits_guards_as_they_are():
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
    server = config["server"]
    guards = {"enableXsrfProtection", "enableCORS", "enableStaticServing"}
    assert not guards & set(server)
    assert config["client"]["showErrorDetails"] == "none"


def photo() -> bytes:
    data = io.BytesIO()
    Image.effect_noise((332, 244), 80).convert("RGB").save(data, "JPEG")
    return data.getvalue()


def test_an_upload_without_the_token_is_refused(course, awaited):
    async def visit():
        async with Reader(course.url, "nms") as reader:
            bare = await reader.upload(photo(), **{"X-Xsrftoken": ""})
            forged = await reader.upload(photo(), **{"X-Xsrftoken": "2|0|0|0"})
            return bare.status_code, forged.status_code

    assert awaited(visit()) == (403, 403)


def test_a_websocket_from_another_site_is_refused(course, awaited):
    async def visit():
        reader = Reader(course.url, "nms", Origin=EVIL)
        try:
            await reader.client.get("/_stcore/health")
            with pytest.raises(InvalidStatus) as refused:
                await reader.join()
            return refused.value.response.status_code
        finally:
            await reader.client.aclose()

    assert awaited(visit()) == 403


@pytest.mark.parametrize(
    "path", ["/", "/_stcore/health", "/_stcore/host-config", "/live/decode?model=x"]
)
def test_another_site_may_not_read_an_answer(course, path):
    _, headers, _ = get(course.url + path, Origin=EVIL)
    assert "access-control-allow-origin" not in headers


def test_one_readers_photo_is_out_of_anothers_reach(course, awaited):
    async def visit():
        async with Reader(course.url, "hog") as owner:
            await owner.show_photo(photo(), "secret-wall.jpg")
            assert "332 × 244" in owner.text  # she sees it
            async with Reader(course.url, "hog", "image=own") as other:
                assert "never leaves her session" in other.text
                assert "332 × 244" not in other.text
                assert "secret-wall" not in other.text
                return await other.client.get(owner.place())

    answer = awaited(visit())  # what goes up is never given out: the page instead
    assert "<!DOCTYPE html>" in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/static/../../../../../../etc/passwd",
        "/static/..%2f..%2f..%2f..%2f..%2fetc/passwd",
        "/media/..%2f..%2f..%2fetc%2fpasswd",
        "/component/x/..%2f..%2f..%2fetc%2fpasswd",
        "/app/static/..%2f..%2f..%2fetc%2fpasswd",
        "/_stcore/bidi-components/explorer_stage/..%2f..%2fetc%2fpasswd",
        "/live/decode?model=..%2f..%2fetc%2fpasswd&z=0",
        "//etc/passwd",
        "/%5c%5cserver%5cshare",
    ],
)
def test_no_address_leads_to_a_file_of_the_machine(course, path):
    """Asked of a process itself, without nginx, and not tidied by a client."""
    address = urlsplit(f"http://127.0.0.1:{next(iter(course.fronts()))}")
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=30)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
    finally:
        connection.close()
    assert b"root:" not in body
    assert answer.status in (400, 404) or b"<!DOCTYPE html>" in body

"""Variables and settings that are named lead somewhere: README, compose, manifests."""

import re
import tomllib

from explorer.models import families, zoo
from explorer.serve import settings
from explorer.ui import health
from tests.deploy.test_manifests import (
    COMPOSE,
    DEPLOY,
    DOCKERFILE,
    EVERYWHERE,
    KUSTOMIZATION,
    ROOT,
    pods,
    sources,
    variables,
)


def test_every_variable_that_is_told_of_leads_somewhere():
    """What compose asks its caller for is documented; what our code reads is read."""
    compose = (DEPLOY / "compose.yaml").read_text()
    readme = (ROOT / "README.md").read_text()
    asked = set(re.findall(r"\$\{([A-Z_]+)", compose))
    assert all(f"`{name}`" in readme for name in asked)
    told = set(re.findall(r"`(EXPLORER_[A-Z_]+)`", readme))
    tests = "".join(path.read_text() for path in (ROOT / "tests").rglob("*.py"))
    code = sources() + tests
    assert all(f'"{name}"' in code or name in asked for name in told)
    for name in re.findall(r"EXPLORER_RAY_\w+", "".join(files("*.yaml"))):
        given = set().union(*map(variables, EVERYWHERE))
        assert name in given | asked, name


def files(pattern: str) -> list[str]:
    return [path.read_text() for path in DEPLOY.rglob(pattern)]


def test_the_clusters_settings_reach_every_process_of_ray(tmp_path):
    place = "/etc/explorer/families.toml"
    file = place.rpartition("/")[2]
    rays = [pod for pod in pods() if pod["containers"][0]["name"] == "ray"]
    assert len(rays) == 3
    for pod in rays:
        (one,) = pod["containers"]
        assert {"name": "EXPLORER_RAY_CONFIG", "value": place} in one["env"]
        mounts = {m["name"]: m["mountPath"] for m in one["volumeMounts"]}
        assert mounts["families"] == place.rpartition("/")[0]
    (made,) = [
        m for m in KUSTOMIZATION["configMapGenerator"] if m["name"] == "families"
    ]
    assert made["files"] == [file]
    assert made["options"]["disableNameSuffixHash"]  # a RayService is not looked into
    for name in ("ray", "worker"):
        one = COMPOSE["services"][name]
        assert one["environment"]["EXPLORER_RAY_CONFIG"] == place
        assert f"./{file}:{place}:ro" in one["volumes"]
    names = families.families(zoo.records())
    assert settings.read(names, DEPLOY / file) == settings.read(names, settings.SHIPPED)
    example = re.findall(r"^# (\[.+\]|\w+ = .+)$", (DEPLOY / file).read_text(), re.M)
    (tmp_path / file).write_text("\n".join(example))
    assert settings.read(names, tmp_path / file)["detectors"].max_replicas == 8


def test_an_image_knows_its_commit_and_has_a_tag_of_its_own():
    assert "ARG COMMIT" in DOCKERFILE
    assert f"ENV {health.COMMIT}=$COMMIT" in DOCKERFILE
    for one in COMPOSE["services"].values():
        if "build" in one:
            assert one["build"]["args"]["COMMIT"] == "${COMMIT:-}"
    (image,) = KUSTOMIZATION["images"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert image["newTag"] == project["version"]
    head = (DEPLOY / "kustomization.yaml").read_text()
    assert f"-t {image['newName']}:{image['newTag']} " in head

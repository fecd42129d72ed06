"""The cluster of Ray in Kubernetes: probes, token, GPUs, and its autoscaler's way."""

import re
from importlib.metadata import version

from packaging.requirements import Requirement
from packaging.version import Version

from tests.deploy.test_manifests import ROOT, named


def test_pods_of_ray_are_asked_by_what_their_image_has():
    """The operator's own probes call wget, and Serve's proxy, which is not started."""
    cluster = named("RayService", "models")["spec"]["rayClusterConfig"]
    groups = [cluster["headGroupSpec"], *cluster["workerGroupSpecs"]]
    for group in groups:
        (pod,) = group["template"]["spec"]["containers"]
        for kind in ("livenessProbe", "readinessProbe"):
            program, flag, code = pod[kind]["exec"]["command"]
            assert (program, flag) == ("python", "-c")
            compile(code, kind, "exec")
            assert "/api/local_raylet_healthz" in code
            assert ":8000" not in code
        assert {"name": "EXPLORER_RAY_GPU", "value": "1"} in pod["env"]
    assert cluster["authOptions"] == {"mode": "token", "secretName": "explorer"}


def test_the_cluster_runs_the_one_version_that_its_image_has():
    """A manifest that names another one than pip installed is what drifts unseen."""
    cluster = named("RayService", "models")["spec"]["rayClusterConfig"]
    wanted = (ROOT / "requirements-ray.txt").read_text()
    known = Requirement(re.search(r"^ray[^#\n]*", wanted, re.M)[0].strip()).specifier
    assert str(known) == f"=={cluster['rayVersion']}"
    assert Version(cluster["rayVersion"]) >= Version("2.52")  # before: no token
    assert version("ray") == cluster["rayVersion"]


def test_the_head_reaches_the_api_that_its_autoscaler_needs():
    cluster = named("RayService", "models")["spec"]["rayClusterConfig"]
    assert cluster["enableInTreeAutoscaling"] is True
    policy = named("NetworkPolicy", "models-autoscaler")["spec"]
    labels = cluster["headGroupSpec"]["template"]["metadata"]["labels"]
    assert policy["podSelector"]["matchLabels"] == labels
    assert {"port": 443} in policy["egress"][0]["ports"]

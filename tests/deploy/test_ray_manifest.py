"""The cluster of Ray in Kubernetes: probes, token, GPUs, and its autoscaler's way."""

import re

from packaging.requirements import Requirement

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
    wanted = (ROOT / "requirements-ray.txt").read_text()
    known = Requirement(re.search(r"^ray.*$", wanted, re.M)[0]).specifier
    assert cluster["rayVersion"] in known
    assert "2.51.9" not in known  # it asks for no token


def test_the_head_reaches_the_api_that_its_autoscaler_needs():
    cluster = named("RayService", "models")["spec"]["rayClusterConfig"]
    assert cluster["enableInTreeAutoscaling"] is True
    policy = named("NetworkPolicy", "models-autoscaler")["spec"]
    labels = cluster["headGroupSpec"]["template"]["metadata"]["labels"]
    assert policy["podSelector"]["matchLabels"] == labels
    assert {"port": 443} in policy["egress"][0]["ports"]

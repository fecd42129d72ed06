"""Compose file and manifests, without the programs that read them: every name in them
leads somewhere, in the files themselves or in the code."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from deploy import proxy, start
from explorer.models import families, zoo
from explorer.ui import health

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
DOCKERFILE = (ROOT / "Dockerfile").read_text()
KUSTOMIZATION = yaml.safe_load((DEPLOY / "kustomization.yaml").read_text())
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
GPU = yaml.safe_load((DEPLOY / "compose.gpu.yaml").read_text())
OBJECTS = [
    one
    for path in KUSTOMIZATION["resources"]
    for one in yaml.safe_load_all((DEPLOY / path).read_text())
]
APP_PORT = int(re.search(r"EXPOSE (\d+)", DOCKERFILE)[1])
# What others read, each with what it is.
THEIRS = {
    "HOME": "where programs put small files",
    "OMP_NUM_THREADS": "torch",
    "FORWARDED_ALLOW_IPS": "uvicorn",
    "NGINX_ENVSUBST_OUTPUT_DIR": "the start script of nginx's image",
    "RAY_AUTH_MODE": "Ray",
    "RAY_AUTH_TOKEN": "Ray",
    start.SECRET: "Streamlit: server.cookieSecret",
    "STREAMLIT_SERVER_PORT": "Streamlit: server.port",
}
SECRETS = {"cookie-secret", "auth_token"}


def of(kind: str) -> list[dict[str, Any]]:
    return [one for one in OBJECTS if one["kind"] == kind]


def named(kind: str, name: str) -> dict[str, Any]:
    (found,) = [one for one in of(kind) if one["metadata"]["name"] == name]
    return found


def parts(node: Any) -> Iterator[dict[str, Any]]:
    """Every table inside a document."""
    if isinstance(node, dict):
        yield node
    for child in node.values() if isinstance(node, dict) else node:
        if isinstance(child, dict | list):
            yield from parts(child)


def pods() -> list[dict[str, Any]]:
    return [one for one in parts(OBJECTS) if "containers" in one]


def containers() -> list[dict[str, Any]]:
    return [container for pod in pods() for container in pod["containers"]]


def sources() -> str:
    """All code of ours that may read a variable."""
    return "\n".join(
        path.read_text("utf-8") for path in (ROOT / "explorer").rglob("*.py")
    )


def variables(container: dict[str, Any]) -> set[str]:
    given = container.get("environment") or container.get("env") or {}
    return {one["name"] if isinstance(one, dict) else one for one in given}


SERVICES = [*COMPOSE["services"].values(), *GPU["services"].values()]
EVERYWHERE = [*containers(), *SERVICES]


def test_every_variable_is_one_that_somebody_reads():
    code, template = sources(), proxy.TEMPLATE.read_text("utf-8")
    for name in set().union(*map(variables, EVERYWHERE)) - set(THEIRS):
        assert f'"{name}"' in code or f"${{{name}}}" in template, name


def test_nginx_is_given_every_value_its_template_asks_for():
    asked = set(re.findall(r"\$\{([A-Z_]+)\}", proxy.TEMPLATE.read_text("utf-8")))
    fronts = [
        one for one in EVERYWHERE if "NGINX_ENVSUBST_OUTPUT_DIR" in variables(one)
    ]
    assert len(fronts) == 2
    for one in fronts:
        assert variables(one) - {"NGINX_ENVSUBST_OUTPUT_DIR"} == asked


def test_the_environment_names_of_nginx_are_none_of_its_own_variables():
    """``envsubst`` puts any variable of the environment in: names must differ."""
    own = set(re.findall(r"\$(\w+)", proxy.TEMPLATE.read_text("utf-8")))
    assert not own & set().union(*map(variables, EVERYWHERE))


def test_kustomize_lists_every_manifest_and_the_template_is_there():
    files = {f"kubernetes/{path.name}" for path in (DEPLOY / "kubernetes").glob("*")}
    assert set(KUSTOMIZATION["resources"]) == files
    for made in KUSTOMIZATION["configMapGenerator"]:
        assert all((DEPLOY / name).is_file() for name in made["files"])
    images = {one["image"] for one in containers()}
    ours = {one["name"] for one in KUSTOMIZATION["images"]}
    assert ours <= images
    assert all(":" in image for image in images - ours)  # others: a version, not latest


def test_manifests_hold_no_aliases():
    """Not every reader of theirs follows one, and none across documents."""
    for path in KUSTOMIZATION["resources"]:
        tokens = yaml.scan((DEPLOY / path).read_text())
        assert not any(
            isinstance(x, yaml.AliasToken | yaml.AnchorToken) for x in tokens
        )


def test_every_port_that_is_named_exists_in_its_pod():
    for pod in pods():
        names = {p["name"] for c in pod["containers"] for p in c.get("ports", ())}
        for probe in (p["httpGet"] for p in parts(pod) if "httpGet" in p):
            assert probe["port"] in names
    front = named("Deployment", "front")["spec"]["template"]["spec"]["containers"]
    ports = {p["name"]: p["containerPort"] for c in front for p in c["ports"]}
    assert ports["app"] == APP_PORT
    service = named("Service", "front")["spec"]
    assert {one["targetPort"] for one in service["ports"]} <= set(ports)
    for backend in (p["service"] for p in parts(of("Ingress")) if "service" in p):
        assert backend["name"] == "front"
        assert backend["port"]["name"] in {one["name"] for one in service["ports"]}
    listen = {e["name"]: e.get("value") for c in front for e in c["env"]}
    assert listen["EXPLORER_LISTEN"] == f"listen {ports['web']};"
    assert f"127.0.0.1:{ports['app']} " in listen["EXPLORER_SERVERS"]
    assert listen["EXPLORER_PORTS"] == str(ports["app"])


def test_every_selector_finds_the_pods_it_means():
    labels = [one["labels"] for one in parts(OBJECTS) if "labels" in one]
    chosen = [one["matchLabels"] for one in parts(OBJECTS) if "matchLabels" in one]
    chosen += [named("Service", "front")["spec"]["selector"]]
    ours = [one for one in chosen if "kubernetes.io/metadata.name" not in one]
    assert ours
    for selector in ours:
        assert any(selector.items() <= one.items() for one in labels), selector


def test_every_volume_mounted_is_there_and_every_one_there_is_mounted():
    for pod in pods():
        there = {one["name"] for one in pod.get("volumes", ())}
        mounts = {
            m["name"] for c in pod["containers"] for m in c.get("volumeMounts", ())
        }
        assert mounts == there
    maps = {one["configMap"]["name"] for one in parts(OBJECTS) if "configMap" in one}
    assert maps == {one["name"] for one in KUSTOMIZATION["configMapGenerator"]}


def test_secrets_are_named_and_never_written():
    asked = [one["secretKeyRef"] for one in parts(OBJECTS) if "secretKeyRef" in one]
    assert {one["name"] for one in asked} == {"explorer"}
    assert {one["key"] for one in asked} == SECRETS
    head = (DEPLOY / "kustomization.yaml").read_text()
    assert all(f"--from-literal={key}=" in head for key in SECRETS)
    for one in SERVICES:
        for name, value in dict(one.get("environment", {})).items():
            if "SECRET" in name or "TOKEN" in name:
                assert re.fullmatch(r"\$\{EXPLORER_\w+:\?.+\}", value), name


def test_every_container_of_ours_is_locked_and_bounded():
    for container in containers():
        lock = container["securityContext"]
        assert lock["readOnlyRootFilesystem"] is True
        assert lock["allowPrivilegeEscalation"] is False
        assert lock["capabilities"] == {"drop": ["ALL"]}
        assert "memory" in container["resources"]["limits"]
        assert {"cpu", "memory"} <= set(container["resources"]["requests"])
    for pod in pods():
        assert pod["securityContext"]["runAsNonRoot"] is True
        user = pod["securityContext"]["runAsUser"]
        assert f"--uid {user}" in DOCKERFILE
        assert f"USER {user}" in DOCKERFILE


def test_scaling_and_disruption_mean_the_front_ends():
    scaled = named("HorizontalPodAutoscaler", "front")["spec"]
    assert scaled["scaleTargetRef"]["name"] == "front"
    assert 1 < scaled["minReplicas"] < scaled["maxReplicas"]
    (metric,) = scaled["metrics"]
    names = {one["name"] for one in containers()}
    assert metric["containerResource"]["container"] in names
    assert named("PodDisruptionBudget", "front")["spec"]["maxUnavailable"] == 1
    assert "replicas" not in named("Deployment", "front")["spec"]  # the scaler's alone


def test_the_ingress_keeps_a_reader_on_her_pod_and_lets_her_photo_through():
    notes = named("Ingress", "explorer")["metadata"]["annotations"]
    prefix = "nginx.ingress.kubernetes.io/"
    assert notes[prefix + "affinity"] == "cookie"
    template = proxy.TEMPLATE.read_text("utf-8")
    assert f"client_max_body_size {notes[prefix + 'proxy-body-size']};" in template
    assert all(isinstance(value, str) for value in notes.values())


def test_the_cluster_is_called_by_the_name_it_has():
    service = named("RayService", "models")
    address = f"ray://{service['metadata']['name']}-head-svc:10001"
    values = [one.get("value") for one in parts(OBJECTS) if "value" in one]
    assert address in values
    fronts = [COMPOSE["services"][name] for name in ("front1", "front2")]
    for front in fronts:
        host = re.fullmatch(
            r"ray://(\w+):10001", front["environment"]["EXPLORER_RAY_ADDRESS"]
        )
        assert host[1] in COMPOSE["services"]
    assert "--ray-client-server-port=10001" in (DEPLOY / "ray-head.sh").read_text()


def test_compose_names_services_volumes_networks_and_files_that_exist():
    services = COMPOSE["services"]
    assert set(GPU["services"]) <= set(services)
    for name, one in services.items():
        assert set(one.get("depends_on", ())) <= set(services), name
        assert set(one["networks"]) <= set(COMPOSE["networks"]), name
        assert one["read_only"] is True
        assert one["tmpfs"] == ["/tmp"]
        for volume in one.get("volumes", ()):
            source = volume.split(":")[0]
            there = (DEPLOY / source).exists() if "/" in source else None
            assert there or source in COMPOSE["volumes"], volume
        if "build" in one:
            asked = one["build"]["args"]["REQUIREMENTS"]
            assert (ROOT / asked).is_file()
            assert "ARG REQUIREMENTS=requirements.txt" in DOCKERFILE
        for word in one.get("command", ()):
            if word.startswith("deploy/"):
                assert (ROOT / word).stat().st_mode & 0o100, "it can be run"
    lines = services["nginx"]["environment"]["EXPLORER_SERVERS"]
    hosts = re.findall(r"server (\w+):(\d+) [^;]*resolve;", lines)
    fronts = [name for name in services if "front" in name]
    port = "STREAMLIT_SERVER_PORT"  # one each: nginx tells processes by it
    assert hosts == [(name, services[name]["environment"][port]) for name in fronts]
    assert len({number for _, number in hosts}) == len(hosts)
    ports = services["nginx"]["environment"]["EXPLORER_PORTS"]
    assert ports.split("|") == [number for _, number in hosts]
    homes = services["nginx"]["environment"]["EXPLORER_HOMES"]
    found = re.findall(r"upstream home_(\d+) [^}]*server (\w+):(\d+) ", homes)
    assert found == [(number, name, number) for name, number in hosts]
    assert services["nginx"]["ports"] == ["${EXPLORER_PORT:-80}:8080"]
    assert services["nginx"]["environment"]["EXPLORER_LISTEN"] == "listen 8080;"
    assert "internal" in COMPOSE["networks"]["inside"]


def test_probes_ask_what_the_app_answers():
    known = {route.path for route in health.ROUTES}
    asked = {one["httpGet"]["path"] for one in parts(OBJECTS) if "httpGet" in one}
    assert asked == {"/healthz", "/readyz"}
    assert asked <= known
    port = r"\$STREAMLIT_SERVER_PORT"
    assert re.search(rf"HEALTHCHECK .*localhost:{port}(/\w+)'", DOCKERFILE)[1] in known
    assert f"STREAMLIT_SERVER_PORT={APP_PORT}" in DOCKERFILE
    assert "/metrics" in known


def test_the_cluster_serves_every_family_of_models():
    service = yaml.safe_load(named("RayService", "models")["spec"]["serveConfigV2"])
    served = {one["name"]: one["args"]["family"] for one in service["applications"]}
    names = families.families(zoo.records())
    assert served == {families.PREFIX + name: name for name in names}
    for one in service["applications"]:
        module, _, name = one["import_path"].partition(":")
        path = ROOT / Path(*module.split(".")).with_suffix(".py")
        assert f"def {name}(" in path.read_text()


def test_the_cache_belongs_to_the_reader_before_it_is_a_volume():
    assert DOCKERFILE.index("chown reader /cache") < DOCKERFILE.index("VOLUME /cache")

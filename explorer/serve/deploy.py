"""Puts the families of models onto a cluster, one application of Ray Serve each."""

from pathlib import Path
from typing import Any

import ray
from ray import serve

from explorer.models import zoo
from explorer.models.families import PREFIX, families
from explorer.serve.replica import Replica
from explorer.serve.settings import Settings, gpus, read

HEALTH_PERIOD_S = 10.0
HEALTH_TIMEOUT_S = 120.0  # the check waits its turn behind readers' jobs
UPSCALE_S, DOWNSCALE_S = 5.0, 120.0  # a lecture's first click; its end
SHUTDOWN_S = 20.0  # for the jobs a replica still has


def application(arguments: dict[str, str]) -> serve.Application:
    """Return one family's application, for ``serve.run`` or a Serve config file.

    Parameters
    ----------
    arguments : dict
        ``family``: its name; ``config``: a settings file, where not the usual one.
    """
    names = families(zoo.records())
    config = arguments.get("config")
    settings = read(names, Path(config) if config else None)
    name = arguments["family"]
    made = deployment(name, settings[name])
    return made.bind(names[name], settings[name].max_batch_size)


def deployment(family: str, settings: Settings) -> serve.Deployment:
    """Return the deployment of a family with its bounds, share of a GPU and checks."""
    return serve.deployment(
        name=family,
        ray_actor_options=actor_options(settings),
        autoscaling_config={
            "min_replicas": settings.min_replicas,
            "max_replicas": settings.max_replicas,
            "target_ongoing_requests": settings.target_ongoing_requests,
            "upscale_delay_s": UPSCALE_S,
            "downscale_delay_s": DOWNSCALE_S,
        },
        max_ongoing_requests=settings.max_ongoing_requests,
        max_queued_requests=settings.max_queued_requests,
        health_check_period_s=HEALTH_PERIOD_S,
        health_check_timeout_s=HEALTH_TIMEOUT_S,
        graceful_shutdown_timeout_s=SHUTDOWN_S,
    )(Replica)


def actor_options(settings: Settings) -> dict[str, Any]:
    """Return a replica's share of processor and GPU, none where there is no GPU.

    ``EXPLORER_RAY_GPU`` says whether there is to be one; else those there now count.
    """
    there = gpus()
    if there is None:
        now: dict[str, float] = ray.cluster_resources()  # type: ignore[no-untyped-call]
        there = bool(now.get("GPU"))
    return {
        "num_cpus": settings.num_cpus,
        "num_gpus": settings.num_gpus if there else 0.0,
    }


def run(config: Path | None = None) -> list[str]:
    """Deploy every family onto the cluster this process is connected to; wait for all.

    No HTTP proxy is started: front ends ask through handles.

    Returns
    -------
    list of str
        The names of the applications.
    """
    serve.start(proxy_location="Disabled")
    given = {"config": str(config)} if config else {}
    targets = [
        serve.RunTarget(
            application({"family": name, **given}), PREFIX + name, route_prefix=None
        )
        for name in families(zoo.records())
    ]
    serve.run_many(targets)
    return [target.name for target in targets]

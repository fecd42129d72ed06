"""What the process counts about itself, in Prometheus's terms: runs, waits, refusals.

The work itself counts here; ``/metrics`` only reads. Label values come from names in
the code (models, methods, lanes, lessons), never from a reader, so that their number
is bounded.
"""

from prometheus_client import Counter, Gauge, Histogram

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120)

RUNS = Counter(
    "explorer_runs",
    "Answers of the engine, by how they ended (ok, error, cancelled).",
    ["model", "method", "outcome"],
)
RUN_SECONDS = Histogram(
    "explorer_run_seconds",
    "Time a model spent on an answer, without the wait.",
    ["model", "method"],
    buckets=SECONDS,
)
WAIT_SECONDS = Histogram(
    "explorer_queue_wait_seconds",
    "Time a job waited before it ran.",
    ["lane"],
    buckets=SECONDS,
)
WAITING = Gauge("explorer_queue_waiting", "Jobs that wait now.", ["lane"])
BATCH_JOBS = Histogram(
    "explorer_batch_jobs",
    "Jobs answered by one forward pass.",
    ["model"],
    buckets=(1, 2, 4, 8, 16, 32),
)
SHED = Counter(
    "explorer_shed", "Requests turned away because the machine was busy.", ["where"]
)
STAGE_SECONDS = Histogram(
    "explorer_stage_seconds",
    "Time of each stage of a lesson when it was computed, kept answers left out.",
    ["lesson", "stage"],
    buckets=SECONDS,
)
ROUTE_SECONDS = Histogram(
    "explorer_route_seconds",
    "Time of a route's answer, by its HTTP status.",
    ["path", "status"],
    buckets=SECONDS,
)

"""A job's run: the model's method, timed; on the processor where a device is full."""

from dataclasses import replace

from explorer.models import batching, device, zoo
from explorer.models.answers import Answer, EngineError
from explorer.models.jobs import Job, label, out_of_memory
from explorer.models.stages import recording, stage


def answers(jobs: list[Job]) -> list[Answer | BaseException]:
    """Run jobs of one model; each has its answer or what was raised instead."""
    if len(jobs) > 1:
        try:
            return [*batching.parted(answer(batching.joined(jobs)), jobs)]
        except BaseException:
            pass  # one of them is at fault: alone, only that one fails
    return [_attempt(job) for job in jobs]


def _attempt(job: Job) -> Answer | BaseException:
    try:
        return answer(job)
    except BaseException as error:
        return error


def answer(job: Job) -> Answer:
    """Run one job.

    A device without room for it is relieved of its cache, and the job runs on the
    processor instead; the answer says so.
    """
    try:
        return _run(job, zoo.load(job.name))
    except BaseException as error:
        if not out_of_memory(error) or device.choose() == device.PROCESSOR:
            raise
    # Outside the handler: the error's frames hold tensors of the device.
    full = device.choose()
    device.free()
    with device.instead(device.PROCESSOR):
        found = _run(job, zoo.on_processor(job.name))
    words = (
        f"The memory of the device ({full}) is full: {label(job.name)} ran on the "
        "processor, which takes longer."
    )
    return replace(found, device=f"{found.device} ({full} is full)", note=words)


def _run(job: Job, runner: zoo.Runner) -> Answer:
    with recording() as times:
        method = runner.methods.get(job.method)
        if method is None:
            options = ", ".join(sorted(runner.methods))
            raise EngineError(f"{job.name} cannot {job.method!r}; it can: {options}.")
        with stage("model"):
            arrays = method(**job.arguments)
    times.pop("model")
    return Answer(arrays, times, device.describe())

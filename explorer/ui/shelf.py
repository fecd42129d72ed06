"""The full-size shelf on a page: what a model costs to fetch, and the fetching."""

import streamlit as st

from explorer.models import zoo

MEGABYTE = 1e6


def ready(name: str) -> bool:
    """Return whether a model can run now; offer its download where it can't yet.

    The download shows its progress here and runs in this reader's own thread, so no
    other reader waits for it. If it fails, the reason stays on the page, which goes
    on with whatever the caller shows instead.
    """
    if zoo.status(name) == "ready":
        return True
    record = zoo.record(name)
    with st.container(border=True):
        st.markdown(
            f":material/cloud_download: **{record.label}** is on the full-size shelf: "
            f"torchvision's published weights, {record.bytes / MEGABYTE:.0f} MB, "
            f"{record.licence}. They are fetched once, checked against "
            f"{record.digest_note}, and kept on this machine."
        )
        if st.button("Download it", key=f"_fetch_{name}", type="primary"):
            _fetch(name)
    return zoo.status(name) == "ready"


def _fetch(name: str) -> None:
    bar = st.progress(0.0, "Asking for the file …")

    def progress(done: int, total: int) -> None:
        share = min(1.0, done / max(total, 1))
        bar.progress(share, f"{done / MEGABYTE:.0f} of {total / MEGABYTE:.0f} MB")

    try:
        zoo.fetch(name, progress)
    except zoo.ZooError as error:
        bar.empty()
        st.warning(str(error), icon=":material/cloud_off:")
    else:
        st.rerun()

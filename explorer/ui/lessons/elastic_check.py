"""What the elastic lesson's page claims, checked: by libraries, and by the browser."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from explorer.core.proof import BROWSER, Proof
from explorer.core.proofs import elastic as proofs
from explorer.models.proofs.elastic import prove_coarse
from explorer.ui import live
from explorer.ui.lessons import elastic_deformation as lesson
from explorer.ui.lessons.elastic_deformation import Bent, Settings
from explorer.ui.lessons.elastic_masks import Masked
from explorer.ui.stage import StageEvent

FIELD_TOLERANCE_PX = 1e-3
AREA_TOLERANCE_PX = 3  # pixels midway between two, where float32 decides


def prove(scene: Masked, asked: Settings, bent: Bent, event: StageEvent) -> list[Proof]:
    """Compare with scipy, torch, scikit-image, and the browser with the core."""
    if asked.smooth:
        noise = lesson.noise_of(scene.mask.shape, asked.seed)
        first = live.compute("proof", proofs.prove_smooth, noise, asked.sigma_px)
    else:
        scaled = lesson.vectors(asked) * asked.alpha_px
        first = live.compute("proof", prove_coarse, scaled, bent.field)
    masks = (scene.mask, bent.mask)
    labels = tuple(scene.names)
    found = [
        first,
        live.compute("photo proof", proofs.prove_warp, scene.image, bent.field),
        live.compute("mask proof", proofs.prove_mask, scene.mask, bent.field),
        live.compute("parts proof", proofs.prove_topology, masks, labels),
    ]
    sent = event.program or {}
    if sent.get("tag") == lesson.tag(scene, asked):
        found += browser_proofs(sent, asked, bent)
    return found


def browser_proofs(sent: Mapping[str, Any], asked: Settings, bent: Bent) -> list[Proof]:
    """Compare what the browser computed for these settings; nothing for others'."""
    try:
        field = np.asarray(sent["field"], np.float64)
        counts = np.asarray(sent["counts"], np.float64).reshape(-1, 3)
        strange = np.array([sent["between"], sent["invented"]], np.float64)
    except (KeyError, TypeError, ValueError):
        return []
    ours = (
        bent.field[:, :: lesson.MESH_PX, :: lesson.MESH_PX].transpose(1, 2, 0).ravel()
    )
    known = [[t.area_px, t.parts, t.holes] for t in bent.after.values()]
    if field.shape != ours.shape or len(counts) != len(known):
        return []
    apart = float(np.abs(field - ours).max())
    note = f"the field at the mesh's {len(ours) // 2} crossings"
    mixed = np.array([bent.mixed.between.sum(), bent.mixed.invented.sum()])
    off = np.abs(counts - np.reshape(known, (-1, 3)))  # nan if the browser sent one
    areas = float(np.concatenate([off[:, 0], np.abs(strange - mixed)]).max())
    whole = float(off[:, 1:].max(initial=0.0))
    say = "areas and invented labels, as counted while dragging"
    return [
        Proof(BROWSER, apart, FIELD_TOLERANCE_PX, "px", note),
        Proof(BROWSER, areas, AREA_TOLERANCE_PX, "px", say),
        Proof(BROWSER, whole, 0, note="parts and holes, as counted while dragging"),
    ]

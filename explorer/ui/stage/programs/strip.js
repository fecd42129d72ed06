// Rows of small pictures: the column under the pointer enlarged beside them, row by row.
//
// Parameters: cell [w, h] of a small picture, rows (their names), notes [[text a column] a row], whole (all rows enlarged,
// else the one pointed at), left (width of a margin in which the rows' names stand up to their comma; none without it). Stage: mode "hover" on the pictures laid in rows; the scrubber followed, if any, sets the column.

const STRIP_LARGE_PX = 150;

function stripMount(s) {
  const o = s.own, p = s.params;
  s.panel.hidden = false;
  o.at = null;
  o.views = p.rows.map((name) => {
    const canvas = styled(element("canvas"), { imageRendering: "pixelated", height: STRIP_LARGE_PX + "px", border: "1px solid " + STYLED.border, borderRadius: "4px" });
    const title = styled(element("div", "", name), { fontWeight: "600" }), note = element("div"), box = element("div");
    Object.assign(canvas, { width: p.cell[0], height: p.cell[1] });
    box.append(title, canvas, note);
    return { box, canvas, note };
  });
  s.panel.replaceChildren(styled(element("div"), { display: "flex", flexWrap: "wrap", gap: "0.9em" }));
  s.panel.firstChild.append(...o.views.map((v) => v.box));
  s.change();
}

// Column and row: under the pointer, else the scrubber's, else the middle.
function stripAt(s) {
  const p = s.params, left = p.left ?? 0, columns = Math.round((s.w - left) / p.cell[0]);
  if (s.pointer) return [clamp(Math.floor((s.pointer[0] - left) / p.cell[0]), 0, columns - 1), clamp(Math.floor(s.pointer[1] / p.cell[1]), 0, p.rows.length - 1)];
  return [s.frame === Infinity ? columns >> 1 : clamp(s.frame, 0, columns - 1), 0];
}

function stripMove(s) {
  const o = s.own, p = s.params, [column, row] = stripAt(s), at = column + "," + row;
  if (!o.views || (o.at === at && o.drawn)) return;
  o.at = at;
  o.place = [column, row];
  o.views.forEach((view, k) => {
    view.box.hidden = !p.whole && k !== row;
    if (view.box.hidden) return;
    view.note.textContent = p.notes[k]?.[column] ?? "";
    o.drawn = s.base.complete && s.base.naturalWidth > 0;
    if (!o.drawn) return;
    const by = s.base.naturalWidth / s.w;
    view.canvas.getContext("2d").drawImage(s.base, ((p.left ?? 0) + column * p.cell[0]) * by, k * p.cell[1] * by, p.cell[0] * by, p.cell[1] * by, 0, 0, p.cell[0], p.cell[1]);
  });
}

function stripFrame(s, g) {
  const o = s.own, [w, h] = s.params.cell, left = s.params.left ?? 0;
  if (left) stripNames(s, g, left, h);
  if (!o.place) return;
  if (!o.drawn) s.change();
  const rows = s.params.whole ? [0, s.params.rows.length] : [o.place[1], 1];
  g.strokeStyle = "#E69F00";
  g.lineWidth = 2 * s.px;
  g.strokeRect(left + o.place[0] * w, rows[0] * h, w, rows[1] * h);
}

function stripNames(s, g, left, h) {
  g.font = "600 " + Math.min(0.5 * h, 14 * s.px * letters()) + "px " + s.font;
  g.textAlign = "center";
  g.textBaseline = "middle";
  g.fillStyle = "#fff";
  s.params.rows.forEach((name, k) => g.fillText(name.split(",")[0], left / 2, (k + 0.5) * h));
}

PROGRAMS.strip = {
  mount: stripMount, move: stripMove, frame: stripFrame,
  hint: () => "Move along a row: the picture under the pointer is enlarged beside it.",
  read: (s) => { const [column, row] = stripAt(s); return s.params.rows[row] + ": " + (s.params.notes[row]?.[column] ?? ""); },
};

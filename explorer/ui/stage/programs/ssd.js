// SSD's default boxes: by map and cell, moved by the network, found by map, matched with drawn truth.
//
// Parameters: part ("boxes", "one", "found" or "match"), size (px of the square the network sees), maps
// [{cells, step, shapes [[w, h], ...] shares of the square, names, scale, color}], colors, tag, world (a new
// one brings its own pick), pick {level, col, row, shape}, and
//   one    classes, opacity, and sent once: deltas (N x 4 int16 thousandths, as bytes), probs (N x 4 uint16 of
//          65535, as bytes: background and the three best classes), top (N x 3 classes). Stage: mode "click".
//   found  found {boxes, rows, scores, labels, levels}, counts [[above, kept], ...]. Stage: mode "hover".
//   match  labels (classes of the boxes), label, classes, threshold, ratio, weights, draw {positives, hard}, and
//          sent once: background (N), order (N rows, the worst about background first), deltas as above, class0
//          (N) ... the costs of the classes named in costed. Stage: mode "boxes".
// Commits {tag, pick, boxes, moved} for the parts "boxes" and "one", {tag, boxes, labels, rows, gt, best, hard,
// loss} for "match", so that Python can check this arithmetic; has, where arrays are sent once.

const SSD_PARTS = {};

function ssdMount(s) {
  const o = s.own, p = s.params;
  o.scale = s.w / p.size;
  o.starts = [0];
  for (const m of p.maps) o.starts.push(o.starts[o.starts.length - 1] + m.cells * m.cells * m.shapes.length);
  o.part = SSD_PARTS[p.part];
  o.part.mount?.(s);
  if (o.world !== p.world) {
    o.world = p.world;
    o.pick = ssdClamped(p, p.pick);
    o.at = null;
    s.panel.replaceChildren();
    o.part.build(s);
  }
  s.change();
  if (o.part.commit) later(s, "proof", 500, () => { if (ssdLate(s) && !s.dragging) s.commit(o.part.commit(s)); });
}

// Whether Python has not yet heard what the page shows.
function ssdLate(s) {
  const said = s.d.held.program.v;
  return said?.tag !== s.params.tag || Boolean(s.own.part.late?.(s, said));
}

function ssdClamped(p, { level, col, row, shape }) {
  const at = clamp(level, 0, p.maps.length - 1), m = p.maps[at];
  return { level: at, col: clamp(col, 0, m.cells - 1), row: clamp(row, 0, m.cells - 1), shape: clamp(shape, 0, m.shapes.length - 1) };
}

// The box in question: in the cell under the pointer, or the chosen one.
const ssdNow = (s) => ({ ...s.own.pick, ...(s.own.at ?? {}) });
const ssdRow = (o, p, { level, col, row, shape }) => o.starts[level] + (row * p.maps[level].cells + col) * p.maps[level].shapes.length + shape;

function ssdPlace(o, p, row) {
  let level = 0;
  while (row >= o.starts[level + 1]) level++;
  const m = p.maps[level], n = m.shapes.length, cell = Math.floor((row - o.starts[level]) / n);
  return { level, col: cell % m.cells, row: Math.floor(cell / m.cells), shape: (row - o.starts[level]) % n };
}

// A default box in pixels of the square: corners, as the core makes them.
function ssdBox(p, { level, col, row, shape }) {
  const m = p.maps[level], [w, h] = m.shapes[shape], x = (col + 0.5) * m.step, y = (row + 0.5) * m.step, a = (w * p.size) / 2, b = (h * p.size) / 2;
  return [x - a, y - b, x + a, y + b];
}

const ssdShown = (s, box) => box.map((v) => v * s.own.scale);

function ssdCellAt(s, [x, y]) {
  const m = s.params.maps[s.own.pick.level], at = (v) => clamp(Math.floor(v / s.own.scale / m.step), 0, m.cells - 1);
  return { col: at(x), row: at(y) };
}

function ssdChoose(s, change, wait = 250) {
  const o = s.own, before = s.params.maps[o.pick.level], next = { ...o.pick, ...change };
  // On another map the cell is the one that lies at the same place.
  if (change.level !== undefined && change.level !== o.pick.level) {
    const m = s.params.maps[clamp(change.level, 0, s.params.maps.length - 1)];
    for (const side of ["col", "row"]) if (change[side] === undefined) next[side] = Math.floor(((o.pick[side] + 0.5) / before.cells) * m.cells);
  }
  o.pick = ssdClamped(s.params, next);
  o.at = null;
  s.change();
  later(s, "pick", wait, () => s.commit(o.part.commit(s)));
}

const ssdPicks = (s) => s.params.part === "boxes" || s.params.part === "one";

function ssdMove(s) {
  const o = s.own;
  if (ssdPicks(s)) o.at = s.pointer && !s.grab ? ssdCellAt(s, s.pointer) : null;
  o.part.move(s);
}

function ssdDown(s) {
  if (!ssdPicks(s)) return false;
  Object.assign(s.own.pick, ssdCellAt(s, s.pointer));
  return true;
}

function ssdKey(s, e) {
  const o = s.own, step = ARROWS[e.key], n = s.params.maps[o.pick.level].shapes.length;
  if (!ssdPicks(s)) return false;
  s.pointer = null;
  if (step) ssdChoose(s, { col: o.pick.col + step[0], row: o.pick.row + step[1] });
  else if (e.key === "PageUp" || e.key === "PageDown") ssdChoose(s, { level: o.pick.level + (e.key === "PageDown" ? 1 : -1) });
  else if (e.key >= "1" && e.key <= String(n)) ssdChoose(s, { shape: Number(e.key) - 1 });
  else if (e.key === "Enter") ssdChoose(s, {}, 0);
  else return false;
  s.say(ssdSaid(s));
  return true;
}

function ssdSaid(s) {
  const p = s.params, now = ssdNow(s), m = p.maps[now.level];
  return "Map " + ssdSize(m) + ", column " + now.col + ", row " + now.row + ": " + m.names[now.shape] + ", " + ssdSides(p, m, now.shape);
}

const ssdSize = (m) => m.cells + " × " + m.cells;
const ssdSides = (p, m, k) => m.shapes[k].map((v) => fixed(v * p.size, 0)).join(" × ") + " px";

// The cells of a map, where they can be told apart on the screen, and one of them framed.
function ssdGrid(s, g, level, cell) {
  const o = s.own, m = s.params.maps[level], t = m.step * o.scale, end = Math.min(s.w, m.cells * t);
  if (t / s.px >= 6) {
    g.strokeStyle = "rgba(255,255,255,.38)";
    g.lineWidth = s.px;
    g.beginPath();
    for (let k = 0; k <= m.cells; k++) { g.moveTo(Math.min(k * t, end), 0); g.lineTo(Math.min(k * t, end), end); g.moveTo(0, Math.min(k * t, end)); g.lineTo(end, Math.min(k * t, end)); }
    g.stroke();
  }
  if (cell) outline(g, [cell.col * t, cell.row * t, (cell.col + 1) * t, (cell.row + 1) * t], "#ffffff", s.px, 2);
}

function ssdStroke(s, g, [x1, y1, x2, y2], color, width, dash = false) {
  g.setLineDash(dash ? [6 * s.px, 4 * s.px] : []);
  for (const [style, more] of [["rgba(0,0,0,.6)", 2], [color, 0]]) { g.strokeStyle = style; g.lineWidth = (width + more) * s.px; g.strokeRect(x1, y1, x2 - x1, y2 - y1); }
  g.setLineDash([]);
}

// A button that is pressed while its choice holds.
function ssdButton(label, act, style = {}) {
  const made = styled(element("button"), { textAlign: "left", ...style });
  made.type = "button";
  made.append(...[label].flat());
  made.onclick = act;
  return made;
}

// The form of a box, to scale within a square.
function ssdGlyph([w, h], color, side = 22) {
  const most = Math.max(w, h), hold = styled(element("span"), { display: "inline-flex", width: side + "px", height: side + "px", alignItems: "center", justifyContent: "center", verticalAlign: "middle", marginRight: "5px", background: "#fff", borderRadius: "3px" });
  hold.append(styled(element("span"), { width: Math.max(4, (w / most) * (side - 4)) + "px", height: Math.max(4, (h / most) * (side - 4)) + "px", border: "2.5px solid " + color, boxSizing: "border-box" }));
  return hold;
}

const ssdNote = (text) => styled(element("div", "", text), { fontSize: "0.84rem", lineHeight: 1.35, opacity: 0.85, marginTop: "4px" });
const ssdHead = (text) => styled(element("div", "", text), { fontWeight: 600, fontSize: "0.9rem", marginTop: "6px" });
const ssdSwatch = (color) => styled(element("span"), { display: "inline-block", width: "0.75rem", height: "0.75rem", background: color, border: "1px solid #0008", marginRight: "6px", verticalAlign: "-1px" });

// A table: its rows, which are made once and written anew in place.
function ssdTable(titles, left = 1) {
  const table = styled(element("table"), { borderCollapse: "collapse", fontSize: "0.86rem", fontVariantNumeric: "tabular-nums", width: "100%", maxWidth: "40rem", lineHeight: 1.3 }), head = element("tr");
  titles.forEach((title, k) => head.append(styled(element("th", "", title), { fontWeight: 600, opacity: 0.8, padding: "1px 6px", textAlign: k < left ? "left" : "right" })));
  table.append(head);
  return table;
}

function ssdCells(values, left = 1) {
  const row = element("tr");
  values.forEach((value, k) => {
    const cell = styled(element("td"), { padding: "1px 6px", textAlign: k < left ? "left" : "right", borderTop: "1px solid var(--st-border-color)", whiteSpace: "nowrap" });
    cell.append(value);
    row.append(cell);
  });
  return row;
}

PROGRAMS.ssd = {
  keys: (s) => (ssdPicks(s) ? "arrows go from cell to cell, Page Up and Page Down from map to map, digits choose the box" : null),
  mount: ssdMount,
  move: ssdMove,
  frame(s, g) { s.own.part.frame(s, g); },
  read(s) { return s.own.part.read?.(s); },
  hint(s) { return s.params && SSD_PARTS[s.params.part].hint; },
  commit(s) { return s.own.part.commit?.(s); },
  down: ssdDown,
  drag(s) { Object.assign(s.own.pick, ssdCellAt(s, s.pointer)); },
  up(s) { ssdChoose(s, {}, 0); },
  key: ssdKey,
};

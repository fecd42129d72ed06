// One class's way through FCN's fusion: doubled, plus the skip's score, is the sum.
//
// Parameters: rows [{stride, coarse, off, boxes (four [x, y, w, h]: source, doubled, score, sum),
// source (h, w, K), weight (K, 4, 4) into the shown class, doubled, score, fused (2h, 2w)}],
// last {box, grid (h, w), size [H, W] of the network's input}, names, k (the shown class), limit
// (the value at the palette's ends), place [u, v] (shares of a tile), opacity, tag. Stage: mode
// "hover". A press or Enter commits {x, y, tag, k, sums, logit}: the place, the class and what was
// added up here. A scrubber's frames show one step after the other: score 1, doubled 2, score 3,
// sum 4, and so on; after the last sum the pixel.

const FUSE_PARTS = ["source", "doubled", "score", "fused"];

function fuseStyle(node, style) {
  Object.assign(node.style, style);
  return node;
}

const fuseText = fixed;
const fuseSigned = (v) => (v < 0 ? " \u2212 " : " + ") + fuseText(Math.abs(v));

function fuseMap(s, grid, k = 0, of = 1) {
  const [h, w] = grid.shape, levels = new Uint8Array(h * w), most = s.params.limit;
  for (let i = 0; i < levels.length; i++) levels[i] = clamp(Math.round(127.5 + (127.5 * grid[i * of + k]) / most), 0, 255);
  levels.shape = [h, w];
  return heatBitmap(levels, "diverging");
}

function fuseRead(s) {
  const o = s.own, p = s.params;
  o.tiles = [];
  o.rows = p.rows.map((row) => {
    const made = { ...row };
    for (const name of ["source", "weight", "doubled", "score", "fused"]) made[name] = unpack(row[name]);
    FUSE_PARTS.forEach((part, i) => o.tiles.push({ from: row.from + i, box: row.boxes[i], title: fuseTitle(row, part), faded: row.off && part === "score", map: part === "source" ? fuseMap(s, made.source, p.k, made.source.shape[2]) : fuseMap(s, made[part]) }));
    return made;
  });
  o.last = unpack(p.last.grid);
  if (!p.rows.length) o.tiles.push({ from: 1, box: p.last.box, title: "score, stride " + p.last.stride, map: fuseMap(s, o.last) });
}

function fuseTitle(row, part) {
  if (part === "source") return (row.first ? "score, stride " : "sum, stride ") + row.coarse;
  if (part === "doubled") return "doubled: stride " + row.stride;
  if (part === "score") return (row.off ? "off: score, stride " : "+ score, stride ") + row.stride;
  return "= sum, stride " + row.stride;
}

function fuseAt(s, p) {
  if (!p) return null;
  for (const { box: [x, y, w, h] } of s.own.tiles) if (p[0] >= x && p[1] >= y && p[0] < x + w && p[1] < y + h) return [(p[0] - x) / w, (p[1] - y) / h];
  return null;
}

const fuseCell = ([h, w], [u, v]) => [Math.min(h - 1, Math.floor(v * h)), Math.min(w - 1, Math.floor(u * w))];

// The source cells whose stamps cover a doubled cell, with their place in the kernel.
function fuseTaps(row, [r, c]) {
  const [h, w] = row.source.shape, taps = [];
  for (const i of [Math.floor((r + 1) / 2) - 1, Math.floor((r + 1) / 2)]) for (const j of [Math.floor((c + 1) / 2) - 1, Math.floor((c + 1) / 2)]) {
    if (i >= 0 && j >= 0 && i < h && j < w) taps.push({ i, j, y: r + 1 - 2 * i, x: c + 1 - 2 * j });
  }
  return taps;
}

// Everything that is added up for one place, row by row, then the pixel's own score.
function fuseSum(s, place) {
  const p = s.params, found = s.own.rows.map((row) => {
    const cell = fuseCell(row.fused.shape, place), n = row.source.shape[2], taps = fuseTaps(row, cell), by = new Array(n).fill(0);
    for (const t of taps) {
      for (let k = 0; k < n; k++) by[k] += row.source[(t.i * row.source.shape[1] + t.j) * n + k] * row.weight[k * 16 + t.y * 4 + t.x];
      t.value = row.source[(t.i * row.source.shape[1] + t.j) * n + p.k];
      t.weight = row.weight[p.k * 16 + t.y * 4 + t.x];
    }
    const doubled = by.reduce((a, b) => a + b, 0), at = cell[0] * row.fused.shape[1] + cell[1], score = row.score[at];
    return { row, cell, taps, by, doubled, score, sum: doubled + (row.off ? 0 : score), own: row.fused[at] };
  });
  return { rows: found, ...fusePixel(s, place) };
}

function fusePixel(s, [u, v]) {
  const grid = s.own.last, [h, w] = grid.shape, [H, W] = s.params.last.size;
  const py = Math.min(H - 1, Math.floor(v * H)), px = Math.min(W - 1, Math.floor(u * W));
  const y = clamp(((py + 0.5) * h) / H - 0.5, 0, h - 1), x = clamp(((px + 0.5) * w) / W - 0.5, 0, w - 1), y0 = Math.floor(y), x0 = Math.floor(x), terms = [];
  for (const [r, a] of [[y0, 1 - y + y0], [y0 + 1, y - y0]]) for (const [c, b] of [[x0, 1 - x + x0], [x0 + 1, x - x0]]) if (a * b > 0) terms.push({ weight: a * b, value: grid[r * w + c] });
  return { pixel: [px, py], terms, logit: terms.reduce((sum, t) => sum + t.weight * t.value, 0) };
}

// ---- the panel ------------------------------------------------------------------------

function fuseLine(text, style = {}) {
  return fuseStyle(element("div", "", text), style);
}

function fuseTell(s) {
  const o = s.own, p = s.params, now = o.now, parts = [], name = p.names[p.k];
  parts.push(fuseLine("“" + name + "” at x " + now.pixel[0] + ", y " + now.pixel[1], { fontWeight: 700, fontSize: "1.05em" }));
  for (const one of now.rows) if (s.frame > one.row.from) parts.push(fuseBlock(s, one));
  if (s.frame >= fuseEnds(now)) parts.push(fuseEnd(s, now));
  s.panel.replaceChildren(...parts);
}

const fuseEnds = (now) => 3 * now.rows.length + 2;

function fuseBlock(s, one) {
  const { row, taps, by } = one, box = fuseStyle(element("div"), { marginTop: "8px", borderTop: "1px solid var(--st-border-color, #8886)", paddingTop: "5px", fontVariantNumeric: "tabular-nums" });
  box.append(fuseLine("Stride " + row.coarse + " → " + row.stride + ", row " + one.cell[0] + ", column " + one.cell[1], { fontWeight: 600 }));
  const grid = fuseStyle(element("div"), { display: "grid", gridTemplateColumns: "repeat(" + Math.min(2, new Set(taps.map((t) => t.j)).size) + ", minmax(0, 1fr))", gap: "3px", margin: "4px 0", maxWidth: "22rem" });
  for (const t of taps) grid.append(fuseStyle(element("div", "", fuseText(t.value) + " × " + (t.weight < 0 ? "(" + fuseText(t.weight) + ")" : fuseText(t.weight))), { border: "1px solid var(--st-border-color, #8886)", borderRadius: "4px", padding: "1px 4px", textAlign: "center", whiteSpace: "nowrap" }));
  const mine = by[s.params.k], rest = one.doubled - mine;
  let most = -1;
  by.forEach((v, k) => { if (k !== s.params.k && (most < 0 || Math.abs(v) > Math.abs(by[most]))) most = k; });
  box.append(grid, fuseLine("its own cells of stride " + row.coarse + ": " + fuseText(mine)));
  box.append(fuseLine("from the other classes: " + fuseText(rest) + (most >= 0 ? " (most from “" + s.params.names[most] + "”: " + fuseText(by[most]) + ")" : ""), { opacity: 0.85 }));
  if (s.frame < row.from + 2) return box;
  const skip = row.off ? " (its score " + fuseText(one.score) + " is switched off)" : fuseSigned(one.score);
  box.append(fuseLine(fuseText(one.doubled) + skip + (s.frame < row.from + 3 ? "" : " = " + fuseText(one.sum)), { marginTop: "3px", padding: "3px 8px", borderRadius: "5px", background: "var(--st-secondary-background-color)", fontWeight: 600 }));
  return box;
}

function fuseEnd(s, now) {
  const p = s.params, times = Math.round(p.last.size[0] / s.own.last.shape[0]);
  const box = fuseStyle(element("div"), { marginTop: "8px", borderTop: "1px solid var(--st-border-color, #8886)", paddingTop: "5px", fontVariantNumeric: "tabular-nums" });
  box.append(fuseLine("× " + times + ", bilinear: the pixel between its cells", { fontWeight: 600 }));
  box.append(fuseLine(now.terms.map((t) => fuseText(t.weight, 3) + " × " + (t.value < 0 ? "(" + fuseText(t.value) + ")" : fuseText(t.value))).join(" + ")));
  box.append(fuseLine("= " + fuseText(now.logit) + ", the class score", { marginTop: "3px", padding: "3px 8px", borderRadius: "5px", background: "var(--st-secondary-background-color)", fontWeight: 600 }));
  return box;
}

// ---- the picture ----------------------------------------------------------------------

function fuseFrame(s, g, [x, y, w, h], [rows, cols], [r, c], color, wide) {
  const cw = w / cols, ch = h / rows, pad = Math.max(0, (5 * s.px - cw) / 2);
  for (const [style, width] of [["rgba(0,0,0,.8)", wide + 2], [color, wide]]) {
    g.strokeStyle = style;
    g.lineWidth = width * s.px;
    g.strokeRect(x + c * cw - pad, y + r * ch - pad, cw + 2 * pad, ch + 2 * pad);
  }
}

PROGRAMS.fuse = {
  keys: "arrows move, Enter keeps the place",
  mount(s) {
    fuseRead(s);
    s.change();
  },

  move(s) {
    s.own.place = fuseAt(s, s.pointer) ?? s.params.place;
    s.own.now = fuseSum(s, s.own.place);
    fuseTell(s);
  },

  read(s) {
    const { now } = s.own, sums = now.rows.filter((one) => s.frame >= one.row.from + 3).map((one) => "stride " + one.row.stride + " " + fuseText(one.sum));
    if (s.frame >= fuseEnds(now)) sums.push("pixel " + fuseText(now.logit));
    return s.params.names[s.params.k] + (sums.length ? ": " : "") + sums.join("   ");
  },

  frame(s, g) {
    const o = s.own, p = s.params;
    g.save();
    g.beginPath();
    g.rect(0, 0, s.w, s.h);
    for (const { box: [x, y, w, h] } of o.tiles) g.rect(x, y, w, h);
    g.clip("evenodd");
    g.fillStyle = s.color.background;
    g.fillRect(-1, -1, s.w + 2, s.h + 2);
    g.restore();
    const shown = o.tiles.filter((tile) => s.frame >= tile.from);
    for (const { box: [x, y, w, h], map, faded } of shown) {
      g.globalAlpha = (s.opacity ?? p.opacity) * (faded ? 0.25 : 1);
      g.imageSmoothingEnabled = false;
      g.drawImage(map, x, y, w, h);
    }
    g.globalAlpha = 1;
    if (o.now) fuseMarks(s, g);
    for (const { box: [x, y], title } of shown) tag(s, g, title, x, y + TAG_PX * s.px * letters(), "#1c1c1c");
  },

  down(s) {
    const place = fuseAt(s, s.pointer);
    if (!place) return false;
    fuseCommit(s, place);
    return true;
  },

  key(s, e) {
    const place = fuseAt(s, s.pointer);
    if (e.key !== "Enter" || !place) return false;
    fuseCommit(s, place);
    return true;
  },
};

function fuseMarks(s, g) {
  const o = s.own, place = o.place;
  for (const one of o.now.rows) {
    const { row } = one, shape = row.source.shape;
    if (s.frame > row.from) for (const t of one.taps) fuseFrame(s, g, row.boxes[0], shape, [t.i, t.j], "#F0E442", 1.25);
    for (const [i, box] of row.boxes.entries()) if (i && s.frame >= row.from + i) fuseFrame(s, g, box, row.fused.shape, one.cell, "#F0E442", 1.75);
  }
  if (!o.now.rows.length) fuseFrame(s, g, s.params.last.box, o.last.shape, fuseCell(o.last.shape, place), "#F0E442", 1.75);
}

function fuseCommit(s, place) {
  const now = fuseSum(s, place);
  s.params.place = place;
  s.commit({ x: place[0], y: place[1], tile: 0, tag: s.params.tag, k: s.params.k, sums: now.rows.map((one) => one.sum), logit: now.logit });
}

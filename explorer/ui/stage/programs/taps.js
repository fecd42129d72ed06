// Where the taps of three atrous kernels land for the cell under the pointer, and their sums.
//
// Parameters: map (rows x cols of one channel), kernels (3 x 3 x 3, of that channel), sums (3 x
// rows x cols, the network's own), rates [3], stride (input pixels a cell), colors [3], start
// [row, col], tag. Stage: mode "hover"; the map covers the picture. Commits {tag, row, col, sums,
// inside} once for the starting cell, so that Python can check the arithmetic.

const TAPS_SHOWN = ["rate1", "rate2", "rate3"];

const tapsText = (v) => (Math.abs(v) < 1e-12 ? "0" : Math.abs(v) < 0.005 ? v.toExponential(0) : fixed(v)).replaceAll("-", "\u2212");

function tapsStyle(node, style) {
  Object.assign(node.style, style);
  return node;
}

// All nine taps of one kernel at one cell, with what they read and the sum.
function tapsOf(s, branch, [row, col]) {
  const o = s.own, rate = s.params.rates[branch], taps = [];
  for (let i = 0; i < 3; i++) for (let j = 0; j < 3; j++) {
    const y = row + (i - 1) * rate, x = col + (j - 1) * rate, inside = y >= 0 && x >= 0 && y < o.rows && x < o.cols;
    const value = inside ? o.map[y * o.cols + x] : 0, weight = o.kernels[(branch * 3 + i) * 3 + j];
    taps.push({ y, x, inside, value, weight, product: value * weight });
  }
  return { rate, taps, inside: taps.filter((t) => t.inside).length, sum: taps.reduce((a, t) => a + t.product, 0) };
}

const tapsCommit = (s) => ({ tag: s.params.tag, row: s.own.cell[0], col: s.own.cell[1], sums: s.own.now.map((b) => b.sum), inside: s.own.now.map((b) => b.inside) });

function tapsPin(s, cell) {
  s.own.pin = cell;
  s.keep("cell", cell);
}

function tapsPanel(s) {
  const o = s.own, p = s.params;
  o.where = tapsStyle(element("div"), { fontWeight: 600, marginBottom: "4px" });
  const row = tapsStyle(element("div"), { display: "grid", gridTemplateColumns: "repeat(3, minmax(0, 210px))", gap: "10px", fontVariantNumeric: "tabular-nums" });
  o.blocks = TAPS_SHOWN.map((_, i) => {
    const box = element("div"), head = tapsStyle(element("div"), { fontWeight: 600, borderLeft: "6px solid " + p.colors[i], paddingLeft: "6px", whiteSpace: "nowrap" });
    const reach = tapsStyle(element("div"), { fontSize: "0.82em", lineHeight: 1.3, minHeight: "2.6em", margin: "3px 0" });
    const grid = tapsStyle(element("div"), { display: "grid", gridTemplateColumns: "repeat(3, 1fr)", gap: "2px", fontSize: "0.74em", lineHeight: 1.2, textAlign: "center" });
    const cells = Array.from({ length: 9 }, () => tapsStyle(element("div"), { padding: "3px 1px", borderRadius: "3px", whiteSpace: "pre-line", minHeight: "2.4em" }));
    grid.append(...cells);
    const sum = tapsStyle(element("div"), { fontSize: "0.85em", marginTop: "4px", lineHeight: 1.3 });
    box.append(head, reach, grid, sum);
    row.append(box);
    return { head, reach, cells, sum };
  });
  o.mini = tapsStyle(element("canvas"), { width: "100%", maxWidth: "330px", height: "170px", display: "block", marginTop: "8px" });
  o.mini.setAttribute("role", "img");
  o.mini.setAttribute("aria-label", "The map within its padding, and all taps of the three kernels");
  o.note = tapsStyle(element("div", "", "The map (outlined) in its padding of zeros: filled taps read it, hollow ones read 0."), { fontSize: "0.82em", opacity: 0.85 });
  s.panel.replaceChildren(o.where, row, o.mini, o.note);
}

function tapsTell(s) {
  const o = s.own, p = s.params, [row, col] = o.cell;
  o.where.textContent = "Cell row " + row + ", column " + col + " of " + o.rows + " × " + o.cols;
  o.blocks.forEach((block, i) => {
    const { rate, taps, inside, sum } = o.now[i], span = 2 * rate + 1, own = o.sums[(i * o.rows + row) * o.cols + col];
    block.head.textContent = "rate " + rate + ": " + inside + " of 9 taps";
    block.reach.textContent = "spans " + span + " × " + span + " cells, " + span * p.stride + " px of the network's input";
    taps.forEach((t, k) => {
      const cell = block.cells[k];
      cell.textContent = t.inside ? tapsText(t.value) + "\n× " + tapsText(t.weight) : "0\noff the map";
      tapsStyle(cell, { background: t.inside ? "var(--st-secondary-background-color)" : "transparent", opacity: t.inside ? 1 : 0.55, border: "1px " + (t.inside ? "solid" : "dashed") + " var(--st-border-color, #8888)" });
    });
    block.sum.textContent = "sum = " + tapsText(sum) + ", the network's own: " + tapsText(own);
  });
}

// The whole reach to scale: the map, and taps that fall beside it too.
function tapsMini(s) {
  const o = s.own, p = s.params, dpr = window.devicePixelRatio || 1, wide = o.mini.clientWidth, high = o.mini.clientHeight;
  Object.assign(o.mini, { width: Math.max(1, wide * dpr), height: Math.max(1, high * dpr) });
  const g = o.mini.getContext("2d"), [row, col] = o.cell, pad = Math.max(...p.rates);
  const k = Math.min(wide / (o.cols + 2 * pad), high / (o.rows + 2 * pad));
  g.setTransform(k * dpr, 0, 0, k * dpr, pad * k * dpr, pad * k * dpr);
  g.fillStyle = s.color.second;
  g.fillRect(0, 0, o.cols, o.rows);
  g.strokeStyle = s.color.text;
  g.lineWidth = 1.2 / k;
  g.strokeRect(0, 0, o.cols, o.rows);
  const dot = Math.max(0.5, 3.2 / k);
  p.rates.forEach((_, i) => {
    for (const t of o.now[i].taps) {
      if (t.x === col && t.y === row) continue;
      g.beginPath();
      g.arc(t.x + 0.5, t.y + 0.5, dot, 0, 7);
      g.fillStyle = g.strokeStyle = p.colors[i];
      if (t.inside) g.fill();
      g.stroke();
    }
  });
  g.fillStyle = s.color.text;
  g.beginPath();
  g.arc(col + 0.5, row + 0.5, dot, 0, 7);
  g.fill();
}

function tapsCell(s, g, x, y, color, px) {
  const [cw, ch] = s.own.size, left = x * cw, top = y * ch;
  g.globalAlpha = 0.62;
  g.fillStyle = color;
  g.fillRect(left, top, cw, ch);
  g.globalAlpha = 1;
  for (const [style, width] of [["rgba(0,0,0,.75)", 3.5], ["#ffffff", 1.5]]) { g.strokeStyle = style; g.lineWidth = width * px; g.strokeRect(left, top, cw, ch); }
}

PROGRAMS.taps = {
  keys: "arrows move the kernels, with Shift further",
  mount(s) {
    const o = s.own, p = s.params;
    for (const name of ["map", "kernels", "sums"]) o[name] = unpack(p[name]);
    [o.rows, o.cols] = o.map.shape;
    o.size = [s.w / o.cols, s.h / o.rows];
    if (o.shape !== String(o.map.shape)) {
      const [row, col] = (o.cell ? null : s.kept("cell", 2)) ?? p.start;
      if (o.cell) tapsPin(s, null);
      o.cell = [clamp(Math.round(row), 0, o.rows - 1), clamp(Math.round(col), 0, o.cols - 1)];
      o.pin = s.kept("cell", 2) ? o.cell : null;
      o.shape = String(o.map.shape);
    }
    tapsPanel(s);
    later(s, "sums", 500, () => { if (s.d.held.program.v?.tag !== p.tag && o.now) s.commit(tapsCommit(s)); });
    s.change();
  },

  move(s) {
    const o = s.own, [cw, ch] = o.size;
    if (s.pointer) o.cell = [clamp(Math.floor(s.pointer[1] / ch), 0, o.rows - 1), clamp(Math.floor(s.pointer[0] / cw), 0, o.cols - 1)];
    else if (o.pin) o.cell = o.pin;
    o.now = TAPS_SHOWN.map((_, i) => tapsOf(s, i, o.cell));
    tapsTell(s);
    tapsMini(s);
  },

  read(s) {
    const o = s.own, [row, col] = o.cell;
    return "row " + row + "  column " + col + "   " + o.now.map((b) => "rate " + b.rate + ": " + b.inside + " of 9").join("   ");
  },

  frame(s, g) {
    const o = s.own, p = s.params, [row, col] = o.cell, px = s.px, [cw, ch] = o.size;
    [2, 1, 0].forEach((i) => {
      const { rate, taps } = o.now[i], span = 2 * rate + 1;
      g.setLineDash([6 * px, 4 * px]);
      g.strokeStyle = p.colors[i];
      g.lineWidth = 2 * px;
      g.strokeRect((col - rate) * cw, (row - rate) * ch, span * cw, span * ch);
      g.setLineDash([]);
      for (const t of taps) if (t.inside && (t.x !== col || t.y !== row)) tapsCell(s, g, t.x, t.y, p.colors[i], px);
    });
    tapsCell(s, g, col, row, "#ffffff", px);
    if (s.dom.read.classList.contains("hint")) s.dom.read.textContent = "Point at a cell, click to keep it; with the keyboard, arrows move it.";
  },

  // A press keeps the cell: the picture comes back to it, and the address names it.
  down(s) {
    const o = s.own, [cw, ch] = o.size, [x, y] = s.pointer;
    tapsPin(s, [clamp(Math.floor(y / ch), 0, o.rows - 1), clamp(Math.floor(x / cw), 0, o.cols - 1)]);
    return false;
  },

  key(s, e) {
    const step = ARROWS[e.key], o = s.own;
    if (!step) return false;
    const by = e.shiftKey ? 5 : 1;
    o.cell = [clamp(o.cell[0] + by * step[1], 0, o.rows - 1), clamp(o.cell[1] + by * step[0], 0, o.cols - 1)];
    tapsPin(s, o.cell);
    s.pointer = [(o.cell[1] + 0.5) * o.size[0], (o.cell[0] + 0.5) * o.size[1]];
    s.announce = true;
    s.change();
    return true;
  },
};

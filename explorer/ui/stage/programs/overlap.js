// How stamps overlap: along one axis as bars, in the plane as a map of counts, and what that
// does to a picture, in panes beside each other with a loupe on one and the same pixel.
//
// Parameters: kernel, stride, inputs (how many stamps are drawn along the axis), panes {stamps,
// counts, "picture 0".. as [x, y, width, height]}, dense (picture pixels in one of the panes'),
// pictures [{title, kernel (0: the input itself), stride, pad, bilinear, low [rows, cols]}],
// colors {input, kernel, output: [on light, on dark], count}. Nothing is committed.
// Keys: arrows move the pixel.

// Output pixels under the loupe, on a side: two strides of them, so that the pattern shows.
const ovReach = (p) => Math.max(9, 2 * p.stride + 1);

// How many stamps cover place o (before cropping), and what their weights sum to.
function ovAlong(o, k, stride, n, bilinear) {
  let count = 0, gain = 0;
  for (let i = Math.max(0, Math.ceil((o - k + 1) / stride)); i <= Math.min(n - 1, Math.floor(o / stride)); i++) {
    const t = o - i * stride;
    count += 1;
    gain += bilinear ? 1 - Math.abs(t - (k - 1) / 2) / Math.floor((k + 1) / 2) : stride / k;
  }
  return { count, gain };
}

function ovWrite(s, g, text, x, y, size, style = {}) {
  g.globalAlpha = style.alpha ?? 1;
  g.fillStyle = style.color ?? s.color.text;
  g.font = (style.weight ?? 400) + " " + size + "px " + s.font;
  g.textAlign = style.align ?? "center";
  g.textBaseline = "middle";
  g.fillText(text, x, y, style.most);
  g.globalAlpha = 1;
}

function ovFrame(s, g, [x, y, w, h], color, wide) {
  for (const [style, line] of [[s.color.background, wide + 2], [color, wide]]) { g.strokeStyle = style; g.lineWidth = line; g.strokeRect(x, y, w, h); }
}

const ovColor = (s, name) => s.params.colors[name][s.dark ? 1 : 0];
const ovSize = (p, axis) => p.pictures[0].low[axis] * p.stride;

// The place of the drawn stamps that has the chosen pixel's share of the pattern, all stamps present.
function ovPhase(s, axis) {
  const p = s.params, one = p.pictures[1], inner = Math.ceil((p.kernel - 1) / p.stride) * p.stride;
  return inner + ((s.own.at[axis] + one.pad) % p.stride);
}

function ovMap(s) {
  const p = s.params, total = (p.inputs - 1) * p.stride + p.kernel;
  const line = [...Array(total).keys()].map((o) => ovAlong(o, p.kernel, p.stride, p.inputs).count), most = Math.max(...line) ** 2;
  const levels = new Uint8Array(total * total);
  for (let r = 0; r < total; r++) for (let c = 0; c < total; c++) levels[r * total + c] = Math.round((255 * line[r] * line[c]) / most);
  levels.shape = [total, total];
  return { total, line, levels, bitmap: heatBitmap(levels, "sequential", s.own.map?.bitmap) };
}

function ovStamps(s, g) {
  const p = s.params, [x, y, w, h] = p.panes.stamps, { total, line } = s.own.map, cell = w / total, place = ovPhase(s, 1);
  const lanes = Math.min(p.inputs, Math.ceil(p.kernel / p.stride)), bar = Math.min(15, 62 / lanes), most = Math.max(...line);
  ovWrite(s, g, "Stamps along one axis: kernel " + p.kernel + ", stride " + p.stride, x, y - 13, 13.5, { align: "left", weight: 600 });
  for (let i = 0; i < p.inputs; i++) {
    const on = place >= i * p.stride && place < i * p.stride + p.kernel, top = y + (i % lanes) * (bar + 1);
    g.fillStyle = ovColor(s, on ? "output" : "input");
    g.globalAlpha = on ? 0.9 : 0.45;
    g.fillRect(x + i * p.stride * cell + 0.5, top, p.kernel * cell - 1, bar);
    g.globalAlpha = 1;
  }
  const base = y + h, room = h - lanes * (bar + 1) - 8;
  line.forEach((count, o) => {
    const tall = (room * count) / most;
    g.fillStyle = o === place ? ovColor(s, "output") : p.colors.count;
    g.fillRect(x + o * cell, base - tall, Math.max(0.6, cell - (cell > 4 ? 1 : 0)), tall);
    if (cell >= 11) ovWrite(s, g, String(count), x + (o + 0.5) * cell, base + 9, 11);
  });
  if (cell < 11) ovWrite(s, g, "up to " + most + " stamps on one place", x, base + 9, 11, { align: "left", alpha: 0.8 });
}

function ovCounts(s, g) {
  const p = s.params, [x, y, w, h] = p.panes.counts, { total, line, bitmap } = s.own.map, cell = w / total, row = ovPhase(s, 0), col = ovPhase(s, 1);
  ovWrite(s, g, "Stamps on each pixel, rows \u00d7 columns", x, y - 13, 13.5, { align: "left", weight: 600 });
  g.imageSmoothingEnabled = false;
  g.drawImage(bitmap, x, y, w, h);
  if (cell >= 13) for (let r = 0; r < total; r++) for (let c = 0; c < total; c++) {
    const level = line[r] * line[c], bright = s.own.map.levels[r * total + c] > 150;
    ovWrite(s, g, String(level), x + (c + 0.5) * cell, y + (r + 0.5) * cell + 0.5, Math.min(12, 0.6 * cell), { color: bright ? "#000" : "#fff" });
  }
  const pad = Math.max(0, (7 - cell) / 2);
  ovFrame(s, g, [x + col * cell - pad, y + row * cell - pad, cell + 2 * pad, cell + 2 * pad], ovColor(s, "output"), 2);
}

function ovPictures(s, g) {
  const p = s.params, [row, col] = s.own.at;
  p.pictures.forEach((one, k) => {
    const [x, y, w, h] = p.panes["picture " + k], sx = w / ovSize(p, 1), sy = h / ovSize(p, 0);
    ovWrite(s, g, one.title, x, y - 13, 13.5, { align: "left", weight: 600, most: Math.max(w, 306) });
    const side = Math.max(ovReach(p), 9 / sx);
    ovFrame(s, g, [x + (col + 0.5 - side / 2) * sx, y + (row + 0.5 - side / 2) * sy, side * sx, side * sy], ovColor(s, "output"), 1.5);
    ovLoupe(s, g, one, k);
  });
}

// What a pane's pixel is made of, in two short lines.
function ovSaid(s, one) {
  const [row, col] = s.own.at;
  if (!one.kernel) return ["row " + Math.floor(row / s.params.stride) + ",", "column " + Math.floor(col / s.params.stride)];
  const [r, c] = [row, col].map((v, axis) => ovAlong(v + one.pad, one.kernel, one.stride, one.low[axis], one.bilinear));
  return [r.count + " \u00d7 " + c.count + " = " + r.count * c.count + (r.count * c.count === 1 ? " stamp," : " stamps,"), "weights sum " + fixed(r.gain * c.gain)];
}

const ovSpan = (at, half, size) => [Math.max(0, at + 0.5 - half), Math.min(size, at + 0.5 + half)];

// The same few output pixels of every pane, cut from the picture itself, and what made them.
function ovLoupe(s, g, one, k) {
  const p = s.params, [row, col] = s.own.at, [x, y, w, h] = p.panes["picture " + k], [lx, ly, side] = p.panes["loupe " + k];
  const sx = w / ovSize(p, 1), sy = h / ovSize(p, 0), half = ovReach(p) / 2, unit = side / ovReach(p), dense = p.dense * (s.base.naturalWidth / s.w);
  const [top, end] = ovSpan(row, half, ovSize(p, 0)), [left, far] = ovSpan(col, half, ovSize(p, 1));
  g.fillStyle = s.color.second;
  g.fillRect(lx, ly, side, side);
  g.imageSmoothingEnabled = false;
  const from = [(x + left * sx) * dense, (y + top * sy) * dense, (far - left) * sx * dense, (end - top) * sy * dense];
  const to = [lx + (left - col - 0.5 + half) * unit, ly + (top - row - 0.5 + half) * unit, (far - left) * unit, (end - top) * unit];
  if (dense) g.drawImage(s.base, ...from, ...to);
  const mark = Math.max(unit, 7);
  ovFrame(s, g, [lx + (side - mark) / 2, ly + (side - mark) / 2, mark, mark], ovColor(s, "output"), 2);
  ovSaid(s, one).forEach((line, n) => ovWrite(s, g, line, lx, ly + side + 12 + 16 * n, 12, { align: "left", most: side + 6 }));
}

PROGRAMS.overlap = {
  keys: "arrows move, with Shift further",
  mount(s) {
    const o = s.own, p = s.params;
    o.map = ovMap(s);
    const share = o.share ?? [0.22, 0.45];
    o.at = [0, 1].map((axis) => clamp(Math.floor(share[axis] * ovSize(p, axis)), 0, ovSize(p, axis) - 1));
    s.change();
  },

  move(s) {
    const o = s.own, p = s.params, at = s.pointer?.map((v) => v / p.dense);
    s.pointer = null;
    for (let k = 0; at && k < p.pictures.length; k++) {
      const [x, y, w, h] = p.panes["picture " + k];
      const r = Math.floor(((at[1] - y) / h) * ovSize(p, 0)), c = Math.floor(((at[0] - x) / w) * ovSize(p, 1));
      if (r >= 0 && c >= 0 && r < ovSize(p, 0) && c < ovSize(p, 1)) o.at = [r, c];
    }
    o.share = [0, 1].map((axis) => (o.at[axis] + 0.5) / ovSize(p, axis));
  },

  frame(s, g) {
    const p = s.params, d = p.dense;
    g.scale(d, d);
    g.save();
    g.beginPath();
    g.rect(0, 0, s.w / d, s.h / d);
    p.pictures.forEach((one, k) => g.rect(...p.panes["picture " + k]));
    g.clip("evenodd");
    g.fillStyle = s.color.background;
    g.fillRect(0, 0, s.w / d, s.h / d);
    g.restore();
    ovStamps(s, g);
    ovCounts(s, g);
    ovPictures(s, g);
    if (s.dom.read.classList.contains("hint")) s.dom.read.textContent = "Point at a picture: the loupes show the same pixel of each. Arrow keys move it.";
  },

  key(s, e) {
    const step = ARROWS[e.key], p = s.params, by = e.shiftKey ? 10 : 1;
    if (!step) return false;
    s.own.at = [0, 1].map((axis) => clamp(s.own.at[axis] + by * step[1 - axis], 0, ovSize(p, axis) - 1));
    later(s, "told", 250, () => { s.dom.said.textContent = p.pictures.map((one) => one.title + ": " + ovSaid(s, one).join(" ")).join(". "); });
    s.change();
    return true;
  },
};

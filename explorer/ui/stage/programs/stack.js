// A stack of dilated layers: its wiring in 1-D, the paths to each pixel in 2-D, the photo.
//
// Parameters: k, rates (from the layer next to the input on), most {layers, rate, field},
// presets [[label, rates], ...], photo (h,w,3) bytes, panes {wires, map, photo} as [x, y,
// width, height] in image pixels, colors {read, read_dark (on a dark page), neighbour, hole,
// window}.
// Committed when the rates change: {rates, paths: [paths to each pixel of a row]}.
// The panel is made in stack.panel.js. Pointing chooses the output; so do the arrow keys.

// As explorer.core.dilation.coverage_steps: the taps of each layer convolved with the paths.
function stkPaths(k, rates) {
  let paths = [1];
  for (const rate of rates) {
    const next = new Array(paths.length + (k - 1) * rate).fill(0);
    for (let t = 0; t < k; t++) for (let i = 0; i < paths.length; i++) next[i + t * rate] += paths[i];
    paths = next;
  }
  return paths;
}

// Offsets that an output reads on each map: the output's own first, the input's last.
function stkCone(k, rates) {
  const mid = (k - 1) / 2, sets = [new Set([0])];
  for (const rate of [...rates].reverse()) {
    const next = new Set();
    for (const at of sets[sets.length - 1]) for (let t = 0; t < k; t++) next.add(at + (t - mid) * rate);
    sets.push(next);
  }
  return sets;
}

const stkField = (k, rates) => rates.reduce((sum, rate) => sum + (k - 1) * rate, 1);

function stkAllowed(s, rates) {
  const most = s.params.most;
  return rates.length > 0 && rates.length <= most.layers && rates.every((r) => r >= 1 && r <= most.rate) && stkField(s.own.k, rates) <= most.field;
}

function stkSet(s, rates) {
  const o = s.own;
  if (!stkAllowed(s, rates)) return;
  o.touched = true;
  o.rates = rates;
  stkCompute(s);
  s.change();
  later(s, "commit", 250, () => s.commit({ rates: o.rates, paths: o.paths }));
}

function stkCompute(s) {
  const o = s.own;
  o.paths = stkPaths(o.k, o.rates);
  o.cone = stkCone(o.k, o.rates);
  o.field = o.paths.length;
  o.reached = o.paths.filter((n) => n > 0).length;
  o.shared = o.paths.filter((n, i) => n > 0 && o.paths[i + 1] > 0).length / o.reached;
  o.most = Math.max(...o.paths);
  const n = o.field, made = (o.map ??= element("canvas")), colors = palette("sequential"), top = Math.log(1 + o.most * o.most);
  Object.assign(made, { width: n, height: n });
  const g = made.getContext("2d"), image = g.createImageData(n, n);
  for (let r = 0; r < n; r++) for (let c = 0; c < n; c++) {
    const count = o.paths[r] * o.paths[c];
    if (count) image.data.set([...colors[Math.round(40 + (215 * Math.log(1 + count)) / top)], 255], 4 * (r * n + c));
  }
  g.putImageData(image, 0, 0);
}

function stkPhoto(photo) {
  const [h, w] = photo.shape, made = element("canvas"), image = new ImageData(w, h);
  Object.assign(made, { width: w, height: h });
  for (let i = 0; i < h * w; i++) image.data.set([photo[3 * i], photo[3 * i + 1], photo[3 * i + 2], 255], 4 * i);
  made.getContext("2d").putImageData(image, 0, 0);
  return made;
}

const stkIn = (pane, p) => Boolean(p) && p[0] >= pane[0] && p[1] >= pane[1] && p[0] < pane[0] + pane[2] && p[1] < pane[1] + pane[3];

function stkTitle(s, g, pane, text) {
  g.fillStyle = s.color.text;
  g.font = "600 " + 13 * s.px * letters() + "px " + s.font;
  g.textAlign = "left";
  g.textBaseline = "bottom";
  g.fillText(text, pane[0], pane[1] - 5 * s.px);
}

// Columns of the wiring: the field, and a few pixels to each side, so that outputs can move.
function stkColumns(s) {
  const pane = s.params.panes.wires, label = 104 * s.px * letters(), count = s.own.field + 2 * Math.max(2, Math.round(s.own.field * 0.12));
  return { count, step: (pane[2] - label) / count, left: pane[0] + label, mid: Math.floor(count / 2) };
}

function stkWires(s, g) {
  const o = s.own, p = s.params, pane = p.panes.wires, { count, step, left, mid } = stkColumns(s), n = o.rates.length, px = s.px;
  const at = (i) => left + (i + 0.5) * step, level = (k) => pane[1] + 8 * px + (k * (pane[3] - 34 * px)) / n, r = clamp(step * 0.3, 1, 4.5 * px);
  const unit = clamp(mid + o.shift, 0, count - 1), half = (o.k - 1) / 2, blue = s.dark ? p.colors.read_dark : p.colors.read;
  g.save();
  g.beginPath();
  g.rect(pane[0], pane[1] - 4 * px, pane[2], pane[3] + 8 * px);
  g.clip();
  g.lineWidth = clamp(step * 0.12, 0.6 * px, 1.4 * px);
  g.strokeStyle = blue;
  g.globalAlpha = 0.55;
  g.beginPath();
  for (let k = 0; k < n; k++) for (const from of o.cone[k]) for (let t = 0; t < o.k; t++) {
    g.moveTo(at(unit + from), level(k));
    g.lineTo(at(unit + from + (t - half) * o.rates[n - 1 - k]), level(k + 1));
  }
  g.stroke();
  g.globalAlpha = 1;
  for (let k = 0; k <= n; k++) for (let i = 0; i < count; i++) {
    const read = o.cone[k].has(i - unit), hole = k === n && !read && Math.abs(i - unit) <= (o.field - 1) / 2;
    stkDot(g, at(i), level(k), r, read ? blue : hole ? null : s.color.border, hole ? p.colors.hole : null, px);
  }
  for (let i = 0; i < count; i++) if (o.cone[n].has(i - unit - 1)) stkDot(g, at(i), level(n) + 15 * px, r * 0.8, p.colors.neighbour, null, px);
  g.restore();
  g.fillStyle = s.color.text;
  g.font = 11.5 * px * letters() + "px " + s.font;
  g.textBaseline = "middle";
  g.textAlign = "left";
  for (let k = 0; k < n; k++) g.fillText("rate " + o.rates[n - 1 - k], pane[0] + 60 * px * letters(), (level(k) + level(k + 1)) / 2);
  g.fillText("output", pane[0], level(0));
  g.fillText("input", pane[0], level(n));
  g.fillText("neighbour", pane[0], level(n) + 15 * px);
}

function stkDot(g, x, y, r, fill, stroke, px) {
  g.beginPath();
  g.arc(x, y, r, 0, 7);
  if (fill) { g.fillStyle = fill; g.fill(); }
  if (stroke) { g.strokeStyle = stroke; g.lineWidth = Math.max(px, r * 0.35); g.stroke(); }
}

function stkMap(s, g) {
  const o = s.own, pane = s.params.panes.map, cell = pane[2] / o.field;
  g.fillStyle = s.color.background;
  g.fillRect(...pane);
  g.imageSmoothingEnabled = false;
  g.drawImage(o.map, ...pane);
  g.strokeStyle = s.color.border;
  g.lineWidth = s.px;
  if (cell / s.px >= 5) {
    g.beginPath();
    for (let i = 1; i < o.field; i++) { g.moveTo(pane[0] + i * cell, pane[1]); g.lineTo(pane[0] + i * cell, pane[1] + pane[3]); g.moveTo(pane[0], pane[1] + i * cell); g.lineTo(pane[0] + pane[2], pane[1] + i * cell); }
    g.stroke();
  }
  g.strokeRect(...pane);
  if (cell / s.px < 17 || o.most > 99) return;
  g.textAlign = "center";
  g.textBaseline = "middle";
  g.font = "600 " + Math.min(cell * 0.5, 11 * s.px * letters()) + "px " + s.font;
  for (let r = 0; r < o.field; r++) for (let c = 0; c < o.field; c++) {
    const n = o.paths[r] * o.paths[c];
    if (!n) continue;
    g.fillStyle = n > 0.4 * o.most * o.most ? "#000" : "#fff";
    g.fillText(n, pane[0] + (c + 0.5) * cell, pane[1] + (r + 0.5) * cell);
  }
}

// The photo at the size of a feature map: bright where the output reads, dark elsewhere.
function stkOnPhoto(s, g) {
  const o = s.own, [x, y, w, h] = s.params.panes.photo, [rows, cols] = o.shape, cw = w / cols, ch = h / rows, far = (o.field - 1) / 2, [row, col] = o.place;
  g.save();
  g.beginPath();
  g.rect(x, y, w, h);
  g.clip();
  g.imageSmoothingEnabled = false;
  g.drawImage(o.photo, x, y, w, h);
  g.fillStyle = "rgba(0,0,0,.6)";
  g.fillRect(x, y, w, h);
  g.beginPath();
  for (let i = -far; i <= far; i++) if (o.paths[i + far]) for (let j = -far; j <= far; j++) if (o.paths[j + far]) g.rect(x + (col + j) * cw, y + (row + i) * ch, cw, ch);
  g.clip();
  g.drawImage(o.photo, x, y, w, h);
  g.restore();
  g.save();
  g.beginPath();
  g.rect(x, y, w, h);
  g.clip();
  fieldFrame(g, [x + (col - far) * cw, y + (row - far) * ch, o.field * cw, o.field * ch], s.params.colors.window, s.px);
  g.restore();
}

function fieldFrame(g, box, color, px) {
  for (const [style, wide] of [["rgba(0,0,0,.7)", 4], [color, 2]]) { g.strokeStyle = style; g.lineWidth = wide * px; g.strokeRect(...box); }
}

PROGRAMS.stack = {
  keys: "arrows move, with Shift further",
  mount(s) {
    const o = s.own, p = s.params;
    o.k = p.k;
    o.shift ??= 0;
    const photo = unpack(p.photo);
    o.photo = stkPhoto(photo);
    if (!o.shape || String(o.shape) !== String(photo.shape.slice(0, 2))) { o.shape = photo.shape.slice(0, 2); o.place = o.shape.map((n) => Math.floor(n / 2)); }
    if (!o.facts) stkPanel(s);
    // Once they were changed here, what comes back from Python is an echo, and may be late.
    if (!o.touched) o.rates = p.rates;
    stkCompute(s);
    s.change();
  },

  move(s) {
    const o = s.own, { wires, map, photo } = s.params.panes, p = s.pointer;
    if (stkIn(wires, p)) { const { count, step, left, mid } = stkColumns(s); o.shift = clamp(Math.floor((p[0] - left) / step), 0, count - 1) - mid; }
    if (stkIn(photo, p)) o.place = [Math.floor(((p[1] - photo[1]) / photo[3]) * o.shape[0]), Math.floor(((p[0] - photo[0]) / photo[2]) * o.shape[1])];
    if (stkIn(map, p)) {
      const [r, c] = [1, 0].map((axis) => Math.floor(((p[axis] - map[axis]) / map[2]) * o.field)), far = (o.field - 1) / 2, n = o.paths[r] * o.paths[c];
      o.read = "Pixel " + (c - far) + " across, " + (r - far) + " down from the output: " + (n ? n + (n === 1 ? " path" : " paths") : "no path, a hole");
    } else o.read = "";
    s.pointer = null;
    stkWords(s);
  },

  frame(s, g) {
    const o = s.own, p = s.params;
    g.fillStyle = s.color.background;
    g.fillRect(0, 0, s.w, s.h);
    stkTitle(s, g, p.panes.wires, "What one output reads, along a row");
    stkTitle(s, g, p.panes.map, "Paths from each pixel");
    stkTitle(s, g, p.panes.photo, "Read on the photo, " + o.shape[0] + " × " + o.shape[1] + " px");
    stkWires(s, g);
    stkMap(s, g);
    stkOnPhoto(s, g);
    s.dom.read.classList.add("hint");
    s.dom.read.textContent = o.read || "Point at the wires or the photo to move the output, at the map to count its paths.";
  },

  key(s, e) {
    const step = ARROWS[e.key], o = s.own;
    if (!step) return false;
    const { count, mid } = stkColumns(s), by = e.shiftKey ? 5 : 1;
    o.shift = clamp(o.shift + by * step[0], -mid, count - 1 - mid);
    o.place = [clamp(o.place[0] + by * step[1], 0, o.shape[0] - 1), clamp(o.place[1] + by * step[0], 0, o.shape[1] - 1)];
    s.change();
    return true;
  },
};

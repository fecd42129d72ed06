// RoIPool, RoIAlign and resize of one feature channel, recomputed while the box is dragged.
//
// Parameters: map (H x W packed float32), stride, size (bins a side), ratio (0: adaptive),
// aligned, show ("values" or "gradient"), lo, hi (ends of the palette), numbers (write the
// cells' values), colors {exact, pool, align, resize}, tag. Stage: mode "boxes", one box.
// Commits {tag, box, pool, align, resize}, so that Python can check this arithmetic.

const ROI_WAYS = [["pool", "RoIPool"], ["align", "RoIAlign"], ["resize", "Crop + resize"]];
const ROI_WRITTEN_PX = 18; // a bin's side on the screen that holds its number
function roiBitmap(values, H, W, lo, hi, made) {
  const levels = new Uint8Array(H * W), scale = 255 / (hi - lo || 1);
  for (let i = 0; i < levels.length; i++) levels[i] = clamp(Math.round((values[i] - lo) * scale), 0, 255);
  levels.shape = [H, W];
  return heatBitmap(levels, "sequential", made);
}

function roiMount(s) {
  const o = s.own, p = s.params;
  o.map = unpack(p.map);
  [o.H, o.W] = o.map.shape;
  o.bitmap = roiBitmap(o.map, o.H, o.W, p.lo, p.hi);
  if (!o.ways) roiBuild(s);
  later(s, "proof", 500, () => { if (s.d.held.program.v?.tag !== p.tag && s.boxes.length && o.r) s.commit(roiCommit(s)); });
}

function roiBuild(s) {
  const o = s.own, grid = element("div", "ways"), room = element("div", "room"); // how they are laid out: stage.css
  room.append(grid);
  o.ways = {};
  for (const [name, title] of ROI_WAYS) {
    const column = element("div", "way"), head = element("div", "", title), zoom = element("canvas"), out = element("canvas"), text = element("div");
    head.className = text.className = "all";
    Object.assign(head.style, { fontWeight: 600, borderLeft: "6px solid " + s.params.colors[name], paddingLeft: "6px", whiteSpace: "nowrap", overflow: "hidden" });
    for (const canvas of [zoom, out]) Object.assign(canvas.style, { width: "100%", aspectRatio: "1", display: "block", marginTop: "6px", borderRadius: "3px", touchAction: "pan-y" });
    Object.assign(text.style, { fontSize: "0.8rem", lineHeight: "1.3", minHeight: "3.9em", marginTop: "4px" });
    out.tabIndex = 0;
    out.setAttribute("role", "img");
    for (const canvas of [zoom, out]) {
      canvas.onpointermove = canvas.onpointerdown = (e) => roiPoint(s, name, canvas === zoom, e);
      canvas.onpointerleave = (e) => { if (e.pointerType !== "touch") roiChoose(s, null, name); }; // a finger's bin stays, to be read
    }
    out.onkeydown = (e) => {
      const step = ARROWS[e.key], n = s.params.size, b = o.bin ?? [0, -1];
      if (!step) return;
      e.preventDefault();
      e.stopPropagation();
      roiChoose(s, [clamp(b[0] + step[1], 0, n - 1), clamp(b[1] + step[0], 0, n - 1)], name);
    };
    out.onblur = () => roiChoose(s, null, name);
    column.append(head, zoom, out, text);
    grid.append(column);
    o.ways[name] = { zoom, out, text, spare: element("canvas"), small: element("canvas") };
  }
  const legend = element("div");
  o.hidden = styled(element("div", "", "A bin this small has no room for its number: point at it to read it."), { fontSize: "0.8rem", lineHeight: "1.35", marginTop: "6px" });
  Object.assign(legend.style, { fontSize: "0.8rem", lineHeight: "1.35", marginTop: "6px" });
  for (const [color, text] of [[s.params.colors.exact, "your box"], [s.params.colors.pool, "the cells RoIPool reads"], [s.params.colors.arrow, "what rounding moves"], ["#ffffff", "maxima, sampling points"]]) {
    const item = element("span", "", text), mark = element("span");
    Object.assign(mark.style, { display: "inline-block", width: "10px", height: "10px", background: color, border: "1px solid #0008", margin: "0 4px 0 0" });
    Object.assign(item.style, { whiteSpace: "nowrap", marginRight: "12px" });
    item.prepend(mark);
    legend.append(item);
  }
  s.panel.append(room, o.hidden, legend);
}

function roiPoint(s, name, zoomed, e) {
  const o = s.own, n = s.params.size, rect = e.target.getBoundingClientRect();
  let x = (e.clientX - rect.left) / rect.width, y = (e.clientY - rect.top) / rect.height;
  if (!o.view) return;
  if (zoomed) {
    const [x0, y0, side] = o.view, edge = name === "align" ? o.exact : o.r.pool.edge;
    x = (x0 + x * side - edge[0]) / (edge[2] - edge[0]);
    y = (y0 + y * side - edge[1]) / (edge[3] - edge[1]);
  }
  const bin = [Math.floor(y * n), Math.floor(x * n)];
  roiChoose(s, bin.every((v) => v >= 0 && v < n) ? bin : null, name);
}

function roiChoose(s, bin, name) {
  const o = s.own;
  if (String(bin) === String(o.bin) && name === o.way) return;
  o.bin = bin;
  o.way = name;
  roiPanel(s);
  s.redraw();
  s.say(bin ? roiSentence(s, bin, name) : "Point at a bin to see what it reads.");
}

const roiNumber = (v) => fixed(v, Number.isInteger(v) ? 0 : 2);

function roiSentence(s, [i, j], name) {
  const o = s.own, r = o.r[name], n = s.params.size, value = roiNumber(r.values[i * n + j]), place = "Bin (" + j + ", " + i + ") of " + ROI_WAYS.find(([one]) => one === name)[1] + ": ";
  if (name !== "pool") return place + value + " = mean of " + r.ys[i].length * r.xs[j].length + " point(s), each between 4 cells.";
  const [top, bottom] = r.rows[i], [left, right] = r.cols[j], at = r.argmax[i * n + j];
  return at < 0 ? place + "empty, so 0." : place + value + " = largest of " + (right - left) * (bottom - top) + " cells, at column " + (at % o.W) + ", row " + Math.floor(at / o.W) + ".";
}

function roiMove(s) {
  const o = s.own, p = s.params, box = s.boxes[0];
  if (!o.ways) return;
  if (!box) { o.r = null; return roiPanel(s); }
  const e = (o.exact = box.map((v) => v / p.stride)), pool = roiPool(o.map, o.H, o.W, e, p.size);
  o.r = { pool, align: roiAlign(o.map, o.H, o.W, e, p.size, p.ratio, p.aligned), resize: roiResize(o.map, o.H, o.W, pool, p.size) };
  const m = p.numbers ? 0.2 : 0.7, x0 = Math.min(e[0], pool.edge[0]) - m, y0 = Math.min(e[1], pool.edge[1]) - m, w = Math.max(e[2], pool.edge[2]) + m - x0, h = Math.max(e[3], pool.edge[3]) + m - y0, side = Math.max(w, h);
  o.view = [x0 - (side - w) / 2, y0 - (side - h) / 2, side];
  roiPanel(s);
}

function roiContext(canvas, wide, side, x0 = 0, y0 = 0) {
  const px = Math.max(1, Math.round(wide * (window.devicePixelRatio || 1))), g = canvas.getContext("2d");
  if (canvas.width !== px) canvas.width = canvas.height = px;
  g.setTransform(1, 0, 0, 1, 0, 0);
  g.clearRect(0, 0, px, px);
  g.setTransform(px / side, 0, 0, px / side, (-x0 * px) / side, (-y0 * px) / side);
  g.imageSmoothingEnabled = false;
  return [g, side / (wide || 1)];
}

// The width is read once, before anything is written: reading after a write lays the page out again.
function roiPanel(s) {
  const o = s.own, wide = (o.wide = o.ways.pool.zoom.clientWidth);
  o.hidden.hidden = !o.r || wide / s.params.size >= ROI_WRITTEN_PX;
  for (const [name] of ROI_WAYS) {
    const { zoom, out } = o.ways[name];
    if (o.r) { roiZoom(s, name, zoom); roiOut(s, name, out); } else for (const canvas of [zoom, out]) roiContext(canvas, wide, 1);
  }
  for (const [name] of ROI_WAYS) {
    const { out, text } = o.ways[name], said = o.r ? roiCaption(s, name) : "Draw a box on the picture.";
    if (text.textContent === said) continue;
    text.textContent = said;
    out.setAttribute("aria-label", "Outputs of " + name + ". " + said);
  }
}

function roiZoom(s, name, canvas) {
  const o = s.own, p = s.params, [x0, y0, side] = o.view, [g, px] = roiContext(canvas, o.wide, side, x0, y0), r = o.r[name], n = p.size;
  let bitmap = o.bitmap;
  if (p.show === "gradient") {
    const sent = roiGradient(o, name, n, o.bin);
    o.touched = { ...o.touched, [name]: sent.reduce((sum, v) => sum + (v > 1e-9), 0) };
    bitmap = roiBitmap(sent, o.H, o.W, 0, sent.reduce((a, b) => Math.max(a, b), 1e-9), o.ways[name].spare);
  }
  g.drawImage(bitmap, 0, 0, o.W, o.H);
  if (side <= 40) roiLines(g, px, "rgba(255,255,255,.28)", 1, [Math.max(0, Math.floor(x0)), Math.max(0, Math.floor(y0)), Math.min(o.W, Math.ceil(x0 + side)), Math.min(o.H, Math.ceil(y0 + side))], 1);
  if (p.numbers && p.show === "values") roiNumbers(s, g, o, px);
  g.strokeStyle = p.colors.exact;
  g.lineWidth = 2.5 * px;
  g.strokeRect(o.exact[0], o.exact[1], o.exact[2] - o.exact[0], o.exact[3] - o.exact[1]);
  if (name === "pool") roiPoolMarks(g, o, p, px);
  else roiSampleMarks(g, o, p, px, name, r);
}

function roiLines(g, px, style, width, [x1, y1, x2, y2], step) {
  g.strokeStyle = style;
  g.lineWidth = width * px;
  g.beginPath();
  for (let x = x1; x <= x2 + 1e-6; x += step) { g.moveTo(x, y1); g.lineTo(x, y2); }
  for (let y = y1; y <= y2 + 1e-6; y += step) { g.moveTo(x1, y); g.lineTo(x2, y); }
  g.stroke();
}

function roiNumbers(s, g, o, px) {
  g.font = "600 " + Math.min(0.42, 17 * px * letters()) + "px " + s.font;
  g.textAlign = "center";
  g.textBaseline = "middle";
  for (let i = 0; i < o.map.length; i++) roiInk(g, roiNumber(Math.round(o.map[i] * 100) / 100), (i % o.W) + 0.5, Math.floor(i / o.W) + 0.5, px);
}

function roiInk(g, text, x, y, px) {
  g.lineWidth = 3 * px;
  g.lineJoin = "round";
  g.strokeStyle = "rgba(0,0,0,.75)";
  g.strokeText(text, x, y);
  g.fillStyle = "#fff";
  g.fillText(text, x, y);
}

function roiPoolMarks(g, o, p, px) {
  const r = o.r.pool, n = p.size, dots = [];
  g.lineWidth = 1.6 * px;
  r.rows.forEach(([top, bottom], i) => r.cols.forEach(([left, right], j) => {
    const here = o.bin && o.bin[0] === i && o.bin[1] === j;
    if (here) { g.fillStyle = "rgba(255,255,255,.35)"; g.fillRect(left, top, right - left, bottom - top); }
    g.strokeStyle = p.colors.pool;
    g.strokeRect(left, top, right - left, bottom - top);
    const at = r.argmax[i * n + j];
    if (at >= 0 && p.numbers) outline(g, [(at % o.W) + 0.14, Math.floor(at / o.W) + 0.14, (at % o.W) + 0.86, Math.floor(at / o.W) + 0.86], "#ffffff", px);
    else if (at >= 0 && (!o.bin || here)) dots.push([(at % o.W) + 0.5, Math.floor(at / o.W) + 0.5]);
  }));
  roiDots(g, dots, px, n > 8 ? 2 : 3.5);
}

function roiSampleMarks(g, o, p, px, name, r) {
  const n = p.size, edge = name === "align" ? o.exact : o.r.pool.edge, w = (edge[2] - edge[0]) / n, h = (edge[3] - edge[1]) / n;
  if (o.bin) { g.fillStyle = "rgba(255,255,255,.35)"; g.fillRect(edge[0] + o.bin[1] * w, edge[1] + o.bin[0] * h, w, h); }
  g.strokeStyle = p.colors[name];
  g.lineWidth = 1.6 * px;
  g.beginPath();
  for (let k = 0; k <= n; k++) { g.moveTo(edge[0] + k * w, edge[1]); g.lineTo(edge[0] + k * w, edge[3]); g.moveTo(edge[0], edge[1] + k * h); g.lineTo(edge[2], edge[1] + k * h); }
  g.stroke();
  const many = n * n * (r.ys[0].length || 0) * (r.xs[0].length || 0);
  if (many > 1600 && !o.bin) return;
  const dots = [], size = many > 150 || p.numbers ? 1.2 : 2.4;
  r.ys.forEach((by, i) => r.xs.forEach((bx, j) => {
    if (o.bin && (o.bin[0] !== i || o.bin[1] !== j)) return;
    for (const y of by) for (const x of bx) dots.push([x.at + 0.5, y.at + 0.5]);
  }));
  roiDots(g, dots, px, size);
}

// All dots in two paths, dark below white: hundreds stay cheap.
function roiDots(g, places, px, radius) {
  for (const [style, r] of [["rgba(0,0,0,.8)", (radius + 1) * px], ["#fff", radius * px]]) {
    g.fillStyle = style;
    g.beginPath();
    for (const [x, y] of places) g.rect(x - r, y - r, 2 * r, 2 * r);
    g.fill();
  }
}

function roiOut(s, name, canvas) {
  const o = s.own, p = s.params, n = p.size, [g, px] = roiContext(canvas, o.wide, n), values = o.r[name].values;
  g.drawImage(roiBitmap(values, n, n, p.lo, p.hi, o.ways[name].small), 0, 0, n, n);
  if (o.wide / n >= ROI_WRITTEN_PX) {
    g.font = "600 " + clamp(0.34, 9.5 * px, 14 * px * letters()) + "px " + s.font;
    g.textAlign = "center";
    g.textBaseline = "middle";
    const whole = values.every(Number.isInteger);
    const fits = (digits) => values.every((v) => g.measureText(fixed(v, digits)).width < 0.86);
    const digits = whole ? 0 : [2, 1, 0].find(fits) ?? 0;
    values.forEach((v, k) => roiInk(g, fixed(v, digits), (k % n) + 0.5, Math.floor(k / n) + 0.5, px));
  }
  if (o.bin) outline(g, [o.bin[1], o.bin[0], o.bin[1] + 1, o.bin[0] + 1], "#ffffff", px);
}

function roiCaption(s, name) {
  const o = s.own, p = s.params, r = o.r, e = r.pool.edge, moved = Math.max(...e.map((v, k) => Math.abs(v - o.exact[k]))) * p.stride;
  const points = r.align.ys[0].length * r.align.xs[0].length;
  const what = { pool: "Rounded to " + (e[2] - e[0]) + " × " + (e[3] - e[1]) + " cells: an edge moves " + fixed(moved, 1) + " px.", align: "Not rounded; " + points + (points === 1 ? " point" : " points") + " a bin" + (p.aligned ? "." : ", half a cell off."), resize: "RoIPool's cells, one point a bin: others are skipped." }[name];
  if (p.show === "gradient") return what + " Gradient reaches " + o.touched[name] + " cells.";
  const apart = r[name].values.reduce((sum, v, k) => sum + Math.abs(v - r.align.values[k]), 0) / r.align.values.length;
  return name === "align" ? what : what + " From RoIAlign: " + fixed(apart) + " a bin.";
}

function roiFrame(s, g) {
  const o = s.own, p = s.params, t = p.stride, px = s.px;
  if (!o.r || !s.boxes[0]) return;
  if (p.numbers) { g.save(); g.scale(t, t); roiNumbers(s, g, o, px / t); g.restore(); }
  const e = o.r.pool.edge, [x1, y1, x2, y2] = e.map((v) => v * t);
  const cell = (a) => [Math.max(0, a[0]), Math.max(0, a[1]), Math.min(o.W, a[2]), Math.min(o.H, a[3])].map((v) => v * t);
  if (t / px >= 5) roiLines(g, px, "rgba(255,255,255,.4)", 1, cell(e), t);
  g.setLineDash([7 * px, 4 * px]);
  for (const [style, wide] of [["rgba(0,0,0,.6)", 4], [p.colors.pool, 2]]) { g.strokeStyle = style; g.lineWidth = wide * px; g.strokeRect(x1, y1, x2 - x1, y2 - y1); }
  g.setLineDash([]);
  const b = s.boxes[0];
  for (const [style, wide] of [["rgba(0,0,0,.7)", 5], [p.colors.arrow, 2.5]]) {
    g.strokeStyle = style;
    g.lineWidth = wide * px;
    for (const [kx, ky] of [[0, 1], [2, 1], [0, 3], [2, 3]]) arrow(g, b[kx], b[ky], e[kx] * t, e[ky] * t, px);
  }
  if (!p.numbers) roiDots(g, o.r.pool.argmax.filter((at) => at >= 0).map((at) => [((at % o.W) + 0.5) * t, (Math.floor(at / o.W) + 0.5) * t]), px, 2);
  if (o.bin) {
    const n = p.size, [i, j] = o.bin, edge = o.way === "align" ? o.exact : e, w = (edge[2] - edge[0]) / n, h = (edge[3] - edge[1]) / n;
    const [left, right] = o.r.pool.cols[j], [top, bottom] = o.r.pool.rows[i];
    outline(g, (o.way === "pool" ? [left, top, right, bottom] : [edge[0] + j * w, edge[1] + i * h, edge[0] + (j + 1) * w, edge[1] + (i + 1) * h]).map((v) => v * t), "#ffffff", px, 2.5);
  }
}

function roiCommit(s) {
  if (!s.boxes.length) return null;
  s.boxes = rounded(s.boxes);
  roiMove(s);
  return { tag: s.params.tag, box: s.boxes[0], ...Object.fromEntries(ROI_WAYS.map(([name]) => [name, s.own.r[name].values])) };
}

PROGRAMS.roi = { mount: roiMount, move: roiMove, frame: roiFrame, commit: roiCommit };

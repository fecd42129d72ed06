// An elastic deformation of a photo and its mask, made again while its sliders are dragged.
//
// Parameters: noise (2,H,W bytes: 127ths, plus 127) or null, vectors (2,n,n) and nodes n or
// null (one of the two), alpha, sigma, most {alpha, sigma}, least {sigma}, mask (H,W bytes),
// labels [{label, name, color}], panes {photo, result} as [x, y, width, height] in image
// pixels, titles by pane, size (title of the first slider), mesh (px between its lines), meshed (draw it), mixed (the mask bilinear), brush (px; 0: no drawing), empty
// (words for an empty mask), colors {between, fold, mesh, mark}, tag.
// Committed {tag, smooth: whether by noise, alpha, sigma, mixed, meshed, field: values at the mesh's crossings, counts: area, parts and
// holes of each label, between, invented, folded}, so that Python can check the arithmetic;
// after a stroke {drawn: one bit a pixel in base64} with them.
// The arithmetic is in elastic.math.js, table and sliders in elastic.panel.js.
// Keys: arrows move the place read; when drawing, Shift+arrows draw, Delete clears.

function elasticMount(s) {
  const o = s.own, p = s.params, [H, W] = p.mask.shape, given = [p.alpha, p.sigma].join(), switches = [p.mixed, p.meshed].join();
  if (!o.table) elasticBuild(s);
  if (o.given !== given && !o.sliding) [o.alpha, o.sigma, o.given] = [p.alpha, p.sigma, given];
  if (o.switches !== switches) [o.mixed, o.mesh, o.switches] = [p.mixed, p.meshed, switches];
  if (o.source !== (p.noise ?? p.vectors).b64 || o.H !== H || o.W !== W) {
    o.source = (p.noise ?? p.vectors).b64;
    o.values = unpack(p.noise ?? p.vectors);
    o.smoothed = o.waves = null;
  }
  [o.H, o.W] = [H, W];
  if (!o.drawing) o.mask = unpack(p.mask);
  o.cell = o.cell && o.cell[0] < H && o.cell[1] < W ? o.cell : null;
  o.pixels = o.pixels?.length === 4 * H * W ? o.pixels : null;
  o.warped = new Uint8Array(H * W);
  o.kind = new Uint8Array(H * W);
  o.layers = ["photo", "result", "picture"].map((name) => Object.assign(element("canvas"), { width: W, height: H, name }));
  o.base = null;
  s.dom.over.style.touchAction = p.brush ? "none" : "";
  elasticControls(s);
  elasticTint(s, o.mask, null, o.layers[0]);
  elasticCompute(s);
  s.change();
  later(s, "proof", 1200, () => { if (s.d.held.program.v?.tag !== p.tag) elasticSend(s); });
}

// From the sliders to the counts; the photo itself follows in elasticPaint.
function elasticCompute(s) {
  const o = s.own, p = s.params, { H, W } = o, key = p.noise ? o.sigma : "coarse";
  if (o.smoothed !== key) {
    o.smooth = p.noise ? elasticSmooth(o.values, H, W, o.sigma, o) : elasticCoarse(o.values, p.nodes, H, W);
    o.smoothed = key;
  }
  o.at = elasticPlaces(o.smooth, o.alpha / o.smooth.rms, H, W, o.at);
  o.folded = elasticFolded(o.at, H, W);
  o.strange = elasticMixed(o.mask, o.at, H, W, o.warped, o.kind);
  if (!o.mixed) elasticNearest(o.mask, o.at, H, W, o.warped);
  o.counts = p.labels.map(({ label }) => [elasticTopology(o.mask, label, H, W), elasticTopology(o.warped, label, H, W)]);
  elasticTint(s, o.warped, o.mixed ? o.kind : null, o.layers[1]);
  o.fresh = true;
  elasticTable(s);
}

const elasticRgb = (color) => [1, 3, 5].map((i) => parseInt(color.slice(i, i + 2), 16));

function elasticTint(s, mask, kind, canvas) {
  const g = canvas.getContext("2d"), image = g.createImageData(canvas.width, canvas.height), words = new Uint32Array(image.data.buffer);
  const word = ([r, g, b], a) => ((a << 24) | (b << 16) | (g << 8) | r) >>> 0, shade = new Uint32Array(256), bad = word(elasticRgb(s.params.colors.between), 255);
  for (const { label, color } of s.params.labels) shade[label] = word(elasticRgb(color), 125);
  for (let i = 0; i < words.length; i++) words[i] = kind?.[i] ? bad : shade[mask[i]];
  g.putImageData(image, 0, 0);
}

// The photo's own pixels, once the browser has decoded it, and the result made of them.
function elasticPaint(s) {
  const o = s.own, { H, W } = o, [x, y] = s.params.panes.photo;
  if (o.base !== s.base && s.base.complete && s.base.naturalWidth === s.w) {
    const copy = Object.assign(element("canvas"), { width: W, height: H }), g = copy.getContext("2d", { willReadFrequently: true });
    g.drawImage(s.base, x, y, W, H, 0, 0, W, H);
    o.pixels = g.getImageData(0, 0, W, H).data;
    [o.base, o.fresh] = [s.base, true];
  }
  if (!o.fresh || !o.pixels) return;
  const g = o.layers[2].getContext("2d"), image = g.createImageData(W, H);
  elasticPhoto(o.pixels, o.at, H, W, image.data);
  g.putImageData(image, 0, 0);
  o.fresh = false;
}

function elasticSend(s, more = {}) {
  const o = s.own, { H, W } = o, field = [], m = s.params.mesh;
  for (let r = 0; r < H; r += m) for (let c = 0; c < W; c += m) field.push(o.smooth.y[r * W + c] * (o.alpha / o.smooth.rms), o.smooth.x[r * W + c] * (o.alpha / o.smooth.rms));
  const near = new Uint8Array(H * W);
  elasticNearest(o.mask, o.at, H, W, near);
  const counts = s.params.labels.map(({ label }) => Object.values(elasticTopology(near, label, H, W)));
  s.commit({ tag: s.params.tag, smooth: Boolean(s.params.noise), alpha: o.alpha, sigma: o.sigma, mixed: Boolean(o.mixed), meshed: Boolean(o.mesh), field, counts, ...o.strange, folded: o.folded, ...(o.bits ? { drawn: o.bits } : {}), ...more });
}

// ---- the picture --------------------------------------------------------------------

function elasticFrame(s, g) {
  const o = s.own, p = s.params, { photo, result } = p.panes;
  elasticPaint(s);
  g.save();
  g.beginPath();
  g.rect(0, 0, s.w, s.h);
  g.rect(...photo);
  g.clip("evenodd");
  g.fillStyle = s.color.background;
  g.fillRect(0, 0, s.w, s.h);
  g.restore();
  g.drawImage(o.layers[2], ...result);
  g.save();
  g.imageSmoothingEnabled = false;
  g.drawImage(o.layers[0], ...photo);
  g.drawImage(o.layers[1], ...result);
  g.restore();
  elasticTitle(s, g, photo, p.titles.photo, o.mesh || p.brush);
  elasticTitle(s, g, result, p.titles.result, o.mesh);
  for (const [pane, moved] of [[photo, true], [result, false]]) {
    g.save();
    g.beginPath();
    g.rect(...pane);
    g.clip();
    g.translate(pane[0], pane[1]);
    if (!moved && o.folded) elasticFolds(s, g);
    if (o.mesh) elasticMesh(s, g, moved);
    elasticMark(s, g, moved);
    g.restore();
  }
  elasticSay(s);
}

// Its second part speaks of the mesh, or of the brush.
function elasticTitle(s, g, [x, y, w], text, whole) {
  const size = Math.min(0.82 * parseFloat(getComputedStyle(document.documentElement).fontSize) * s.px, 0.75 * y);
  g.save();
  g.fillStyle = s.color.text;
  g.font = "600 " + size + "px " + s.font;
  g.textBaseline = "bottom";
  const [title, plain] = text, room = w - g.measureText(title + "  ").width;
  g.fillText(title, x, y - 3 * s.px);
  const from = x + g.measureText(title + "  ").width;
  g.font = size + "px " + s.font;
  g.globalAlpha = 0.75;
  if (whole && g.measureText(plain).width <= room) g.fillText(plain, from, y - 3 * s.px);
  g.restore();
}

// The result's grid, straight; or where it is read from, bent.
function elasticMesh(s, g, bent) {
  const { at, H, W } = s.own, step = s.params.mesh, line = (points) => points.forEach(([r, c], k) => {
    const i = r * W + c, x = (bent ? at.x[i] : c) + 0.5, y = (bent ? at.y[i] : r) + 0.5;
    if (k) g.lineTo(x, y); else g.moveTo(x, y);
  });
  const every = (size) => { const made = []; for (let v = 0; v < size - 1; v += step) made.push(v); return [...made, size - 1]; };
  const along = (size) => { const made = []; for (let v = 0; v < size - 1; v += 3) made.push(v); return [...made, size - 1]; };
  g.beginPath();
  for (const r of every(H)) line(along(W).map((c) => [r, c]));
  for (const c of every(W)) line(along(H).map((r) => [r, c]));
  g.lineJoin = "round";
  for (const [style, wide] of [["rgba(0,0,0,.45)", 2.2], [s.params.colors.mesh, 1.1]]) { g.strokeStyle = style; g.lineWidth = wide * s.px; g.stroke(); }
}

function elasticFolds(s, g) {
  const { at, H, W } = s.own;
  g.fillStyle = s.params.colors.fold;
  g.globalAlpha = 0.8;
  for (let r = 0; r + 1 < H; r++) for (let c = 0; c + 1 < W; c++) if (elasticFoldedAt(at, W, r * W + c)) g.fillRect(c + 0.5, r + 0.5, 1, 1);
  g.globalAlpha = 1;
}

// One pixel of the result, and on the photo the four pixels that it is read between.
function elasticMark(s, g, onPhoto) {
  const o = s.own;
  if (o.brushAt && onPhoto) return ring(g, o.brushAt, s.params.brush / 2, s.px);
  if (!o.cell) return;
  const [r, c] = o.cell, i = r * o.W + c, color = s.params.colors.mark;
  if (!onPhoto) return outline(g, [c, r, c + 1, r + 1], color, s.px, 2);
  const x = o.at.x[i], y = o.at.y[i], pad = Math.max(0, 5 * s.px - 1);
  g.strokeStyle = "rgba(0,0,0,.6)";
  g.lineWidth = 3.5 * s.px;
  arrow(g, c + 0.5, r + 0.5, x + 0.5, y + 0.5, s.px);
  g.strokeStyle = color;
  g.lineWidth = 2 * s.px;
  arrow(g, c + 0.5, r + 0.5, x + 0.5, y + 0.5, s.px);
  outline(g, [Math.floor(x) - pad, Math.floor(y) - pad, Math.floor(x) + 2 + pad, Math.floor(y) + 2 + pad], color, s.px, 1.5);
}

function elasticSay(s) {
  const o = s.own, read = s.dom.read;
  if (o.cell) {
    const [r, c] = o.cell, i = r * o.W + c, [value] = elasticMixedAt(o.mask, o.at, o.H, o.W, i);
    const place = "Result (" + c + ", " + r + ") reads the photo at (" + fixed(o.at.x[i], 1) + ", " + fixed(o.at.y[i], 1) + ").";
    return write(s, place + "\nMask: nearest " + elasticName(s, elasticNearestAt(o, i)) + ", bilinear " + (Number.isInteger(value) ? value : fixed(value)) + ".");
  }
  if (read.classList.contains("hint")) read.textContent = s.params.brush ? "Draw on the photo, left (or Shift+arrow keys). Point at the result to see what a pixel reads." : "Point at the result (or arrow keys): what does a pixel read, and where?";
}

const elasticNearestAt = (o, i) => o.mask[elasticMirror(Math.floor(o.at.y[i] + 0.5), o.H) * o.W + elasticMirror(Math.floor(o.at.x[i] + 0.5), o.W)];
const elasticName = (s, label) => label + " (" + (s.params.labels.find((one) => one.label === label)?.name ?? "background") + ")";

// ---- pointing and drawing -----------------------------------------------------------

function elasticHit(s, pane, p = s.pointer) {
  if (!p) return null;
  const x = p[0] - pane[0], y = p[1] - pane[1];
  return x >= 0 && y >= 0 && x < pane[2] && y < pane[3] ? [x, y] : null;
}

// A stroke of the brush as filled discs, straight into the mask.
function elasticStroke(s, from, to) {
  const o = s.own, radius = s.params.brush / 2, far = Math.hypot(to[0] - from[0], to[1] - from[1]), steps = Math.ceil(far / Math.max(1, radius / 3)), value = o.erasing ? 0 : 1;
  for (let k = 0; k <= steps; k++) {
    const t = steps ? k / steps : 0, x = from[0] + t * (to[0] - from[0]), y = from[1] + t * (to[1] - from[1]);
    for (let r = Math.max(0, Math.floor(y - radius)); r < Math.min(o.H, y + radius); r++) for (let c = Math.max(0, Math.floor(x - radius)); c < Math.min(o.W, x + radius); c++) if (Math.hypot(r + 0.5 - y, c + 0.5 - x) <= radius) o.mask[r * o.W + c] = value;
  }
  elasticTint(s, o.mask, null, o.layers[0]);
  elasticCompute(s);
  s.change();
}

function elasticDrawn(s) {
  const o = s.own, bytes = new Uint8Array(Math.ceil(o.mask.length / 8));
  o.mask.forEach((v, i) => { if (v) bytes[i >> 3] |= 128 >> (i & 7); });
  o.bits = btoa(Array.from(bytes, (v) => String.fromCharCode(v)).join(""));
  o.drawing = null;
  elasticSend(s);
}

function elasticClear(s) {
  s.own.mask.fill(0);
  elasticTint(s, s.own.mask, null, s.own.layers[0]);
  elasticCompute(s);
  s.change();
  elasticDrawn(s);
}

PROGRAMS.elastic = {
  keys: (s) => (s.params.brush ? "arrows move, Shift with arrows draws, Delete clears" : "arrows move, with Shift further"),
  mount: elasticMount,

  move(s) {
    const o = s.own, { photo, result } = s.params.panes, over = s.params.brush ? elasticHit(s, photo) : null, hit = elasticHit(s, result);
    if (s.pointer) [o.brushAt, o.cell] = [over, hit ? [Math.floor(hit[1]), Math.floor(hit[0])] : null];
    s.dom.over.style.cursor = over ? "none" : "crosshair";
    s.pointer = null;
  },

  frame: elasticFrame,

  down(s) {
    const hit = s.params.brush ? elasticHit(s, s.params.panes.photo) : null;
    if (!hit) return false;
    s.own.drawing = hit;
    elasticStroke(s, hit, hit);
    return true;
  },

  drag(s) {
    const [x, y] = s.params.panes.photo, to = [s.pointer[0] - x, s.pointer[1] - y];
    elasticStroke(s, s.own.drawing, to);
    s.own.drawing = to;
  },

  up: elasticDrawn,

  key(s, e) {
    const o = s.own, step = ARROWS[e.key], by = s.params.brush ? s.params.brush / 2 : e.shiftKey ? 10 : 1;
    if (s.params.brush && (e.key === "Delete" || e.key === "Backspace")) { elasticClear(s); return true; }
    if (!step) return false;
    if (s.params.brush) {
      const from = o.brushAt ?? [o.W / 2, o.H / 2], to = [clamp(from[0] + step[0] * by, 0, o.W), clamp(from[1] + step[1] * by, 0, o.H)];
      o.brushAt = to;
      if (e.shiftKey) { elasticStroke(s, from, to); later(s, "commit", 400, () => elasticDrawn(s)); }
      return true;
    }
    const [r, c] = o.cell ?? [Math.floor(o.H / 2), Math.floor(o.W / 2)];
    o.cell = [clamp(r + step[1] * by, 0, o.H - 1), clamp(c + step[0] * by, 0, o.W - 1)];
    later(s, "told", 250, () => { s.dom.said.textContent = s.said; });
    return true;
  },

  unmount(s) { s.own.below?.remove(); },
};

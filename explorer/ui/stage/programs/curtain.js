// Two class maps of one photo: a curtain between them, a magnifier under the pointer.
//
// Parameters: maps [{name "A", title, url (grey PNG: class numbers), cell [w, h] of the map the
// classes were decided on, in image pixels} x 2], truth (url or null), names, colors (of the
// classes), marks (colours of A and B), changed (colour), start [x, y] of the magnifier, opacity,
// tag. Stage: mode "hover". Pointing magnifies, pressing and dragging moves the curtain. Commits
// {tag, changed, pixels} once, so that Python can check the count.

const CURTAIN_LEAST = 16, CURTAIN_WINDOW = 48, CURTAIN_MOST = 128, CURTAIN_STEP = 4, CURTAIN_EDGE = 0xe6ffffff;

function curtainStyle(node, style) {
  Object.assign(node.style, style);
  return node;
}

async function curtainRead(url) {
  const image = new Image();
  image.src = url;
  await image.decode();
  const canvas = element("canvas"), w = (canvas.width = image.naturalWidth), h = (canvas.height = image.naturalHeight);
  const g = canvas.getContext("2d", { willReadFrequently: true });
  g.drawImage(image, 0, 0);
  const rgba = g.getImageData(0, 0, w, h).data, values = new Uint8Array(w * h);
  for (let i = 0; i < values.length; i++) values[i] = rgba[4 * i];
  return { url, w, h, values };
}

const curtainWord = (hex, alpha = 255) => ((alpha << 24) | (parseInt(hex.slice(5, 7), 16) << 16) | (parseInt(hex.slice(3, 5), 16) << 8) | parseInt(hex.slice(1, 3), 16)) >>> 0;

// A map as a picture; classes are parted by a light line, so that colour is not all there is.
function curtainPaint(map, colors) {
  const { w, h, values } = map, canvas = (map.canvas = element("canvas"));
  Object.assign(canvas, { width: w, height: h });
  const g = canvas.getContext("2d"), image = g.createImageData(w, h), out = new Uint32Array(image.data.buffer), words = new Uint32Array(256).fill(curtainWord("#3c3c3c"));
  colors.forEach((color, k) => { words[k] = curtainWord(color); });
  for (let i = 0; i < out.length; i++) out[i] = words[values[i]];
  map.flat = element("canvas");
  Object.assign(map.flat, { width: w, height: h });
  map.flat.getContext("2d").putImageData(image, 0, 0);
  for (let y = 0, i = 0; y < h; y++) for (let x = 0; x < w; x++, i++) {
    if ((x + 1 < w && values[i] !== values[i + 1]) || (y + 1 < h && values[i] !== values[i + w])) out[i] = CURTAIN_EDGE;
  }
  g.putImageData(image, 0, 0);
}

function curtainChange(s) {
  const o = s.own, [a, b] = o.maps, canvas = element("canvas"), word = curtainWord(s.params.changed);
  Object.assign(canvas, { width: a.w, height: a.h });
  const g = canvas.getContext("2d"), image = g.createImageData(a.w, a.h), out = new Uint32Array(image.data.buffer);
  o.count = 0;
  for (let i = 0; i < out.length; i++) if (a.values[i] !== b.values[i]) { out[i] = word; o.count++; }
  g.putImageData(image, 0, 0);
  o.change = canvas;
}

function curtainLoad(s) {
  const o = s.own, p = s.params, urls = [p.maps[0].url, p.maps[1].url, ...(p.truth ? [p.truth] : [])], tag = p.tag;
  const before = new Map((o.maps ?? []).map((map) => [map.url, map]));
  Promise.all(urls.map((url) => before.get(url) ?? curtainRead(url))).then((maps) => {
    if (s.params?.tag !== tag) return;
    for (const map of maps) curtainPaint(map, p.colors);
    o.maps = maps;
    curtainChange(s);
    s.change();
    if (s.d.held.program.v?.tag !== tag) later(s, "count", 600, () => s.commit({ tag, changed: o.count, pixels: maps[0].values.length }));
  });
}

// ---- the panel: four magnified panes -----------------------------------------------------

function curtainPanel(s) {
  const o = s.own, p = s.params;
  const grid = curtainStyle(element("div"), { display: "grid", gridTemplateColumns: "repeat(2, minmax(0, min(232px, 21vh)))", gap: "8px 10px" });
  o.panes = {};
  for (const name of ["photo", "last", "A", "B"]) {
    const box = element("div"), head = curtainStyle(element("div"), { fontWeight: 600, fontSize: "0.88em", lineHeight: 1.25, whiteSpace: "nowrap", overflow: "hidden", textOverflow: "ellipsis", paddingLeft: "6px", borderLeft: "6px solid transparent" });
    const canvas = curtainStyle(element("canvas"), { width: "100%", aspectRatio: "1", display: "block", marginTop: "3px", borderRadius: "3px" });
    canvas.setAttribute("role", "img");
    box.append(head, canvas);
    grid.append(box);
    o.panes[name] = { head, canvas };
  }
  const row = curtainStyle(element("div"), { display: "flex", flexWrap: "wrap", gap: "4px 16px", alignItems: "center", fontSize: "0.85em", marginTop: "6px" });
  const size = element("input"), mark = element("input"), sized = element("label", "", "Window "), marked = element("label", "", " mark what differs");
  Object.assign(size, { type: "range", min: CURTAIN_LEAST, max: CURTAIN_MOST, step: 8, value: o.window });
  curtainStyle(size, { width: "6rem", verticalAlign: "middle", accentColor: "var(--st-primary-color)" });
  o.sized = element("span");
  size.oninput = () => { o.window = Number(size.value); s.change(); };
  size.onchange = () => s.keep("window", o.window === CURTAIN_WINDOW ? null : [o.window]);
  Object.assign(mark, { type: "checkbox", checked: Boolean(o.marked) });
  mark.oninput = () => { o.marked = mark.checked; s.keep("marked", o.marked ? [1] : null); s.change(); };
  sized.append(size, o.sized);
  marked.prepend(mark);
  row.append(sized, marked);
  o.legend = curtainStyle(element("div"), { display: "flex", flexWrap: "wrap", gap: "2px 12px", fontSize: "0.82em", marginTop: "6px" });
  const note = curtainStyle(element("div", "", "Thin lines: the cells on which the class scores were made; between their middles they are interpolated."), { fontSize: "0.8em", lineHeight: 1.3, opacity: 0.8, marginTop: "4px" });
  s.panel.replaceChildren(grid, row, o.legend, note);
  o.heads = null;
}

function curtainHeads(s) {
  const o = s.own, p = s.params;
  const put = (name, text, color) => { o.panes[name].head.textContent = text; o.panes[name].head.title = text; o.panes[name].head.style.borderColor = color; o.panes[name].canvas.setAttribute("aria-label", "Magnified: " + text); };
  put("photo", "photo", "transparent");
  put("last", p.truth ? "truth" : "where A and B differ", p.truth ? "transparent" : p.changed);
  p.maps.forEach((map, i) => put(map.name, map.name + ": " + map.title, p.marks[i]));
}

function curtainLegend(s) {
  const o = s.own, p = s.params, seen = new Set();
  for (const map of o.maps.slice(0, 2)) for (let i = 0; i < map.values.length; i += 3) seen.add(map.values[i]);
  o.legend.replaceChildren(...p.names.flatMap((name, k) => {
    if (!seen.has(k)) return [];
    const item = curtainStyle(element("span"), { whiteSpace: "nowrap" }), chip = curtainStyle(element("span"), { display: "inline-block", width: "0.85em", height: "0.85em", borderRadius: "3px", background: p.colors[k], border: "1px solid var(--st-border-color, #8888)", marginRight: "4px", verticalAlign: "-0.05em" });
    item.append(chip, element("span", "", name.replaceAll("_", "")));
    return [item];
  }));
}

// The window around the magnified pixel, wholly inside the picture where the picture is larger.
function curtainView(s) {
  const o = s.own, n = Math.min(o.window, s.w, s.h), [x, y] = o.at.map(Math.floor);
  return [clamp(x - n / 2, 0, s.w - n), clamp(y - n / 2, 0, s.h - n)].map(Math.round).concat(n);
}

function curtainZoom(s, name, view, wide) {
  const { canvas } = s.own.panes[name], o = s.own, [x, y, n] = view, px = Math.max(1, Math.round(wide * (window.devicePixelRatio || 1)));
  if (canvas.width !== px) canvas.width = canvas.height = px;
  const g = canvas.getContext("2d"), k = px / n;
  g.setTransform(1, 0, 0, 1, 0, 0);
  g.imageSmoothingEnabled = false;
  g.clearRect(0, 0, px, px);
  const across = s.base.naturalWidth / s.w || 1, down = s.base.naturalHeight / s.h || 1;
  if (s.base.complete && s.base.naturalWidth) g.drawImage(s.base, x * across, y * down, n * across, n * down, 0, 0, px, px);
  g.setTransform(k, 0, 0, k, -x * k, -y * k);
  const map = { A: o.maps?.[0], B: o.maps?.[1], last: o.maps?.[2] }[name];
  if (map) {
    g.globalAlpha = 0.6 * (s.opacity ?? s.params.opacity);
    g.drawImage(map.flat, x, y, n, n, x, y, n, n);
    g.globalAlpha = 1;
    curtainCells(s, g, name, view, k);
    curtainOutline(g, map, view, k);
  } else if (name === "last" && o.change) { g.globalAlpha = 0.85; g.drawImage(o.change, x, y, n, n, x, y, n, n); g.globalAlpha = 1; }
  const [cx, cy] = o.at.map(Math.floor), line = (window.devicePixelRatio || 1) / k;
  for (const [style, width] of [["rgba(0,0,0,.8)", 3], ["#ffffff", 1.5]]) { g.strokeStyle = style; g.lineWidth = width * line; g.strokeRect(cx, cy, 1, 1); }
  if (map) curtainClass(s, g, map.values[cy * s.w + cx], px);
}

// The class of the middle pixel, in words at the pane's foot.
function curtainClass(s, g, k, side) {
  const px = window.devicePixelRatio || 1, text = (s.params.names[k] ?? "no class").replaceAll("_", ""), big = letters(), h = TAG_PX * px * big;
  g.setTransform(1, 0, 0, 1, 0, 0);
  g.font = "600 " + 12 * px * big + "px " + s.font;
  tagDraw(s, g, text, [4 * px, side - h - 4 * px, g.measureText(text).width + 8 * px * big, h], s.params.colors[k] ?? "#3c3c3c", px);
}

// The cells on which the classes were decided: what lies between them is interpolated.
function curtainCells(s, g, name, [x, y, n], k) {
  const cell = s.params.maps.find((map) => map.name === name)?.cell;
  if (!cell || cell[0] * k < 9) return;
  g.strokeStyle = "rgba(255,255,255,.35)";
  g.lineWidth = 1 / k;
  g.beginPath();
  for (let c = Math.ceil(x / cell[0]); c * cell[0] < x + n; c++) { g.moveTo(c * cell[0], y); g.lineTo(c * cell[0], y + n); }
  for (let r = Math.ceil(y / cell[1]); r * cell[1] < y + n; r++) { g.moveTo(x, r * cell[1]); g.lineTo(x + n, r * cell[1]); }
  g.stroke();
}

function curtainOutline(g, map, [x, y, n], k) {
  const { w, h, values } = map, path = new Path2D(), px = (window.devicePixelRatio || 1) / k;
  for (let r = y; r < Math.min(h, y + n); r++) for (let c = x; c < Math.min(w, x + n); c++) {
    const v = values[r * w + c];
    if (c + 1 < w && values[r * w + c + 1] !== v) { path.moveTo(c + 1, r); path.lineTo(c + 1, r + 1); }
    if (r + 1 < h && values[(r + 1) * w + c] !== v) { path.moveTo(c, r + 1); path.lineTo(c + 1, r + 1); }
  }
  g.lineCap = "square";
  for (const [style, width] of [["rgba(0,0,0,.85)", 4], ["#ffffff", 2]]) { g.strokeStyle = style; g.lineWidth = width * px; g.stroke(path); }
}

// ---- the picture -------------------------------------------------------------------------

function curtainSide(s, g, map, x1, x2) {
  g.save();
  g.beginPath();
  g.rect(x1, 0, x2 - x1, s.h);
  g.clip();
  g.globalAlpha = s.opacity ?? s.params.opacity;
  g.imageSmoothingEnabled = true;
  g.drawImage(map.canvas, 0, 0, s.w, s.h);
  g.restore();
}

function curtainLine(s, g, x) {
  const px = s.px, y = s.h / 2;
  g.fillStyle = "rgba(0,0,0,.65)";
  g.fillRect(x - 2.5 * px, 0, 5 * px, s.h);
  g.fillStyle = "#ffffff";
  g.fillRect(x - 1.25 * px, 0, 2.5 * px, s.h);
  g.beginPath();
  g.arc(x, y, 13 * px, 0, 7);
  g.fill();
  g.strokeStyle = "rgba(0,0,0,.65)";
  g.lineWidth = 1.5 * px;
  g.stroke();
  g.strokeStyle = "#1c1c1c";
  g.lineWidth = 2 * px;
  g.beginPath();
  for (const side of [-1, 1]) { g.moveTo(x + side * 4 * px, y - 4 * px); g.lineTo(x + side * 8 * px, y); g.lineTo(x + side * 4 * px, y + 4 * px); }
  g.stroke();
}

function curtainNames(s) {
  const o = s.own, [x, y] = o.at.map(Math.floor), at = y * s.w + x, name = (map) => s.params.names[map.values[at]] ?? "no class";
  const [a, b, truth] = o.maps;
  const said = ["x " + x + "  y " + y, "A: " + name(a), "B: " + name(b), ...(truth ? ["truth: " + name(truth)] : [])];
  return said.join("   ").replaceAll("_", "");
}

// Curtain and glass, once they are let go.
function curtainKeep(s) {
  const o = s.own;
  if (s.pointer) o.at = [clamp(s.pointer[0], 0, s.w - 1e-3), clamp(s.pointer[1], 0, s.h - 1e-3)];
  s.keep("split", o.split === 0.5 ? null : [Number(o.split.toFixed(3))]);
  s.keep("at", o.at.map(Math.floor));
}

PROGRAMS.curtain = {
  keys: "arrows move the glass, Shift with left or right moves the curtain",
  mount(s) {
    const o = s.own, p = s.params;
    o.split ??= clamp(s.kept("split", 1)?.[0] ?? 0.5, 0, 1);
    o.window ??= clamp(8 * Math.round((s.kept("window", 1)?.[0] ?? CURTAIN_WINDOW) / 8), CURTAIN_LEAST, CURTAIN_MOST);
    o.marked ??= Boolean(s.kept("marked", 1));
    if (o.tag !== p.tag || !o.at) {
      const [x, y] = (o.at ? null : s.kept("at", 2)) ?? p.start;
      if (o.at) s.keep("at", null);
      Object.assign(o, { at: [clamp(x, 0, s.w - 1), clamp(y, 0, s.h - 1)], tag: p.tag });
    }
    if (!o.panes) curtainPanel(s);
    curtainHeads(s);
    curtainLoad(s);
    s.change();
  },

  move(s) {
    const o = s.own;
    if (s.pointer) o.at = [clamp(s.pointer[0], 0, s.w - 1e-3), clamp(s.pointer[1], 0, s.h - 1e-3)];
    if (o.maps && o.legend.dataset.tag !== o.tag) { curtainLegend(s); o.legend.dataset.tag = o.tag; }
    const view = curtainView(s), wide = o.panes.photo.canvas.clientWidth;
    o.sized.textContent = " " + view[2] + " px";
    o.view = view;
    for (const name of Object.keys(o.panes)) curtainZoom(s, name, view, wide);
  },

  read(s) {
    return s.own.maps ? curtainNames(s) : undefined;
  },

  frame(s, g) {
    const o = s.own, px = s.px, x = o.split * s.w;
    if (o.maps) {
      curtainSide(s, g, o.maps[0], 0, x);
      curtainSide(s, g, o.maps[1], x, s.w);
      if (o.marked) { g.imageSmoothingEnabled = false; g.globalAlpha = 0.9; g.drawImage(o.change, 0, 0, s.w, s.h); g.globalAlpha = 1; }
    }
    curtainLine(s, g, x);
    const [a, b] = s.params.marks;
    if (o.split > 0.06) tag(s, g, "A", 0, TAG_PX * px * letters(), a);
    if (o.split < 0.94) tag(s, g, "B", s.w, TAG_PX * px * letters(), b);
    if (s.saving) return;
    const [vx, vy, n] = o.view ?? [0, 0, 1];
    for (const [style, width] of [["rgba(0,0,0,.7)", 3.5], ["#ffffff", 1.5]]) { g.strokeStyle = style; g.lineWidth = width * px; g.strokeRect(vx, vy, n, n); }
    if (s.dom.read.classList.contains("hint")) s.dom.read.textContent = "Point to magnify; press and drag to move the curtain. Keys: arrows, Shift+arrows.";
  },

  down(s) {
    s.own.split = clamp(s.pointer[0] / s.w, 0, 1);
    return true;
  },

  drag(s) {
    s.own.split = clamp(s.pointer[0] / s.w, 0, 1);
  },

  up: curtainKeep,

  key(s, e) {
    const step = ARROWS[e.key], o = s.own;
    if (!step) return false;
    if (e.shiftKey) o.split = clamp(o.split + 0.02 * step[0], 0, 1);
    else o.at = [clamp(o.at[0] + CURTAIN_STEP * step[0], 0, s.w - 1), clamp(o.at[1] + CURTAIN_STEP * step[1], 0, s.h - 1)];
    s.pointer = [...o.at];
    curtainKeep(s);
    s.announce = true;
    s.change();
    return true;
  },
};

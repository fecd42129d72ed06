// Class maps beside each other: one photo, one tile a map, one pointer over all of them.
//
// Parameters: tiles [{title, box [x, y, w, h], kind "photo" | "labels" | "heat", map (a grey PNG
// as data URL: class numbers, or levels 0 to 255), table (row of tables), shares, scores (packed
// rows x cols x classes, before softmax), smooth (whether the network itself enlarged them
// bilinearly; else the nearest cell is read), palette, lo, hi, unit}], tables [{names, colors,
// rows (classes shown)}], reading "probs" | "scores", opacity, pick, tag. Stage: mode "hover".
// With pick, a press or Enter commits {x, y, tile, tag}: x and y are shares of a tile, 0 to 1.

const SEG_VOID = [60, 60, 60], SEG_EDGE = 0xe6ffffff, SEG_FADED = 40, SEG_BAR = 0.7;

function segStyle(node, style) {
  Object.assign(node.style, style);
  return node;
}

// The grey levels of a PNG, exactly: it carries no colour profile and no alpha.
async function segRead(url) {
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

const segWord = ([r, g, b], alpha = 255) => ((alpha << 24) | (b << 16) | (g << 8) | r) >>> 0;
const segRgb = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));

function segWords(s, tile) {
  if (tile.kind === "heat") {
    const words = packedPalette(tile.palette).slice();
    if (tile.hole) words[0] = segWord(SEG_VOID);
    return words;
  }
  const words = new Uint32Array(256).fill(segWord(SEG_VOID)), only = s.own.only;
  const lit = only && only[0] === tile.table ? only[1] : null;
  s.params.tables[tile.table].colors.forEach((color, k) => { words[k] = segWord(segRgb(color), lit === null || lit === k ? 255 : SEG_FADED); });
  return words;
}

// A map as a picture; classes are parted by a light line, so that colour is not all there is.
function segPaint(s, tile, map) {
  const canvas = (map.canvas ??= element("canvas")), { w, h, values } = map;
  Object.assign(canvas, { width: w, height: h });
  const g = canvas.getContext("2d"), image = g.createImageData(w, h), out = new Uint32Array(image.data.buffer), words = segWords(s, tile);
  for (let i = 0; i < out.length; i++) out[i] = words[values[i]];
  if (tile.kind === "labels") for (let y = 0, i = 0; y < h; y++) for (let x = 0; x < w; x++, i++) {
    if ((x + 1 < w && values[i] !== values[i + 1]) || (y + 1 < h && values[i] !== values[i + w])) out[i] = SEG_EDGE;
  }
  g.putImageData(image, 0, 0);
}

function segLoad(s) {
  const o = s.own, before = o.maps ?? [];
  o.maps = s.params.tiles.map((tile, i) => (before[i]?.url === tile.map ? before[i] : null));
  o.grids = s.params.tiles.map((tile) => (tile.scores ? unpack(tile.scores) : null));
  s.params.tiles.forEach((tile, i) => {
    if (tile.kind === "photo") return;
    if (o.maps[i]) return segPaint(s, tile, o.maps[i]);
    segRead(tile.map).then((map) => {
      if (s.params?.tiles?.[i]?.map !== tile.map) return;
      o.maps[i] = map;
      segPaint(s, tile, map);
      s.change();
    });
  });
}

// Which tile a place is in, and where in it, 0 to 1.
function segAt(s, p) {
  if (!p) return null;
  for (const [i, { box: [x, y, w, h] }] of s.params.tiles.entries()) {
    if (p[0] >= x && p[1] >= y && p[0] < x + w && p[1] < y + h) return { tile: i, u: (p[0] - x) / w, v: (p[1] - y) / h };
  }
  return null;
}

function segLevel(s, i, at) {
  const map = s.own.maps[i];
  return map ? map.values[Math.min(map.h - 1, Math.floor(at.v * map.h)) * map.w + Math.min(map.w - 1, Math.floor(at.u * map.w))] : null;
}

// The class scores at a place, as the network enlarges them: cell centres at half a cell.
function segScores(s, i, at) {
  const grid = s.own.grids[i], tile = s.params.tiles[i];
  if (!grid) return null;
  const [rows, cols, n] = grid.shape, out = new Array(n).fill(0);
  // The network's own pixel is what is read: its middle, where its input is coarser than the photo.
  const map = s.own.maps[i], snap = (t, size) => (size ? (Math.min(size - 1, Math.floor(t * size)) + 0.5) / size : t);
  const spot = (t, most) => (tile.smooth ? clamp(t * most - 0.5, 0, most - 1) : Math.min(most - 1, Math.floor(t * most)));
  const y = spot(snap(at.v, map?.h), rows), x = spot(snap(at.u, map?.w), cols), y0 = Math.floor(y), x0 = Math.floor(x);
  for (const [r, wy] of [[y0, 1 - y + y0], [y0 + 1, y - y0]]) for (const [c, wx] of [[x0, 1 - x + x0], [x0 + 1, x - x0]]) {
    if (wy * wx > 0) for (let k = 0; k < n; k++) out[k] += wy * wx * grid[(r * cols + c) * n + k];
  }
  return out;
}

function segSoftmax(scores) {
  const most = Math.max(...scores), grown = scores.map((v) => Math.exp(v - most)), sum = grown.reduce((a, b) => a + b, 0);
  return grown.map((v) => v / sum);
}

// ---- the panel: classes by tiles, shares of pixels, or what the pointer reads ---------

function segPanel(s) {
  const o = s.own, p = s.params;
  o.head = segStyle(element("div"), { fontWeight: 600, minHeight: "1.5em" });
  o.heats = segStyle(element("div"), { fontVariantNumeric: "tabular-nums" });
  o.cells = [];
  const parts = [o.head];
  p.tables.forEach((table, t) => {
    const tiles = p.tiles.map((tile, i) => [tile, i]).filter(([tile]) => tile.kind === "labels" && tile.table === t);
    if (tiles.length) parts.push(segTable(s, table, t, tiles));
  });
  // One grid for all legends: names under names, bars under bars.
  const most = Math.max(1, ...p.tables.map((_, t) => p.tiles.filter((tile) => tile.kind === "labels" && tile.table === t).length));
  const legends = segStyle(element("div"), { display: "grid", gridTemplateColumns: "max-content repeat(" + most + ", minmax(3.4rem, 7rem))", columnGap: "10px" });
  legends.append(...parts.slice(1));
  s.panel.replaceChildren(o.head, legends, o.heats);
}

// Keeps a number legible on a bar of any class's colour, in light and dark.
const SEG_HALO = Array(4).fill("0 0 3px var(--st-background-color)").join(", ");

function segTable(s, table, t, tiles) {
  const grid = segStyle(element("div"), { display: "grid", gridTemplateColumns: "subgrid", gridColumn: "1 / -1", gap: "1px 10px", alignItems: "center", fontVariantNumeric: "tabular-nums", marginTop: "2px" });
  grid.append(element("div"));
  for (const [tile] of tiles) grid.append(segStyle(element("div", "", tile.title), { fontWeight: 600, fontSize: "0.86em", lineHeight: 1.2, alignSelf: "end" }));
  for (const k of table.rows) {
    const name = segStyle(element("div"), { display: "flex", gap: "6px", alignItems: "center", whiteSpace: "nowrap", cursor: "default" });
    name.onpointerenter = () => segOnly(s, [t, k]);
    name.onpointerleave = () => segOnly(s, null);
    name.title = "Only this class";
    name.append(segStyle(element("span"), { width: "0.9em", height: "0.9em", borderRadius: "3px", background: table.colors[k], border: "1px solid var(--st-border-color, #8888)", flex: "none" }), element("span", "", table.names[k].replaceAll("_", "")));
    grid.append(name);
    for (const [, i] of tiles) {
      const cell = segStyle(element("div"), { position: "relative", height: "1.35em", borderRadius: "3px", overflow: "hidden", background: "var(--st-secondary-background-color)" });
      const bar = segStyle(element("div"), { position: "absolute", top: 0, bottom: 0, left: 0, background: table.colors[k], opacity: SEG_BAR, boxShadow: "inset 0 0 0 1px #888" });
      const text = segStyle(element("div"), { position: "absolute", right: "4px", top: 0, lineHeight: "1.35em", fontSize: "0.88em", textShadow: SEG_HALO });
      cell.append(bar, text);
      grid.append(cell);
      s.own.cells.push({ i, k, bar, text, cell });
    }
  }
  const word = ([, row]) => table.names[table.rows[row]].replaceAll("_", "");
  return walkable(s, grid, { size: () => [1, table.rows.length], point: (at) => segOnly(s, at && [t, table.rows[at[1]]]), words: word, label: "Classes: the arrows show one alone" });
}

// One class alone on the maps of labels: [table, class], or null for all.
function segOnly(s, only) {
  s.own.only = only;
  s.params.tiles.forEach((tile, i) => { if (s.own.maps[i] && tile.kind === "labels") segPaint(s, tile, s.own.maps[i]); });
  s.redraw();
}

const segPercent = (v) => (v <= 0 ? "0" : v < 0.001 ? "<0.1" : fixed(100 * v, v < 0.0995 ? 1 : 0)) + " %";

function segFill(s, values, shown, best) {
  const raw = s.params.reading === "scores" && best;
  const flat = values.flatMap((one) => one ?? []), most = raw ? Math.max(1e-9, ...flat.map(Math.abs)) : 1;
  for (const { i, k, bar, text, cell } of s.own.cells) {
    const v = values[i]?.[k];
    const wide = v === undefined ? 0 : Math.abs(v) / most;
    segStyle(bar, { width: 100 * wide + "%", opacity: raw && v < 0 ? 0.2 : SEG_BAR });
    text.textContent = v === undefined ? "" : shown(v);
    text.style.fontWeight = cell.style.fontWeight = best && best[i] === k ? "700" : "400";
    cell.style.boxShadow = best && best[i] === k ? "inset 0 0 0 1.5px var(--st-text-color)" : "none";
  }
}

function segTell(s, at) {
  const o = s.own, p = s.params;
  if (!at) {
    o.head.textContent = o.cells.length ? "Share of the pixels" : "";
    segFill(s, p.tiles.map((tile) => tile.shares ?? null), segPercent, null);
    o.heats.replaceChildren();
    o.now = null;
    return;
  }
  const scores = p.tiles.map((_, i) => segScores(s, i, at)), raw = p.reading === "scores";
  const labels = p.tiles.map((tile, i) => (tile.kind === "labels" ? segLevel(s, i, at) : null));
  const values = scores.map((one, i) => (one ? (raw ? one : segSoftmax(one)) : labels[i] === null ? null : []));
  o.now = { at, scores, labels };
  o.head.textContent = (raw ? "Class scores" : "Probabilities") + " at x " + Math.floor(at.u * p.across) + ", y " + Math.floor(at.v * p.down);
  segFill(s, values, raw ? (v) => fixed(v, 1) : segPercent, labels);
  o.heats.replaceChildren(...p.tiles.flatMap((tile, i) => {
    const level = tile.kind === "heat" ? segLevel(s, i, at) : null;
    if (level === null) return [];
    const value = tile.hole && level === 0 ? "no truth here" : fixed(tile.lo + (level / 255) * (tile.hi - tile.lo)) + (tile.unit ? " " + tile.unit : "");
    return [element("div", "", tile.title + ": " + value)];
  }));
}

function segSaid(s) {
  const p = s.params, { at, labels } = s.own.now, where = "x " + Math.floor(at.u * p.across) + "  y " + Math.floor(at.v * p.down);
  const said = p.tiles.flatMap((tile, i) => (labels[i] === null ? [] : [(tile.title ? tile.title + ": " : "") + (p.tables[tile.table].names[labels[i]] ?? "no class")]));
  return [where, ...said].join("   ").replaceAll("_", "");
}

// ---- the picture ----------------------------------------------------------------------

function segCross(s, g, [x, y, w, h], at, color) {
  const px = s.px, cx = x + at.u * w, cy = y + at.v * h;
  for (const [style, wide] of [["rgba(0,0,0,.75)", 3.5], [color, 1.75]]) {
    g.strokeStyle = style;
    g.lineWidth = wide * px;
    g.beginPath();
    for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) { g.moveTo(cx + 4 * px * dx, cy + 4 * px * dy); g.lineTo(cx + 12 * px * dx, cy + 12 * px * dy); }
    g.stroke();
  }
}

function segGround(s, g) {
  g.save();
  g.beginPath();
  g.rect(0, 0, s.w, s.h);
  for (const { box: [x, y, w, h] } of s.params.tiles) g.rect(x, y, w, h);
  g.clip("evenodd");
  g.fillStyle = s.color.background;
  g.fillRect(-1, -1, s.w + 2, s.h + 2);
  g.restore();
}

PROGRAMS.segment = {
  keys: (s) => "arrows move" + (s.params.pick ? ", Enter keeps the place" : ""),
  mount(s) {
    segPanel(s);
    segLoad(s);
    s.change();
  },

  move(s) {
    s.own.at = segAt(s, s.pointer);
    segTell(s, s.own.at);
  },

  read(s) {
    return s.own.now ? segSaid(s) : undefined;
  },

  frame(s, g) {
    const o = s.own, p = s.params;
    segGround(s, g);
    p.tiles.forEach((tile, i) => {
      const [x, y, w, h] = tile.box, map = o.maps[i];
      if (map?.canvas) {
        g.globalAlpha = s.opacity ?? p.opacity;
        g.imageSmoothingEnabled = map.w * 1.01 >= w / s.px;
        g.drawImage(map.canvas, x, y, w, h);
        g.globalAlpha = 1;
      }
      if (tile.title) tag(s, g, tile.title + (tile.note ? ": " + tile.note : ""), x, y + TAG_PX * s.px * letters(), "#1c1c1c");
      if (o.at) segCross(s, g, tile.box, o.at, "#ffffff");
      if (p.pick && p.picked) segCross(s, g, tile.box, { u: p.picked[0], v: p.picked[1] }, "#E69F00");
    });
  },

  down(s) {
    const at = segAt(s, s.pointer);
    if (!s.params.pick || !at) return false;
    s.params.picked = [at.u, at.v];
    s.commit({ x: at.u, y: at.v, tile: at.tile, tag: s.params.tag });
    return true;
  },

  key(s, e) {
    if (e.key !== "Enter" || !s.params.pick || !s.own.at) return false;
    const at = s.own.at;
    s.params.picked = [at.u, at.v];
    s.commit({ x: at.u, y: at.v, tile: at.tile, tag: s.params.tag });
    return true;
  },
};

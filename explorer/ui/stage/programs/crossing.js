// What crosses at one level: whole maps above, a few cells of each with their numbers below.
//
// Parameters: kind "indices" | "features", arrays {name: packed (h, w)}, panes [{name, title, sub,
// rect, zoom, size [rows, cols], scale (name of the panes' common colour scale), palette}], window
// (cells of a side in the finest maps), colors (one a pooling window), text (height of letters).
// "indices" brings encoded, indices, incoming, decoded; the other maps are made here from those.
// The pointer, or the arrow keys, move the window over all maps.

const crsText = (v) => { const a = Math.abs(v); return v === 0 ? "0" : fixed(v, a >= 99.5 ? 0 : a >= 9.95 ? 1 : 2); };

// The values that were largest, each value at its place, and each value over its whole window.
function crsPool(map, indices) {
  const out = Float32Array.from(indices, (i) => map[i]);
  out.shape = indices.shape;
  return out;
}

function crsUnpool(values, indices, shape) {
  const out = new Float32Array(shape[0] * shape[1]);
  out.shape = shape;
  for (let i = 0; i < values.length; i++) out[indices[i]] = values[i];
  return out;
}

function crsNearest(values, shape) {
  const out = new Float32Array(shape[0] * shape[1]), wide = values.shape[1];
  out.shape = shape;
  for (let y = 0, i = 0; y < shape[0]; y++) for (let x = 0; x < shape[1]; x++, i++) out[i] = values[(y >> 1) * wide + (x >> 1)];
  return out;
}

function crsMaps(s) {
  const maps = {};
  for (const [name, packed] of Object.entries(s.params.arrays)) maps[name] = unpack(packed);
  if (s.params.kind === "indices") {
    const shape = maps.encoded.shape;
    maps.pooled = crsPool(maps.encoded, maps.indices);
    maps.unpooled = crsUnpool(maps.incoming, maps.indices, shape);
    maps.nearest = crsNearest(maps.incoming, shape);
  } else {
    maps.added = Float32Array.from(maps.decoded, (v, i) => v - maps.without[i]);
    maps.added.shape = maps.decoded.shape;
  }
  return maps;
}

function crsScales(s) {
  const found = {};
  for (const { name, scale, palette: kind } of s.params.panes) {
    const ends = (found[scale] ??= [Infinity, -Infinity]);
    for (const v of s.own.maps[name]) { ends[0] = Math.min(ends[0], v); ends[1] = Math.max(ends[1], v); }
    if (kind === "diverging") { ends[1] = Math.max(-ends[0], ends[1]); ends[0] = -ends[1]; }
  }
  return found;
}

const crsLevel = ([lo, hi], v) => clamp(Math.round(((v - lo) / (hi - lo || 1)) * 255), 0, 255);

function crsMount(s) {
  const o = s.own, p = s.params;
  s.panel.hidden = true;
  o.maps = crsMaps(s);
  o.scales = crsScales(s);
  o.pictures = p.panes.map(({ name, scale, palette: kind }) => {
    const map = o.maps[name], levels = Uint8Array.from(map, (v) => crsLevel(o.scales[scale], v));
    levels.shape = map.shape;
    return heatBitmap(levels, kind);
  });
  [o.h, o.w] = o.maps[p.panes[0].name].shape;
  o.at = crsBusiest(s);
  s.change();
}

// Start where both what crosses and what comes from below vary most, so that the numbers say something.
function crsBusiest(s) {
  const o = s.own, n = s.params.window, both = s.params.kind === "indices" ? ["encoded", "unpooled"] : ["skip", "raised"];
  const edge = Math.min(o.h, o.w) >= 5 * n ? n : 0; // the border shows padding, not the photo
  let best = [0, 0], most = -1;
  for (let y = edge; y + n <= o.h - edge; y += n) for (let x = edge; x + n <= o.w - edge; x += n) {
    const score = both.reduce((all, name) => all * crsRange(o.maps[name], o.w, y, x, n), 1);
    if (score > most) { most = score; best = [y, x]; }
  }
  return best;
}

function crsRange(map, wide, y, x, n) {
  let least = Infinity, largest = -Infinity;
  for (let r = 0; r < n; r++) for (let c = 0; c < n; c++) { const v = map[(y + r) * wide + x + c]; least = Math.min(least, v); largest = Math.max(largest, v); }
  return largest - least;
}

function crsPlace(s, p) {
  const o = s.own, n = s.params.window;
  for (const { rect: [x, y, w, h] } of s.params.panes) {
    if (p[0] < x || p[1] < y || p[0] >= x + w || p[1] >= y + h) continue;
    const snap = (t, size) => clamp(2 * Math.round((t * size - n / 2) / 2), 0, Math.max(0, size - n));
    return [snap((p[1] - y) / h, o.h), snap((p[0] - x) / w, o.w)];
  }
  return null;
}

// How many cells of a side a pane's zoom shows, and where they start in its map.
function crsWindow(s, pane) {
  const o = s.own, [h] = o.maps[pane.name].shape, half = h < o.h ? 2 : 1;
  return { n: Math.min(s.params.window, o.h, o.w) / half, y: o.at[0] / half, x: o.at[1] / half, half };
}

const crsShade = (s, y, x) => s.params.colors[(((y >> 1) % 2) * 2 + ((x >> 1) % 2)) % s.params.colors.length];

function crsCells(s, g, pane) {
  const o = s.own, map = o.maps[pane.name], wide = map.shape[1], { n, y, x, half } = crsWindow(s, pane);
  const [left, top, side] = pane.zoom, cell = side / n, colors = palette(pane.palette);
  g.textAlign = "center";
  g.textBaseline = "middle";
  for (let r = 0; r < n; r++) for (let c = 0; c < n; c++) {
    const v = map[(y + r) * wide + x + c], level = crsLevel(o.scales[pane.scale], v), [red, green, blue] = colors[level];
    g.fillStyle = "rgb(" + red + "," + green + "," + blue + ")";
    g.fillRect(left + c * cell, top + r * cell, cell, cell);
    g.fillStyle = (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255 > 0.5 ? "#000" : "#fff";
    g.font = s.params.text * (half === 2 ? 1.2 : 1) + "px " + s.font;
    g.fillText(crsText(v), left + (c + 0.5) * cell, top + (r + 0.5) * cell);
    g.strokeStyle = "rgba(128,128,128,.6)";
    g.lineWidth = s.px;
    g.strokeRect(left + c * cell, top + r * cell, cell, cell);
  }
  g.strokeStyle = s.color.text;
  g.strokeRect(left, top, side, side);
}

// Where a value of the small map stands in the zoom of a large one, by its index.
function crsIndexed(s, pane, row, col) {
  const o = s.own, place = o.maps.indices[row * o.maps.indices.shape[1] + col], cell = pane.zoom[2] / crsWindow(s, pane).n;
  return [pane.zoom[0] + ((place % o.w) - o.at[1] + 0.5) * cell, pane.zoom[1] + (Math.floor(place / o.w) - o.at[0] + 0.5) * cell, cell];
}

function crsRing(s, g, [x, y, cell], color) {
  for (const [style, width] of [["rgba(0,0,0,.75)", 5], [color, 3]]) { g.strokeStyle = style; g.lineWidth = width * s.px; g.strokeRect(x - cell / 2 + 3, y - cell / 2 + 3, cell - 6, cell - 6); }
}

// An arc over or under the cells, so that two that start in one row do not cover each other.
function crsArrow(s, g, [x1, y1], [x2, y2], color, bow) {
  const mid = (x1 + x2) / 2, turn = Math.atan2(y2 - bow, x2 - mid), head = 9 * s.px;
  for (const [style, width] of [["rgba(0,0,0,.6)", 4.5], [color, 2.5]]) {
    g.strokeStyle = style;
    g.lineWidth = width * s.px;
    g.beginPath();
    g.moveTo(x1, y1);
    g.quadraticCurveTo(mid, bow, x2, y2);
    for (const side of [2.65, -2.65]) { g.moveTo(x2, y2); g.lineTo(x2 + head * Math.cos(turn + side), y2 + head * Math.sin(turn + side)); }
    g.stroke();
  }
}

// The argmax carried: from the encoder's map to the pooled one, and to the place of the unpooled.
function crsCarried(s, g) {
  const o = s.own, pane = Object.fromEntries(s.params.panes.map((one) => [one.name, one])), small = crsWindow(s, pane.pooled);
  const mid = (one, r, c) => { const cell = one.zoom[2] / small.n; return [one.zoom[0] + (c + 0.5) * cell, one.zoom[1] + (r + 0.5) * cell, cell]; };
  const links = [];
  for (let r = 0; r < small.n; r++) for (let c = 0; c < small.n; c++) {
    const row = small.y + r, col = small.x + c, color = crsShade(s, 2 * row, 2 * col);
    const from = crsIndexed(s, pane.encoded, row, col), kept = mid(pane.pooled, r, c), up = mid(pane.incoming, r, c), to = crsIndexed(s, pane.unpooled, row, col);
    for (const one of [from, kept, up, to]) crsRing(s, g, one, color);
    links.push([from, kept, color], [up, to, color]);
  }
  links.forEach(([one, other, color], i) => {
    const over = Math.floor(i / 2) < small.n, [, top, side] = pane.encoded.zoom, step = (i >> 1) % small.n;
    const bow = over ? top - 20 - 22 * step : top + side + 20 + 22 * step, dy = 0.3 * (over ? -1 : 1);
    crsArrow(s, g, [one[0] + 0.2 * one[2], one[1] + dy * one[2]], [other[0] - 0.2 * other[2], other[1] + dy * other[2]], color, bow);
  });
}

PROGRAMS.crossing = {
  keys: "arrows move the window, with Shift further",
  mount: crsMount,

  move(s) {
    const place = s.pointer ? crsPlace(s, s.pointer) : null;
    if (place) s.own.at = place;
  },

  read(s) {
    const o = s.own, p = s.params;
    return "rows " + o.at[0] + " to " + (o.at[0] + p.window - 1) + ", columns " + o.at[1] + " to " + (o.at[1] + p.window - 1) + " of " + o.h + " × " + o.w;
  },

  frame(s, g) {
    const o = s.own, p = s.params;
    g.fillStyle = s.color.background;
    g.fillRect(-1, -1, s.w + 2, s.h + 2);
    p.panes.forEach((pane, i) => {
      const [x, y, w, h] = pane.rect, { n, half } = crsWindow(s, pane), picture = o.pictures[i];
      g.imageSmoothingEnabled = picture.width > w / s.px;
      g.drawImage(picture, x, y, w, h);
      const sx = w / (o.w / half), sy = h / (o.h / half), shown = [x + (o.at[1] / half) * sx, y + (o.at[0] / half) * sy, n * sx, n * sy], pad = Math.max(0, (8 * s.px - shown[2]) / 2);
      for (const [style, width] of [["rgba(0,0,0,.8)", 4], ["#ffffff", 2]]) { g.strokeStyle = style; g.lineWidth = width * s.px; g.strokeRect(shown[0] - pad, shown[1] - pad, shown[2] + 2 * pad, shown[3] + 2 * pad); }
      g.textAlign = "left";
      g.textBaseline = "top";
      g.fillStyle = s.color.text;
      g.font = "600 " + p.text * 1.05 + "px " + s.font;
      g.fillText(pane.title, pane.head[0], pane.head[1]);
      g.font = p.text * 0.95 + "px " + s.font;
      g.fillText(pane.sub, pane.head[0], pane.head[1] + 1.4 * p.text);
      crsCells(s, g, pane);
    });
    if (p.kind === "indices") crsCarried(s, g);
    if (s.dom.read.classList.contains("hint")) s.dom.read.textContent = p.hint;
  },

  key(s, e) {
    const step = ARROWS[e.key], o = s.own, n = s.params.window;
    if (!step) return false;
    const by = e.shiftKey ? 10 : 2;
    o.at = [clamp(o.at[0] + by * step[1], 0, Math.max(0, o.h - n)), clamp(o.at[1] + by * step[0], 0, Math.max(0, o.w - n))];
    const [x, y, w, h] = s.params.panes[0].rect;
    s.pointer = [x + ((o.at[1] + n / 2) / o.w) * w, y + ((o.at[0] + n / 2) / o.h) * h];
    s.announce = true;
    s.change();
    return true;
  },
};

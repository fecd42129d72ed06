// Layers in image pixels. `px` is image pixels in one CSS pixel.

const STOPS = {
  sequential: [[68, 1, 84], [72, 36, 117], [65, 68, 135], [53, 95, 141], [42, 120, 142], [33, 145, 140], [34, 168, 132], [68, 191, 112], [122, 209, 81], [189, 223, 38], [253, 231, 37]],
  diverging: [[0, 114, 178], [247, 247, 247], [213, 94, 0]],
};
const PALETTES = {};

function palette(name) {
  if (PALETTES[name]) return PALETTES[name];
  const stops = STOPS[name], last = stops.length - 1, made = [];
  for (let i = 0; i < 256; i++) {
    const t = (i / 255) * last, k = Math.min(Math.floor(t), last - 1), f = t - k;
    made.push(stops[k].map((v, c) => Math.round(v + f * (stops[k + 1][c] - v))));
  }
  return (PALETTES[name] = made);
}

// What the colours of a sequential map mean: a bar of them between the values at its ends.
function heatKey(low, high) {
  const stops = [0, 64, 128, 192, 255].map((k) => "rgb(" + palette("sequential")[k].join(",") + ")");
  const box = styled(element("div"), { display: "flex", alignItems: "center", gap: "0.35em", fontSize: "0.9em" });
  box.append(low, styled(element("span"), { height: "0.6em", width: "4.5em", flex: "none", background: "linear-gradient(90deg," + stops.join(",") + ")" }), high);
  return box;
}

function luminance(color) {
  const m = /^#([0-9a-f]{6})/i.exec(color), n = m ? parseInt(m[1], 16) : null;
  const [r, g, b] = n !== null ? [n >> 16, (n >> 8) & 255, n & 255] : (color.match(/[\d.]+/g) ?? [255, 255, 255]).map(Number);
  return (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255;
}

function prepare(layer) {
  const at = layer.at ? unpack(layer.at) : null, made = { ...layer, at };
  for (const name of ["first", "last", "opacity"]) if (layer[name]?.b64) made[name] = unpack(layer[name]);
  if (layer.kind === "heat") made.bitmap = heatBitmap(at, layer.palette);
  return made;
}

function heatBitmap(levels, name, made = element("canvas")) {
  const [h, w] = levels.shape, g = made.getContext("2d");
  if (made.width !== w || made.height !== h) Object.assign(made, { width: w, height: h });
  const image = g.createImageData(w, h), words = new Uint32Array(image.data.buffer), colors = packedPalette(name);
  for (let i = 0; i < words.length; i++) words[i] = colors[levels[i]];
  g.putImageData(image, 0, 0);
  return made;
}

// The palette as the 32-bit words of an ImageData (little-endian, as all browsers' machines are).
function packedPalette(name) {
  return (PALETTES[name + " packed"] ??= Uint32Array.from(palette(name), ([r, g, b]) => (255 << 24) | (b << 16) | (g << 8) | r));
}

function drawLayers(s, g, px) {
  for (const layer of s.layers) { g.save(); DRAW[layer.kind](s, g, layer, px); g.restore(); }
}

function* shownItems(s, layer, step) {
  const n = layer.at.length / step, all = s.frame === Infinity;
  for (let i = 0; i < n; i++) {
    if (!all && ((layer.first && s.frame < layer.first[i]) || (layer.last && s.frame >= layer.last[i]))) continue;
    yield [i, layer.color[i % layer.color.length]];
  }
}

// A line is told from any photo by its dark edge; of very many, the edges would hide the photo.
const HALO = "rgba(0,0,0,.55)", MOST_HALOS = 24;

const DRAW = {
  boxes(s, g, layer, px) {
    g.lineWidth = layer.width * px;
    if (layer.dash) g.setLineDash([6 * px, 4 * px]);
    const tags = [], items = [...shownItems(s, layer, 4)], few = items.length <= MOST_HALOS;
    for (const [i, color] of items) {
      const [x1, y1, x2, y2] = layer.at.subarray(4 * i, 4 * i + 4);
      if (layer.fill) { g.fillStyle = color; g.globalAlpha = layer.fill; g.fillRect(x1, y1, x2 - x1, y2 - y1); g.globalAlpha = 1; }
      if (few) { g.strokeStyle = HALO; g.lineWidth = (layer.width + 2) * px; g.strokeRect(x1, y1, x2 - x1, y2 - y1); g.lineWidth = layer.width * px; }
      g.strokeStyle = color;
      g.strokeRect(x1, y1, x2 - x1, y2 - y1);
      if (layer.labels?.[i]) tags.push([layer.labels[i], x1, y1, color]);
    }
    // They come best first, so that the best find room; where there is none, no bare score hides a name.
    for (const [text, x, y, color] of tags) {
      const place = tagPlace(s, g, text, x, y, px, true);
      if (place) tagDraw(s, g, text, place, color, px);
    }
  },
  grid(s, g, layer, px) {
    const [cw, ch] = layer.cell, [x0, y0] = layer.origin;
    const rows = layer.shape?.[0] ?? Math.floor((s.h - y0) / ch), cols = layer.shape?.[1] ?? Math.floor((s.w - x0) / cw);
    g.strokeStyle = layer.color[0];
    g.globalAlpha = 0.55;
    g.lineWidth = px;
    g.beginPath();
    for (let c = 0; c <= cols; c++) { g.moveTo(x0 + c * cw, y0); g.lineTo(x0 + c * cw, y0 + rows * ch); }
    for (let r = 0; r <= rows; r++) { g.moveTo(x0, y0 + r * ch); g.lineTo(x0 + cols * cw, y0 + r * ch); }
    g.stroke();
  },
  points(s, g, layer, px) {
    for (const [i, color] of shownItems(s, layer, 2)) {
      const [x, y] = layer.at.subarray(2 * i, 2 * i + 2);
      g.beginPath();
      g.arc(x, y, layer.radius * px, 0, 7);
      g.fillStyle = color;
      g.fill();
      g.strokeStyle = "rgba(0,0,0,.6)";
      g.lineWidth = px;
      g.stroke();
      if (layer.labels?.[i]) tag(s, g, layer.labels[i], x + 6 * px, y - 4 * px, color, px);
    }
  },
  arrows(s, g, layer, px) {
    const items = [...shownItems(s, layer, 4)], few = items.length <= MOST_HALOS;
    for (const [i, color] of items) {
      for (const [style, wide] of [...(few ? [[HALO, layer.width + 2]] : []), [color, layer.width]]) { g.strokeStyle = style; g.lineWidth = wide * px; arrow(g, ...layer.at.subarray(4 * i, 4 * i + 4), px); }
    }
  },
  segments(s, g, layer, px) {
    // One path for each run of equal colour and opacity: thousands of lines stay cheap.
    const runs = new Map();
    for (const [i, color] of shownItems(s, layer, 4)) {
      const name = color + layer.opacity[i];
      if (!runs.has(name)) runs.set(name, { color, alpha: layer.opacity[i] / 255, items: [] });
      runs.get(name).items.push(i);
    }
    g.lineWidth = layer.width * px;
    g.lineCap = "round";
    for (const run of runs.values()) {
      g.strokeStyle = run.color;
      g.globalAlpha = run.alpha;
      g.beginPath();
      for (const i of run.items) { g.moveTo(layer.at[4 * i], layer.at[4 * i + 1]); g.lineTo(layer.at[4 * i + 2], layer.at[4 * i + 3]); }
      g.stroke();
    }
  },
  texts(s, g, layer, px) {
    g.font = "600 " + layer.size * px * letters() + "px " + s.font;
    g.textBaseline = "top";
    g.lineJoin = "round";
    g.lineWidth = 3 * px;
    for (const [i, color] of shownItems(s, layer, 2)) {
      const [x, y] = layer.at.subarray(2 * i, 2 * i + 2);
      g.strokeStyle = luminance(color) > 0.45 ? "rgba(0,0,0,.75)" : "rgba(255,255,255,.8)";
      g.strokeText(layer.labels[i], x, y);
      g.fillStyle = color;
      g.fillText(layer.labels[i], x, y);
    }
  },
  heat(s, g, layer) {
    const [x1, y1, x2, y2] = layer.box ?? [0, 0, s.w, s.h];
    g.globalAlpha = s.opacity ?? layer.opacity;
    g.imageSmoothingEnabled = false;
    g.drawImage(layer.bitmap, x1, y1, x2 - x1, y2 - y1);
  },
};

// How much larger the page's type is than usual: a projector's is. All letters on a canvas grow by it, these and a program's.
const letters = () => parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
const TAG_PX = 17; // a label's height, of usual type

function tag(s, g, text, x, y, color, px = s.px) {
  tagDraw(s, g, text, tagPlace(s, g, text, x, y, px), color, px);
}

const TAG_STEPS = [0, 1, 2, -1, 3, -2]; // label heights down from the place asked for
const TAG_SMALL = 0.75; // of its size: a label for which there was no free place

// A free place for a label, kept for it: where it was asked for, else below, in the box, else above. Where all are taken
// the number that ends it, with its sign and an IoU's name, stands alone and smaller; if there is no place for that either, it lies over another,
// or there is none: null, for a number of many, which is `spare`.
function tagPlace(s, g, text, x, y, px, spare = false) {
  g.tags ??= [];
  const whole = tagFree(s, g, text, x, y, px), [number] = /(?:IoU )?\u2212?\d[\d.,]*$/.exec(text) ?? [text];
  if (spare && !whole && number !== text && !tagFree(s, g, number, x, y, px * TAG_SMALL)) return null;
  const [place, words, size] = whole ? [whole, text, 1] : [tagFree(s, g, number, x, y, px * TAG_SMALL) ?? tagFirst(s, g, number, x, y, px * TAG_SMALL), number, TAG_SMALL];
  g.tags.push(place);
  return Object.assign(place, { words, size });
}

// Where a label was asked for: [left, top, width, height].
function tagFirst(s, g, text, x, y, px) {
  const k = px * letters();
  g.save();
  g.font = "600 " + 12 * k + "px " + s.font;
  const w = g.measureText(text).width + 8 * k, h = TAG_PX * k;
  g.restore();
  return [clamp(x, 0, Math.max(0, s.w - w)), clamp(y - h < 0 ? y : y - h, 0, Math.max(0, s.h - h)), w, h];
}

function tagFree(s, g, text, x, y, px) {
  const [left, first, w, h] = tagFirst(s, g, text, x, y, px), taken = g.tags;
  if (!taken.length) return [left, first, w, h];
  const free = (top) => top >= 0 && top + h <= s.h && !taken.some(([a, b, c, d]) => left < a + c && a < left + w && top < b + d && b < top + h);
  const top = TAG_STEPS.map((k) => first + k * (h + px)).find(free);
  return top === undefined ? null : [left, top, w, h];
}

function tagDraw(s, g, text, place, color, px) {
  const [left, top, w, h] = place, k = px * letters() * (place.size ?? 1);
  g.save();
  g.setLineDash([]);
  g.globalAlpha = 1;
  g.font = "600 " + 12 * k + "px " + s.font;
  g.textBaseline = "middle";
  g.fillStyle = color;
  g.fillRect(left, top, w, h);
  g.strokeStyle = HALO;
  g.lineWidth = px;
  g.strokeRect(left + px / 2, top + px / 2, w - px, h - px);
  g.fillStyle = luminance(color) > 0.45 ? "#000" : "#fff";
  g.fillText(place.words ?? text, left + 4 * k, top + h / 2 + 0.5 * k);
  g.restore();
}

// A pane drawn on the page's own ground has the edge that a whole picture has (stage.css).
function edge(s, g, [x, y, w, h]) {
  g.save();
  g.globalAlpha = 0.3;
  g.strokeStyle = s.color.text;
  g.lineWidth = s.px;
  g.strokeRect(x, y, w, h);
  g.restore();
}

function arrow(g, x1, y1, x2, y2, px) {
  const long = Math.hypot(x2 - x1, y2 - y1), head = Math.min(9 * px, 0.6 * long), turn = Math.atan2(y2 - y1, x2 - x1);
  if (long < 0.2 * px) return;
  g.beginPath();
  g.moveTo(x1, y1);
  g.lineTo(x2, y2);
  for (const side of [2.65, -2.65]) { g.moveTo(x2, y2); g.lineTo(x2 + head * Math.cos(turn + side), y2 + head * Math.sin(turn + side)); }
  g.stroke();
}

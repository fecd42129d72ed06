// Spatial pyramid pooling of one channel: a level's bins over the picture, an arrow from
// each output to the cell its maximum came from, and each bin's place in the vector.
//
// Parameters: levels [{bins, rows, cols, values, at}] (first and one past the last row and
// column of each bin; the flat cell of each maximum, -1 for means), width (cells of a row
// of the map), cell (w, h of a cell on the picture), channel, channels, lo, hi (ends of
// the palette), mean (means, not maxima), colors (one a level).

function sppMount(s) {
  const o = s.own, p = s.params;
  o.levels = p.levels.map((level) => ({ ...level, rows: unpack(level.rows), cols: unpack(level.cols), values: unpack(level.values), at: unpack(level.at) }));
  const made = p.levels.map((level) => level.bins).join();
  if (o.made !== made) {
    const asked = o.made === undefined ? keptPlace(s, "level", o.levels.length) : null;
    if (o.made !== undefined) s.keep("level", null);
    o.made = made;
    o.level = asked ?? o.levels.length - 1;
    o.bin = null;
    sppBuild(s);
  }
  o.shown = null;
  sppPaint(s);
}

function sppBuild(s) {
  const o = s.own, p = s.params, grids = sppStyle(element("div"), { display: "flex", flexWrap: "wrap", gap: "12px", alignItems: "flex-end" });
  s.panel.replaceChildren();
  o.grids = o.levels.map((level, k) => {
    const box = element("div"), n = level.bins, title = element("button", "", n + " × " + n), canvas = element("canvas");
    title.type = "button";
    sppStyle(title, { display: "block", fontWeight: 600, marginBottom: "4px", borderBottom: "4px solid " + p.colors[k % p.colors.length] });
    title.title = "Show this level's bins on the picture";
    title.onclick = () => { sppChoose(s, k, null); s.keep("level", k === o.levels.length - 1 ? null : [k]); };
    sppStyle(canvas, { width: "118px", height: "118px", display: "block", borderRadius: "3px", cursor: "pointer" });
    sppReach(s, canvas, (x, y) => [k, clamp(Math.floor(y * n), 0, n - 1), clamp(Math.floor(x * n), 0, n - 1)], "Outputs of the level of " + n + " by " + n + " bins", k);
    box.append(title, canvas);
    grids.append(box);
    return { title, canvas };
  });
  const flat = o.levels.flatMap((level, k) => Array.from({ length: level.bins ** 2 }, (_, i) => [k, Math.floor(i / level.bins), i % level.bins]));
  o.flat = flat;
  o.strip = sppStyle(element("canvas"), { width: "100%", height: "34px", display: "block", borderRadius: "3px", cursor: "pointer" });
  sppReach(s, o.strip, (x) => flat[clamp(Math.floor(x * flat.length), 0, flat.length - 1)], "The outputs of this channel in a row", null);
  o.whole = sppStyle(element("canvas"), { width: "100%", height: "16px", display: "block", borderRadius: "2px" });
  o.text = sppStyle(element("div"), { minHeight: "5.6em", marginTop: "8px", fontVariantNumeric: "tabular-nums" });
  const named = (text) => sppStyle(element("div", "", text), { fontSize: "0.8rem", margin: "10px 0 3px" });
  o.one = named("");
  o.all = named("");
  s.panel.append(grids, o.one, o.strip, o.all, o.whole, o.text);
}

function sppReach(s, canvas, find, label, level) {
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", label);
  canvas.onpointermove = (e) => {
    const r = canvas.getBoundingClientRect(), [k, i, j] = find((e.clientX - r.left) / r.width, (e.clientY - r.top) / r.height);
    sppChoose(s, k, [i, j]);
  };
  canvas.onpointerleave = canvas.onblur = () => sppChoose(s, s.own.level, null);
  canvas.onkeydown = (e) => {
    const step = ARROWS[e.key], o = s.own;
    if (!step) return;
    e.preventDefault();
    e.stopPropagation();
    if (level !== null) {
      const n = o.levels[level].bins, [i, j] = o.level === level && o.bin ? o.bin : [0, -1];
      return sppChoose(s, level, [clamp(i + step[1], 0, n - 1), clamp(j + step[0], 0, n - 1)]);
    }
    const here = o.bin ? o.flat.findIndex(([k, i, j]) => k === o.level && i === o.bin[0] && j === o.bin[1]) : -1;
    const [k, i, j] = o.flat[clamp(here + (step[0] || step[1]), 0, o.flat.length - 1)];
    sppChoose(s, k, [i, j]);
  };
}

function sppChoose(s, level, bin) {
  const o = s.own;
  if (o.level === level && String(o.bin) === String(bin)) return;
  o.level = level;
  o.bin = bin;
  sppPaint(s);
  s.redraw();
  if (bin) s.say(o.text.textContent);
}

// The bin of the shown level under the pointer; of overlapping ones the nearest middle.
function sppMove(s) {
  const o = s.own, p = s.params, level = o.levels[o.level];
  if (o.dark !== s.dark) sppPaint(s);
  if (!s.pointer) { if (o.pointed) { o.pointed = false; sppChoose(s, o.level, null); } return; }
  o.pointed = true;
  const near = (edges, v) => {
    let best = 0, least = Infinity;
    for (let i = 0; i < level.bins; i++) {
      const far = Math.abs((edges[2 * i] + edges[2 * i + 1]) / 2 - v);
      if (v >= edges[2 * i] && v <= edges[2 * i + 1] && far < least) { least = far; best = i; }
    }
    return best;
  };
  sppChoose(s, o.level, [near(level.rows, s.pointer[1] / p.cell[1]), near(level.cols, s.pointer[0] / p.cell[0])]);
}

function sppPaint(s) {
  const o = s.own, p = s.params;
  o.dark = s.dark;
  o.levels.forEach((level, k) => {
    const { title, canvas } = o.grids[k], n = level.bins;
    title.setAttribute("aria-pressed", k === o.level);
    sppCells(s, canvas, level.values, n, n, o.level === k && o.bin ? o.bin : null, n <= 4, p.colors[k % p.colors.length]);
  });
  const flat = o.levels.flatMap((level) => [...level.values]), at = o.bin ? o.flat.findIndex(([k, i, j]) => k === o.level && i === o.bin[0] && j === o.bin[1]) : -1;
  sppCells(s, o.strip, flat, 1, flat.length, at < 0 ? null : [0, at], false, "#ffffff");
  o.one.textContent = "Channel " + p.channel + " in a row: " + flat.length + " numbers, " + o.levels.map((level) => level.bins ** 2).join(" + ");
  o.all.textContent = "The whole vector: " + flat.length + " × " + p.channels + " channels = " + (flat.length * p.channels).toLocaleString("en") + " numbers; marked is this channel";
  sppWhole(s, flat.length);
  o.text.textContent = sppSentence(s);
}

function sppContext(canvas, wide, high) {
  const dpr = window.devicePixelRatio || 1, w = Math.max(1, Math.round(canvas.clientWidth * dpr)), h = Math.max(1, Math.round(canvas.clientHeight * dpr)), g = canvas.getContext("2d");
  if (canvas.width !== w || canvas.height !== h) Object.assign(canvas, { width: w, height: h });
  g.setTransform(w / wide, 0, 0, h / high, 0, 0);
  g.clearRect(0, 0, wide, high);
  return [g, wide / (canvas.clientWidth || 1), high / (canvas.clientHeight || 1)];
}

function sppCells(s, canvas, values, rows, cols, chosen, numbers, color) {
  const p = s.params, [g, px, py] = sppContext(canvas, cols, rows), shades = palette("sequential");
  values.forEach((v, i) => {
    const level = clamp(Math.round((255 * (v - p.lo)) / (p.hi - p.lo || 1)), 0, 255), r = Math.floor(i / cols), c = i % cols, [red, green, blue] = shades[level];
    g.fillStyle = "rgb(" + red + "," + green + "," + blue + ")";
    g.fillRect(c + 0.5 * px, r + 0.5 * py, 1 - px, 1 - py);
    if (!numbers) return;
    g.fillStyle = level > 150 ? "#000" : "#fff";
    g.font = "600 " + 11 * px * letters() + "px " + s.font;
    g.textAlign = "center";
    g.textBaseline = "middle";
    g.fillText(fixed(v, 1), c + 0.5, r + 0.5);
  });
  if (!chosen) return;
  for (const [style, wide] of [["#000", 5], [color, 3]]) { g.strokeStyle = style; g.lineWidth = wide * Math.min(px, py); g.strokeRect(chosen[1] + 1.5 * px, chosen[0] + 1.5 * py, 1 - 3 * px, 1 - 3 * py); }
}

// The vector as torch joins it: each level's block, in it each channel's bins in turn.
function sppWhole(s, perChannel) {
  const o = s.own, p = s.params, total = perChannel * p.channels, [g, px] = sppContext(o.whole, total, 1);
  let from = 0;
  o.levels.forEach((level, k) => {
    const own = level.bins ** 2, long = own * p.channels;
    g.fillStyle = p.colors[k % p.colors.length];
    g.fillRect(from, 0, long - px, 1);
    g.fillStyle = s.color.text;
    g.fillRect(from + p.channel * own, 0, Math.max(own, 2 * px), 1);
    from += long;
  });
}

const sppPlace = (s, k, i, j) => {
  const o = s.own, p = s.params, n = o.levels[k].bins, before = p.channels * o.levels.slice(0, k).reduce((sum, level) => sum + level.bins ** 2, 0);
  return before + p.channel * n * n + i * n + j;
};

function sppSentence(s) {
  const o = s.own, p = s.params, level = o.levels[o.level], n = level.bins;
  if (!o.bin) return (p.mean ? "" : "Each arrow leads from the middle of a bin to its largest cell, whose value is the bin's number. ") + "Point at a bin, here or on the picture: which cells it reads, and where its number stands in the vector. A level's button shows its bins.";
  const [i, j] = o.bin, rows = level.rows.subarray(2 * i, 2 * i + 2), cols = level.cols.subarray(2 * j, 2 * j + 2), at = level.at[i * n + j];
  const read = "rows " + rows[0] + " to " + (rows[1] - 1) + " and columns " + cols[0] + " to " + (cols[1] - 1) + " of the map, " + (rows[1] - rows[0]) * (cols[1] - cols[0]) + " cells";
  const from = p.mean ? "their mean" : "the largest, at row " + Math.floor(at / p.width) + ", column " + (at % p.width);
  return "Level " + n + " × " + n + ", bin in row " + i + ", column " + j + ": " + read + ". " + fixed(level.values[i * n + j], 3) + " is " + from + ". It is number " + sppPlace(s, o.level, i, j).toLocaleString("en") + " of the vector, counted from 0.";
}

function sppFrame(s, g) {
  const o = s.own, p = s.params, level = o.levels[o.level], n = level.bins, [cw, ch] = p.cell, color = p.colors[o.level % p.colors.length];
  const boxOf = (i, j) => [level.cols[2 * j] * cw, level.rows[2 * i] * ch, level.cols[2 * j + 1] * cw, level.rows[2 * i + 1] * ch];
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) outline(g, boxOf(i, j), color, s.px, 1.5);
  if (o.bin) { const [x1, y1, x2, y2] = boxOf(...o.bin); g.fillStyle = "rgba(255,255,255,.25)"; g.fillRect(x1, y1, x2 - x1, y2 - y1); outline(g, [x1, y1, x2, y2], "#ffffff", s.px, 3); }
  if (p.mean) return;
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) {
    const here = o.bin && o.bin[0] === i && o.bin[1] === j;
    if ((o.bin || n > 8) && !here) continue;
    sppArrow(s, g, boxOf(i, j), level.at[i * n + j]);
  }
}

function sppArrow(s, g, [x1, y1, x2, y2], at) {
  const p = s.params, [cw, ch] = p.cell, x = ((at % p.width) + 0.5) * cw, y = (Math.floor(at / p.width) + 0.5) * ch;
  for (const [style, wide] of [["rgba(0,0,0,.75)", 5], ["#ffffff", 2.5]]) { g.strokeStyle = style; g.lineWidth = wide * s.px; arrow(g, (x1 + x2) / 2, (y1 + y2) / 2, x, y, s.px); }
  outline(g, [x - cw / 2, y - ch / 2, x + cw / 2, y + ch / 2], p.colors[s.own.level % p.colors.length], s.px, 2.5);
}

const sppStyle = (node, style) => { Object.assign(node.style, style); return node; };

PROGRAMS.spp = { mount: sppMount, move: sppMove, frame: sppFrame };

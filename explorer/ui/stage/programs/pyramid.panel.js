// The panel of pyramid.js: the maps level by level, the addition at a cell, the box's level and features.

const PYR_TILE = 54, PYR_WIDE = PYR_TILE / 16 + "rem";
const pyrNode = (name, text, style) => styled(element(name, "", text), style);

function pyrBuild(s) {
  const o = s.own, p = s.params, row = pyrNode("div", "", { display: "flex", flexWrap: "wrap", gap: "12px", alignItems: "flex-start" });
  const grid = pyrNode("div", "", { display: "grid", gridTemplateColumns: "3.9rem repeat(4, " + PYR_WIDE + ")", gap: "4px", alignItems: "center", fontSize: "0.76rem" });
  grid.append(pyrNode("span", "", {}), ...PYR_KINDS.map(([, title]) => pyrNode("span", title, { fontWeight: 600, textAlign: "center", whiteSpace: "nowrap" })));
  o.tiles = {};
  o.heads = {};
  for (const level of Object.keys(o.kinds.map).map(Number).sort((a, b) => b - a)) {
    const head = (o.heads[level] = pyrNode("span", "Level " + level, { fontWeight: 600, borderLeft: "6px solid " + p.levelColors[level], paddingLeft: "5px" }));
    grid.append(head);
    for (const [kind] of PYR_KINDS) {
      const there = kind === "double" ? level < p.highest : kind === "map" || level <= p.highest;
      if (!there) { grid.append(pyrNode("span", pyrBlank(s, kind, level), { fontSize: "0.66rem", textAlign: "center", opacity: 0.75, lineHeight: 1.1 })); continue; }
      grid.append(pyrTile(s, kind, level));
    }
  }
  const side = pyrNode("div", "", { width: "11.9rem", fontSize: "0.84rem", lineHeight: 1.35, fontVariantNumeric: "tabular-nums" });
  o.bands = pyrNode("div", "", { display: "flex", height: "1.1rem", position: "relative", margin: "4px 0 3px", fontSize: "0.72rem" });
  o.rule = pyrNode("div", "", { minHeight: "3.9em" });
  o.grid = pyrNode("canvas", "", { width: "180px", height: "180px", display: "block", imageRendering: "pixelated", marginTop: "4px", touchAction: "none" });
  Object.assign(o.grid, { width: p.bins, height: p.bins });
  o.grid.setAttribute("role", "img");
  o.grid.onpointermove = (e) => { const r = o.grid.getBoundingClientRect(), n = s.params.bins; pyrBin(s, [clamp(Math.floor(((e.clientY - r.top) / r.height) * n), 0, n - 1), clamp(Math.floor(((e.clientX - r.left) / r.width) * n), 0, n - 1)]); };
  o.grid.onpointerleave = () => pyrBin(s, null);
  walkable(s, o.grid, { size: () => [s.params.bins, s.params.bins], point: (at) => pyrBin(s, at && [at[1], at[0]]), words: () => o.said.textContent });
  o.said = pyrNode("div", "", { minHeight: "2.7em" });
  side.append(pyrNode("div", "Which level is the box read from?", { fontWeight: 600 }), o.bands, o.rule, o.grid, o.said);
  o.add = pyrNode("div", "", { fontSize: "0.9rem", marginTop: "8px", lineHeight: 1.4, fontVariantNumeric: "tabular-nums", minHeight: "2.8em" });
  row.append(grid, side);
  s.panel.replaceChildren(row, o.add);
}

const pyrBlank = (s, kind, level) => (level > s.params.highest ? (kind === "sum" ? "every second cell of level " + (level - 1) + ":" : "") : "nothing above");

function pyrTile(s, kind, level) {
  const o = s.own, made = pyrNode("canvas", "", { width: PYR_WIDE, height: PYR_WIDE, imageRendering: "pixelated", cursor: "pointer", display: "block", boxSizing: "border-box", border: "2px solid transparent", borderRadius: "3px" });
  Object.assign(made, { width: 2 * PYR_TILE, height: 2 * PYR_TILE, tabIndex: 0 });
  made.setAttribute("role", "button");
  made.setAttribute("aria-label", PYR_KINDS.find(([one]) => one === kind)[1].replace(/[+=] /, "") + " of level " + level);
  const choose = () => { o.view = o.view && o.view[0] === kind && o.view[1] === level ? null : [kind, level]; o.at = null; s.keep("cell", null); s.change(); later(s, "view", 250, () => s.commit(pyrCommit(s))); };
  made.onclick = choose;
  made.onkeydown = (e) => { if (e.key === "Enter" || e.key === " ") { e.preventDefault(); e.stopPropagation(); choose(); } };
  made.onpointermove = (e) => { const r = made.getBoundingClientRect(), [h, w] = o.kinds.map[level].shape; o.at = pyrCell(s, level, ((e.clientX - r.left) / r.width) * w, ((e.clientY - r.top) / r.height) * h); o.tiled = true; s.change(); };
  made.onpointerleave = () => { o.tiled = false; s.change(); };
  o.tiles[kind + level] = { made, kind, level };
  return made;
}

function pyrBin(s, bin) {
  if (String(bin) === String(s.own.bin)) return;
  s.own.bin = bin;
  s.change();
}

function pyrPanel(s) {
  const o = s.own, p = s.params, view = pyrView(s), { level, x, y } = o.place, key = JSON.stringify([p.tag, view, o.place, o.bin, s.boxes[0], Boolean(p.energy), s.dark]);
  if (key === o.told) return;
  o.told = key;
  for (const { made, kind, level: k } of Object.values(o.tiles)) {
    const g = made.getContext("2d"), size = made.width, [h, w] = o.kinds.map[k].shape, by = 2 ** (level - k);
    g.imageSmoothingEnabled = false;
    g.drawImage(pyrBitmap(s, kind, k), 0, 0, size, size);
    // The same place in every map: the cell itself, or all that it covers.
    const cx = Math.floor(x * by), cy = Math.floor(y * by), cw = Math.max(1, by), c = size / w, d = size / h;
    outline(g, [cx * c, cy * d, (cx + cw) * c, (cy + cw) * d], "#ffffff", 2, 1.5);
    made.style.borderColor = view[0] === kind && view[1] === k ? STYLED.primary : "transparent";
  }
  for (const [k, head] of Object.entries(o.heads)) head.style.background = Number(k) === o.roi.level ? (s.dark ? "#3a424c" : "#e3e7ec") : "none";
  o.add.textContent = pyrSumWords(s, o.place) + (p.energy ? " (The maps show all channels together; the sum is of one.)" : "");
  pyrBands(s);
  pyrFeatures(s);
}

function pyrSumWords(s, place) {
  const { level, x, y } = place, found = pyrSum(s, place), where = "Level " + level + ", row " + y + ", column " + x + ", channel " + s.params.channel + ": ";
  if (!found) { const map = s.own.kinds.map[level]; return where + fixed(map[y * map.shape[1] + x], 3) + ", the smoothed level " + (level - 1) + " at row " + 2 * y + ", column " + 2 * x + "."; }
  const own = s.own.kinds.map[level], after = " \u2192 smoothed " + fixed(own[y * own.shape[1] + x], 3) + ".";
  if (level === s.params.highest) return where + "the sum is the lateral itself, " + fixed(found.sum, 3) + after;
  return where + "lateral " + fixed(found.lateral, 3) + " + doubled sum of level " + (level + 1) + " (row " + (y >> 1) + ", column " + (x >> 1) + ") " + fixed(found.above, 3) + " = " + fixed(found.sum, 3) + after;
}

// The levels along the side of a box, doubling from one to the next, and where this box stands.
function pyrBands(s) {
  const o = s.own, p = s.params, { side, exact, level } = o.roi, first = p.lowest - 1, wide = p.highest - p.lowest + 2.5;
  o.bands.replaceChildren();
  for (let k = p.lowest; k <= p.highest; k++) {
    const share = k === p.lowest ? 2 : k === p.highest ? 1.5 : 1;
    const here = k === level;
    o.bands.append(pyrNode("span", "level " + k, { flex: share + " 1 0", background: p.levelColors[k] + (here ? "" : "73"), color: here ? "#000" : STYLED.text, textAlign: "center", overflow: "hidden" }));
  }
  const at = clamp((exact - first) / wide, 0, 1);
  o.bands.append(pyrNode("span", "", { position: "absolute", left: 100 * at + "%", top: "-3px", bottom: "-3px", width: "3px", background: STYLED.text }));
  const raw = Math.floor(exact + 1e-6), held = raw !== level ? ", held at " + level : "";
  o.rule.textContent = "\u221a(w \u00b7 h) = " + fixed(side, 1) + " px; " + p.usual + " + log2(" + fixed(side, 1) + " / 224) = " + fixed(exact) + " \u2192 " + fixed(raw, 0) + held + ": level " + level + ", stride " + 2 ** level;
}

function pyrFeatures(s) {
  const o = s.own, p = s.params, n = p.bins, [lo, hi] = p.ends.map[o.roi.level], levels = Uint8Array.from(o.roi.values, (v) => clamp(Math.round((255 * (v - lo)) / (hi - lo)), 0, 255));
  levels.shape = [n, n];
  heatBitmap(levels, lo < 0 ? "diverging" : "sequential", o.grid);
  const c = o.roi.cells, cells = fixed(c[2] - c[0], 1) + " \u00d7 " + fixed(c[3] - c[1], 1) + " cells";
  o.said.textContent = o.bin ? "Bin row " + o.bin[0] + ", column " + o.bin[1] + ": " + fixed(o.roi.values[o.bin[0] * n + o.bin[1]], 3) + ", the mean of " + p.samples ** 2 + " points between cells." : "RoIAlign makes " + n + " \u00d7 " + n + " of " + cells + ", here of channel " + p.channel + ".";
  o.grid.setAttribute("aria-label", n + " by " + n + " features of the box. " + o.said.textContent);
}

// Part "one": what the network says of a default box: its classes, its four numbers, the box they make.

SSD_PARTS.one = {
  hint: "Point or click. Arrows: cell; Page Up/Down: map; 1–6: box.",

  mount(s) {
    const o = s.own, p = s.params, kept = keptArrays(s);
    if (!kept || o.told === p.tag) return;
    o.told = p.tag;
    o.deltas = new Int16Array(kept.deltas.buffer);
    o.probs = new Uint16Array(kept.probs.buffer);
    o.top = kept.top;
    o.bests = p.maps.map(() => 0); // of each map, as exact as a box's own number
    // 1 - p(background) of each cell's most certain box.
    o.heats = p.maps.map((m, level) => {
      const levels = new Uint8Array(m.cells * m.cells), n = m.shapes.length;
      for (let cell = 0; cell < levels.length; cell++) {
        let least = 65535;
        for (let k = 0; k < n; k++) least = Math.min(least, o.probs[4 * (o.starts[level] + cell * n + k)]);
        levels[cell] = Math.round(255 * (1 - least / 65535));
        o.bests[level] = Math.max(o.bests[level], 1 - least / 65535);
      }
      levels.shape = [m.cells, m.cells];
      return { levels, bitmap: heatBitmap(levels, "sequential") };
    });
  },

  build(s) {
    const o = s.own, p = s.params, strip = styled(element("div"), { display: "grid", gridTemplateColumns: "repeat(" + p.maps.length + ", minmax(0, 92px))", gap: "6px" });
    o.tiles = p.maps.map((m, level) => {
      const canvas = styled(element("canvas"), { width: "100%", aspectRatio: "1", imageRendering: "pixelated", display: "block" });
      const said = styled(element("div"), { fontSize: "0.76rem", textAlign: "center", lineHeight: 1.2, marginTop: "2px", whiteSpace: "pre-line" });
      const tile = ssdButton([canvas, said], () => ssdChoose(s, { level }), { padding: "3px" });
      strip.append(tile);
      return { tile, canvas, said };
    });
    o.shapes = styled(element("div"), { display: "flex", flexWrap: "wrap", gap: "4px", marginTop: "4px" });
    const both = styled(element("div"), { display: "grid", gridTemplateColumns: "repeat(auto-fit, minmax(15.5rem, 1fr))", gap: "4px 18px" });
    o.sums = element("div");
    o.bars = element("div");
    both.append(o.sums, o.bars);
    s.panel.append(ssdHead("1 − p(background): each cell's most certain box, 0 (dark) to 1 (yellow)"), strip, o.shapes, both);
    o.level = -1;
  },

  move(s) {
    if (!s.own.deltas) return;
    const o = s.own, p = s.params, now = ssdNow(s), m = p.maps[now.level];
    o.row = ssdRow(o, p, now);
    o.box = ssdBox(p, now);
    o.moved = ssdDecode(o.box, [0, 1, 2, 3].map((k) => o.deltas[4 * o.row + k] / 1000), p.weights);
    if (o.level !== now.level || o.drawn !== p.tag) { o.level = now.level; o.drawn = p.tag; ssdTiles(s, now, m); }
    o.buttons.forEach(({ button, said }, k) => {
      button.setAttribute("aria-pressed", k === now.shape);
      said.textContent = m.names[k] + "  " + fixed(ssdObject(o, ssdRow(o, p, { ...now, shape: k })));
    });
    ssdSums(s, now, m);
    ssdBars(s);
  },

  frame(s, g) {
    if (!s.own.deltas) return;
    const o = s.own, p = s.params, now = ssdNow(s), m = p.maps[now.level], end = m.cells * m.step * o.scale;
    g.save();
    g.globalAlpha = s.opacity ?? p.opacity;
    g.imageSmoothingEnabled = false;
    g.drawImage(o.heats[now.level].bitmap, 0, 0, end, end);
    g.restore();
    ssdGrid(s, g, now.level, now);
    const before = ssdShown(s, o.box), after = ssdShown(s, o.moved.box);
    ssdStroke(s, g, before, p.colors.anchor, 2.5, true);
    ssdStroke(s, g, after, p.colors.moved, 3);
    const [x1, y1] = o.moved.from.map((v) => v * o.scale), [x2, y2] = o.moved.to.map((v) => v * o.scale);
    g.strokeStyle = "#ffffff";
    g.lineWidth = 2 * s.px;
    arrow(g, x1, y1, x2, y2, s.px);
    tag(s, g, ssdBest(s)[0] + " " + fixed(ssdBest(s)[1]), Math.max(0, after[0]), Math.max(TAG_PX * s.px * letters(), after[1]), p.colors.moved);
  },

  read(s) { return s.own.deltas && ssdSaid(s) + ". Background " + fixed(ssdProb(s.own, s.own.row, 0)) + ", " + ssdBest(s)[0] + " " + fixed(ssdBest(s)[1]); },

  commit(s) {
    if (!s.own.deltas) return { has: null };
    const o = s.own, p = s.params, row = ssdRow(o, p, o.pick), box = ssdBox(p, o.pick);
    const moved = ssdDecode(box, [0, 1, 2, 3].map((k) => o.deltas[4 * row + k] / 1000), p.weights);
    return { tag: p.tag, has: keptName(s), pick: o.pick, boxes: [box], moved: moved.box };
  },
};

const ssdProb = (o, row, k) => o.probs[4 * row + k] / 65535;
const ssdObject = (o, row) => 1 - ssdProb(o, row, 0);
const ssdBest = (s) => [s.params.classes[s.own.top[3 * s.own.row]], ssdProb(s.own, s.own.row, 1)];

function ssdTiles(s, now, m) {
  const o = s.own, p = s.params;
  o.tiles.forEach(({ tile, canvas, said }, level) => {
    const heat = o.heats[level];
    heatBitmap(heat.levels, "sequential", canvas);
    const text = ssdSize(p.maps[level]) + "\nbest " + fixed(o.bests[level]);
    said.textContent = text;
    tile.setAttribute("aria-pressed", level === now.level);
    tile.setAttribute("aria-label", "Map " + text.replace("\n", ", "));
  });
  o.buttons = m.shapes.map((shape, k) => {
    const said = element("span"), button = ssdButton([ssdGlyph(shape, p.colors.anchor, 20), said], () => ssdChoose(s, { shape: k }), { padding: "1px 6px 1px 2px", fontVariantNumeric: "tabular-nums" });
    return { button, said };
  });
  o.shapes.replaceChildren(...o.buttons.map(({ button }) => button));
}

// The codec with this box's numbers; "variances" 0.1 and 0.2 are one over the weights.
function ssdSums(s, now, m) {
  const { from, to } = s.own.moved, w = s.params.weights, o = s.own, d = [0, 1, 2, 3].map((k) => o.deltas[4 * o.row + k] / 1000), n = (v, k = 1) => fixed(v, k);
  const sign = (v) => (v < 0 ? " \u2212 " : " + ") + fixed(Math.abs(v)), lines = [];
  for (const k of [0, 1]) lines.push([["cx", "cy"][k], n(from[k]) + sign(d[k]) + " · " + 1 / w[k] + " · " + n(from[k + 2]), n(to[k])]);
  for (const k of [2, 3]) lines.push([["w", "h"][k - 2], n(from[k]) + " · exp(" + n(d[k], 2) + " · " + 1 / w[k] + ")", n(to[k])]);
  const rows = lines.map(([name, middle, value]) => {
    const line = styled(element("div"), { display: "grid", gridTemplateColumns: "2rem 1fr auto", gap: "6px", fontSize: "0.87rem", fontVariantNumeric: "tabular-nums", marginTop: "2px" });
    line.append(styled(element("span", "", name), { opacity: 0.75 }), element("span", "", middle), styled(element("span", "", "= " + value), { fontWeight: 600 }));
    return line;
  });
  const title = ssdHead("Δ(cx, cy, w, h) = (" + d.map((v) => n(v, 2)).join(", ") + ")");
  o.sums.replaceChildren(title, ...rows, ssdNote("px of the network's " + s.params.size + " × " + s.params.size + ". Dashed: the default box " + m.names[now.shape] + ". Blue: where the four numbers put it."));
}

function ssdBars(s) {
  const o = s.own, p = s.params, row = o.row, rest = 1 - [0, 1, 2, 3].reduce((sum, k) => sum + ssdProb(o, row, k), 0);
  const said = [["background", ssdProb(o, row, 0), p.colors.background], ...[0, 1, 2].map((k) => [p.classes[o.top[3 * row + k]], ssdProb(o, row, k + 1), p.colors.moved]), ["the other " + (p.classes.length - 3), Math.max(0, rest), p.colors.background]];
  o.bars.replaceChildren(ssdHead("Class scores (softmax)"), ...said.map(([name, value, color]) => {
    const line = styled(element("div"), { display: "grid", gridTemplateColumns: "6.4rem 1fr 2.6rem", gap: "6px", alignItems: "center", fontSize: "0.87rem", marginTop: "2px", fontVariantNumeric: "tabular-nums" });
    const bar = styled(element("div"), { height: "0.75rem", background: "var(--st-secondary-background-color)" });
    bar.append(styled(element("div"), { height: "100%", width: clamp(100 * value, 0, 100) + "%", background: color }));
    line.append(element("span", "", name), bar, styled(element("span", "", fixed(value)), { textAlign: "right" }));
    return line;
  }));
}

// Part "found": the final boxes in the colour of the map that found them.

SSD_PARTS.found = {
  hint: "Point at a box to see where it came from.",

  build(s) {
    const o = s.own, p = s.params, table = ssdTable(["map", "default boxes, px", "above threshold", "after NMS"]);
    o.lines = p.maps.map((m, level) => {
      const sides = m.shapes.map(([w, h]) => Math.sqrt(w * h) * p.size), line = ssdCells([element("span"), fixed(Math.min(...sides), 0) + "–" + fixed(Math.max(...sides), 0), "", ""]);
      line.firstChild.replaceChildren(ssdSwatch(m.color), ssdSize(m));
      line.tabIndex = 0;
      const only = (level) => () => { o.only = level; s.change(); };
      line.onpointerenter = line.onfocus = only(level);
      line.onpointerleave = line.onblur = only(null);
      table.append(line);
      return line;
    });
    o.only = null;
    o.words = styled(element("div"), { fontSize: "0.9rem", lineHeight: 1.4, marginTop: "8px", minHeight: "4.2em" });
    s.panel.append(table, o.words);
  },

  move(s) {
    const o = s.own, p = s.params, f = p.found;
    p.counts.forEach(([above, kept], level) => {
      o.lines[level].children[2].textContent = many(above);
      o.lines[level].children[3].textContent = many(kept);
      o.lines[level].style.background = o.only === level ? STYLED.second : "";
      o.lines[level].style.fontWeight = kept ? 600 : 400;
    });
    o.near = s.pointer ? ssdUnder(s) : null;
    o.words.textContent = o.near !== null ? ssdFoundSaid(s, o.near) : f.rows.length ? p.said : p.nothing;
  },

  frame(s, g) {
    const o = s.own, p = s.params, f = p.found;
    f.boxes.forEach((box, k) => {
      if (k === o.near || (o.only !== null && f.levels[k] !== o.only)) return;
      ssdStroke(s, g, ssdShown(s, box), p.maps[f.levels[k]].color, f.boxes.length > 40 ? 1.2 : 2.5);
    });
    const named = f.boxes.length <= 12 ? f.boxes.map((_, k) => k).filter((k) => o.only === null || f.levels[k] === o.only) : [];
    // Boxes come best first, so the best labels find their places.
    for (const k of o.near === null ? named : [o.near]) {
      const color = p.maps[f.levels[k]].color, box = ssdShown(s, f.boxes[k]);
      if (k === o.near) { ssdStroke(s, g, ssdShown(s, ssdBox(p, ssdPlace(o, p, f.rows[k]))), p.colors.anchor, 2, true); ssdStroke(s, g, box, color, 4); }
      const text = f.labels[k] + " " + fixed(f.scores[k]), x = Math.max(0, box[0]), y = Math.max(TAG_PX * s.px * letters(), box[1]);
      tag(s, g, text, x, y, color);
    }
  },

  read(s) { return s.own.near === null || s.own.near === undefined ? undefined : ssdFoundSaid(s, s.own.near); },
};

// The smallest box under the pointer.
function ssdUnder(s) {
  const f = s.params.found, [x, y] = s.pointer.map((v) => v / s.own.scale);
  let best = null, least = Infinity;
  f.boxes.forEach(([x1, y1, x2, y2], k) => {
    const area = (x2 - x1) * (y2 - y1);
    if (x >= x1 && x <= x2 && y >= y1 && y <= y2 && area < least) { least = area; best = k; }
  });
  return best;
}

function ssdFoundSaid(s, k) {
  const p = s.params, f = p.found, at = ssdPlace(s.own, p, f.rows[k]), m = p.maps[at.level], [x1, y1, x2, y2] = f.boxes[k];
  return f.labels[k] + " " + fixed(f.scores[k]) + ": from the map " + ssdSize(m) + ", column " + at.col + ", row " + at.row + ", default box " + m.names[at.shape] + " of " + ssdSides(p, m, at.shape) + " (dashed), moved to " + fixed(x2 - x1, 0) + " × " + fixed(y2 - y1, 0) + " px.";
}

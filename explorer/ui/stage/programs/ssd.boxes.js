// Part "boxes": the maps in a table that chooses, and the boxes of the cell under the pointer.

SSD_PARTS.boxes = {
  hint: "Point or click. Arrows: cell; Page Up/Down: map; 1–6: box.",

  build(s) {
    const o = s.own, p = s.params, table = ssdTable(["map", "cells", "boxes a cell", "scale", "square, px", "boxes", "added up"]);
    let sum = 0;
    o.rows = p.maps.map((m, level) => {
      const count = m.cells * m.cells * m.shapes.length, button = ssdButton([ssdSwatch(m.color), ssdSize(m)], () => ssdChoose(s, { level }), { padding: "0 6px" });
      sum += count;
      const row = ssdCells([button, many(m.cells * m.cells), m.shapes.length, fixed(m.scale), fixed(m.scale * p.size, 0), many(count), many(sum)]);
      row.style.cursor = "pointer";
      row.onclick = (e) => { if (e.target !== button) ssdChoose(s, { level }); };
      row.button = button;
      table.append(row);
      return row;
    });
    table.lastChild.lastChild.style.fontWeight = 700;
    o.title = ssdHead("");
    o.list = styled(element("div"), { display: "grid", gridTemplateColumns: "repeat(auto-fill, minmax(13rem, 1fr))", gap: "4px", maxWidth: "40rem", marginTop: "4px" });
    o.words = ssdNote("");
    s.panel.append(table, o.title, o.list, o.words);
    o.level = -1;
  },

  move(s) {
    const o = s.own, p = s.params, now = ssdNow(s), m = p.maps[now.level];
    if (o.level !== now.level) {
      o.level = now.level;
      o.rows.forEach((row, k) => { row.style.background = k === now.level ? STYLED.second : ""; row.button.setAttribute("aria-pressed", k === now.level); });
      o.buttons = m.shapes.map((shape, k) => ssdButton([ssdGlyph(shape, m.color), m.names[k] + ": " + ssdSides(p, m, k)], () => ssdChoose(s, { shape: k }), { padding: "2px 6px" }));
      o.list.replaceChildren(...o.buttons);
    }
    o.buttons.forEach((button, k) => button.setAttribute("aria-pressed", k === now.shape));
    const x = (now.col + 0.5) * m.step, y = (now.row + 0.5) * m.step, box = ssdBox(p, now), out = box[0] < 0 || box[1] < 0 || box[2] > p.size || box[3] > p.size;
    o.title.textContent = "Cell in column " + now.col + ", row " + now.row + ": " + m.shapes.length + " boxes around (" + fixed(x, 1) + ", " + fixed(y, 1) + ")";
    o.words.textContent = ssdShapeSaid(p, m, now.shape) + (out ? " It sticks out of the square: what lies outside is no picture." : "");
  },

  frame(s, g) {
    const p = s.params, now = ssdNow(s), m = p.maps[now.level];
    ssdGrid(s, g, now.level, now);
    m.shapes.forEach((_, shape) => { if (shape !== now.shape) ssdStroke(s, g, ssdShown(s, ssdBox(p, { ...now, shape })), m.color, 1.6); });
    const box = ssdShown(s, ssdBox(p, now));
    ssdStroke(s, g, box, m.color, 4);
    tag(s, g, m.names[now.shape] + ", " + ssdSides(p, m, now.shape), Math.max(0, box[0]), Math.max(TAG_PX * s.px * letters(), box[1]), m.color);
  },

  read: ssdSaid,

  commit(s) {
    const o = s.own, p = s.params, m = p.maps[o.pick.level];
    return { tag: p.tag, pick: o.pick, boxes: m.shapes.map((_, shape) => ssdBox(p, { ...o.pick, shape })) };
  },
};

// How a box's sides come about, in numbers.
function ssdShapeSaid(p, m, k) {
  const side = fixed(m.scale * p.size, 1), name = m.names[k];
  if (k === 0) return "The square: scale " + fixed(m.scale) + " · " + p.size + " px = " + side + " px.";
  if (k === 1) return "The larger square: √(" + fixed(m.scale) + " · " + fixed(m.next) + ") · " + p.size + " px = " + fixed(m.shapes[1][0] * p.size, 1) + " px" + (m.shapes[1][0] >= 1 ? ", cut at the whole picture." : ", between this map's scale and the next one's.");
  const [w, h] = m.shapes[k], ratio = w / h, a = "√" + fixed(Math.max(ratio, 1 / ratio), 0), cut = Math.max(w, h) >= 1 ? " Cut at the whole picture." : "";
  return "Ratio " + name + ": " + side + (ratio > 1 ? " · " : " ÷ ") + a + " = " + fixed(w * p.size, 1) + " wide, " + side + (ratio > 1 ? " ÷ " : " · ") + a + " = " + fixed(h * p.size, 1) + " high: the square's area in another form." + cut;
}

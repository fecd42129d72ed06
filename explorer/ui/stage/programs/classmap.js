// A map of class scores: the best classes under the pointer, and what that cell looks at.
//
// Parameters: index (h x w x k, places in `names`), scores (h x w x k, shown as they are),
// values (h x w) of the class shown, names, chosen (its place in `names`, -1 if absent),
// label (its name), percent (scores are probabilities), lo, hi (ends of the palette), box
// (x1, y1, x2, y2 of the map on the picture), window (rows, columns), stride, best (row,
// col), colors {window, chosen}. With `terms` {x, w, columns, bias, logit}: panes of the
// channels behind one score, for the chosen cell (mode "click").
// Commits {label, tick} when a class of the list is pressed.

const mapStyle = (node, style) => { Object.assign(node.style, style); return node; };

function mapMount(s) {
  const o = s.own, p = s.params;
  for (const name of ["index", "scores", "values"]) o[name] = unpack(p[name]);
  [o.h, o.w, o.k] = o.index.shape;
  o.top = o.scores.reduce((a, b) => Math.max(a, Math.abs(b)), 1e-9);
  o.at = null;
  if (!o.rows || o.rows.length !== o.k) mapBuild(s);
  mapKey(s);
  if (p.terms) termsMount(s);
}

function mapBuild(s) {
  const o = s.own;
  s.panel.replaceChildren();
  o.head = mapStyle(element("div"), { fontWeight: 600, marginBottom: "4px", minHeight: "1.4em" });
  o.rows = [];
  s.panel.append(o.head);
  for (let k = 0; k < o.k; k++) {
    const row = element("button"), name = element("span"), bar = element("span"), fill = element("span"), value = element("span");
    row.type = "button";
    row.title = "Show this class's map";
    mapStyle(row, { display: "grid", gridTemplateColumns: "minmax(0, 11em) 1fr 4.2em", gap: "8px", alignItems: "center", width: "100%", textAlign: "left", border: "0", padding: "2px 4px", fontSize: "0.9rem" });
    mapStyle(name, { overflow: "hidden", textOverflow: "ellipsis" });
    mapStyle(bar, { height: "0.7em", background: STYLED.second, borderRadius: "2px", overflow: "hidden" });
    mapStyle(fill, { display: "block", height: "100%", background: s.params.colors.chosen });
    mapStyle(value, { textAlign: "right", fontVariantNumeric: "tabular-nums" });
    bar.append(fill);
    row.append(name, bar, value);
    row.onclick = () => s.commit({ label: s.params.labels[row.place], tick: Date.now() });
    s.panel.append(row);
    o.rows.push({ row, name, fill, value });
  }
  o.mine = mapStyle(element("div"), { fontSize: "0.9rem", margin: "6px 4px 0", minHeight: "1.4em" });
  o.key = mapStyle(element("canvas"), { width: "100%", height: "10px", display: "block", borderRadius: "2px" });
  o.ends = mapStyle(element("div"), { display: "flex", justifyContent: "space-between", fontSize: "0.8rem", gap: "8px" });
  const legend = mapStyle(element("div"), { margin: "8px 4px 0" });
  legend.append(o.key, o.ends);
  s.panel.append(o.mine, legend);
}

const mapNumber = (s, v) => (s.params.percent ? fixed(100 * v, v >= 0.0995 ? 0 : 1) + " %" : fixed(v));

function mapKey(s) {
  const o = s.own, p = s.params, g = o.key.getContext("2d");
  Object.assign(o.key, { width: 256, height: 1 });
  palette("sequential").forEach(([r, b, c], i) => { g.fillStyle = "rgb(" + r + "," + b + "," + c + ")"; g.fillRect(i, 0, 1, 1); });
  o.ends.replaceChildren(element("span", "", mapNumber(s, p.lo)), element("span", "", p.label), element("span", "", mapNumber(s, p.hi)));
}

function mapCell(s, [x, y]) {
  const { box, stride } = s.params, o = s.own;
  return [clamp(Math.floor((y - box[1]) / stride), 0, o.h - 1), clamp(Math.floor((x - box[0]) / stride), 0, o.w - 1)];
}

function mapMove(s) {
  const o = s.own, p = s.params, from = s.pointer ?? s.selected, at = from ? mapCell(s, from) : p.best;
  if (!o.rows || String(at) === String(o.at)) return;
  o.at = at;
  const [r, c] = at, start = (r * o.w + c) * o.k;
  o.head.textContent = s.pointer ? "Top " + o.k + " at row " + r + ", column " + c : s.selected ? "Top " + o.k + " of the map at the chosen cell: row " + r + ", column " + c : "Top " + o.k + " where “" + p.label + "” is strongest: row " + r + ", column " + c;
  o.rows.forEach(({ row, name, fill, value }, k) => {
    const place = o.index[start + k], score = o.scores[start + k];
    row.place = place;
    name.textContent = name.title = p.names[place];
    fill.style.width = clamp((100 * score) / (p.percent ? 1 : o.top), 0, 100) + "%";
    value.textContent = mapNumber(s, score);
    row.style.fontWeight = place === p.chosen ? "700" : "400";
    fill.style.background = place === p.chosen ? p.colors.chosen : p.colors.other;
  });
  o.mine.textContent = p.label + " here: " + mapNumber(s, o.values[r * o.w + c]);
}

function mapFrame(s, g) {
  const o = s.own, p = s.params;
  if (!o.at) return;
  if (s.pointer || !s.selected) mapWindow(s, g, o.at, "#ffffff", 1.5);
  if (s.selected) mapWindow(s, g, mapCell(s, s.selected), p.colors.chosen, 3);
}

function mapWindow(s, g, [r, c], color, width) {
  const { box, stride, window } = s.params, [high, wide] = window, t = stride;
  outline(g, [c * t, r * t, (c + wide) * t, (r + high) * t], color, s.px, width);
  const x = box[0] + c * t, y = box[1] + r * t;
  if (high > 1 || wide > 1) outline(g, [x, y, x + t, y + t], color, s.px, width);
}

PROGRAMS.classmap = { mount: mapMount, move: mapMove, frame: mapFrame };

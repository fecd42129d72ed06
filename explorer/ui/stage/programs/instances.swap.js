// The second panel of instances.js: the same box cut out by RoIAlign and by RoIPool.

const INS_COLUMNS = [["align", "RoIAlign"], ["pool", "RoIPool"], ["apart", "Difference"]];
const INS_ZOOM = 200; // device pixels on the longer side

function insSwapPanel(s) {
  const o = s.own, grid = insNode("div", "", { display: "grid", gridTemplateColumns: "repeat(3, minmax(0, 200px))", gap: "10px", marginTop: "8px", ...INS_FIGURES });
  o.columns = {};
  for (const [name, title] of INS_COLUMNS) {
    const column = insNode("div", "", { minWidth: 0 }), color = name === "apart" ? STYLED.border : s.params.ways[name];
    const zoom = insNode("canvas", "", { width: "100%", aspectRatio: "1", borderRadius: "3px", display: "block", margin: "5px 0" }), cells = insCells(s, title + ": 28 by 28", 100);
    walkable(s, cells, { size: () => [INS_SIDE, INS_SIDE], point: (at) => { o.inPanel = Boolean(at); o.cell = at && [at[1], at[0]]; s.change(); }, words: (at) => "Row " + at[1] + ", column " + at[0] + ". " + o.columns[name].text.textContent });
    Object.assign(cells.style, { width: "100%", height: "auto", aspectRatio: "1" });
    zoom.setAttribute("role", "img");
    zoom.setAttribute("aria-label", title + ": the mask in the picture, enlarged");
    const text = insNode("div", "", { fontSize: "0.82rem", lineHeight: "1.3", marginTop: "4px", minHeight: "2.6em" });
    column.append(insNode("div", title, { fontWeight: 600, borderLeft: "6px solid " + color, paddingLeft: "6px", whiteSpace: "nowrap" }), zoom, cells, text);
    grid.append(column);
    o.columns[name] = { zoom, cells, text };
  }
  const legend = insNode("div", "", { fontSize: "0.82rem", marginTop: "4px" });
  for (const [color, text] of [[s.params.ways.both, "in both"], [s.params.ways.align, "RoIAlign alone"], [s.params.ways.pool, "RoIPool alone; dashed: the whole cells that it reads"]]) {
    const item = insNode("span", text, { marginRight: "12px", whiteSpace: "nowrap" });
    item.prepend(insNode("span", "", { display: "inline-block", width: "10px", height: "10px", background: color, border: "1px solid #0008", marginRight: "4px" }));
    legend.append(item);
  }
  s.panel.replaceChildren(insHead(s), grid, legend);
}

function insSwapTell(s) {
  const o = s.own, p = s.params, now = [o.tag, o.picked, o.cut, o.cell, s.dark].join(" ");
  if (o.told === now || !o.apart) return;
  o.told = now;
  insHeadTell(s);
  const one = o.ways[o.picked], other = o.poolWays[o.picked], apart = Float64Array.from(one.probs, (v, k) => other.probs[k] - v), most = Math.max(0.05, ...apart.map(Math.abs));
  const heats = { align: insHeat(one.probs, INS_SIDE, INS_SIDE), pool: insHeat(other.probs, INS_SIDE, INS_SIDE), apart: insHeat(apart, INS_SIDE, INS_SIDE, undefined, -most, most, "diverging") };
  const cuts = { align: insCut(one, o.cut, p.ways.align), pool: insCut(other, o.cut, p.ways.pool), apart: o.apart };
  for (const [name] of INS_COLUMNS) {
    insShowCells(o.columns[name].cells, heats[name], o.cell);
    insZoom(s, o.columns[name].zoom, one, cuts[name]);
  }
  const at = o.cell ? o.cell[0] * INS_SIDE + o.cell[1] : -1, [both, first, second] = o.apart.counts;
  const here = (probs) => (at < 0 ? "" : "Cell: p = " + fixed(probs[at], 3) + ". ");
  o.columns.align.text.textContent = here(one.probs) + many(both + first) + " px.";
  o.columns.pool.text.textContent = here(other.probs) + many(both + second) + " px.";
  o.columns.apart.text.textContent = (at < 0 ? "" : "Cell: " + (apart[at] < 0 ? "\u2212" : "+") + fixed(Math.abs(apart[at]), 3) + ". ") + many(first + second) + " px change: " + many(first) + " lost, " + many(second) + " gained.";
}

// The photo round the box, darkened, and a mask over it.
function insZoom(s, canvas, one, mask) {
  const [h, w] = one.resized.shape, side = Math.max(w, h), x0 = one.at[0] - (side - w) / 2, y0 = one.at[1] - (side - h) / 2, k = Math.round(INS_ZOOM * (window.devicePixelRatio || 1)), g = canvas.getContext("2d"), f = k / side;
  if (canvas.width !== k) canvas.width = canvas.height = k;
  g.setTransform(1, 0, 0, 1, 0, 0);
  g.fillStyle = "#333333";
  g.fillRect(0, 0, k, k);
  g.setTransform(f, 0, 0, f, -x0 * f, -y0 * f);
  if (s.base.complete && s.base.naturalWidth) g.drawImage(s.base, 0, 0, s.w, s.h);
  g.fillStyle = "rgba(0,0,0,.35)";
  g.fillRect(x0, y0, side, side);
  g.imageSmoothingEnabled = false;
  g.drawImage(mask, one.at[0], one.at[1], w, h);
}

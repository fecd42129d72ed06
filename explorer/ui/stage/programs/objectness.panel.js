// Beside the picture of objectness.js: a small heat map for each shape or level, and the anchors at the place in numbers.

function objBuild(s) {
  const o = s.own, p = s.params, maps = styled(element("div"), { display: "grid", gridTemplateColumns: "repeat(" + p.across + ", minmax(0, 92px))", gap: "5px" });
  o.minis = o.grids.map((grid, g) => objMini(s, grid, g));
  maps.append(...o.minis.map((one) => one.box));
  o.title = styled(element("div"), { fontWeight: 600, margin: "0 0 4px" });
  o.table = styled(element("table"), { borderCollapse: "collapse", fontSize: "0.82rem", lineHeight: "1.25", fontVariantNumeric: "tabular-nums", marginTop: "8px" });
  o.table.onpointerleave = () => objRow(s, null);
  walkable(s, o.table, { size: () => [1, o.table.rows.length - 1], point: (at) => objRow(s, at && at[1]), words: (at) => rowWords(o.table.rows[at[1] + 1]), label: "This place's boxes: the arrows show one" });
  o.said = styled(element("div"), { fontSize: "0.82rem", marginTop: "6px" });
  s.panel.replaceChildren(o.title, maps, objScale(), o.table, o.said);
}

// What the colours of the heat maps mean.
function objScale() {
  const root = styled(element("div"), { display: "flex", gap: "6px", alignItems: "center", fontSize: "0.78rem", marginTop: "3px" });
  const stops = [0, 64, 128, 192, 255].map((i) => "rgb(" + palette("sequential")[i].join(",") + ")");
  const bar = styled(element("span"), { width: "90px", height: "9px", background: "linear-gradient(to right, " + stops.join(",") + ")", border: "1px solid #8886" });
  root.append(element("span", "", "p = 0"), bar, element("span", "", "1: surely an object"));
  return root;
}

function objMini(s, grid, g) {
  const o = s.own, box = styled(element("button"), { padding: "2px", display: "block", textAlign: "left", lineHeight: "1.15", minWidth: 0 });
  const canvas = styled(element("canvas"), { width: "100%", aspectRatio: grid.cols + " / " + grid.rows, maxHeight: "46px", objectFit: "contain", display: "block", imageRendering: "pixelated" });
  Object.assign(canvas, { width: grid.cols, height: grid.rows });
  canvas.getContext("2d").drawImage(grid.heat, 0, 0);
  const top = grid.logits.reduce((a, b) => (b > a ? b : a), -Infinity), name = styled(element("div", "", grid.name), { fontSize: "0.72rem", whiteSpace: "nowrap", overflow: "hidden" });
  const most = styled(element("div", "", "up to " + fixed(objProb(top), 3)), { fontSize: "0.72rem", opacity: 0.8 });
  box.append(canvas, name, most);
  box.title = "Lay this map over the picture";
  box.onclick = () => { o.chosen = o.chosen === g ? null : g; objTell(s); };
  return { box };
}

function objRow(s, row) {
  if (s.own.row === row) return;
  s.own.row = row;
  s.change();
}

function objCells(row, cells, name = "td") {
  for (const text of cells) row.append(styled(element(name, "", text), { padding: "1px 6px", textAlign: "right", whiteSpace: "nowrap", fontWeight: name === "th" ? 600 : 400 }));
  styled(row.firstChild, { textAlign: "left" });
  return row;
}

const objSigned = (v) => (v >= 0.005 ? "+" : "") + fixed(v);

function objPanel(s) {
  const o = s.own, p = s.params;
  o.title.textContent = o.chosen === null ? p.title : "On the picture: " + o.grids[o.chosen].name + " (click again for the largest of all)";
  o.minis.forEach(({ box }, g) => { box.setAttribute("aria-pressed", o.chosen === g); });
  const rows = o.seen.map((one, k) => {
    const row = objCells(element("tr"), [one.name, fixed(one.prob, 3), ...one.t.map(objSigned), Math.round(one.after[2] - one.after[0]) + " \u00d7 " + Math.round(one.after[3] - one.after[1])]);
    row.style.background = "linear-gradient(to right, " + p.colors.proposal + "55 " + 100 * one.prob + "%, transparent 0)";
    row.style.fontWeight = one === o.main ? 700 : 400;
    if (one === o.main) for (const cell of row.children) cell.style.fontWeight = 700;
    row.onpointerenter = () => objRow(s, k);
    return row;
  });
  o.table.replaceChildren(objCells(element("tr"), [p.what, "p", "tx", "ty", "tw", "th", "after, px"], "th"), ...rows);
  const { before: b, after: a, t, name } = o.main, w = b[2] - b[0], x = (b[0] + b[2]) / 2;
  o.said.textContent = name + ": middle x " + fixed(x, 0) + " " + (t[0] < 0 ? "\u2212 " : "+ ") + fixed(Math.abs(t[0]), 3) + " \u00d7 " + Math.round(w) + " = " + fixed((a[0] + a[2]) / 2, 0) + "; width " + Math.round(w) + " \u00d7 e^(" + fixed(t[2], 3) + ") = " + Math.round(a[2] - a[0]) + " px.";
}

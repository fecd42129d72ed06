// Beside the merges: the tree with the cut, the four measures of a merge or of a region's neighbours.

const MGE_ROWS = 5, MGE_TREE = [340, 150];
const mgeStyle = (node, style) => { Object.assign(node.style, style); return node; };

function mgePanel(s) {
  const o = s.own;
  if (o.title) return mgeTreeDraw(s);
  o.title = mgeStyle(element("div"), { fontWeight: 600 });
  o.tree = mgeStyle(element("canvas"), { width: "100%", maxWidth: "520px", height: MGE_TREE[1] + "px", display: "block", margin: "4px 0" });
  o.told = mgeStyle(element("div"), { minHeight: "2.8em", margin: "6px 0" });
  o.table = mgeStyle(element("table"), { borderCollapse: "collapse", fontSize: "0.86rem", fontVariantNumeric: "tabular-nums", width: "100%", maxWidth: "520px" });
  s.panel.replaceChildren(o.title, o.tree, o.told, o.table);
  mgeTreeDraw(s);
}

// Where each region stands in the tree: its place from left to right, its merge from below.
function mgePlaces(o) {
  const x = new Float32Array(o.count).fill(-1), stack = [];
  let next = 0;
  for (let r = o.count - 1; r >= 0; r--) if (o.parent[r] < 0) stack.push(r);
  while (stack.length) {
    const r = stack.pop();
    if (r < o.start) x[r] = next++;
    else stack.push(o.merges[2 * (r - o.start) + 1], o.merges[2 * (r - o.start)]);
  }
  for (let r = o.start; r < o.count; r++) x[r] = (x[o.merges[2 * (r - o.start)]] + x[o.merges[2 * (r - o.start) + 1]]) / 2;
  return x;
}

// The whole tree once, in a picture of its own: dark what stands below each merge.
function mgeTreeDraw(s) {
  const o = s.own, [w, h] = MGE_TREE, k = 2, g = (o.sketch ??= element("canvas")).getContext("2d");
  o.x = mgePlaces(o);
  Object.assign(o.sketch, { width: w * k, height: h * k });
  g.setTransform(k, 0, 0, k, 0, 0);
  g.strokeStyle = s.color.text;
  g.lineWidth = 0.6;
  g.beginPath();
  for (let i = 0; i < o.steps; i++) {
    const [a, b] = [o.merges[2 * i], o.merges[2 * i + 1]], y = mgeTreeY(o, i + 1);
    g.moveTo(mgeTreeX(o, a), mgeTreeY(o, mgeMade(o, a)));
    g.lineTo(mgeTreeX(o, a), y);
    g.lineTo(mgeTreeX(o, b), y);
    g.lineTo(mgeTreeX(o, b), mgeTreeY(o, mgeMade(o, b)));
  }
  g.stroke();
}

const mgeTreeX = (o, region) => 4 + ((MGE_TREE[0] - 8) * (o.x[region] + 0.5)) / o.start;
const mgeTreeY = (o, step) => MGE_TREE[1] - 4 - ((MGE_TREE[1] - 10) * step) / Math.max(1, o.steps);

function mgeTreeShow(s, step) {
  const o = s.own, [w, h] = MGE_TREE, k = 2, g = o.tree.getContext("2d"), c = s.params.colors, cut = mgeTreeY(o, step);
  Object.assign(o.tree, { width: w * k, height: h * k });
  g.setTransform(k, 0, 0, k, 0, 0);
  g.globalAlpha = 0.35;
  g.drawImage(o.sketch, 0, 0, w, h);
  g.globalAlpha = 1;
  g.drawImage(o.sketch, 0, cut * k, w * k, (h - cut) * k, 0, cut, w, h - cut);
  g.strokeStyle = c.box;
  g.lineWidth = 1.5;
  g.setLineDash([5, 3]);
  g.beginPath();
  g.moveTo(0, cut);
  g.lineTo(w, cut);
  g.stroke();
  g.setLineDash([]);
  if (o.region !== null) mgeTreePath(o, g, c.region, step);
  else if (step > 0) mgeTreeJoin(o, g, c, step);
}

// From the place under the pointer up to the whole picture.
function mgeTreePath(o, g, color, step) {
  g.strokeStyle = g.fillStyle = color;
  g.lineWidth = 2.5;
  g.beginPath();
  for (let r = o.leaf, first = true; r >= 0; r = o.parent[r]) {
    const x = mgeTreeX(o, r), y = mgeTreeY(o, mgeMade(o, r));
    if (first) g.moveTo(x, y);
    else g.lineTo(x, y);
    if (o.parent[r] >= 0) g.lineTo(x, mgeTreeY(o, mgeMade(o, o.parent[r])));
    first = false;
  }
  g.stroke();
  g.beginPath();
  g.arc(mgeTreeX(o, o.region), mgeTreeY(o, step), 4, 0, 7);
  g.fill();
}

function mgeTreeJoin(o, g, c, step) {
  const y = mgeTreeY(o, step), middle = mgeTreeX(o, o.start + step - 1);
  ["first", "second"].forEach((name, i) => {
    const part = o.merges[2 * (step - 1) + i], x = mgeTreeX(o, part);
    g.strokeStyle = c[name];
    g.lineWidth = 3;
    g.beginPath();
    g.moveTo(x, mgeTreeY(o, mgeMade(o, part)));
    g.lineTo(x, y);
    g.lineTo(middle, y);
    g.stroke();
  });
}

function mgeTell(s, step) {
  const o = s.own;
  o.title.textContent = "After " + step + " of " + o.steps + " merges: " + many(o.start - step) + (o.start - step === 1 ? " region" : " regions");
  o.tree.hidden = o.steps === 0;
  mgeTreeShow(s, step);
  if (o.region !== null) mgeTellRegion(s);
  else if (step > 0) mgeTellMerge(s, step);
  else {
    o.told.textContent = o.steps === 0 ? "All of the picture is one region from the start: there is nothing to join." : "The start: regions of pixels that hardly differ. Scrub on, and the two most similar neighbours become one.";
    mgeTable(s, []);
  }
}

function mgeTellMerge(s, step) {
  const o = s.own, [a, b] = [o.merges[2 * step - 2], o.merges[2 * step - 1]], row = o.chosen[step - 1];
  const part = (region, name) => mgeStyle(element("span", "", many(o.sizes[region]) + " px"), { borderBottom: "3px solid " + s.params.colors[name], fontWeight: 600 });
  o.told.replaceChildren("Merge " + step + " joined regions of ", part(a, "first"), " and ", part(b, "second"), ". Of all pairs of neighbours these were the most similar.");
  mgeTable(s, [["the two", row]]);
}

function mgeTellRegion(s) {
  const o = s.own, size = o.sizes[o.region], pixels = s.params.size[0] * s.params.size[1];
  o.told.textContent = "This region: " + many(size) + " px, " + fixed((100 * size) / pixels, 1) + " % of the picture." + (o.near.length ? " The most similar of its " + o.near.length + (o.near.length > 1 ? " neighbours:" : " neighbour:") : " It has no neighbour left.");
  mgeTable(s, o.near.slice(0, MGE_ROWS).map(([other, row]) => [many(o.sizes[other]) + " px", row]));
}

// One line a pair: its measures, each with a bar and in grey when its weight is 0, and the score.
function mgeTable(s, rows) {
  const o = s.own, p = s.params, head = element("tr"), cell = { padding: "2px 6px 2px 0", textAlign: "left" };
  head.append(...["", ...p.measures, "score"].map((name) => mgeStyle(element("th", "", name), { ...cell, fontWeight: 600, opacity: 0.8 })));
  const line = ([name, row], k) => {
    const tr = mgeStyle(element("tr"), { fontWeight: k === 0 ? 600 : 400 });
    tr.append(mgeStyle(element("td", "", name), { ...cell, whiteSpace: "nowrap" }));
    p.measures.forEach((_, m) => tr.append(mgeMeasure(s, o.parts[row * p.measures.length + m], p.weights[m])));
    tr.append(mgeStyle(element("td", "", fixed(o.scores[row], 3)), cell));
    return tr;
  };
  o.table.replaceChildren(...(rows.length ? [head, ...rows.map(line)] : []));
}

function mgeMeasure(s, value, weight) {
  const td = mgeStyle(element("td", "", fixed(value)), { padding: "2px 6px 2px 0", opacity: weight ? 1 : 0.4 });
  const bar = mgeStyle(element("div"), { height: "4px", width: "3.2em", background: STYLED.second, borderRadius: "2px" });
  bar.append(mgeStyle(element("div"), { height: "100%", width: 100 * clamp(value, 0, 1) + "%", background: s.params.colors.box, borderRadius: "2px" }));
  td.append(bar);
  return td;
}

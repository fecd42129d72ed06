// The panel of funnel.js: a bar for each step, and the ancestry of the box that is followed.

const FNL_CLASSES = 4;
const fnlNode = (name, text, style) => styled(element(name, "", text), style);
const fnlSize = (b) => Math.round(b[2] - b[0]) + " × " + Math.round(b[3] - b[1]) + " px";
const fnlFour = (array, k) => "(" + fnlBox(array, k).map((v) => fixed(v)).join(", ") + ")";

function fnlBuild(s) {
  const o = s.own;
  o.bars = fnlNode("div", "", { display: "grid", gap: "3px", marginBottom: "8px" });
  o.rows = [];
  o.body = fnlNode("div", "", { fontVariantNumeric: "tabular-nums", fontSize: "0.86rem", lineHeight: 1.38 });
  s.panel.replaceChildren(o.bars, o.body);
}

// The bars' lengths are logarithms: from thousands of anchors to a few boxes.
function fnlBars(s) {
  const o = s.own, p = s.params, most = Math.log(1 + Math.max(...p.steps.map((one) => one.count))), now = fnlStep(s);
  if (o.rows.length !== p.steps.length) {
    o.rows = p.steps.map((_, i) => {
      const row = fnlNode("button", "", { display: "grid", gridTemplateColumns: "8.6rem 1fr 3.6rem", alignItems: "center", gap: "8px", padding: "0 6px", margin: 0, border: "1px solid transparent", background: "none", font: "inherit", fontSize: "0.84rem", textAlign: "left", cursor: "pointer", color: "inherit", lineHeight: 1.35 });
      row.type = "button";
      row.onclick = () => window.dispatchEvent(new CustomEvent("explorer:go", { detail: { key: s.d.frames, frame: i } }));
      const bar = fnlNode("span", "", { height: "0.72rem", borderRadius: "2px", minWidth: "1px" });
      row.append(fnlNode("span", "", { whiteSpace: "nowrap" }), bar, fnlNode("span", "", { textAlign: "right", fontWeight: 600 }));
      return row;
    });
    o.bars.replaceChildren(...o.rows);
  }
  p.steps.forEach((one, i) => {
    const [name, bar, count] = o.rows[i].children, here = i === now;
    name.textContent = one.name;
    count.textContent = many(one.count);
    styled(bar, { width: (100 * Math.log(1 + one.count)) / (most || 1) + "%", background: here ? STYLED.primary : s.dark ? "#6b7480" : "#b6bec8" });
    styled(o.rows[i], { borderColor: here ? STYLED.primary : "transparent", borderRadius: "4px" });
    o.rows[i].setAttribute("aria-pressed", here);
    o.rows[i].title = one.said;
  });
}

function fnlTell(s) {
  const o = s.own, pick = o.hit ?? o.pick;
  fnlBars(s);
  const lines = [fnlNode("div", s.params.steps[fnlStep(s)].said + " (Bars: logarithms of the counts.)", { marginBottom: "2px" }), fnlLegend(s), fnlNode("div", (o.hit ? "Under the pointer: " : "Followed (white): ") + fnlWords(s, pick), { fontWeight: 600 })];
  if (o.first) lines.push(...fnlOrigin(s, pick)); else lines.push(...fnlFirstLook(s, pick));
  if (pick.r >= 0) lines.push(...fnlSecond(s, pick));
  o.body.replaceChildren(...lines);
}

// What the colours of this step mean, where they are levels.
function fnlLegend(s) {
  const line = fnlNode("div", "", { display: "flex", gap: "10px", minHeight: "0.5em", marginBottom: "4px", fontSize: "0.8rem" }), ids = ["anchors", "best", "large", "nms", "rois"];
  if (s.own.first?.grids.length > 1 && ids.includes(fnlId(s))) for (const g of s.own.first.grids) line.append(fnlNode("span", "level " + g.level, { borderLeft: "10px solid " + s.params.levelColors[g.level], paddingLeft: "4px" }));
  return line;
}

function fnlWords(s, pick) {
  const o = s.own;
  if (pick.r < 0) return "a box that is no RoI, " + fnlSize(fnlBox(o.first.boxes, pick.c));
  const [name, prob] = fnlSaid(s, pick);
  return "RoI " + (pick.r + 1) + " of " + o.R + ", " + name + " " + fixed(prob);
}

function fnlLine(name, ...parts) {
  const line = fnlNode("div", "", { display: "grid", gridTemplateColumns: "4.9rem 1fr", gap: "6px" }), text = fnlNode("span", "", {});
  text.append(...parts);
  line.append(fnlNode("span", name, { opacity: 0.75 }), text);
  return line;
}

// Where a box went; sides other than the deltas make were cut at the picture's border.
function fnlEnd(from, by, to) {
  const cut = [0, 1].some((i) => Math.abs((from[i + 2] - from[i]) * Math.exp(by[i + 2]) - (to[i + 2] - to[i])) > 0.5);
  return (cut ? " → clipped to " : " → ") + fnlSize(to);
}

function fnlOrigin(s, { c, r }) {
  const o = s.own, f = o.first, a = fnlAnchor(s, c), gone = f.keepers.reduce((sum, k, i) => sum + (k === c && i !== c), 0), keeper = f.keepers[c];
  const lines = [
    fnlLine("Anchor", many(a.row) + ": level " + a.level + ", row " + a.y + ", column " + a.x + "; " + fnlSize(a.box) + "; object " + fixed(f.scores[c], 3)),
    fnlLine("moved by", fnlFour(f.deltas, c) + fnlEnd(a.box, fnlBox(f.deltas, c), fnlBox(f.boxes, c))),
  ];
  const fate = keeper < 0 ? "too small: left out" : keeper !== c ? "removed: IoU " + fixed(f.ious[c]) + " with a better one of its level (object " + fixed(f.scores[keeper], 3) + ")" : r < 0 ? "stays, but is not among the best " + o.R : gone ? "stays, and removes " + gone : "stays";
  lines.push(fnlLine("1st NMS", fate));
  return lines;
}

// Where an RoI came from that no network proposed: a region, classified and moved once.
function fnlFirstLook(s, { r }) {
  const p = s.params, a = s.own.all, region = fnlBox(a.regions, a.regionRows[r]), by = fnlBox(a.regionDeltas, r).map((v, i) => v / p.weights[i]);
  return [
    fnlLine("Proposal", a.regionRows[r] + 1 + " of " + a.regions.length / 4 + ": " + fnlSize(region)),
    fnlLine("1st look", p.names[a.regionLabels[r]] + " " + fixed(a.regionScores[r]) + "; moved by " + fnlFour(a.regionDeltas, r) + " ÷ (" + p.weights.join(", ") + ")" + fnlEnd(region, by, fnlBox(a.rois, r))),
  ];
}

function fnlSecond(s, { r, m }) {
  const o = s.own, p = s.params, a = o.all, box = fnlBox(a.rois, r), side = Math.sqrt(Math.max(0, fnlArea(box))), lines = [];
  if (p.usual) {
    const exact = p.usual + Math.log2(side / 224), raw = Math.floor(exact + 1e-6), level = clamp(raw, p.lowest, p.highest);
    const held = raw !== level ? ", floor " + fixed(raw, 0) + ", held at " + level : "";
    lines.push(fnlLine("features", p.usual + " + log2(" + fixed(side, 0) + " / 224) = " + fixed(exact) + held + " → level " + level));
  }
  const order = Array.from({ length: o.C }, (_, k) => k).sort((x, y) => a.probs[r * o.C + y] - a.probs[r * o.C + x]).slice(0, FNL_CLASSES), list = fnlNode("span", "", {});
  order.forEach((k, i) => list.append(fnlNode("span", (i ? ", " : "") + (k ? p.names[k - 1] : "background") + " " + fixed(a.probs[r * o.C + k]), { fontWeight: m >= 0 && k === a.labels[m] + 1 ? 700 : 400 })));
  lines.push(fnlLine("classes", list));
  const deltas = m >= 0 ? fnlFour(a.deltas, m) : fnlFour(a.bestDeltas, r), end = m >= 0 ? fnlBox(a.boxes, m) : fnlBox(a.bestBoxes, r);
  const by = fnlBox(m >= 0 ? a.deltas : a.bestDeltas, m >= 0 ? m : r).map((v, i) => v / p.weights[i]);
  lines.push(fnlLine("moved by", deltas + " ÷ (" + p.weights.join(", ") + ")" + fnlEnd(box, by, end)));
  const gone = m < 0 ? 0 : a.keepers.reduce((sum, k, i) => sum + (k === m && i !== m), 0);
  const fate = m < 0 ? "no class reaches the threshold" : a.keepers[m] !== m ? "removed: IoU " + fixed(a.ious[m]) + " with a " + p.names[a.labels[m]] + " of " + fixed(a.scores[a.keepers[m]]) : ([...a.found].includes(m) ? "a detection" : "stays, but is no detection: beyond the most, or in the grey beside the photo") + (gone ? ", removes " + gone : "");
  lines.push(fnlLine(o.first ? "2nd NMS" : "NMS", fate));
  return lines;
}

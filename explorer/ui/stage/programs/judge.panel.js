// Beside the picture: the three areas, the curve, the ranked list, and the present detection in words.

const JUDGE_AREAS = [["eleven", "11-point"], ["all", "all-point"], ["many", "101-point"]], JUDGE_LISTED = 5;
const judgeScore = (p, k) => fixed(p.found.scores[k]);

function judgeStyled(name, style, text = "") {
  const made = element(name, "", text);
  Object.assign(made.style, style);
  return made;
}

function judgeBuild(s) {
  const o = s.own, c = s.params.colors;
  const chips = judgeStyled("div", { display: "flex", gap: "14px", flexWrap: "wrap", fontVariantNumeric: "tabular-nums", marginBottom: "2px" });
  o.chips = JUDGE_AREAS.map(([key, title]) => {
    const chip = judgeStyled("div", { borderLeft: "6px solid " + c[key], paddingLeft: "6px", cursor: "default", lineHeight: 1.2 });
    const value = judgeStyled("div", { fontWeight: 700, fontSize: "1.15rem" });
    chip.append(judgeStyled("div", { fontSize: "0.78rem" }, title + " AP"), value);
    chip.title = "Point here to see this area alone.";
    chip.onpointerenter = () => { o.only = key; judgeChart(s); };
    chip.onpointerleave = () => { o.only = null; judgeChart(s); };
    chips.append(chip);
    return value;
  });
  o.chart = judgeStyled("canvas", { width: "100%", height: "14.75rem", display: "block", touchAction: "pan-y", cursor: "pointer" });
  o.strip = judgeStyled("canvas", { width: "100%", height: "1.25rem", display: "block", marginTop: "2px", touchAction: "pan-y", cursor: "pointer" });
  o.chart.setAttribute("role", "img");
  o.strip.setAttribute("role", "img");
  for (const [canvas, find] of [[o.chart, judgeDotAt], [o.strip, judgeCellAt]]) {
    canvas.onpointermove = (e) => judgeHold(s, find(s, e));
    canvas.onpointerleave = () => judgeHold(s, null);
    canvas.onclick = (e) => judgeGo(s, find(s, e));
  }
  o.list = judgeStyled("table", { borderCollapse: "collapse", width: "100%", fontSize: "0.8rem", fontVariantNumeric: "tabular-nums", marginTop: "3px", lineHeight: 1.25, tableLayout: "fixed" });
  // On the list itself: its rows are made anew while the pointer rests on one.
  o.list.onpointerover = (e) => { const rank = e.target.closest("tr")?.dataset.rank; o.overList = true; judgeHold(s, rank === undefined ? null : Number(rank)); };
  o.list.onpointerleave = () => { o.overList = false; judgeHold(s, null); };
  o.list.onclick = (e) => { const rank = e.target.closest("tr")?.dataset.rank; if (rank !== undefined) judgeGo(s, Number(rank)); };
  o.words = judgeStyled("div", { fontSize: "0.84rem", lineHeight: 1.3, minHeight: "3.9em", marginTop: "4px" });
  o.ask = judgeStyled("label", { display: "none", fontSize: "0.84rem", marginTop: "4px" });
  walkable(s, chips, { size: () => [JUDGE_AREAS.length, 1], point: (at) => { o.only = at && JUDGE_AREAS[at[0]][0]; judgeChart(s); }, words: (at) => chips.children[at[0]].textContent, label: "Three APs: the arrows show one area alone" });
  // The curve's dots, the strip's cells and the list's rows are the same detections.
  walkable(s, o.strip, { size: () => [s.params.found.scores.length, 1], point: (at) => judgeHold(s, at && at[0]), press: (at) => judgeGo(s, at[0]), words: () => o.words.textContent });
  s.panel.append(chips, o.chart, o.strip, o.list, o.words, o.ask);
}

// Where a detector knows several classes, the class of the chosen true box can be changed here.
function judgeAsk(s) {
  const o = s.own, p = s.params;
  o.ask.replaceChildren();
  if (!p.labels || p.classes.length < 2) return;
  o.pick = judgeStyled("select", { font: "inherit", marginLeft: "6px", maxWidth: "12rem", background: STYLED.background, color: STYLED.text });
  for (const name of p.classes) o.pick.append(element("option", "", name));
  o.pick.onchange = () => { o.labels[s.active] = o.pick.value; s.change(); s.commit(judgeCommit(s)); };
  o.ask.append("The chosen true box is a", o.pick);
}

function judgeHold(s, k) {
  const o = s.own;
  if (o.at === k && o.held === (k !== null)) return;
  o.held = k !== null;
  o.at = k;
  judgePanel(s);
  s.redraw();
}

function judgeGo(s, k) {
  if (k !== null) window.dispatchEvent(new CustomEvent("explorer:go", { detail: { key: s.d.frames, frame: k + 1 } }));
}

function judgePanel(s) {
  const o = s.own, p = s.params;
  o.ap.forEach((v, i) => { o.chips[i].textContent = v === null ? "–" : fixed(v, 3); });
  judgeChart(s);
  judgeStrip(s);
  judgeList(s);
  const k = judgeNow(s), said = judgeSentence(s, k);
  o.words.replaceChildren(...said.map((text, i) => judgeStyled("div", { fontWeight: i ? 400 : 600 }, text)));
  o.chart.setAttribute("aria-label", "Precision against recall. " + said.join(" "));
  o.strip.setAttribute("aria-label", "The ranked list: " + p.found.scores.length + (p.found.scores.length === 1 ? " detection." : " detections."));
  const shown = o.ask.childNodes.length && s.boxes[s.active];
  o.ask.style.display = shown ? "block" : "none";
  if (shown && document.activeElement !== o.pick) o.pick.value = o.labels[s.active];
}

function judgeSentence(s, k) {
  const o = s.own, p = s.params, n = p.found.scores.length, name = p.label;
  if (!o.truths) return ["No true " + name + " yet.", p.set ? "Choose a class that the annotations hold." : "Drag a box on the picture around each " + name + " that you see: the list is judged as you draw."];
  if (!n) return ["The detector found no " + name + ".", "So nothing is right, nothing wrong, and all " + o.truths + " are missed: AP 0."];
  if (k === null && !o.count) return ["No detection is counted yet.", "Step through the list: the best score comes first."];
  if (k === null) return ["All " + n + " are counted: " + o.rows.out.filter((v) => v === 1).length + " of " + o.truths + " are found.", "Point at a box, a dot or a row to see why it is right or wrong; press one to count only so far."];
  const out = o.rows.out[k], iou = o.rows.iou[k], t = fixed(p.iou), right = o.rows.out.slice(0, k + 1).reduce((sum, v) => sum + (v === 1), 0), all = o.rows.out.slice(0, k + 1).reduce((sum, v) => sum + (v >= 0), 0);
  const why = {
    right: "IoU " + fixed(iou, 3) + " ≥ " + t + ", and not found before: right.",
    localisation: iou >= p.iou ? "IoU " + fixed(iou, 3) + ", but that one was found before: wrong (a duplicate)." : "IoU " + fixed(iou, 3) + " < " + t + ": wrong (localisation).",
    similar: "It lies on an object of a similar class: wrong.",
    other: "It lies on an object of another class: wrong.",
    background: iou > 0 ? "IoU " + fixed(iou, 3) + ", hardly any: wrong (background)." : "It overlaps no true box: wrong (background).",
    ignored: "It hits what is to be ignored: it counts neither way.",
  }[JUDGE_KINDS[o.rows.kind[k]]];
  const where = p.set ? " in " + p.set.names[judgeImage(s, k)] : "";
  return ["#" + (k + 1) + where + ", score " + judgeScore(p, k) + ". " + why, "Precision " + right + " ÷ " + all + " = " + fixed(o.curve.precision[k], 3) + " of what was said is right; recall " + right + " ÷ " + o.truths + " = " + fixed(o.curve.recall[k], 3) + " of what is there is found."];
}

// A canvas sharp at device pixels: its context in CSS pixels of usual type, and its size in these.
function judgeContext(s, canvas) {
  const dpr = window.devicePixelRatio || 1, w = canvas.clientWidth, h = canvas.clientHeight, g = canvas.getContext("2d");
  if (canvas.width !== Math.round(w * dpr) || canvas.height !== Math.round(h * dpr)) Object.assign(canvas, { width: Math.round(w * dpr), height: Math.round(h * dpr) });
  const big = letters();
  g.setTransform(dpr * big, 0, 0, dpr * big, 0, 0);
  g.clearRect(0, 0, w, h);
  g.font = "12px " + s.font;
  return [g, w / big, h / big];
}

function judgeChart(s) {
  const o = s.own, [g, w, h] = judgeContext(s, o.chart), left = 38, right = w - 8, top = 8, bottom = h - 32;
  const X = (r) => left + ((r + 0.05) / 1.1) * (right - left), Y = (v) => bottom - (v / 1.05) * (bottom - top);
  o.scale = { X, Y };
  judgeAxes(s, g, X, Y);
  if (!o.truths || !o.count) return judgeEmpty(s, g, X, Y);
  const best = judgeEnvelope(o.curve.precision, o.count), at = (r) => best[judgeFirst(o.curve.recall, o.count, r)] ?? 0;
  judgeShade(s, g, X, Y, at, best);
  judgeTrack(s, g, X, Y);
}

function judgeAxes(s, g, X, Y) {
  g.strokeStyle = s.color.border;
  g.fillStyle = s.color.text;
  g.lineWidth = 1;
  g.textAlign = "center";
  g.textBaseline = "top";
  for (const v of [0, 0.2, 0.4, 0.6, 0.8, 1]) {
    g.beginPath();
    g.moveTo(X(-0.05), Y(v)); g.lineTo(X(1.05), Y(v));
    g.moveTo(X(v), Y(0)); g.lineTo(X(v), Y(1.05));
    g.stroke();
    g.fillText(fixed(v, 1), X(v), Y(0) + 3);
  }
  g.fillText("recall", X(0.5), Y(0) + 17);
  g.textAlign = "right";
  g.textBaseline = "middle";
  for (const v of [0, 0.5, 1]) g.fillText(fixed(v, 1), X(-0.05) - 4, Y(v));
  g.save();
  g.translate(8, Y(0.5));
  g.rotate(-Math.PI / 2);
  g.textAlign = "center";
  g.fillText("precision", 0, 0);
  g.restore();
}

function judgeEmpty(s, g, X, Y) {
  g.fillStyle = s.color.text;
  g.textAlign = "center";
  g.font = "600 13px " + s.font;
  g.fillText(s.own.truths ? (s.params.found.scores.length ? "No detection counted yet" : "No detection") : "No true box of this class yet", X(0.5), Y(0.55));
}

// Three areas in one picture: bars of a width of 1/11, the area itself, and a comb of 101 teeth.
function judgeShade(s, g, X, Y, at, best) {
  const o = s.own, c = s.params.colors, loud = (key) => !o.only || o.only === key;
  if (loud("eleven")) {
    g.fillStyle = g.strokeStyle = c.eleven;
    for (let i = 0; i <= 10; i++) {
      const v = at(i / 10), x = X(i / 10 - 1 / 22), wide = X(i / 10 + 1 / 22) - x;
      g.globalAlpha = o.only ? 0.3 : 0.13;
      g.fillRect(x, Y(v), wide, Y(0) - Y(v));
      g.globalAlpha = 0.9;
      g.lineWidth = 1.4;
      g.setLineDash([4, 3]);
      g.strokeRect(x, Y(v), wide, Y(0) - Y(v));
      g.setLineDash([]);
    }
  }
  if (loud("all")) {
    g.beginPath();
    g.moveTo(X(0), Y(0));
    let before = 0;
    for (let k = 0; k < o.count; k++) if (o.curve.recall[k] > before) { g.lineTo(X(before), Y(best[k])); g.lineTo(X(o.curve.recall[k]), Y(best[k])); before = o.curve.recall[k]; }
    g.lineTo(X(before), Y(0));
    g.closePath();
    g.fillStyle = g.strokeStyle = c.all;
    g.globalAlpha = 0.22;
    g.fill();
    g.globalAlpha = 1;
    g.lineWidth = 2;
    g.stroke();
  }
  if (loud("many")) {
    g.strokeStyle = g.fillStyle = c.many;
    g.lineWidth = 1;
    const teeth = Array.from({ length: 101 }, (_, i) => [i * 0.01, at(i === 100 ? 1 : i * 0.01)]).filter(([, v]) => v);
    g.globalAlpha = o.only ? 0.7 : 0.22;
    g.beginPath();
    for (const [r, v] of teeth) { g.moveTo(X(r), Y(0)); g.lineTo(X(r), Y(v)); }
    g.stroke();
    g.globalAlpha = 1;
    for (const [r, v] of teeth) g.fillRect(X(r) - 1, Y(v) - 1, 2, 3);
  }
  g.globalAlpha = 1;
}

// The curve as the list goes: up and to the right for what is right, straight down for what is wrong.
function judgeTrack(s, g, X, Y) {
  const o = s.own, { precision, recall } = o.curve, n = precision.length, few = n <= 400;
  for (const [from, to, alpha] of [[Math.max(0, o.count - 1), n, 0.3], [0, o.count, 1]]) {
    g.globalAlpha = alpha;
    g.strokeStyle = s.color.text;
    g.lineWidth = 1.4;
    g.beginPath();
    for (let k = from; k < to; k++) g[k === from ? "moveTo" : "lineTo"](X(recall[k]), Y(precision[k]));
    g.stroke();
    for (let k = from; few && k < to; k++) judgeDot(g, X(recall[k]), Y(precision[k]), judgeColor(s.params, o.rows.out[k]), 3.2);
  }
  g.globalAlpha = 1;
  const k = judgeNow(s);
  if (k === null) return;
  const x = X(recall[k]), y = Y(precision[k]);
  g.setLineDash([3, 3]);
  g.strokeStyle = s.color.text;
  g.beginPath();
  g.moveTo(X(-0.05), y); g.lineTo(x, y); g.lineTo(x, Y(0));
  g.stroke();
  g.setLineDash([]);
  judgeDot(g, x, y, judgeColor(s.params, o.rows.out[k]), 7, s.color.text);
}

function judgeDot(g, x, y, color, radius, edge = "rgba(0,0,0,.55)") {
  g.beginPath();
  g.arc(x, y, radius, 0, 7);
  g.fillStyle = color;
  g.fill();
  g.strokeStyle = edge;
  g.lineWidth = radius > 5 ? 2 : 0.8;
  g.stroke();
}

function judgeDotAt(s, e) {
  const o = s.own, r = o.chart.getBoundingClientRect(), big = letters(), x = (e.clientX - r.left) / big, y = (e.clientY - r.top) / big;
  if (!o.truths || !o.scale) return null;
  let best = null, least = 14;
  o.curve.recall.forEach((v, k) => { const far = Math.hypot(o.scale.X(v) - x, o.scale.Y(o.curve.precision[k]) - y); if (far < least) { least = far; best = k; } });
  return best;
}

function judgeStrip(s) {
  const o = s.own, [g, w, h] = judgeContext(s, o.strip), n = o.rows.out.length, k = judgeNow(s);
  o.wide = Math.min(18, w / Math.max(n, 1));
  for (let i = 0; i < n; i++) {
    g.globalAlpha = i < o.count ? 1 : 0.3;
    g.fillStyle = judgeColor(s.params, o.rows.out[i]);
    const tall = o.rows.out[i] === 1 ? h - 4 : (h - 4) / 2;
    g.fillRect(i * o.wide, h - 2 - tall, Math.max(1, o.wide - (o.wide > 4 ? 1.5 : 0)), tall);
  }
  g.globalAlpha = 1;
  if (k === null || !n) return;
  g.strokeStyle = s.color.text;
  g.lineWidth = 2;
  g.strokeRect(k * o.wide, 1, Math.max(o.wide - 1, 3), h - 2);
}

function judgeCellAt(s, e) {
  const o = s.own, k = Math.floor((e.clientX - o.strip.getBoundingClientRect().left) / letters() / o.wide);
  return k >= 0 && k < o.rows.out.length ? k : null;
}

function judgeList(s) {
  const o = s.own, p = s.params, n = o.rows.out.length, now = judgeNow(s) ?? 0;
  if (o.held && o.listed && o.overList) return judgeMark(s);
  const from = clamp(now - 2, 0, Math.max(0, n - JUDGE_LISTED));
  o.listed = from;
  const rows = [judgeStyled("tr", { opacity: 0.75, textAlign: "left" })];
  for (const [title, width] of [["rank", "11%"], ["score", "13%"], ["IoU", "12%"], ["verdict", "32%"], ["precision", "17%"], ["recall", "15%"]]) rows[0].append(judgeStyled("th", { fontWeight: 600, padding: "0 2px", width }, title));
  for (let k = from; k < Math.min(n, from + JUDGE_LISTED); k++) {
    const out = o.rows.out[k], row = judgeStyled("tr", { cursor: "pointer", opacity: k < o.count ? 1 : 0.5 });
    const said = p.blank ? "not judged yet" : out === 1 ? "\u2713 right" : out ? "ignored" : "\u2717 " + (o.rows.iou[k] >= p.iou && o.rows.kind[k] === 1 ? "duplicate" : JUDGE_KINDS[o.rows.kind[k]]);
    for (const text of [k + 1, judgeScore(p, k), fixed(o.rows.iou[k]), said, p.blank ? "–" : fixed(o.curve.precision[k], 3), o.truths ? fixed(o.curve.recall[k], 3) : "–"]) row.append(judgeStyled("td", { padding: "0 2px", whiteSpace: "nowrap", overflow: "hidden" }, String(text)));
    row.children[3].style.borderLeft = "5px solid " + judgeColor(p, out);
    row.children[3].style.paddingLeft = "4px";
    row.dataset.rank = k;
    rows.push(row);
  }
  o.list.replaceChildren(...rows);
  judgeMark(s);
}

function judgeMark(s) {
  const now = judgeNow(s);
  for (const row of s.own.list.rows) row.style.background = row.dataset.rank !== undefined && Number(row.dataset.rank) === now ? STYLED.second : "";
}

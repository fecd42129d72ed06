// Beside the photo: the window enlarged, the feature's sums written out, its vote, and the stages.

const HAAR_ZOOM = 236, HAAR_BARS = 78, HAAR_W = 440;

function haarPanel(s) {
  const o = s.own, figures = { fontVariantNumeric: "tabular-nums" };
  if (!o.title) {
    o.title = styled(element("div"), { ...figures, fontWeight: 600, minHeight: "1.4em" });
    o.sliders = styled(element("div"), { display: "grid", gridTemplateColumns: "8.2em 1fr", gap: "2px 8px", alignItems: "center", fontSize: "0.86rem", maxWidth: HAAR_W / 16 + "rem" });
    o.zoom = styled(element("canvas"), { display: "block", touchAction: "none", borderRadius: "3px", flex: "none" });
    o.zoom.setAttribute("role", "img");
    o.zoom.setAttribute("aria-label", "The window enlarged, with the feature in it");
    haarZoomDrag(s);
    o.sums = styled(element("div"), { ...figures, fontSize: "0.84rem", lineHeight: "1.45", flex: "1 1 190px", minWidth: "0" });
    const row = styled(element("div"), { display: "flex", flexWrap: "wrap", gap: "10px", margin: "6px 0" });
    row.append(o.zoom, o.sums);
    o.chart = styled(element("canvas"), { width: "100%", maxWidth: HAAR_W / 16 + "rem", display: "block", cursor: "pointer" });
    o.chart.setAttribute("role", "img");
    o.chart.onclick = (e) => haarPress(s, e);
    s.panel.replaceChildren(o.title, o.sliders, row, o.chart);
  }
  if (Boolean(o.slide) !== Boolean(o.cascade)) {
    o.sliders.replaceChildren();
    o.slide = o.cascade ? [haarSlider(s, 0), haarSlider(s, 1)] : null;
  }
  o.chart.hidden = !o.cascade;
}

// A slider for the stage (0) or for the feature in it (1).
function haarSlider(s, which) {
  const label = element("label"), name = element("span"), range = styled(element("input"), { width: "100%", accentColor: "var(--st-primary-color)" });
  Object.assign(range, { type: "range", min: 0, step: 1 });
  range.setAttribute("aria-label", which ? "Feature of the stage" : "Stage");
  range.oninput = () => haarPick(s, which ? [s.own.pick[0], Number(range.value)] : [Number(range.value), 0]);
  label.append(name);
  s.own.sliders.append(label, range);
  return { name, range };
}

function haarPick(s, pick) {
  s.own.pick = pick;
  s.change();
  haarSend(s, 350);
}

// In the enlarged window a reader's own feature is moved, and sized at its lower right corner.
function haarZoomDrag(s) {
  const o = s.own, at = (e) => { const r = o.zoom.getBoundingClientRect(); return [e.clientX - r.left, e.clientY - r.top].map((v) => v / o.unit); };
  o.zoom.onpointerdown = (e) => {
    if (o.cascade) return;
    const [x, y] = at(e), [bx, by, w, h] = o.box;
    o.hold = { from: [x, y], box: [...o.box], size: Math.hypot(x - bx - w, y - by - h) * o.unit < 14 };
    o.zoom.setPointerCapture(e.pointerId);
  };
  o.zoom.onpointermove = (e) => {
    const [x, y] = at(e);
    if (!o.hold) { o.zoom.style.cursor = o.cascade ? "default" : Math.hypot(x - o.box[0] - o.box[2], y - o.box[1] - o.box[3]) * o.unit < 14 ? "nwse-resize" : "move"; return; }
    const { from, box: [bx, by, w, h], size } = o.hold, [dx, dy] = [x - from[0], y - from[1]], [wide, high] = s.params.window;
    haarFit(s, size ? [bx, by, Math.min(w + dx, wide - bx), Math.min(h + dy, high - by)] : [bx + dx, by + dy, w, h]);
  };
  o.zoom.onpointerup = o.zoom.onpointercancel = () => { if (o.hold) haarSend(s); o.hold = null; };
}

function haarWords(s) {
  const o = s.own, now = o.now;
  o.title.textContent = haarTitle(s, now);
  if (o.cascade) haarSlid(s);
  haarZoom(s, now);
  haarWritten(s, now);
  if (o.cascade) haarChart(s, now);
}

function haarTitle(s, now) {
  if (!now.contrast) return "Too flat: OpenCV asks this window nothing";
  if (!s.own.cascade) return "Value " + many(now.value) + "; normalised " + haarNumber(now.normal);
  return now.passed === now.sums.length ? "Passes all " + now.passed + " stages: a raw box" : "Passes " + now.passed + " of " + now.sums.length + " stages; stage " + (now.passed + 1) + " rejects it";
}

function haarSlid(s) {
  const o = s.own, [stage, feature] = o.pick, stages = o.cascade.limits.length, size = o.cascade.starts[stage + 1] - o.cascade.starts[stage];
  const rows = [["Stage ", stage, stages], ["Feature ", feature, size]];
  rows.forEach(([name, value, most], i) => {
    o.slide[i].name.textContent = name + (value + 1) + " of " + most;
    o.slide[i].range.max = most - 1;
    o.slide[i].range.value = value;
  });
}

const haarNumber = (v) => (Math.abs(v) < 1e-9 ? "0" : fixed(v, 4));
const haarTimes = (v) => (v < 0 ? "\u2212" : "+") + Math.abs(v);

// Each rectangle's sum from its four corners, the value, the contrast, and the vote.
function haarWritten(s, now) {
  const o = s.own, lines = [];
  const add = (text, style = {}) => lines.push(styled(element("div", "", text), style));
  for (const rect of now.rects) {
    const { four: [a, b, c, d], sum } = haarRect(o, rect, now.tilted, o.at), light = rect[4] > 0;
    add((light ? "light " : "box ") + rect[2] + " × " + rect[3] + (now.tilted ? " tilted" : ""), { fontWeight: 600, borderLeft: "5px solid " + s.params.colors[light ? "light" : "dark"], paddingLeft: "6px", marginTop: "3px" });
    add("D − B − C + A = " + many(d) + " − " + many(b) + " − " + many(c) + " + " + many(a) + " = " + many(sum) + ", times " + haarTimes(rect[4]), { paddingLeft: "11px" });
  }
  add("Value " + many(now.value) + " from " + (haarFlat(o.wide, now.rects, now.tilted).length / 2) + " look-ups", { fontWeight: 600, marginTop: "5px" });
  add("÷ (" + many(now.area) + " px × spread " + fixed(now.spread, 1) + ") = " + (now.contrast ? haarNumber(now.normal) : "not asked: spread at most 10"));
  if (o.cascade && now.contrast) {
    const c = o.cascade;
    add((now.below ? "below" : "not below") + " its threshold " + haarNumber(c.thresholds[now.k]) + ": votes " + haarNumber(now.vote) + " (otherwise " + haarNumber(now.below ? c.right[now.k] : c.left[now.k]) + ")");
    const [stage] = o.pick, sum = now.sums[stage], good = sum >= c.limits[stage];
    add("Stage " + (stage + 1) + ": " + (c.starts[stage + 1] - c.starts[stage]) + " votes add up to " + haarNumber(sum) + (good ? " ≥ " : " < ") + haarNumber(c.limits[stage]) + ": " + (good ? "passes" : "rejected"), { fontWeight: 600, marginTop: "5px" });
  }
  o.sums.replaceChildren(...lines);
}

function haarZoom(s, now) {
  const o = s.own, [w, h] = s.params.window, dpr = Math.max(1, window.devicePixelRatio || 1), g = o.zoom.getContext("2d");
  o.unit = HAAR_ZOOM / Math.max(w, h);
  const size = [w, h].map((v) => Math.round(v * o.unit));
  if (o.zoom.width !== size[0] * dpr || o.zoom.height !== size[1] * dpr) {
    Object.assign(o.zoom, { width: size[0] * dpr, height: size[1] * dpr });
    styled(o.zoom, { width: size[0] + "px", height: size[1] + "px" });
  }
  g.setTransform(dpr, 0, 0, dpr, 0, 0);
  g.imageSmoothingEnabled = false;
  g.drawImage(o.photo, o.at[0], o.at[1], w, h, 0, 0, ...size);
  haarFeature(s, g, now.rects, now.tilted, o.unit, 1);
  if (!o.cascade) { g.fillStyle = "#fff"; g.strokeStyle = "#000"; g.lineWidth = 1.5; const [x, y] = [(o.box[0] + o.box[2]) * o.unit, (o.box[1] + o.box[3]) * o.unit]; g.fillRect(x - 6, y - 6, 10, 10); g.strokeRect(x - 6, y - 6, 10, 10); }
}

const haarX = (s, k) => 4 + ((HAAR_W - 8) * k) / s.own.cascade.limits.length;

function haarPress(s, e) {
  const box = s.own.chart.getBoundingClientRect(), stages = s.own.cascade.limits.length;
  haarPick(s, [clamp(Math.floor((((e.clientX - box.left) * HAAR_W) / box.width - 4) / ((HAAR_W - 8) / stages)), 0, stages - 1), 0]);
}

// Each stage's sum above or below its threshold; those after the first that rejects are never asked.
function haarChart(s, now) {
  const o = s.own, p = s.params, tall = HAAR_BARS + 34, dpr = Math.max(2, window.devicePixelRatio || 1), g = o.chart.getContext("2d"), middle = 18 + HAAR_BARS / 2;
  const gaps = now.sums.map((sum, k) => sum - o.cascade.limits[k]), most = Math.max(1e-6, ...gaps.map(Math.abs)), wide = haarX(s, 1) - haarX(s, 0);
  if (o.chart.width !== HAAR_W * dpr) { Object.assign(o.chart, { width: HAAR_W * dpr, height: tall * dpr }); o.chart.style.aspectRatio = HAAR_W + " / " + tall; }
  g.setTransform(dpr, 0, 0, dpr, 0, 0);
  g.clearRect(0, 0, HAAR_W, tall);
  g.font = "12px " + s.font;
  g.fillStyle = s.color.text;
  g.fillText("each stage: votes minus threshold, root scale (press one)", 4, 11);
  gaps.forEach((gap, k) => {
    g.globalAlpha = now.passed >= 0 && k <= now.passed ? 1 : 0.25;
    g.fillStyle = gap >= 0 ? p.colors.passes : p.colors.fails;
    const high = Math.max(2, (Math.sqrt(Math.abs(gap) / most) * HAAR_BARS) / 2);
    g.fillRect(haarX(s, k) + 1, gap >= 0 ? middle - high : middle, wide - 2, high);
  });
  g.globalAlpha = 1;
  g.strokeStyle = s.color.text;
  g.strokeRect(4, middle, HAAR_W - 8, 0.5);
  g.lineWidth = 1.5;
  g.strokeRect(haarX(s, o.pick[0]), 18, wide, HAAR_BARS);
  g.lineWidth = 1;
  g.fillStyle = s.color.text;
  g.textAlign = "center";
  gaps.forEach((_, k) => { if (k === 0 || (k + 1) % 5 === 0) g.fillText(k + 1, haarX(s, k) + wide / 2, tall - 4); });
  g.textAlign = "left";
  o.chart.setAttribute("aria-label", "Votes minus threshold, stage by stage: " + gaps.map(haarNumber).join(", "));
}

// Beside the windows: how many are left, what each stage cost, and the same for every size.

const CSC_W = 440, CSC_PAD = [58, 8], CSC_BARS = 128, CSC_TIME = 64;
// Each chart has a title above it and room below: for the numbers of the stages, and to the next one.
const CSC_TITLE = 22, CSC_AXIS = 20, CSC_GAP = 16, CSC_KEY = 30;
const CSC_TIME_TOP = CSC_TITLE + CSC_BARS + CSC_AXIS + CSC_GAP + CSC_TITLE, CSC_MAP_TOP = CSC_TIME_TOP + CSC_TIME + CSC_GAP + CSC_TITLE;

function cscPanel(s) {
  const o = s.own, p = s.params;
  if (!o.title) {
    o.title = styled(element("div"), { fontWeight: 600, minHeight: "1.4em" });
    o.detail = styled(element("div"), { fontSize: "0.86rem", minHeight: "2.7em" });
    const row = styled(element("label", "", "Window size "), { fontSize: "0.86rem", display: "flex", gap: "6px", alignItems: "center", marginBottom: "2px" });
    o.select = styled(element("select"), { font: "inherit", color: "inherit", background: STYLED.second, border: "1px solid " + STYLED.border, borderRadius: "4px" });
    o.select.onchange = () => cscChoose(s, Number(o.select.value));
    row.append(o.select);
    o.chart = styled(element("canvas"), { width: "100%", maxWidth: CSC_W / 16 + "rem", display: "block", cursor: "pointer" });
    o.chart.setAttribute("role", "img");
    o.chart.onclick = (e) => cscPress(s, e);
    o.chart.onpointermove = (e) => { const at = cscSpot(s, e); o.chart.title = at ? cscTitle(s, at) : ""; };
    s.panel.replaceChildren(o.title, o.detail, row, o.chart);
  }
  const names = p.levels.map(([scale]) => p.window.map((v) => Math.round(v * scale)).join(" × ") + " px");
  o.select.replaceChildren(...["all sizes", ...names].map((name, i) => { const one = element("option", "", name); one.value = i - 1; return one; }));
  o.select.value = o.level;
  o.told = null;
}

function cscChoose(s, level) {
  s.own.level = level;
  s.own.select.value = level;
  s.keep("level", level < 0 ? null : [level]);
  s.change();
}

const cscTall = (s) => CSC_MAP_TOP + s.params.levels.length * cscRow(s) + CSC_KEY;
const cscRow = (s) => clamp(150 / s.params.levels.length, 4, 9);
const cscX = (s, k) => CSC_PAD[0] + ((CSC_W - CSC_PAD[0] - CSC_PAD[1]) * k) / (s.params.stages + 1);

// What the pointer is on: {k} a stage, with {level} in the map of sizes.
function cscSpot(s, e) {
  const box = s.own.chart.getBoundingClientRect(), f = CSC_W / box.width, x = (e.clientX - box.left) * f, y = (e.clientY - box.top) * f;
  const k = Math.floor(((x - CSC_PAD[0]) / (CSC_W - CSC_PAD[0] - CSC_PAD[1])) * (s.params.stages + 1));
  if (k < 0 || k > s.params.stages) return null;
  const level = Math.floor((y - CSC_MAP_TOP) / cscRow(s));
  return { k, level: y >= CSC_MAP_TOP && level < s.params.levels.length ? level : null };
}

function cscTitle(s, { k, level }) {
  const o = s.own, where = level === null ? "" : o.select.options[level + 1].textContent + ": ", n = level === null ? cscLeft(s, k) : o.left[level][k];
  return where + (k ? "after stage " + k + ": " : "looked at: ") + many(n) + " windows";
}

function cscPress(s, e) {
  const at = cscSpot(s, e);
  if (!at) return;
  if (at.level !== null) cscChoose(s, at.level === s.own.level && at.k === cscStage(s) ? -1 : at.level);
  window.dispatchEvent(new CustomEvent("explorer:go", { detail: { key: s.d.frames, frame: at.k } }));
}

function cscTell(s) {
  const o = s.own, p = s.params, k = cscStage(s), n = cscLeft(s, k), all = cscLeft(s, 0);
  if (cscGrouped(s)) {
    o.title.textContent = many(o.raw.length / 4) + " raw boxes → " + o.counts.length + (o.counts.length === 1 ? " box" : " boxes") + " after grouping";
    o.detail.textContent = o.counts.length ? "Green: the mean of each group with enough raw boxes (grey)." : "No group has enough raw boxes: nothing is found here.";
  } else {
    o.title.textContent = k ? "After stage " + k + " of " + p.stages + ": " + many(n) + " of " + many(all) + " windows left (" + cscShare(n, all) + ")" : "Before the first stage: " + many(all) + " windows";
    o.detail.textContent = cscWhat(s, k);
  }
  cscChart(s, k);
}

const cscShare = (n, all) => { const v = all ? (100 * n) / all : 0; return (v >= 9.95 ? fixed(v, 0) : v >= 0.0995 || !v ? fixed(v, 1) : v.toPrecision(2)) + "\u00a0%"; };

const cscFlat = (s) => cscChosen(s).reduce((sum, i) => sum + s.own.flat[i], 0);

// The time of a stage is known for all sizes together.
function cscEach(s, k, windows) {
  const us = (1e3 * s.own.ms[k - 1]) / windows;
  return s.own.level < 0 ? ", " + (us >= 10 ? fixed(us, 0) : us.toPrecision(2)) + " \u00b5s each," : "";
}

function cscWhat(s, k) {
  const o = s.own, p = s.params;
  if (!k) return "Stage 1 asks only " + o.features[0] + " features of each. Step on, and the photo goes dark where no window is left.";
  const flat = k === 1 ? cscFlat(s) : 0, before = cscLeft(s, k - 1) - flat, gone = before - cscLeft(s, k);
  if (!before) return k === 1 ? "Too flat, all of them: no window is asked anything." : "No window is left to ask.";
  const out = flat ? "Too flat to be asked: " + many(flat) + ". " : "";
  const said = out + "This stage asks " + o.features[k - 1] + " features of " + many(before) + " windows" + cscEach(s, k, before) + " and rejects " + cscShare(gone, before) + " of them.";
  return k < p.stages ? said : said + " What is left are the raw boxes.";
}

function cscChart(s, k) {
  const o = s.own, p = s.params, tall = cscTall(s), dpr = Math.max(2, window.devicePixelRatio || 1), g = o.chart.getContext("2d");
  o.chart.style.aspectRatio = CSC_W + " / " + tall;
  Object.assign(o.chart, { width: CSC_W * dpr, height: tall * dpr });
  g.setTransform(dpr, 0, 0, dpr, 0, 0);
  g.font = "12px " + s.font;
  g.textBaseline = "middle";
  cscHead(s, g, "Windows left after each stage (log)", CSC_TITLE);
  cscHead(s, g, "Time of each stage here, all sizes", CSC_TIME_TOP);
  cscHead(s, g, "Windows left, size by stage (press one)", CSC_MAP_TOP);
  cscBars(s, g, k);
  cscTimes(s, g, k);
  cscSizes(s, g, k);
  o.chart.setAttribute("aria-label", "Windows left after each stage: " + Array.from({ length: p.stages + 1 }, (_, i) => many(cscLeft(s, i))).join(", "));
}

function cscHead(s, g, text, top) {
  g.textAlign = "left";
  g.fillStyle = s.color.text;
  g.fillText(text, CSC_PAD[0], top - 11);
}

// What the colours of the map of sizes mean, and the one of the stage that is shown.
function cscKey(s, g, most, colors) {
  const y = CSC_MAP_TOP + s.params.levels.length * cscRow(s) + 18, x = CSC_PAD[0] + 14, wide = 90;
  for (let i = 0; i < wide; i++) { g.fillStyle = "rgb(" + colors[Math.round(40 + (215 * i) / wide)].join(",") + ")"; g.fillRect(x + i, y - 5, 1.5, 10); }
  g.fillStyle = s.color.text;
  g.textAlign = "left";
  g.fillText("1", CSC_PAD[0], y);
  g.fillText(many(most) + " windows", x + wide + 6, y);
  g.textAlign = "right";
  g.fillText("the stage shown", CSC_W - CSC_PAD[1], y);
  g.fillStyle = s.params.colors.raw;
  g.fillRect(CSC_W - CSC_PAD[1] - g.measureText("the stage shown").width - 16, y - 5, 10, 10);
}

function cscBars(s, g, k) {
  const p = s.params, base = CSC_TITLE + CSC_BARS, most = Math.max(1, Math.log10(Math.max(10, cscLeft(s, 0)))), wide = cscX(s, 1) - cscX(s, 0);
  const y = (n) => base - (CSC_BARS * (n < 1 ? 0 : (0.3 + Math.log10(n)) / (0.3 + most)));
  g.textAlign = "right";
  for (let e = 0; e <= most; e++) {
    g.fillStyle = s.color.text;
    if (e % (most > 4 ? 2 : 1) === 0) g.fillText(many(10 ** e), CSC_PAD[0] - 6, y(10 ** e));
    g.strokeStyle = s.color.border;
    g.beginPath();
    g.moveTo(CSC_PAD[0], y(10 ** e));
    g.lineTo(CSC_W - CSC_PAD[1], y(10 ** e));
    g.stroke();
  }
  for (let i = 0; i <= p.stages; i++) {
    g.fillStyle = i === k ? p.colors.raw : p.colors.bar;
    const top = y(cscLeft(s, i));
    g.fillRect(cscX(s, i) + 1, top, wide - 2, base - top);
  }
  g.fillStyle = s.color.text;
  g.textAlign = "center";
  for (let i = 0; i <= p.stages; i += 5) g.fillText(i, cscX(s, i) + wide / 2, base + 10);
  g.textAlign = "right";
  g.fillText("stage", CSC_PAD[0] - 6, base + 10);
}

function cscTimes(s, g, k) {
  const o = s.own, p = s.params, top = CSC_TIME_TOP, base = top + CSC_TIME, most = Math.max(...o.ms, 1e-3), wide = cscX(s, 1) - cscX(s, 0);
  g.textAlign = "right";
  g.fillText(fixed(most, most < 10 ? 1 : 0) + " ms", CSC_PAD[0] - 6, top + 6);
  g.fillText("0", CSC_PAD[0] - 6, base - 2);
  for (let i = 1; i <= p.stages; i++) {
    const high = (CSC_TIME * o.ms[i - 1]) / most;
    g.fillStyle = i === k ? p.colors.raw : p.colors.time;
    g.fillRect(cscX(s, i) + 1, base - high, wide - 2, high);
  }
  g.strokeStyle = s.color.border;
  g.strokeRect(CSC_PAD[0], base, CSC_W - CSC_PAD[0] - CSC_PAD[1], 0.5);
}

function cscSizes(s, g, k) {
  const o = s.own, p = s.params, top = CSC_MAP_TOP, row = cscRow(s), wide = cscX(s, 1) - cscX(s, 0), colors = palette("sequential");
  const first = Math.max(...o.left.map((one) => one[0]), 1), most = Math.log1p(first);
  cscKey(s, g, first, colors);
  o.left.forEach((left, i) => left.forEach((n, j) => {
    if (!n) return;
    const [r, gr, b] = colors[Math.round(40 + (215 * Math.log1p(n)) / most)];
    g.fillStyle = "rgb(" + [r, gr, b].join(",") + ")";
    g.fillRect(cscX(s, j), top + i * row, wide - 0.6, row - 0.6);
  }));
  g.textAlign = "right";
  g.fillStyle = s.color.text;
  const px = (i) => Math.round(p.window[0] * p.levels[i][0]) + " px", last = p.levels.length - 1;
  g.fillText(px(0), CSC_PAD[0] - 6, top + row / 2 + 2);
  if (last) g.fillText(px(last), CSC_PAD[0] - 6, top + (last + 0.5) * row);
  g.strokeStyle = p.colors.raw;
  g.lineWidth = 1.5;
  g.strokeRect(cscX(s, k), top, wide - 0.6, p.levels.length * row);
  if (o.level >= 0) g.strokeRect(CSC_PAD[0], top + o.level * row, CSC_W - CSC_PAD[0] - CSC_PAD[1], row);
  g.lineWidth = 1;
}

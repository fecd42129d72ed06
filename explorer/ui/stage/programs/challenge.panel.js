// Beside the picture: the two scores of this frame, the curve over the slider, and the frame's boxes in words.

const CHL_LISTED = 5, CHL_HIGH = 214;

function chlStyled(name, style, text = "") {
  const made = element(name, "", text);
  Object.assign(made.style, style);
  return made;
}

function chlBuild(s) {
  const o = s.own;
  o.built = true;
  o.head = chlStyled("div", { fontWeight: 700, minHeight: "1.4em" });
  o.chips = chlStyled("div", { display: "flex", gap: "16px", margin: "2px 0 4px", fontVariantNumeric: "tabular-nums" });
  o.own = chlChip(o.chips, s.params.colors.object);
  o.wrong = chlChip(o.chips, s.params.colors.wrong);
  o.chart = chlStyled("canvas", { width: "100%", height: CHL_HIGH + "px", display: "block", touchAction: "pan-y", cursor: "ew-resize" });
  o.chart.setAttribute("role", "img");
  const to = (e) => { if (e.buttons || e.type === "pointerdown") chlStep(s, chlAt(s, e) - chlNow(s)); };
  o.chart.onpointerdown = (e) => { if (!s.params.frames.length) return; try { o.chart.setPointerCapture(e.pointerId); } catch { /* a made-up event has no pointer */ } to(e); };
  o.chart.onpointermove = (e) => { if (s.params.frames.length) to(e); };
  o.made = chlStyled("div", { fontSize: "0.84rem", lineHeight: 1.35, minHeight: "3.9em", marginTop: "4px", fontVariantNumeric: "tabular-nums" });
  o.list = chlStyled("div", { fontSize: "0.82rem", lineHeight: 1.3, marginTop: "2px", fontVariantNumeric: "tabular-nums", minHeight: "7.6em" });
  o.list.onpointerleave = () => { o.overList = false; o.at = null; s.change(); };
  const rows = () => [...o.list.children].filter((row) => row.onpointerenter);
  walkable(s, o.list, { size: () => [1, rows().length], point: (at) => { o.overList = Boolean(at); o.at = at && at[1]; s.change(); }, words: (at) => rows()[at[1]].textContent, label: "Boxes: the arrows mark one" });
  s.panel.append(o.head, o.chips, o.chart, o.made, o.list);
  // The panel may get room without the picture's frame: the curve would be stretched into it.
  s.sizes.observe(o.chart);
}

function chlChip(parent, color) {
  const chip = chlStyled("div", { borderLeft: "6px solid " + color, paddingLeft: "7px", lineHeight: 1.2 });
  const title = chlStyled("div", { fontSize: "0.78rem" }), value = chlStyled("div", { fontWeight: 700, fontSize: "1.1rem" });
  chip.append(title, value);
  parent.append(chip);
  return { chip, title, value };
}

const chlScore = (v) => (v === null || v === undefined ? "no box" : fixed(v));

function chlPanel(s) {
  const o = s.own, p = s.params, there = p.frames.length > 0;
  for (const node of [o.chips, o.chart, o.list]) node.style.display = there ? "" : "none";
  o.chips.style.display = there ? "flex" : "none";
  if (!there) {
    o.head.textContent = p.asks ? "Where is the " + p.label + "?" : "";
    o.made.textContent = !p.asks ? "" : "Draw a box on the picture around what the detector should find. Then it is run over the whole range of the slider.";
    return;
  }
  const k = o.now, mark = (v) => (v === null ? "" : v >= p.threshold ? " \u2713" : " below " + chlScore(p.threshold));
  o.head.textContent = o.stale ? "The box moved: the detector runs again \u2026" : p.axis[0].toUpperCase() + p.axis.slice(1) + ": " + p.places[k] + (k === p.base ? " (unchanged)" : "");
  o.own.title.textContent = "best box on the " + p.label;
  o.own.value.textContent = chlScore(p.object[k]) + mark(p.object[k]);
  o.wrong.title.textContent = "best wrong box" + (p.wrongKinds[k] < 0 ? "" : ": " + p.kinds[p.wrongKinds[k]].name);
  o.wrong.chip.style.borderLeftColor = p.kinds[p.wrongKinds[k]]?.color ?? p.colors.muted;
  o.wrong.value.textContent = chlScore(p.wrong[k]) + (p.wrong[k] !== null && p.wrong[k] >= p.threshold ? " \u2717" : p.wrong[k] === null ? "" : mark(p.wrong[k]));
  o.made.textContent = p.made[k] + (k === p.base ? "" : " The " + p.label + "\u2019s score: unchanged " + chlScore(p.object[p.base]) + ", here " + chlScore(p.object[k]) + ".");
  chlChart(s);
  chlList(s);
  o.chart.setAttribute("aria-label", "Scores against " + p.axis + ". " + o.head.textContent + ": best box on the " + p.label + " " + chlScore(p.object[k]) + ", best wrong box " + chlScore(p.wrong[k]) + ", threshold " + chlScore(p.threshold) + ".");
}

// ---- the curve ----------------------------------------------------------------------

function chlScale(s) {
  const o = s.own, p = s.params, w = o.chart.clientWidth, n = p.frames.length;
  const all = [...p.object, ...p.wrong, p.threshold].filter((v) => v !== null), top = Math.max(...all, 0), least = Math.min(...all, 0), span = Math.max(top - least, 1);
  // Letters and what is kept free for them grow with the page's type (the projector's is larger).
  const f = letters(), left = 46 * f, right = w - 18 * f, up = 8, down = CHL_HIGH - 38 * f, low = least - 0.2 * f * span, high = top + 0.08 * span;
  return { f, w, left, right, up, down, low, high, X: (k) => left + (n > 1 ? k / (n - 1) : 0.5) * (right - left), Y: (v) => down - ((v - low) / (high - low)) * (down - up), none: down - 5 };
}

function chlAt(s, e) {
  const { left, right } = chlScale(s), n = s.params.frames.length, x = e.clientX - s.own.chart.getBoundingClientRect().left;
  return clamp(Math.round(((x - left) / (right - left)) * (n - 1)), 0, n - 1);
}

function chlChart(s) {
  const o = s.own, p = s.params, c = o.chart, dpr = window.devicePixelRatio || 1, at = (o.scale = chlScale(s)), g = c.getContext("2d");
  if (c.width !== Math.round(at.w * dpr) || c.height !== Math.round(CHL_HIGH * dpr)) Object.assign(c, { width: Math.round(at.w * dpr), height: Math.round(CHL_HIGH * dpr) });
  g.setTransform(dpr, 0, 0, dpr, 0, 0);
  g.clearRect(0, 0, at.w, CHL_HIGH);
  g.font = 12 * at.f + "px " + s.font;
  g.globalAlpha = o.stale ? 0.35 : 1;
  chlAxes(s, g, at);
  chlCursor(s, g, at);
  chlLine(s, g, at, p.wrong, p.colors.muted, p.wrongKinds.map((kind) => p.kinds[kind]?.color));
  chlLine(s, g, at, p.object, p.colors.object, null);
  chlThreshold(s, g, at);
  g.globalAlpha = 1;
}

// Scores with a line of their own, above the row "none": a lone 0 would tell no scale.
function chlTicks(at) {
  const span = at.high - at.low, step = [0.1, 0.2, 0.5, 1, 2, 5, 10].find((v) => span / v <= 6) ?? 20, first = Math.ceil(at.low / step);
  const all = Array.from({ length: Math.floor(at.high / step) - first + 1 }, (_, k) => (first + k) * step);
  return all.filter((v) => at.Y(v) <= at.down - 20 * at.f);
}

function chlAxes(s, g, at) {
  const p = s.params, n = p.frames.length;
  g.strokeStyle = s.color.border;
  g.fillStyle = s.color.text;
  g.lineWidth = 1;
  g.textAlign = "right";
  g.textBaseline = "middle";
  for (const v of (at.ticks = chlTicks(at))) {
    g.beginPath(); g.moveTo(at.left, at.Y(v)); g.lineTo(at.right, at.Y(v)); g.stroke();
    g.fillText(String(Math.round(v * 10) / 10).replace("-", "\u2212"), at.left - 11 * at.f, at.Y(v));
  }
  g.fillText("none", at.left - 11 * at.f, at.none);
  g.beginPath(); g.moveTo(at.left, at.down + 2); g.lineTo(at.right, at.down + 2); g.stroke();
  g.textBaseline = "top";
  // As many positions are named as fit beside one another; names that are words are only counted.
  const words = p.places.map((name, k) => (name.length > 5 ? String(k) : name)), wide = Math.max(...words.map((t) => g.measureText(t).width)) + 8, every = Math.max(1, Math.ceil((wide * (n - 1)) / (at.right - at.left)));
  g.textAlign = "center";
  for (let k = p.base % every; k < n; k += every) g.fillText(words[k], at.X(k), at.down + 6);
  g.fillText(p.axis, (at.left + at.right) / 2, at.down + 22 * at.f);
  g.save();
  g.setLineDash([6, 4]);
  g.strokeStyle = s.color.text;
  g.lineWidth = 1.3;
  g.beginPath(); g.moveTo(at.left, at.Y(p.threshold)); g.lineTo(at.right, at.Y(p.threshold)); g.stroke();
  g.restore();
}

function chlThreshold(s, g, at) {
  const p = s.params, n = p.frames.length;
  // Its name stands where the curves keep furthest away, on a rim of the ground.
  const near = (k) => Math.min(...[p.object[k], p.wrong[k]].map((v) => (v === null || v === undefined ? 99 : Math.abs(v - p.threshold))));
  let best = 0, most = -1;
  for (let k = 1; k < n - 1; k++) { const far = Math.min(near(k - 1), near(k), near(k + 1)); if (far >= most) { most = far; best = k; } }
  g.textAlign = "center";
  g.textBaseline = "bottom";
  Object.assign(g, { strokeStyle: s.color.background, fillStyle: s.color.text, lineWidth: 4, lineJoin: "round" });
  g.strokeText("threshold", at.X(best), at.Y(p.threshold) - 3);
  g.fillText("threshold", at.X(best), at.Y(p.threshold) - 3);
}

function chlCursor(s, g, at) {
  const x = at.X(s.own.now);
  g.fillStyle = s.color.primary;
  g.save();
  g.globalAlpha *= 0.16;
  g.fillRect(x - 7, at.up - 4, 14, at.down - at.up + 6);
  g.restore();
  g.strokeStyle = s.color.text;
  g.lineWidth = 1.2;
  g.beginPath(); g.moveTo(x, at.up - 4); g.lineTo(x, at.down + 2); g.stroke();
}

// A position without a box breaks the line; the object's mark then stands hollow on the row "none".
// The wrong boxes' marks are square, each in the colour of its name.
function chlLine(s, g, at, values, color, named) {
  const now = s.own.now;
  g.strokeStyle = color;
  g.lineWidth = 2.4;
  g.setLineDash(named ? [5, 3] : []);
  g.beginPath();
  values.forEach((v, k) => { if (v !== null) g[k && values[k - 1] !== null ? "lineTo" : "moveTo"](at.X(k), at.Y(v)); });
  g.stroke();
  g.setLineDash([]);
  g.lineWidth = 1.6;
  values.forEach((v, k) => {
    if (v === null && named) return;
    const r = k === now ? 6 : 3.6, x = at.X(k), y = v === null ? at.none - 3 : at.Y(v);
    g.beginPath();
    if (named) g.rect(x - r * 0.9, y - r * 0.9, r * 1.8, r * 1.8);
    else g.arc(x, y, r, 0, 7);
    g.fillStyle = named ? named[k] : color;
    if (v !== null) g.fill();
    g.strokeStyle = v === null ? color : k === now ? s.color.text : "rgba(0,0,0,.4)";
    g.stroke();
  });
}

// ---- the boxes of the frame -----------------------------------------------------------

function chlList(s) {
  const o = s.own, p = s.params, found = p.found[o.now], over = found.filter((box) => box[4] >= p.threshold);
  const key = o.now + " " + p.threshold + " " + o.tag + " " + found.length;
  if (key !== o.listed) {
    o.listed = key;
    const rows = over.slice(0, CHL_LISTED).map((box, k) => {
      const row = chlStyled("div", { borderLeft: "6px solid " + p.kinds[box[5]].color, paddingLeft: "7px", marginBottom: "2px" });
      row.append(chlStyled("b", {}, p.kinds[box[5]].name + " " + chlScore(box[4])), document.createTextNode(" \u2014 " + box[6]));
      row.onpointerenter = () => { o.overList = true; o.at = k; s.change(); };
      return row;
    });
    if (!over.length) rows.push(chlStyled("div", { opacity: 0.85 }, "No box reaches the threshold."));
    const more = Math.max(0, over.length - CHL_LISTED), faint = found.length - over.length;
    const rest = [more ? more + " more" : "", faint ? faint + " below the threshold (thin and grey)" : ""].filter(Boolean).join(", ");
    if (rest) rows.push(chlStyled("div", { opacity: 0.75 }, rest + "."));
    o.list.replaceChildren(...rows);
  }
  [...o.list.children].forEach((row, k) => { row.style.background = k === o.at && k < over.length ? "var(--st-secondary-background-color)" : ""; });
}

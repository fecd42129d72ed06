// The panel of rcnn.js: the steps to choose from, and what happens to the chosen proposal in each.

const RCN_WARP = 150, RCN_COLS = 64;
const rcnNode = (name, text, style) => { const made = element(name, "", text); Object.assign(made.style, style); return made; };
const RCN_FIGURES = { fontVariantNumeric: "tabular-nums" };

function rcnPanel(s) {
  const o = s.own;
  o.tabs = rcnNode("div", "", { display: "flex", flexWrap: "wrap", gap: "4px", marginBottom: "6px" });
  o.buttons = RCN_STEPS.map((name, i) => {
    const made = rcnNode("button", i + 1 + " " + name, { padding: "0.1rem 0.42rem", fontSize: "0.76rem" });
    made.type = "button";
    made.onclick = () => rcnGo(s, i === 5 && rcnFrame(s) === 5 ? 5 + o.last : i);
    o.tabs.append(made);
    return made;
  });
  const row = rcnNode("div", "", { display: "flex", gap: "6px", alignItems: "center", margin: "2px 0 6px" });
  for (const [text, by, label] of [["\u2039", -1, "Previous proposal"], ["\u203a", 1, "Next proposal"]]) {
    const made = rcnNode("button", text, { padding: "0 0.5rem" });
    made.type = "button";
    made.setAttribute("aria-label", label);
    made.onclick = () => rcnPick(s, (o.picked + by + s.params.count) % s.params.count);
    row.append(made);
  }
  o.title = rcnNode("div", "", { ...RCN_FIGURES, fontWeight: 600 });
  row.append(o.title);
  o.body = rcnNode("div", "", RCN_FIGURES);
  s.panel.replaceChildren(o.tabs, row, o.body);
}

function rcnTell(s) {
  const o = s.own, p = s.params, step = rcnStep(s), box = rcnBox(o.all, o.picked);
  o.buttons.forEach((one, i) => { one.setAttribute("aria-pressed", i === step); one.disabled = !p.ready; one.style.opacity = p.ready ? 1 : 0.5; });
  o.title.textContent = "Proposal " + (o.picked + 1) + " of " + p.count + ": " + Math.round(box[2] - box[0]) + " × " + Math.round(box[3] - box[1]) + " px";
  const made = p.ready ? [rcnAll, rcnWarp, rcnFeatures, rcnScores, rcnMoved, rcnRound][step](s) : [...rcnAll(s), rcnNote("The crops are being run \u2026")];
  o.body.replaceChildren(...made);
}

const rcnNote = (text) => rcnNode("div", text, { fontSize: "0.86rem", opacity: 0.85, marginTop: "6px" });

function rcnAll(s) {
  const p = s.params, total = s.own.all.length / 4;
  return [
    rcnNote("Selective search found " + total.toLocaleString("en") + " boxes that may hold something. Orange: the first " + p.count + ", which are run through the network; " + (total > p.count ? "thin white: the others. " : "") + "The thick one is chosen. Click another to follow it."),
    rcnPair(s),
  ];
}

// The crop in its own shape, and the square it is stretched to.
function rcnPair(s) {
  const o = s.own, p = s.params, [x1, y1, x2, y2] = rcnContext(s, rcnBox(o.all, o.picked)), w = x2 - x1, h = y2 - y1, f = RCN_WARP / Math.max(w, h);
  const row = rcnNode("div", "", { display: "flex", gap: "10px", alignItems: "center", marginTop: "8px" });
  row.append(rcnCrop(s, [x1, y1, x2, y2], Math.max(2, w * f), Math.max(2, h * f), "The crop as it lies in the photo"));
  row.append(rcnNode("span", "\u2192", { fontSize: "1.3rem" }));
  row.append(rcnCrop(s, [x1, y1, x2, y2], RCN_WARP, RCN_WARP, "The crop warped to " + p.side + " × " + p.side, true));
  return row;
}

function rcnCrop(s, [x1, y1, x2, y2], wide, high, label, frame = false) {
  const p = s.params, k = p.side / RCN_WARP, canvas = rcnNode("canvas", "", { width: wide + "px", height: high + "px", borderRadius: "2px", flex: "0 0 auto" }), g = canvas.getContext("2d");
  Object.assign(canvas, { width: Math.max(1, Math.round(wide * k)), height: Math.max(1, Math.round(high * k)) });
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", label);
  g.fillStyle = "rgb(" + p.mean.join(",") + ")";
  g.fillRect(0, 0, canvas.width, canvas.height);
  g.imageSmoothingQuality = "high";
  const a = Math.max(0, x1), b = Math.max(0, y1), c = Math.min(s.w, x2), d = Math.min(s.h, y2), fx = canvas.width / (x2 - x1), fy = canvas.height / (y2 - y1), nx = (s.base.naturalWidth || s.w) / s.w, ny = (s.base.naturalHeight || s.h) / s.h;
  if (s.base.complete && s.base.naturalWidth) g.drawImage(s.base, a * nx, b * ny, (c - a) * nx, (d - b) * ny, (a - x1) * fx, (b - y1) * fy, (c - a) * fx, (d - b) * fy);
  const mx = (p.context / p.side) * canvas.width, my = (p.context / p.side) * canvas.height;
  g.strokeStyle = p.colors.picked;
  g.lineWidth = frame ? 2 : 1.5 * k;
  g.strokeRect(mx, my, canvas.width - 2 * mx, canvas.height - 2 * my);
  return canvas;
}

function rcnWarp(s) {
  const o = s.own, p = s.params, [x1, y1, x2, y2] = rcnBox(o.all, o.picked), inner = p.side - 2 * p.context, fx = inner / (x2 - x1), fy = inner / (y2 - y1), ratio = fx / fy;
  const how = Math.abs(Math.log(ratio)) < 0.05 ? "Hardly distorted." : ratio > 1 ? "Everything looks " + fixed(ratio) + " times wider than it is." : "Everything looks " + fixed(1 / ratio) + " times taller than it is.";
  return [
    rcnPair(s),
    rcnLine("Across", fixed(x2 - x1, 0) + " px → " + inner + " px", "× " + fixed(fx)),
    rcnLine("Down", fixed(y2 - y1, 0) + " px → " + inner + " px", "× " + fixed(fy)),
    rcnLine("Distortion", "across ÷ down", fixed(ratio)),
    rcnNote(how + " The network takes one size, " + p.side + " × " + p.side + ": " + inner + " px of box (framed) and " + p.context + " px of what lies around it on each side. Beyond the photo: its mean colour. Drawn here by your browser."),
  ];
}

function rcnLine(name, middle, value) {
  const line = rcnNode("div", "", { display: "grid", gridTemplateColumns: "6rem 1fr auto", gap: "8px", fontSize: "0.88rem", marginTop: "3px" });
  line.append(rcnNode("span", name, { opacity: 0.75 }), rcnNode("span", middle, {}), rcnNode("span", value, { fontWeight: 600 }));
  return line;
}

function rcnFeatures(s) {
  const o = s.own, f = o.features.shape[1], rows = Math.ceil(f / RCN_COLS), most = o.most[o.picked], mine = o.features.subarray(f * o.picked, f * (o.picked + 1)), levels = new Uint8Array(rows * RCN_COLS);
  levels.set(mine);
  levels.shape = [rows, RCN_COLS];
  const canvas = rcnNode("canvas", "", { width: "100%", maxWidth: "420px", aspectRatio: RCN_COLS + " / " + rows, imageRendering: "pixelated", display: "block", marginTop: "6px", cursor: "crosshair" });
  heatBitmap(levels, "sequential", canvas);
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", f + " features of the crop as a strip");
  const note = rcnNote(""), usual = rcnFeatureWords(s, mine, most);
  const tell = (at) => { note.textContent = at < f ? "Feature " + (at + 1) + " of " + f + ": " + fixed((mine[at] / 255) * most) : usual; };
  canvas.onpointermove = (e) => {
    const r = canvas.getBoundingClientRect();
    tell(clamp(Math.floor(((e.clientY - r.top) / r.height) * rows), 0, rows - 1) * RCN_COLS + clamp(Math.floor(((e.clientX - r.left) / r.width) * RCN_COLS), 0, RCN_COLS - 1));
  };
  canvas.onpointerleave = () => tell(f);
  walkable(s, canvas, { size: () => [RCN_COLS, rows], point: (at) => tell(at ? at[1] * RCN_COLS + at[0] : f), words: () => note.textContent });
  note.textContent = usual;
  return [canvas, note];
}

function rcnFeatureWords(s, mine, most) {
  const f = mine.length, all = s.params.featureCount;
  let zero = 0;
  for (const v of mine) zero += v === 0;
  return (all > f ? "The first " + f.toLocaleString("en") + " of " + all.toLocaleString("en") : f.toLocaleString("en")) + " numbers, row by row, from 0 (dark) to " + fixed(most) + " (yellow); " + Math.round((100 * zero) / f) + " % are 0 or nearly so. " + (all > f ? "These are means over the whole crop; the others are means over its parts, which say where something is. " : "") + "All that R-CNN keeps of the crop: classifiers and regressors see nothing else. Point at one to read it.";
}

function rcnBars(title, names, values, color, digits = 2) {
  const made = [rcnNode("div", title, { fontWeight: 600, fontSize: "0.86rem", marginTop: "8px" })];
  names.forEach((name, i) => {
    const line = rcnNode("div", "", { display: "grid", gridTemplateColumns: "minmax(6rem, 9rem) 1fr 3rem", gap: "6px", alignItems: "center", fontSize: "0.86rem", marginTop: "2px" });
    const bar = rcnNode("div", "", { height: "0.7rem", background: "var(--st-secondary-background-color)" });
    bar.append(rcnNode("div", "", { height: "100%", width: clamp(100 * values[i], 0, 100) + "%", background: color }));
    line.append(rcnNode("span", name, { overflow: "hidden", textOverflow: "ellipsis", whiteSpace: "nowrap" }), bar, rcnNode("span", fixed(values[i], digits), { textAlign: "right" }));
    line.title = name;
    made.push(line);
  });
  return made;
}

function rcnScores(s) {
  const o = s.own, p = s.params, k = o.picked, c = p.classNames.length, at = [...o.top.subarray(5 * k, 5 * k + 5)], made = [];
  const mine = [...o.chances.subarray(c * k, c * k + c)], order = mine.map((_, i) => i).sort((a, b) => mine[b] - mine[a]).slice(0, 5);
  made.push(...rcnBars("Trained here: an SVM for each of " + c + " classes", order.map((i) => p.classNames[i]), order.map((i) => mine[i]), p.colors.trained));
  made.push(...rcnBars("ImageNet's 1,000 classes", at.map((i) => p.names[i]), [...o.probs.subarray(5 * k, 5 * k + 5)], p.colors.imagenet));
  made.push(rcnNote("Each SVM answers by itself: all may say no, which is how R-CNN says background. ImageNet's probabilities add up to 1, on bare ground too: it has no class for background."));
  return made;
}

function rcnMoved(s) {
  const o = s.own, p = s.params, k = o.picked;
  if (!o.moved) return [rcnNote("ImageNet's classifier comes without a box regressor: the box stays where it is.")];
  const [x1, y1, x2, y2] = rcnBox(o.all, k), d = rcnBox(o.deltas, k), w = x2 - x1, h = y2 - y1, sign = (v, digits = 1) => (v < 0 ? "\u2212 " : "+ ") + fixed(Math.abs(v), digits);
  const after = rcnBox(o.moved, k);
  return [
    rcnLine("Centre x", fixed((x1 + x2) / 2, 1) + " " + sign(d[0], 3) + " · " + fixed(w, 0), fixed((x1 + x2) / 2 + d[0] * w, 1)),
    rcnLine("Centre y", fixed((y1 + y2) / 2, 1) + " " + sign(d[1], 3) + " · " + fixed(h, 0), fixed((y1 + y2) / 2 + d[1] * h, 1)),
    rcnLine("Width", fixed(w, 0) + " · exp(" + fixed(d[2], 3) + ")", fixed(w * Math.exp(d[2]), 1)),
    rcnLine("Height", fixed(h, 0) + " · exp(" + fixed(d[3], 3) + ")", fixed(h * Math.exp(d[3]), 1)),
    rcnNote("Four numbers from the same features, for the class " + p.classNames[o.best[k]] + ", move the proposal (dashed) to the blue box: " + after.map((v) => fixed(v, 0)).join(", ") + ", cut at the photo's border. Each class has a regressor of its own."),
  ];
}

function rcnRound(s) {
  const o = s.own, p = s.params, round = rcnFrame(s) - 5, count = o.rows.length, name = (i) => p.labelNames[o.labels[i]] + " " + fixed(o.scores[i]);
  if (!count) return [rcnNote("No score reaches the threshold: nothing is detected. Lower the score threshold above the picture.")];
  if (!round) return [rcnNote(count + " scores reach the threshold (orange boxes). Step on: each round keeps the best box left and removes those of its class that overlap it too much.")];
  const kept = o.keepers.findIndex((v, i) => v === i && o.rounds[i] === round), gone = [];
  for (let i = 0; i < count; i++) if (o.rounds[i] === round && i !== kept) gone.push(i);
  const made = [rcnNode("div", "Round " + round + " of " + o.last + ": keep " + name(kept), { fontWeight: 600, color: STYLED.text, borderLeft: "5px solid " + p.colors.kept, paddingLeft: "7px" })];
  for (const i of gone.slice(0, 7)) made.push(rcnNode("div", "remove " + name(i) + ", IoU " + fixed(o.ious[i]), { fontSize: "0.86rem", borderLeft: "5px solid " + p.colors.suppressed, paddingLeft: "7px", marginTop: "3px" }));
  if (gone.length > 7) made.push(rcnNote("and " + (gone.length - 7) + " more"));
  if (!gone.length) made.push(rcnNote("No other box of its class overlaps it enough: nothing is removed."));
  if (round === o.last) made.push(rcnNote("All rounds are done: the " + (o.last === 1 ? "green box is" : o.last + " green boxes are") + " what R-CNN answers."));
  return made;
}

// How many crops cover each pixel, for the first N of them: the frame of the scrubber is N.
//
// Parameters: boxes (T x 4, whole pixels, in the order they are run), opacity, side (of a crop's
// warp, px), colors {line}. The panel: numbers of this N, and the mean over N.

const CVR_CHART = [420, 165], CVR_PAD = [44, 24, 8, 28];
const cvrNode = (name, text, style) => { const made = element(name, "", text); Object.assign(made.style, style); return made; };
const cvrMany = (v, digits = 0) => v.toLocaleString("en", { maximumFractionDigits: digits, minimumFractionDigits: digits });
const cvrUsed = (s) => clamp(s.frame, 0, s.own.boxes.length / 4);

function cvrMount(s) {
  const o = s.own;
  o.boxes = unpack(s.params.boxes);
  o.shown = -1;
  // Running sum of the areas inside the photo: the mean for every N at once.
  o.area = new Float64Array(o.boxes.length / 4 + 1);
  for (let k = 0; k < o.boxes.length / 4; k++) { const [x1, y1, x2, y2] = cvrInside(s, k); o.area[k + 1] = o.area[k] + (x2 - x1) * (y2 - y1); }
  if (!o.title) {
    o.title = cvrNode("div", "", { fontWeight: 600, fontVariantNumeric: "tabular-nums" });
    o.said = cvrNode("div", "", { fontSize: "0.88rem", margin: "4px 0", fontVariantNumeric: "tabular-nums" });
    o.bar = cvrNode("canvas", "", { width: "100%", maxWidth: CVR_CHART[0] / 16 + "rem", height: "14px", display: "block" });
    o.ends = cvrNode("div", "", { display: "flex", justifyContent: "space-between", maxWidth: CVR_CHART[0] / 16 + "rem", fontSize: "0.82rem" });
    o.chart = cvrNode("canvas", "", { width: "100%", maxWidth: CVR_CHART[0] / 16 + "rem", aspectRatio: CVR_CHART.join(" / "), display: "block", marginTop: "8px" });
    s.panel.replaceChildren(o.title, o.said, o.bar, o.ends, o.chart);
    o.heat = element("canvas");
    const levels = Uint8Array.from({ length: 256 }, (_, i) => i);
    levels.shape = [1, 256];
    heatBitmap(levels, "sequential", o.bar);
  }
  s.change();
}

function cvrInside(s, k) {
  const [x1, y1, x2, y2] = s.own.boxes.subarray(4 * k, 4 * k + 4), a = clamp(x1, 0, s.w), b = clamp(y1, 0, s.h);
  return [a, b, Math.max(a, clamp(x2, 0, s.w)), Math.max(b, clamp(y2, 0, s.h))];
}

// Four marks a box, then sums across and down.
function cvrCount(s, used) {
  const wide = s.w + 1, marks = new Int32Array(wide * (s.h + 1)), counts = new Int32Array(s.w * s.h);
  for (let k = 0; k < used; k++) {
    const [x1, y1, x2, y2] = cvrInside(s, k);
    marks[y1 * wide + x1]++;
    marks[y1 * wide + x2]--;
    marks[y2 * wide + x1]--;
    marks[y2 * wide + x2]++;
  }
  for (let y = 0; y < s.h; y++) for (let x = 0, sum = 0; x < s.w; x++) {
    sum += marks[y * wide + x];
    counts[y * s.w + x] = sum + (y ? counts[(y - 1) * s.w + x] : 0);
  }
  return counts;
}

function cvrShow(s) {
  const o = s.own, used = cvrUsed(s);
  if (o.shown === used) return;
  o.shown = used;
  o.counts = cvrCount(s, used);
  o.most = o.counts.reduce((a, b) => Math.max(a, b), 0);
  const levels = new Uint8Array(o.counts.length), scale = 255 / Math.max(1, o.most);
  for (let i = 0; i < levels.length; i++) levels[i] = o.counts[i] * scale;
  levels.shape = [s.h, s.w];
  heatBitmap(levels, "sequential", o.heat);
  cvrTell(s, used);
}

function cvrTell(s, used) {
  const o = s.own, pixels = s.w * s.h, mean = o.area[used] / pixels, warped = used * s.params.side ** 2;
  o.title.textContent = used ? "The first " + cvrMany(used) + (used === 1 ? " crop" : " crops") + ": each pixel is run " + cvrMany(mean, 1) + " times on average" : "No crop yet";
  o.said.textContent = cvrMany(o.area[used]) + " pixels of crops ÷ " + cvrMany(pixels) + " pixels of photo = " + cvrMany(mean, 1) + "; the busiest pixel: " + cvrMany(o.most) + " times. Warped, the network reads " + cvrMany(used) + " · " + s.params.side + "² = " + cvrMany(warped / 1e6, 1) + " million pixels; the photo has " + cvrMany(pixels / 1e6, 2) + " million.";
  o.ends.replaceChildren(element("span", "", "0"), element("span", "", "times run"), element("span", "", cvrMany(o.most)));
  cvrChart(s, used);
}

function cvrChart(s, used) {
  const o = s.own, [w, h] = CVR_CHART, [left, top, right, bottom] = CVR_PAD, k = 2, g = o.chart.getContext("2d"), total = o.area.length - 1, pixels = s.w * s.h, most = Math.max(1, o.area[total] / pixels);
  Object.assign(o.chart, { width: w * k, height: h * k });
  g.setTransform(k, 0, 0, k, 0, 0);
  const x = (n) => left + ((w - left - right) * n) / Math.max(1, total), y = (v) => h - bottom - ((h - top - bottom) * v) / most;
  g.font = "12px " + s.font;
  g.fillStyle = s.color.text;
  g.strokeStyle = s.color.border;
  g.textAlign = "right";
  g.textBaseline = "middle";
  for (const v of [0, most / 2, most]) { g.fillText(cvrMany(v, most < 10 ? 1 : 0), left - 5, y(v)); g.beginPath(); g.moveTo(left, y(v)); g.lineTo(w - right, y(v)); g.stroke(); }
  g.textBaseline = "top";
  g.textAlign = "left";
  g.fillText("0", left, h - bottom + 4);
  g.textAlign = "right";
  g.fillText(cvrMany(total), w - right, h - bottom + 4);
  g.textAlign = "center";
  g.fillText("crops run", (left + w) / 2, h - 14);
  g.strokeStyle = s.params.colors.line;
  g.lineWidth = 2.5;
  g.beginPath();
  for (let n = 0; n <= total; n += Math.max(1, Math.floor(total / 300))) g.lineTo(x(n), y(o.area[n] / pixels));
  g.lineTo(x(total), y(o.area[total] / pixels));
  g.stroke();
  g.fillStyle = s.params.colors.line;
  g.beginPath();
  g.arc(x(used), y(o.area[used] / pixels), 5, 0, 7);
  g.fill();
  g.fillStyle = s.color.text;
  g.textAlign = "left";
  g.textBaseline = "top";
  g.fillText("times each pixel is run, on average", left, 3);
  o.chart.setAttribute("role", "img");
  o.chart.setAttribute("aria-label", "How often each pixel is run on average, against the crops run");
}

PROGRAMS.covered = {
  mount: cvrMount,
  move: cvrShow,

  frame(s, g) {
    const o = s.own;
    if (!o.counts) return;
    g.globalAlpha = s.opacity ?? s.params.opacity;
    g.imageSmoothingEnabled = false;
    g.drawImage(o.heat, 0, 0, s.w, s.h);
    g.globalAlpha = 1;
    if (s.dom.read.classList.contains("hint")) s.dom.read.textContent = "Point at the photo: how often is this pixel run?";
  },

  read(s) {
    const o = s.own, [x, y] = s.pointer.map(Math.floor), at = Math.min(y, s.h - 1) * s.w + Math.min(x, s.w - 1);
    return "x " + Math.min(x, s.w - 1) + "  y " + Math.min(y, s.h - 1) + "\nRun " + cvrMany(o.counts?.[at] ?? 0) + " times, in " + cvrMany(o.shown) + " crops.";
  },
};

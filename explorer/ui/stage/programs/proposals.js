// Proposals against the objects a reader draws: best overlaps, recall and their curves, live.
//
// Parameters: proposals (N x 4), threshold, faint (how many are drawn thin), colors {found, missed, all, truth, mean}, tag. Stage:
// mode "boxes", the objects; the frame of the scrubber is the number of proposals used.
// Commits {tag, boxes, best, first}: each object's best IoU of all proposals and the number of
// the first that reaches the threshold (0: none).

const PRP_CHART = [420, 170], PRP_PAD = [34, 22, 8, 30];
const prpStyle = (node, style) => { Object.assign(node.style, style); return node; };

function prpIou(a, b, at) {
  const w = Math.min(a[2], b[at + 2]) - Math.max(a[0], b[at]), h = Math.min(a[3], b[at + 3]) - Math.max(a[1], b[at + 1]);
  if (w <= 0 || h <= 0) return 0;
  const both = w * h;
  return both / ((a[2] - a[0]) * (a[3] - a[1]) + (b[at + 2] - b[at]) * (b[at + 3] - b[at + 1]) - both);
}

// For each object the running best: its value and its row after 1..N proposals.
function prpRun(s, box) {
  const { all, n } = s.own, value = new Float64Array(n), row = new Int32Array(n);
  let best = 0, at = -1, first = 0;
  for (let i = 0; i < n; i++) {
    const iou = prpIou(box, all, 4 * i);
    if (iou > best) { best = iou; at = i; }
    if (!first && iou >= s.params.threshold) first = i + 1;
    value[i] = best;
    row[i] = at;
  }
  return { value, row, first };
}

function prpMount(s) {
  const o = s.own;
  o.all = unpack(s.params.proposals);
  o.n = o.all.length / 4;
  if (!o.title) {
    o.title = prpStyle(element("div"), { fontWeight: 600 });
    o.chart = prpStyle(element("canvas"), { width: "100%", maxWidth: "34rem", aspectRatio: PRP_CHART.join(" / "), display: "block", margin: "4px 0" });
    o.list = prpStyle(element("div"), { fontSize: "0.88rem", fontVariantNumeric: "tabular-nums" });
    s.panel.replaceChildren(o.title, o.chart, o.list);
  }
  s.change();
}

const prpUsed = (s) => clamp(s.frame, 0, s.own.n);
const prpBest = (run, used) => (used > 0 && run.value.length ? run.value[used - 1] : 0);

function prpMove(s) {
  const o = s.own, used = prpUsed(s), t = s.params.threshold;
  o.runs = s.boxes.map((box) => prpRun(s, box));
  const best = o.runs.map((run) => prpBest(run, used)), hit = best.filter((v) => v >= t).length, total = best.length;
  const mean = total ? best.reduce((a, b) => a + b, 0) / total : 0;
  o.title.textContent = total ? "The first " + used + " boxes find " + hit + " of " + total + (total > 1 ? " objects" : " object") + "; mean best overlap " + fixed(mean, 3) : "Draw a box around an object.";
  prpList(s, best);
  prpChart(s, used);
}

function prpList(s, best) {
  const c = s.params.colors;
  s.own.list.replaceChildren(...s.boxes.slice(0, 7).map((_, i) => {
    const run = s.own.runs[i], found = best[i] >= s.params.threshold;
    const line = prpStyle(element("div"), { borderLeft: "5px solid " + (found ? c.found : c.missed), paddingLeft: "7px", margin: "3px 0" });
    const first = !run.first ? "found by none of " + s.own.n : (found ? "" : "will be ") + "found by box " + run.first;
    line.textContent = boxName(s, i) + ": best overlap " + fixed(best[i], 3) + " · " + first;
    return line;
  }), ...(s.boxes.length > 7 ? [element("div", "", "and " + (s.boxes.length - 7) + " more")] : []));
}

// Recall (steps) and mean best overlap against the number of boxes, on a logarithmic axis.
function prpChart(s, used) {
  const o = s.own, [w, h] = PRP_CHART, [left, top, right, bottom] = PRP_PAD, k = 2, g = o.chart.getContext("2d"), c = s.params.colors;
  Object.assign(o.chart, { width: w * k, height: h * k });
  g.setTransform(k, 0, 0, k, 0, 0);
  const x = (n) => left + ((w - left - right) * Math.log(Math.max(1, n))) / Math.log(Math.max(2, o.n)), y = (v) => h - bottom - (h - top - bottom) * v;
  g.font = "12px " + s.font;
  g.fillStyle = s.color.text;
  g.strokeStyle = s.color.border;
  g.textAlign = "right";
  g.textBaseline = "middle";
  for (const v of [0, 0.5, 1]) { g.fillText(String(v), left - 6, y(v)); prpLine(g, [[left, y(v)], [w - right, y(v)]]); }
  g.textAlign = "center";
  g.textBaseline = "top";
  for (let n = 1; n <= o.n; n *= 10) g.fillText(String(n), x(n), h - bottom + 4);
  g.fillText("boxes tried", (left + w) / 2, h - 13);
  if (!o.runs.length) return;
  const curve = (f) => Array.from({ length: o.n }, (_, i) => [x(i + 1), y(o.runs.reduce((sum, run) => sum + f(run.value[i]), 0) / o.runs.length)]);
  g.lineWidth = 2.5;
  g.strokeStyle = c.mean;
  prpLine(g, prpSteps(curve((v) => v)), [5, 3]);
  g.strokeStyle = c.found;
  prpLine(g, prpSteps(curve((v) => (v >= s.params.threshold ? 1 : 0))));
  g.lineWidth = 1.5;
  g.strokeStyle = s.color.text;
  prpLine(g, [[x(used), top], [x(used), h - bottom]]);
  g.textAlign = "left";
  g.textBaseline = "top";
  for (const [text, color, at] of [["━ recall", c.found, 0], ["╍ mean best overlap", c.mean, 66]]) { g.fillStyle = color; g.fillText(text, left + 8 + at, 2); }
}

const prpSteps = (points) => points.flatMap(([x, y], i) => (i ? [[x, points[i - 1][1]], [x, y]] : [[x, y]]));

function prpLine(g, points, dash = []) {
  g.setLineDash(dash);
  g.beginPath();
  points.forEach(([x, y], i) => (i ? g.lineTo(x, y) : g.moveTo(x, y)));
  g.stroke();
  g.setLineDash([]);
}

PROGRAMS.proposals = {
  mount: prpMount,
  move: prpMove,

  frame(s, g) {
    const o = s.own, used = prpUsed(s), c = s.params.colors;
    if (!o.runs) return;
    g.globalAlpha = 0.45;
    g.strokeStyle = c.all;
    g.lineWidth = s.px;
    for (let i = Math.max(0, used - s.params.faint); i < used; i++) { const [x1, y1, x2, y2] = o.all.subarray(4 * i, 4 * i + 4); g.strokeRect(x1, y1, x2 - x1, y2 - y1); }
    g.globalAlpha = 1;
    o.runs.forEach((run) => {
      const at = used ? run.row[used - 1] : -1;
      if (at < 0) return;
      const [x1, y1, x2, y2] = o.all.subarray(4 * at, 4 * at + 4), iou = prpBest(run, used), found = iou >= s.params.threshold, color = found ? c.found : c.missed;
      for (const [style, width] of [["rgba(0,0,0,.6)", 4.5], [color, 2.5]]) {
        g.strokeStyle = style;
        g.lineWidth = width * s.px;
        g.setLineDash(found ? [] : [6 * s.px, 4 * s.px]);
        g.strokeRect(x1, y1, x2 - x1, y2 - y1);
      }
      g.setLineDash([]);
      tag(s, g, (found ? "" : "✕ ") + "IoU " + fixed(iou), x1, Math.min(s.h, y2 + (TAG_PX * letters() + 2) * s.px), color);
    });
  },

  commit(s) {
    const o = s.own, runs = s.boxes.map((box) => prpRun(s, box));
    return { tag: s.params.tag, boxes: s.boxes, best: runs.map((run) => prpBest(run, o.n)), first: runs.map((run) => run.first) };
  },
};

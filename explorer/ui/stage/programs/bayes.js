// Two classes, each a normal density: Bayes' rule by hand, on a line or on a plane.
//
// Parameters: flat (true: a line, false: a plane), colors [of A, of B], names, span (values run from -span to span across
// the picture), priors and widths (least and most), start {prior, means, widths, at}, tag. Stage: mode "hover" on an empty
// ground. The means are dragged; the prior of A and both widths have sliders in the panel. Commits {tag, prior, means
// [[x, y], [x, y]], widths, at [x, y], posterior}: P(A|x) at the place last pressed; once by itself, for the proof.
// Keys: 1, 2, 3 choose A, B or the place x; arrows move it.

const BAYES_CELLS = 96, BAYES_REACH_PX = 22, BAYES_STEP = 0.1;

const bayesDensity = (r2, sigma, dims) => Math.exp(-r2 / (2 * sigma * sigma)) / (Math.sqrt(2 * Math.PI) * sigma) ** dims;
// A density: far out it is small, but never the 0.0000 that four digits would make of it.
const bayesDense = (v) => (v > 0 && v < 5e-4 ? v.toExponential(1).replace("-", "\u2212") : fixed(v, 4));
// As far as a bell or the place may go: the picture's edge.
const bayesClamp = (s, [x, y]) => { const most = s.params.span, high = most * (s.h / s.w); return [clamp(x, -most, most), s.params.flat ? 0 : clamp(y, -high, high)]; };

function bayesMount(s) {
  const o = s.own, p = s.params;
  if (o.tag !== p.tag) {
    Object.assign(o, { tag: p.tag, ...structuredClone(p.start), grab: null, ground: null, held: null });
    o.place = [...o.at]; // kept, while o.at follows the pointer
    bayesPanel(s);
  }
  s.dom.over.style.touchAction = p.flat ? "" : "none"; // on the plane a finger moves a bell up and down, not the page
  later(s, "proof", 500, () => { if (s.d.held.program.v?.tag !== p.tag && !s.dragging) s.commit(bayesCommit(s)); });
  s.change();
}

function bayesPanel(s) {
  const o = s.own, [a, b] = s.params.names, rows = [
    ["P(" + a + "), the prior", ...s.params.priors, () => o.prior, (v) => { o.prior = v; }],
    ["width \u03c3 of " + a, ...s.params.widths, () => o.widths[0], (v) => { o.widths[0] = v; }],
    ["width \u03c3 of " + b, ...s.params.widths, () => o.widths[1], (v) => { o.widths[1] = v; }],
  ].map(([title, min, max, read, write]) => {
    const box = styled(element("label"), { display: "grid", gridTemplateColumns: "9em 1fr 3.4em", gap: "0.6em", alignItems: "center" });
    const input = styled(element("input"), { accentColor: "var(--st-primary-color)" }), shown = element("span", "", fixed(read()));
    Object.assign(input, { type: "range", min, max, step: 0.01, value: read() });
    input.setAttribute("aria-label", title);
    input.oninput = () => { write(Number(input.value)); shown.textContent = fixed(read()); o.ground = null; bayesSay(s); s.redraw(); };
    input.onchange = () => s.commit(bayesCommit(s));
    box.append(element("span", "", title), input, shown);
    return box;
  });
  o.rule = styled(element("div"), { font: "1em/1.7 var(--st-code-font, monospace)", whiteSpace: "pre-wrap", marginTop: "0.7em" });
  s.panel.hidden = false;
  s.panel.replaceChildren(...rows, o.rule);
}

const bayesValue = (s, [x, y]) => [((2 * x) / s.w - 1) * s.params.span, (1 - (2 * y) / s.h) * s.params.span * (s.h / s.w)];
const bayesPlace = (s, [a, b]) => [((a / s.params.span + 1) / 2) * s.w, ((1 - b / (s.params.span * (s.h / s.w))) / 2) * s.h];

// Both likelihoods at a place, and what Bayes makes of them.
function bayesAt(s, [x, y]) {
  const o = s.own, flat = s.params.flat;
  const like = o.means.map(([mx, my], k) => bayesDensity((x - mx) ** 2 + (flat ? 0 : (y - my) ** 2), o.widths[k], flat ? 1 : 2));
  const joint = [like[0] * o.prior, like[1] * (1 - o.prior)], sum = joint[0] + joint[1];
  // So far out that both underflow, the logarithms still know.
  const log = o.means.map(([mx, my], k) => -((x - mx) ** 2 + (flat ? 0 : (y - my) ** 2)) / (2 * o.widths[k] ** 2) - (flat ? 1 : 2) * Math.log(o.widths[k]) + Math.log(k ? 1 - o.prior : o.prior));
  return { like, joint, sum, posterior: 1 / (1 + Math.exp(log[1] - log[0])) };
}

// The sum of two densities as they are printed, so that who adds them finds the same.
const bayesSum = (a, b) => (Math.min(a, b) >= 5e-4 ? fixed(Number(fixed(a, 4)) + Number(fixed(b, 4)), 4) : bayesDense(a + b));

function bayesSay(s) {
  const o = s.own, [a, b] = s.params.names, { like, joint, posterior } = bayesAt(s, o.at);
  o.rule.textContent = "at x = " + fixed(o.at[0]) + (s.params.flat ? "" : ", " + fixed(o.at[1]))
    + "\np(x|" + a + ") P(" + a + ") = " + bayesDense(like[0]) + " \u00b7 " + fixed(o.prior) + " = " + bayesDense(joint[0])
    + "\np(x|" + b + ") P(" + b + ") = " + bayesDense(like[1]) + " \u00b7 " + fixed(1 - o.prior) + " = " + bayesDense(joint[1])
    + "\np(x) = their sum = " + bayesSum(...joint)
    + "\nP(" + a + "|x) = " + fixed(posterior, 3) + "   P(" + b + "|x) = " + fixed(1 - posterior, 3);
}

function bayesMove(s) {
  const o = s.own;
  if (!o.rule) return;
  if (!s.dragging) o.at = s.pointer ? bayesValue(s, s.pointer) : [...o.place];
  if (s.params.flat) o.at[1] = 0;
  bayesSay(s);
}

function bayesFrame(s, g) {
  if (!s.own.rule) return;
  g.fillStyle = s.color.background;
  g.fillRect(0, 0, s.w, s.h);
  if (s.params.flat) bayesLine(s, g);
  else bayesPlane(s, g);
}

function bayesLine(s, g) {
  const o = s.own, p = s.params, base = s.h * 0.56, across = Array.from({ length: 241 }, (_, k) => (k / 120 - 1) * p.span).map((x) => [bayesPlace(s, [x, 0])[0], bayesAt(s, [x, 0])]);
  const most = Math.max(...across.map(([, v]) => v.sum), 0.15), room = base - 28 * s.px * letters(); // the sum is the tallest, and words stand above it
  const curve = (f, color, dash = []) => {
    g.strokeStyle = color;
    g.lineWidth = 2.5 * s.px;
    g.setLineDash(dash.map((v) => v * s.px));
    g.beginPath();
    for (const [x, v] of across) g.lineTo(x, f(v));
    g.stroke();
    g.setLineDash([]);
  };
  [0, 1].forEach((k) => curve((v) => base - (v.joint[k] / most) * room, p.colors[k]));
  curve((v) => base - (v.sum / most) * room, s.color.text, [4, 4]);
  const top = s.h * 0.64, low = s.h * 0.95;
  curve((v) => low - v.posterior * (low - top), p.colors[0]);
  curve((v) => low - (1 - v.posterior) * (low - top), p.colors[1]);
  bayesWords(s, g, "p(x|y) P(y); dashed: their sum p(x)", 20 * s.px);
  g.textAlign = "right";
  bayesWords(s, g, "x, from \u2212" + p.span + " to " + p.span, base + 15 * s.px * letters(), s.w - 8 * s.px); // below the ground line: the curves end on it
  g.textAlign = "left";
  bayesWords(s, g, "P(y|x), from 0 to 1", (top + low) / 2 + 5 * s.px); // between the curves' ends, clear of the handles above
  g.strokeStyle = s.color.border;
  g.lineWidth = s.px;
  for (const y of [base, low, top]) { g.beginPath(); g.moveTo(0, y); g.lineTo(s.w, y); g.stroke(); }
  o.means.forEach((m, k) => bayesHandle(s, g, [bayesPlace(s, [m[0], 0])[0], base], k));
  bayesPin(s, g, bayesPlace(s, [o.at[0], 0])[0]);
}

function bayesWords(s, g, text, y, x = 8 * s.px) {
  g.fillStyle = s.color.text;
  g.font = 15 * s.px * letters() + "px " + s.font;
  g.fillText(text, x, y);
}

function bayesPin(s, g, x) {
  g.strokeStyle = s.color.primary;
  g.lineWidth = 1.5 * s.px;
  g.beginPath();
  g.moveTo(x, 0);
  g.lineTo(x, s.h);
  g.stroke();
}

function bayesPlane(s, g) {
  const o = s.own, p = s.params, rows = Math.round(BAYES_CELLS * (s.h / s.w));
  if (!o.ground) {
    o.ground = element("canvas");
    Object.assign(o.ground, { width: BAYES_CELLS, height: rows });
    const data = new ImageData(BAYES_CELLS, rows), rgb = p.colors.map((c) => [1, 3, 5].map((k) => parseInt(c.slice(k, k + 2), 16)));
    const most = Math.max(bayesDensity(0, o.widths[0], 2) * o.prior, bayesDensity(0, o.widths[1], 2) * (1 - o.prior)), dark = s.dark ? 20 : 255;
    for (let r = 0; r < rows; r++) for (let c = 0; c < BAYES_CELLS; c++) {
      const v = bayesAt(s, bayesValue(s, [((c + 0.5) / BAYES_CELLS) * s.w, ((r + 0.5) / rows) * s.h])), strength = 0.25 + 0.75 * Math.min(1, v.sum / most);
      for (let k = 0; k < 3; k++) data.data[4 * (r * BAYES_CELLS + c) + k] = dark + strength * (v.posterior * rgb[0][k] + (1 - v.posterior) * rgb[1][k] - dark);
      data.data[4 * (r * BAYES_CELLS + c) + 3] = 255;
    }
    o.ground.getContext("2d").putImageData(data, 0, 0);
  }
  g.imageSmoothingEnabled = true;
  g.drawImage(o.ground, 0, 0, s.w, s.h);
  bayesWords(s, g, "colour: P(y|x); the stronger, the larger p(x)", 20 * s.px);
  o.means.forEach((m, k) => bayesHandle(s, g, bayesPlace(s, m), k));
  ring(g, bayesPlace(s, o.at), 6 * s.px, s.px);
}

function bayesHandle(s, g, [x, y], k) {
  g.fillStyle = s.params.colors[k];
  g.strokeStyle = "#000000";
  g.lineWidth = (k === s.own.held ? 3.5 : 1.5) * s.px;
  g.beginPath();
  g.arc(x, y, 9 * s.px, 0, 7);
  g.fill();
  g.stroke();
  tag(s, g, s.params.names[k], x + 11 * s.px, y - 6 * s.px, s.params.colors[k]);
}

function bayesDown(s, e) {
  const o = s.own, flat = s.params.flat, far = o.means.map((m) => {
    const [x, y] = bayesPlace(s, flat ? [m[0], 0] : m);
    return Math.hypot(x - s.pointer[0], flat ? (s.h * 0.56 - s.pointer[1]) * 0.4 : y - s.pointer[1]);
  });
  const k = far[0] <= far[1] ? 0 : 1;
  o.grab = far[k] > BAYES_REACH_PX * s.px ? null : k;
  if (o.grab === null && flat && e?.pointerType === "touch") return false; // the page scrolls; a tap keeps the place
  if (o.grab === null) bayesDrag(s);
  return true;
}

// A bell that was caught, else the place that the rule is worked out for.
function bayesDrag(s) {
  const o = s.own, to = bayesClamp(s, bayesValue(s, s.pointer));
  if (o.grab === null) { o.place = to; o.at = [...to]; return; }
  o.means[o.grab] = to;
  o.ground = null;
}

function bayesCommit(s) {
  const o = s.own;
  return { tag: o.tag, prior: o.prior, means: o.means, widths: o.widths, at: o.place, posterior: bayesAt(s, o.place).posterior };
}

// What the arrow keys move: a bell, or the place that the rule is worked out for.
function bayesKey(s, e) {
  const o = s.own, step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[e.key];
  if (["1", "2", "3"].includes(e.key)) { o.held = Number(e.key) - 1; s.change(); return true; }
  if (!step || (s.params.flat && step[1])) return false;
  const moved = o.held === 2 ? o.place : o.means[o.held ?? 0], to = bayesClamp(s, moved.map((v, k) => v + BAYES_STEP * step[k]));
  [moved[0], moved[1]] = to;
  o.at = [...o.place];
  s.pointer = null; // what the keys do is not undone by a pointer at rest
  o.ground = null;
  s.change();
  later(s, "proof", 300, () => s.commit(bayesCommit(s)));
  return true;
}

PROGRAMS.bayes = {
  mount: bayesMount, move: bayesMove, frame: bayesFrame, down: bayesDown, drag: bayesDrag, commit: bayesCommit, key: bayesKey,
  tap(s) { bayesDrag(s); s.commit(bayesCommit(s)); s.change(); },
  up(s) { s.own.grab = null; s.commit(bayesCommit(s)); },
  hint: (s) => "Drag a bell; the rule is worked out for the place under the pointer, and a click keeps it. Keys: 1, 2, 3 choose " + s.params.names.join(", ") + " or x, arrows move it.",
  read: (s) => { const at = bayesValue(s, s.pointer); return "P(" + s.params.names[0] + "|x) = " + fixed(bayesAt(s, at).posterior, 3); },
};

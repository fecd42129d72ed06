// The panel of regress.js: the four numbers as formulas with this picture's values, and a slider each.

const REGRESS_REACH = [2, 2, 1.5, 1.5]; // of the sliders, to each side
const regressText = (v, digits = 3) => fixed(v, digits);

function regressPanel(s) {
  const o = s.own, c = s.params.colors, figures = { fontVariantNumeric: "tabular-nums" };
  o.sizes = styled(element("div"), { ...figures, fontSize: "0.9em", marginBottom: "8px" });
  o.rows = REGRESS_NAMES.map((name, k) => {
    const root = styled(element("div"), { marginBottom: "6px" }), text = styled(element("div"), { ...figures, fontSize: "0.95em" }), bar = element("input");
    Object.assign(bar, { type: "range", min: -REGRESS_REACH[k], max: REGRESS_REACH[k], step: 0.01 });
    bar.setAttribute("aria-label", name);
    styled(bar, { width: "100%", accentColor: STYLED.primary, margin: "2px 0 0" });
    bar.oninput = () => regressSet(s, k, Number(bar.value));
    bar.onchange = () => s.commit(regressCommit(s));
    root.append(text, bar);
    return { root, text, bar };
  });
  o.back = styled(element("button", "", "Take them from the two boxes"), { margin: "4px 0 8px" });
  o.back.type = "button";
  o.back.onclick = () => { o.t = null; s.change(); s.commit(regressCommit(s)); };
  o.iou = styled(element("div"), { ...figures, padding: "7px 10px", borderLeft: "5px solid " + c.moved, background: "var(--st-secondary-background-color)", borderRadius: "6px" });
  s.panel.replaceChildren(o.sizes, ...o.rows.map((row) => row.root), o.back, o.iou);
}

const regressBox = (b) => regressText(b.w, 0) + " × " + regressText(b.h, 0) + " at (" + regressText(b.x, 0) + ", " + regressText(b.y, 0) + ")";

function regressWords(s) {
  const o = s.own, now = o.now;
  o.back.disabled = !o.t;
  o.back.style.opacity = o.t ? 1 : 0.4;
  if (!now) { o.iou.textContent = "This needs a proposal and a truth with an area."; return; }
  const p = regressSize(now.proposal), g = regressSize(now.truth), n = (v) => regressText(v, 0);
  o.sizes.textContent = "Proposal " + regressBox(p) + ", truth " + regressBox(g) + ": width × height, at the middle, in px.";
  const made = [
    "tx = (" + n(g.x) + " − " + n(p.x) + ") ÷ " + n(p.w) + " = ",
    "ty = (" + n(g.y) + " − " + n(p.y) + ") ÷ " + n(p.h) + " = ",
    "tw = ln(" + n(g.w) + " ÷ " + n(p.w) + ") = ",
    "th = ln(" + n(g.h) + " ÷ " + n(p.h) + ") = ",
  ];
  o.rows.forEach((row, k) => {
    row.text.textContent = o.t ? REGRESS_NAMES[k] + " = " + regressText(now.t[k]) + "  (the truth is at " + regressText(now.wanted[k]) + ")" : made[k] + regressText(now.t[k]);
    row.bar.value = now.t[k];
  });
  o.iou.textContent = "IoU with the truth: " + regressText(now.before) + " before, " + regressText(now.after) + " after the move.";
}

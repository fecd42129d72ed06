// The panel of stack.js: the rates to change, and what follows from them.

function stkButton(text, label, act) {
  const made = Object.assign(element("button", "", text), { type: "button", onclick: act });
  made.setAttribute("aria-label", label);
  Object.assign(made.style, { padding: "1px 8px", minWidth: "1.9rem" });
  return made;
}

function stkPanel(s) {
  const o = s.own, chips = element("div");
  const head = element("div", "", "Rates, from the input on");
  head.style.fontWeight = 700;
  o.steps = element("div");
  for (const node of [o.steps, chips]) Object.assign(node.style, { display: "flex", gap: "6px", flexWrap: "wrap", margin: "6px 0", alignItems: "center" });
  for (const [label, rates] of s.params.presets) chips.append(stkButton(label, "Rates " + rates.join(", "), () => stkSet(s, [...rates])));
  o.facts = element("div");
  o.facts.style.fontVariantNumeric = "tabular-nums";
  s.panel.replaceChildren(head, o.steps, chips, o.facts);
}

// The buttons stay where they are while one is pressed again and again: only new layers are
// made. One that would leave the limits is greyed out.
function stkSteps(s) {
  const o = s.own;
  if (o.shown !== o.rates.length) {
    o.shown = o.rates.length;
    o.buttons = [];
    const act = (text, label, make) => {
      const made = stkButton(text, label, () => stkSet(s, make()));
      o.buttons.push([made, make]);
      return made;
    };
    const step = (place, by) => () => o.rates.map((rate, i) => (i === place ? rate + by : rate));
    o.values = o.rates.map(() => element("span"));
    const layers = o.rates.map((_, i) => {
      const one = element("span");
      Object.assign(one.style, { display: "inline-flex", gap: "3px", alignItems: "center", whiteSpace: "nowrap" });
      Object.assign(o.values[i].style, { minWidth: "1.5em", textAlign: "center", fontWeight: 600, fontVariantNumeric: "tabular-nums" });
      one.append(act("−", "Layer " + (i + 1) + ": lower rate", step(i, -1)), o.values[i], act("+", "Layer " + (i + 1) + ": higher rate", step(i, 1)));
      return one;
    });
    o.steps.replaceChildren(...layers, act("add layer", "Add a layer", () => [...o.rates, 1]), act("drop", "Drop the last layer", () => o.rates.slice(0, -1)));
  }
  o.rates.forEach((rate, i) => { o.values[i].textContent = rate; });
  for (const [button, make] of o.buttons) { button.disabled = !stkAllowed(s, make()); button.style.opacity = button.disabled ? 0.4 : 1; }
}

const stkPercent = (share) => fixed(100 * share, share > 0 && share < 0.2 ? 1 : 0) + " %";
const stkCommon = (rates) => rates.reduce((a, b) => { while (b) [a, b] = [b, a % b]; return a; });

// M_2 of Wang et al., as explorer.core.dilation.hdc_check.
function stkDistance(rates) {
  let after = rates[rates.length - 1];
  for (const rate of rates.slice(1, -1).reverse()) after = Math.max(after - 2 * rate, 2 * rate - after, rate);
  return after;
}

// The rule has two halves: no common factor, and M_2 at most k; it is written for a first rate of 1.
function stkRule(rates, k, common, distance) {
  if (common > 1) return "HDC rule broken: all rates are multiples of " + common + ".";
  if (distance > k) return "HDC rule broken: M₂ = " + distance + " > " + k + ".";
  const kept = "M₂ = " + distance + " ≤ " + k + ", no common factor";
  return rates[0] === 1 ? "HDC rule kept: " + kept + "." : kept + "; but the HDC rule wants a first rate of 1.";
}

function stkWords(s) {
  const o = s.own, n = o.field, all = n * n, hit = o.reached * o.reached, k2 = o.k * o.k;
  stkSteps(s);
  const common = stkCommon(o.rates), distance = stkDistance(o.rates), several = o.rates.length > 1;
  const lines = [
    ["Field " + n + " × " + n + " px."],
    ["Read along a row: " + o.reached + " of " + n + " pixels, " + stkPercent(o.reached / n) + "."],
    ["Read in the square: " + hit + " of " + all + ", " + stkPercent(hit / all) + "."],
    ["Shared with the next output: " + stkPercent(o.shared) + "."],
    ["Weights: " + o.rates.length + " × " + k2 + " = " + o.rates.length * k2 + "; one full kernel: " + all + "."],
    several || common > 1 ? [stkRule(o.rates, o.k, common, distance)] : null,
    [o.reached === n ? "No holes: every pixel is read." : n - o.reached + (n - o.reached === 1 ? " hole" : " holes") + " along a row.", true],
  ];
  o.facts.replaceChildren(...lines.filter(Boolean).map(([text, strong]) => { const node = element("div", "", text); node.style.marginTop = "3px"; if (strong) node.style.fontWeight = 700; return node; }));
}

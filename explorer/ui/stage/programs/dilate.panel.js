// The panel of dilate.js: the rate's slider, what it does, and one output's sum.

const dilNumber = (v) => fixed(v, Number.isInteger(v) ? 0 : 2);
const DIL_BUTTON = { padding: "1px 8px", minWidth: "2rem" };

function dilPanel(s) {
  const o = s.own, row = element("div"), chips = element("div");
  const label = element("label", "", "Rate ");
  Object.assign(label.style, { fontWeight: 700, display: "flex", gap: "8px", alignItems: "center" });
  o.value = element("span");
  o.value.style.minWidth = "1.6em";
  o.slider = element("input");
  Object.assign(o.slider, { type: "range", min: "1", step: "1" });
  Object.assign(o.slider.style, { flex: "1 1 auto", minWidth: "0", accentColor: "var(--st-primary-color)" });
  o.slider.setAttribute("aria-label", "Rate");
  o.slider.oninput = () => dilRate(s, o.slider.value, false);
  o.slider.onchange = () => dilRate(s, o.slider.value, true);
  label.append(o.value, o.slider);
  row.append(label);
  Object.assign(chips.style, { display: "flex", gap: "5px", flexWrap: "wrap", margin: "6px 0" });
  for (const rate of s.params.chips) {
    const chip = Object.assign(element("button", "", String(rate)), { type: "button" });
    Object.assign(chip.style, DIL_BUTTON);
    chip.setAttribute("aria-label", "Rate " + rate);
    chip.onclick = () => dilRate(s, rate, true);
    chips.append(chip);
  }
  const beside = element("div"); // the window and what is said of it, side by side where there is room
  Object.assign(beside.style, { display: "flex", gap: "10px", flexWrap: "wrap", alignItems: "center", margin: "8px 0" });
  o.facts = element("div");
  o.facts.style.flex = "1 1 140px";
  o.zoom = element("canvas");
  Object.assign(o.zoom.style, { display: "block", width: "min(100%, 170px)", aspectRatio: "1", borderRadius: "4px", background: "var(--st-secondary-background-color)" });
  o.zoom.setAttribute("role", "img");
  o.terms = element("div");
  Object.assign(o.terms.style, { display: "grid", gap: "2px 6px", gridTemplateColumns: "repeat(" + o.k + ", minmax(0, 1fr))", fontSize: "0.8rem", fontVariantNumeric: "tabular-nums" });
  o.sum = element("div");
  Object.assign(o.sum.style, { marginTop: "5px", fontWeight: 600, fontVariantNumeric: "tabular-nums" });
  beside.append(o.zoom, o.facts);
  s.panel.replaceChildren(row, chips, beside, o.terms, o.sum);
}

function dilWords(s) {
  const o = s.own, k = o.k, d = o.rate, reach = dilReach(o, d), all = reach * reach;
  o.slider.max = s.params.most;
  o.slider.value = d;
  o.value.textContent = d;
  const sum = (k + " + (" + k + " − 1)(" + d + " − 1) = " + reach).replaceAll(" ", "\u00a0"); // in one piece
  const lines = ["Spans " + reach + " × " + reach + " px: " + sum + ".", "Reads " + k * k + " of these " + all + " pixels: " + fixed((100 * k * k) / all, d > 1 ? 1 : 0) + " %. Still " + k * k + " weights; a full kernel would have " + all + "."];
  o.facts.replaceChildren(...lines.map((line) => element("div", "", line)));
  const taps = dilTaps(s);
  o.terms.replaceChildren(...taps.map((tap) => {
    const node = element("div", "", dilNumber(tap.v) + " × " + (tap.weight < 0 ? "(" + dilNumber(tap.weight) + ")" : dilNumber(tap.weight)));
    Object.assign(node.style, { borderLeft: "4px solid " + dilColor(s, tap.weight), paddingLeft: "4px", whiteSpace: "nowrap", opacity: tap.inside ? 1 : 0.6 });
    return node;
  }));
  o.sum.textContent = "Sum at row " + o.cell[0] + ", column " + o.cell[1] + ": " + dilNumber(taps.reduce((sum, tap) => sum + tap.p, 0));
}

// The window enlarged: its pixels, and the few that are read.
function dilZoom(s) {
  const o = s.own, reach = dilReach(o, o.rate) + 2, px = Math.max(1, Math.round(o.zoom.clientWidth * (window.devicePixelRatio || 1)));
  if (o.zoom.width !== px) o.zoom.width = o.zoom.height = px;
  const g = o.zoom.getContext("2d"), k = px / reach, [row, col] = o.cell, top = row - (reach - 1) / 2, left = col - (reach - 1) / 2;
  g.clearRect(0, 0, px, px);
  g.imageSmoothingEnabled = false;
  if (!o.grey || o.grey.of !== o.x) o.grey = dilGrey(o);
  g.drawImage(o.grey, -left * k, -top * k, o.w * k, o.h * k);
  g.fillStyle = "rgba(0,0,0,.45)";
  g.beginPath();
  g.rect(0, 0, px, px);
  const taps = dilTaps(s);
  for (const tap of taps) g.rect((tap.x - left) * k, (tap.y - top) * k, k, k);
  g.fill("evenodd");
  for (const tap of taps) {
    g.strokeStyle = dilColor(s, tap.weight);
    g.lineWidth = 2 * (window.devicePixelRatio || 1);
    const size = Math.max(k, 5), x = (tap.x - left + 0.5) * k - size / 2, y = (tap.y - top + 0.5) * k - size / 2;
    g.strokeRect(x, y, size, size);
  }
  o.zoom.setAttribute("aria-label", "The window, enlarged: " + taps.length + " pixels are read");
}

function dilGrey(o) {
  const made = element("canvas");
  Object.assign(made, { width: o.w, height: o.h, of: o.x });
  const g = made.getContext("2d"), image = g.createImageData(o.w, o.h), dots = new Uint32Array(image.data.buffer);
  for (let i = 0; i < dots.length; i++) dots[i] = (255 << 24) | (o.x[i] << 16) | (o.x[i] << 8) | o.x[i];
  g.putImageData(image, 0, 0);
  return made;
}

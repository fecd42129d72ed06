// B' = B + t (A' - A): the step t under a slider, the decoder answering while it is dragged.
//
// Parameters: url (of the decoder, ends in the model), base (code of B), vector (A' - A), steps [low, high, start], far (most
// that a number of a code may be), views [[title, picture h x w x 3] ...] beside the slider, lines {step}, tag. The decoded
// picture is drawn over the stage's own. Commits {tag, t, mean}: the mean of all numbers of the picture shown.

const ARITH_SIDE_PX = 150;

function arithMount(s) {
  const o = s.own, p = s.params;
  if (o.tag === p.tag) return;
  Object.assign(o, { tag: p.tag, t: o.t ?? p.steps[2], bitmap: null, shown: null });
  const label = styled(element("label"), { display: "grid", gridTemplateColumns: "auto 1fr 3.4em", gap: "0.6em", alignItems: "center", marginBottom: "0.8em" });
  const input = styled(element("input"), { accentColor: "var(--st-primary-color)" }), value = element("span");
  Object.assign(input, { type: "range", min: p.steps[0], max: p.steps[1], step: 0.01, value: o.t });
  input.setAttribute("aria-label", p.lines.step);
  const update = () => { value.textContent = fixed(o.t); };
  input.oninput = () => { o.t = Number(input.value); update(); arithAsk(s); };
  input.onchange = () => later(s, "shown", 60, () => arithSend(s));
  label.append(element("span", "", p.lines.step), input, value);
  update();
  s.panel.hidden = false;
  s.panel.replaceChildren(label);
  const views = styled(element("div"), { display: "flex", flexWrap: "wrap", gap: "0.9em" });
  views.append(...p.views.map(([title, image]) => arithView(title, unpack(image))));
  s.panel.append(views);
  arithAsk(s);
}

function arithView(title, image) {
  const [h, w] = image.shape, box = element("div"), canvas = styled(element("canvas"), { height: ARITH_SIDE_PX + "px", borderRadius: "4px", display: "block" }), data = new ImageData(w, h);
  Object.assign(canvas, { width: w, height: h });
  for (let i = 0; i < w * h; i++) data.data.set([image[3 * i], image[3 * i + 1], image[3 * i + 2], 255], 4 * i);
  canvas.getContext("2d").putImageData(data, 0, 0);
  box.append(styled(element("div", "", title), { fontWeight: "600" }), canvas);
  return box;
}

function arithAsk(s) {
  const o = s.own, p = s.params, t = o.t;
  askDecoder(s, p.base.map((v, k) => clamp(v + t * p.vector[k], -p.far, p.far)), (bitmap) => { Object.assign(o, { bitmap, shown: t }); s.redraw(); });
}

function arithSend(s) {
  const o = s.own;
  whenShown(s, () => o.shown === o.t, () => {
    const data = levelsOf(o.bitmap), pixels = data.length / 4;
    let sum = 0;
    for (let i = 0; i < pixels; i++) sum += data[4 * i] + data[4 * i + 1] + data[4 * i + 2];
    s.commit({ tag: o.tag, t: o.t, mean: sum / (3 * pixels) });
  });
}

function arithFrame(s, g) {
  if (!s.own.bitmap) return;
  g.imageSmoothingEnabled = true;
  g.drawImage(s.own.bitmap, 0, 0, s.w, s.h);
}

PROGRAMS.arith = {
  mount: arithMount, frame: arithFrame,
  hint: () => "B\u2032 = B + t (A\u2032 \u2212 A). Drag the step t: the decoder answers while you do.",
};

// B' = B + t (A' - A): the step t under a slider, the decoder answering while it is dragged.
//
// Parameters: url (of the decoder, ends in the model), base (code of B), vector (A' - A), steps [low, high, start], far (most
// that a number of a code may be), views [[title, picture h x w x 3] ...] beside the slider, lines {step}, tag. The decoded
// picture is drawn over the stage's own. Commits {tag, t, mean}: the mean of all numbers of the picture shown. One request
// is in flight, the latest step wins.

const ARITH_SIDE_PX = 150;

function arithMount(s) {
  const o = s.own, p = s.params;
  if (o.tag === p.tag) return;
  Object.assign(o, { tag: p.tag, t: o.t ?? p.steps[2], bitmap: null, shown: null, again: false });
  const label = styled(element("label"), { display: "grid", gridTemplateColumns: "auto 1fr 3.4em", gap: "0.6em", alignItems: "center", marginBottom: "0.8em" });
  const input = styled(element("input"), { accentColor: "var(--st-primary-color)" }), value = element("span");
  Object.assign(input, { type: "range", min: p.steps[0], max: p.steps[1], step: 0.01, value: o.t });
  input.setAttribute("aria-label", p.lines.step);
  const update = () => { value.textContent = o.t.toFixed(2).replace("-", "\u2212"); };
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

async function arithAsk(s) {
  const o = s.own, p = s.params;
  if (o.flying) { o.again = true; return; }
  o.flying = true;
  const t = o.t, tag = o.tag, z = p.base.map((v, k) => clamp(v + t * p.vector[k], -p.far, p.far)), began = performance.now();
  try {
    const answer = await fetch(p.url + "&z=" + z.map((v) => v.toFixed(4)).join(","));
    if (answer.ok && (answer.headers.get("content-type") ?? "").startsWith("image/")) {
      const bitmap = await createImageBitmap(await answer.blob());
      if (o.tag === tag) { Object.assign(o, { bitmap, shown: t }); window.__stage.fetches.push(performance.now() - began); s.redraw(); }
    } else if (answer.status === 503) s.say(await answer.json());
  } catch { s.say("The server does not answer; move again."); }
  o.flying = false;
  if (o.again || o.tag !== tag) { o.again = false; arithAsk(s); }
}

function arithSend(s) {
  const o = s.own;
  if (o.flying || o.shown !== o.t) { later(s, "shown", 60, () => arithSend(s)); return; }
  const { width, height } = o.bitmap, canvas = element("canvas");
  Object.assign(canvas, { width, height });
  const g = canvas.getContext("2d");
  g.drawImage(o.bitmap, 0, 0);
  const data = g.getImageData(0, 0, width, height).data;
  let sum = 0;
  for (let i = 0; i < width * height; i++) sum += data[4 * i] + data[4 * i + 1] + data[4 * i + 2];
  s.commit({ tag: o.tag, t: o.t, mean: sum / (3 * width * height) });
}

function arithFrame(s, g) {
  if (!s.own.bitmap) return;
  g.imageSmoothingEnabled = true;
  g.drawImage(s.own.bitmap, 0, 0, s.w, s.h);
}

PROGRAMS.arith = {
  mount: arithMount, frame: arithFrame,
  hint: () => "Drag the step: the decoder answers while you do.",
};

// A code's numbers as sliders: the decoder answers while they are dragged.
//
// Parameters: url (of the decoder, ends in the model), z (the code to start from), order (dimensions, the first slider
// first), kl (nats a dimension), range (a slider's ends, +- standard deviations), start (the link's code, or null), read (said
// of the picture that was read), tag. The picture of the code that holds is drawn over the stage's own, which stands small. Commits {tag, z, picture}.

const SLIDERS_READ_PX = 84;

function slidersMount(s) {
  const o = s.own, p = s.params;
  if (o.tag === p.tag) return;
  Object.assign(o, { tag: p.tag, z: [...(p.start ?? p.z)], bitmap: null, shown: null });
  const rows = p.order.map((dimension) => slidersRow(s, dimension));
  const back = element("button", "", "Back to the encoder's code");
  back.onclick = () => { o.z = [...p.z]; rows.forEach((row) => row.update()); slidersAsk(s); slidersSend(s); };
  const read = styled(new Image(), { width: SLIDERS_READ_PX * letters() + "px", imageRendering: "pixelated", borderRadius: "4px" }), foot = styled(element("div"), { display: "flex", gap: "0.8em", alignItems: "center", marginTop: "0.6em" });
  Object.assign(read, { src: s.d.src, alt: p.read });
  foot.append(read, element("span", "", p.read), back);
  s.panel.hidden = false;
  s.panel.replaceChildren(...rows.map((row) => row.box), foot);
  slidersAsk(s);
}

function slidersRow(s, dimension) {
  const o = s.own, p = s.params, box = styled(element("label"), { display: "grid", gridTemplateColumns: "7.5em 1fr 4em", gap: "0.6em", alignItems: "center" });
  const input = styled(element("input"), { accentColor: "var(--st-primary-color)" }), value = styled(element("span"), { font: "0.95em var(--st-code-font, monospace)" });
  Object.assign(input, { type: "range", min: -p.range, max: p.range, step: 0.01 });
  input.setAttribute("aria-label", "Number " + dimension);
  const update = () => { input.value = o.z[dimension]; value.textContent = codeText(o.z[dimension]); };
  input.oninput = () => { o.z[dimension] = Number(input.value); update(); slidersAsk(s); };
  input.onchange = () => later(s, "shown", 60, () => slidersSend(s));
  box.append(element("span", "", "z" + dimension + " \u00b7 " + fixed(p.kl[dimension]) + " nats"), input, value);
  update();
  return { box, update };
}

function slidersAsk(s) {
  const o = s.own, z = [...o.z];
  askDecoder(s, z, (bitmap) => { Object.assign(o, { bitmap, shown: z }); s.redraw(); });
}

function slidersSend(s) {
  const o = s.own;
  whenShown(s, () => o.shown?.every((v, k) => v === o.z[k]), () => {
    const data = levelsOf(o.bitmap);
    s.commit({ tag: o.tag, z: o.shown.map((v) => Number(v.toFixed(4))), picture: Array.from({ length: data.length / 4 }, (_, i) => data[4 * i]) });
  });
}

function slidersFrame(s, g) {
  if (!s.own.bitmap) return;
  g.imageSmoothingEnabled = false;
  g.drawImage(s.own.bitmap, 0, 0, s.w, s.h);
}

PROGRAMS.sliders = {
  mount: slidersMount, frame: slidersFrame,
  hint: () => "Drag a slider: the decoder answers while you do.",
};

// A code's numbers as sliders: the decoder answers while they are dragged.
//
// Parameters: url (of the decoder, ends in the model), z (the code to start from), order (dimensions, the first slider
// first), kl (nats a dimension), range (a slider's ends, +- standard deviations), start (the link's code, or null), read (said
// of the picture that was read), tag. The picture of the code that holds is drawn over the stage's own, which stands small. Commits {tag, z, picture}. One request is in flight, the latest code wins.

const SLIDERS_READ_PX = 84;

const slidersText = (v) => (v < 0 ? "\u2212" : "\u2007") + Math.abs(v).toFixed(2);

function slidersMount(s) {
  const o = s.own, p = s.params;
  if (o.tag === p.tag) return;
  Object.assign(o, { tag: p.tag, z: [...(p.start ?? p.z)], bitmap: null, shown: null, again: false });
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
  const update = () => { input.value = o.z[dimension]; value.textContent = slidersText(o.z[dimension]); };
  input.oninput = () => { o.z[dimension] = Number(input.value); update(); slidersAsk(s); };
  input.onchange = () => later(s, "shown", 60, () => slidersSend(s));
  box.append(element("span", "", "z" + dimension + " \u00b7 " + p.kl[dimension].toFixed(2) + " nats"), input, value);
  update();
  return { box, update };
}

async function slidersAsk(s) {
  const o = s.own;
  if (o.flying) { o.again = true; return; }
  o.flying = true;
  const z = [...o.z], tag = o.tag, began = performance.now();
  try {
    const answer = await fetch(s.params.url + "&z=" + z.map((v) => v.toFixed(4)).join(","));
    if (answer.ok && (answer.headers.get("content-type") ?? "").startsWith("image/")) {
      const bitmap = await createImageBitmap(await answer.blob());
      if (o.tag === tag) { Object.assign(o, { bitmap, shown: z }); window.__stage.fetches.push(performance.now() - began); s.redraw(); }
    } else if (answer.status === 503) s.say(await answer.json());
  } catch { s.say("The server does not answer; move again."); }
  o.flying = false;
  if (o.again || o.tag !== tag) { o.again = false; slidersAsk(s); }
}

function slidersSend(s) {
  const o = s.own;
  if (o.flying || !o.shown || o.shown.some((v, k) => v !== o.z[k])) { later(s, "shown", 60, () => slidersSend(s)); return; }
  const { width, height } = o.bitmap, canvas = element("canvas");
  Object.assign(canvas, { width, height });
  const g = canvas.getContext("2d");
  g.drawImage(o.bitmap, 0, 0);
  const data = g.getImageData(0, 0, width, height).data;
  s.commit({ tag: o.tag, z: o.shown.map((v) => Number(v.toFixed(4))), picture: Array.from({ length: width * height }, (_, i) => data[4 * i]) });
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

// A plane of codes: what the decoder makes of the place under the pointer, asked while it moves.
//
// Parameters: url (of the decoder, ends in the model), span [x, y] (codes at the right and upper border), points
// (N x 2, float32 codes) and labels (N, uint8) of test pictures, colors and names (one a class), dots (draw them), shape
// [rows, columns] of a picture, note. Stage: mode "drag". Commits {z, picture}: the grey values shown.

const LATENT_DOT_PX = 1.7, LATENT_SIDE_PX = 300;

const latentCode = (s, [x, y]) => [((2 * x) / s.w - 1) * s.params.span[0], (1 - (2 * y) / s.h) * s.params.span[1]];
const latentPlace = (s, [a, b]) => [((a / s.params.span[0] + 1) / 2) * s.w, ((1 - b / s.params.span[1]) / 2) * s.h];

function latentMount(s) {
  const o = s.own, p = s.params;
  if (o.tag !== p.url + p.note) {
    Object.assign(o, { tag: p.url + p.note, points: unpack(p.points), labels: unpack(p.labels), z: null, shown: null });
  }
  if (!o.canvas) latentBuild(s);
  const [rows, columns] = p.shape;
  Object.assign(o.canvas, { width: columns, height: rows });
  styled(o.canvas, { aspectRatio: columns + " / " + rows, maxHeight: LATENT_SIDE_PX + "px", width: "auto", height: LATENT_SIDE_PX + "px" });
  o.shown = null;
  o.key.replaceChildren(...p.names.map((name, k) => styled(element("span", "", name), { borderLeft: "0.8em solid " + p.colors[k], paddingLeft: "0.3em", marginRight: "0.8em", whiteSpace: "nowrap" })));
  o.key.hidden = !p.dots;
  const ends = (v) => " from \u2212" + v + " to " + v;
  o.axes.textContent = "Across: the code's first number," + ends(p.span[0]) + "; upwards: its second," + ends(p.span[1]);
  s.change();
}

function latentBuild(s) {
  const o = s.own;
  o.canvas = styled(element("canvas"), { imageRendering: "pixelated", border: "1px solid " + STYLED.border, borderRadius: "4px", display: "block" });
  o.code = styled(element("div"), { font: "1.05em/1.6 var(--st-code-font, monospace)", whiteSpace: "pre" });
  o.near = element("div");
  o.axes = styled(element("div"), { fontSize: "0.9em", opacity: 0.8 });
  o.key = styled(element("div"), { marginTop: "0.6em", lineHeight: "1.7", display: "flex", flexWrap: "wrap" });
  s.panel.hidden = false;
  s.panel.replaceChildren(o.canvas, o.code, o.near, o.axes, o.key);
}

// The place that holds: under the pointer, else the last one chosen.
function latentMove(s) {
  const o = s.own, place = s.pointer ?? s.selected;
  if (!o.canvas || !place) return;
  const z = latentCode(s, place);
  if (o.z && o.shown && z[0] === o.z[0] && z[1] === o.z[1]) return;
  o.z = z;
  o.code.textContent = "z = (" + z.map(codeText).join(", ") + ")";
  o.near.textContent = latentNear(s, z);
  latentAsk(s);
}

function latentNear(s, z) {
  const o = s.own, p = s.params;
  let best = -1, least = Infinity;
  for (let i = 0; i < o.labels.length; i++) {
    const d = (o.points[2 * i] - z[0]) ** 2 + (o.points[2 * i + 1] - z[1]) ** 2;
    if (d < least) { least = d; best = i; }
  }
  if (best < 0 || !p.names.length) return p.note;
  return "Nearest test picture: " + p.names[o.labels[best]] + ", " + fixed(Math.sqrt(least)) + " away";
}

function latentAsk(s) {
  const o = s.own, z = o.z;
  askDecoder(s, z, (bitmap) => { o.canvas.getContext("2d", { willReadFrequently: true }).drawImage(bitmap, 0, 0); o.shown = z; });
}

function latentFrame(s, g) {
  const o = s.own, p = s.params;
  if (p.dots) for (let i = 0; i < o.labels.length; i++) {
    const [x, y] = latentPlace(s, [o.points[2 * i], o.points[2 * i + 1]]);
    g.fillStyle = p.colors[o.labels[i]];
    g.fillRect(x - LATENT_DOT_PX * s.px, y - LATENT_DOT_PX * s.px, 2 * LATENT_DOT_PX * s.px, 2 * LATENT_DOT_PX * s.px);
  }
  const place = s.pointer ?? s.selected;
  if (place) ring(g, place, 9 * s.px, s.px);
}

// The picture as it stands, for Python to compare with its own; after the request for it has come back.
function latentCommit(s) {
  const o = s.own, place = s.selected;
  if (!place || !o.shown) return undefined;
  const want = latentCode(s, place).map((v) => v.toFixed(4));
  const differs = (z) => z.some((v, k) => v.toFixed(4) !== want[k]);
  if (o.flying || differs(o.shown)) {
    if (o.flying || differs(o.z)) later(s, "shown", 60, () => { const made = latentCommit(s); if (made) s.commit(made); });
    return undefined;
  }
  const { width, height } = o.canvas, data = o.canvas.getContext("2d").getImageData(0, 0, width, height).data;
  return { tag: s.params.note, z: want.map(Number), picture: Array.from({ length: width * height }, (_, i) => data[4 * i]) };
}

PROGRAMS.latent = {
  mount: latentMount, move: latentMove, frame: latentFrame, commit: latentCommit,
  hint: () => "Move over the plane, or drag: the decoder answers for every place. Arrow keys move the ring.",
  read: (s) => { const z = latentCode(s, s.pointer); return "z = (" + z.map(codeText).join(", ") + ")"; },
};

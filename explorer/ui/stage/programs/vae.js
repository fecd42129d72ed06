// What the encoder promises of one picture, a draw from it, and what the decoder makes of the draw.
//
// Parameters: mu, std (Z), noise, codes (S x Z), images (S x h x w, uint8), likelihood (S x h x w, log p of each pixel),
// reconstruction (S), kl (Z), dearest (nats of the brightest colour), lines {names of the panel},
// narrow (leave the room to the panel), tag. Stage: mode "hover"
// on the reader's picture; the frame of the scrubber followed is the number of the draw, 0 the promise alone.
// Commits {tag, draw, elbo}: the ELBO with that draw's reconstruction.

const VAE_SIDE_PX = 150, VAE_ROW_PX = 17, VAE_WIDE_PX = 340, VAE_SPAN = 3.5;

function vaeMount(s) {
  const o = s.own, p = s.params;
  if (o.tag !== p.tag) {
    Object.assign(o, { tag: p.tag, at: null });
    for (const name of ["mu", "std", "noise", "codes", "images", "likelihood", "reconstruction", "kl"]) o[name] = unpack(p[name]);
    o.size = o.images.shape.slice(1);
    o.total = o.kl.reduce((a, b) => a + b, 0);
    vaeBuild(s);
  }
  // A small picture's own column is no wider than the picture: the panel needs the room.
  s.dom.main.style.width = p.narrow ? "var(--most)" : "";
  s.dom.read.style.height = p.narrow ? "5.6em" : "";
  s.change();
}

function vaeBuild(s) {
  const o = s.own, [h, w] = o.size, p = s.params, view = (title) => {
    const box = element("div"), canvas = styled(element("canvas"), { imageRendering: "pixelated", height: VAE_SIDE_PX * letters() + "px", border: "1px solid " + STYLED.border, borderRadius: "4px" });
    Object.assign(canvas, { width: w, height: h });
    box.append(styled(element("div", "", title), { fontWeight: "600" }), canvas);
    return { box, canvas };
  };
  o.bars = styled(element("canvas"), { maxWidth: "100%" });
  const left = element("div"), right = styled(element("div"), { display: "flex", flexDirection: "column", gap: "0.4em" });
  o.image = view(p.lines.image);
  o.map = view(p.lines.map);
  o.map.box.append(heatKey("0", p.dearest + " " + p.lines.scale));
  o.sums = styled(element("div"), { font: "0.95em/1.5 var(--st-code-font, monospace)", whiteSpace: "pre" });
  left.append(styled(element("div", "", p.lines.bars), { fontWeight: "600" }), o.bars);
  right.append(o.image.box, o.map.box, o.sums);
  const both = styled(element("div"), { display: "flex", flexWrap: "wrap", gap: "1.2em", alignItems: "flex-start" });
  both.append(left, right);
  s.panel.hidden = false;
  s.panel.replaceChildren(both);
}

// The number of the draw shown, -1 for none.
const vaeDraw = (s) => clamp(s.frame === Infinity ? 0 : s.frame - 1, -1, s.own.reconstruction.length - 1);

function vaeMove(s) {
  const o = s.own, k = vaeDraw(s), look = k + "," + letters() + s.dark;
  if (!o.bars || o.at === look) return;
  o.at = look;
  const n = o.size[0] * o.size[1], of = (all) => (k < 0 ? null : all.subarray(k * n, (k + 1) * n)), lut = palette("sequential"), by = 255 / s.params.dearest;
  vaePaint(o.image.canvas, of(o.images), (v) => [v, v, v]);
  vaePaint(o.map.canvas, of(o.likelihood), (v) => lut[clamp(Math.round(-v * by), 0, 255)]);
  vaeBars(s, k);
  const told = k < 0 ? null : o.reconstruction[k], elbo = told - o.total, tenths = (v) => Math.round(10 * v) / 10, line = (v) => (told === null ? "\u2026" : fixed(v, 1)).padStart(7);
  o.sums.textContent = "log p(x|z) " + line(told) + "\n\u2212 KL       " + fixed(o.total, 1).padStart(7) + "\n= ELBO     " + line(tenths(told) - tenths(o.total)) + " nats"; // the sum as printed
  clearTimeout(s.timers.proof);
  if (told !== null) later(s, "proof", 400, () => s.commit({ tag: o.tag, draw: k, elbo }));
}

function vaePaint(canvas, values, color) {
  const g = canvas.getContext("2d"), data = new ImageData(canvas.width, canvas.height);
  values?.forEach((v, i) => data.data.set([...color(v), 255], 4 * i));
  g.putImageData(data, 0, 0);
}

// A row a number: the prior's width behind, mu with one sigma to each side, the drawn z and its noise.
function vaeBars(s, k) {
  const o = s.own, size = o.mu.length, big = letters(), sharp = (window.devicePixelRatio || 1) * big, high = size * VAE_ROW_PX + 18;
  const at = (v) => 34 + ((clamp(v, -VAE_SPAN, VAE_SPAN) + VAE_SPAN) / (2 * VAE_SPAN)) * (VAE_WIDE_PX - 104);
  Object.assign(o.bars, { width: VAE_WIDE_PX * sharp, height: high * sharp });
  styled(o.bars, { width: VAE_WIDE_PX * big + "px" });
  const g = o.bars.getContext("2d");
  g.scale(sharp, sharp);
  g.font = "12px " + s.font;
  g.fillStyle = s.dark ? "#ffffff24" : "#00000014";
  g.fillRect(at(-1), 0, at(1) - at(-1), high - 18);
  for (let d = 0; d < size; d++) vaeBar(s, g, d, k, at);
  g.fillStyle = s.color.text;
  for (const v of [-3, -1, 0, 1, 3]) g.fillText(String(v).replace("-", "\u2212"), at(v) - 4, high - 4);
  g.fillText("\u03b5", VAE_WIDE_PX - 28, high - 4);
}

function vaeBar(s, g, d, k, at) {
  const o = s.own, size = o.mu.length, y = d * VAE_ROW_PX + VAE_ROW_PX / 2, left = at(o.mu[d] - o.std[d]);
  g.fillStyle = s.color.text;
  g.fillText("z" + d, 4, y + 4);
  g.fillStyle = "#56B4E9";
  g.fillRect(left, y - 5, Math.max(1, at(o.mu[d] + o.std[d]) - left), 10);
  g.fillStyle = "#0072B2";
  g.fillRect(at(o.mu[d]) - 1, y - 6, 2, 12);
  if (k < 0) return;
  g.fillStyle = "#D55E00";
  g.beginPath();
  g.arc(at(o.codes[k * size + d]), y, 3.4, 0, 7);
  g.fill();
  g.fillStyle = s.color.text;
  g.textAlign = "right";
  g.fillText(fixed(o.noise[k * size + d]), VAE_WIDE_PX - 10, y + 4);
  g.textAlign = "left";
}

PROGRAMS.vae = {
  told: (s) => (vaeDraw(s) < 0 ? "No code is drawn yet" : "Draw " + (vaeDraw(s) + 1) + ": " + s.own.sums.textContent),
  mount: vaeMount, move: vaeMove,
  hint: () => "Play the draws: every \u03b5 is another code from the same cloud. Point: a pixel's cost.",
  read: (s) => {
    const o = s.own, [h, w] = o.size, x = clamp(Math.floor((s.pointer[0] / s.w) * w), 0, w - 1), y = clamp(Math.floor((s.pointer[1] / s.h) * h), 0, h - 1), k = vaeDraw(s), i = k * h * w + y * w + x;
    if (k < 0) return "row " + y + ", column " + x + ": no code is drawn yet";
    return "row " + y + ", column " + x + ": decoded " + o.images[i] + " of 255, log p = " + fixed(o.likelihood[i]);
  },
};

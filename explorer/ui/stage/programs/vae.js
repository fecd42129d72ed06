// What the encoder promises of one picture, a draw from it, and what the decoder makes of the draw.
//
// Parameters: mu, std (Z), noise, codes (S x Z), images (S x h x w, uint8), likelihood (S x h x w, log p of each pixel),
// reconstruction (S), kl (Z), lines {names of the panel}, tag. Stage: mode "hover" on the reader's picture; the frame of
// the scrubber followed is the number of the draw. Commits {tag, draw, elbo}: the ELBO with that draw's reconstruction.

const VAE_SIDE_PX = 150, VAE_ROW_PX = 17, VAE_WIDE_PX = 300, VAE_SPAN = 3.5;

const vaeText = (v, n = 2) => v.toFixed(n).replace("-", "\u2212");

function vaeMount(s) {
  const o = s.own, p = s.params;
  if (o.tag !== p.tag) {
    Object.assign(o, { tag: p.tag, at: null });
    for (const name of ["mu", "std", "noise", "codes", "images", "likelihood", "reconstruction", "kl"]) o[name] = unpack(p[name]);
    o.size = o.images.shape.slice(1);
    o.total = o.kl.reduce((a, b) => a + b, 0);
    vaeBuild(s);
  }
  s.change();
}

function vaeBuild(s) {
  const o = s.own, [h, w] = o.size, view = (title) => {
    const box = element("div"), canvas = styled(element("canvas"), { imageRendering: "pixelated", height: VAE_SIDE_PX + "px", border: "1px solid " + s.color.border, borderRadius: "4px" });
    Object.assign(canvas, { width: w, height: h });
    box.append(styled(element("div", "", title), { fontWeight: "600" }), canvas);
    return { box, canvas };
  };
  o.bars = styled(element("canvas"), { width: VAE_WIDE_PX + "px", maxWidth: "100%" });
  const left = element("div"), right = styled(element("div"), { display: "flex", flexDirection: "column", gap: "0.5em" });
  o.image = view(s.params.lines.image);
  o.map = view(s.params.lines.map);
  o.sums = styled(element("div"), { font: "0.95em/1.6 var(--st-code-font, monospace)", whiteSpace: "pre", marginTop: "0.4em" });
  left.append(styled(element("div", "", s.params.lines.bars), { fontWeight: "600" }), o.bars, o.sums);
  right.append(o.image.box, o.map.box);
  const both = styled(element("div"), { display: "flex", flexWrap: "wrap", gap: "1.2em", alignItems: "flex-start" });
  both.append(left, right);
  s.panel.hidden = false;
  s.panel.replaceChildren(both);
}

const vaeDraw = (s) => clamp(s.frame === Infinity ? 0 : s.frame - 1, 0, s.own.reconstruction.length - 1);

function vaeMove(s) {
  const o = s.own, k = vaeDraw(s);
  if (!o.bars || o.at === k) return;
  o.at = k;
  const n = o.size[0] * o.size[1], grey = o.images.subarray(k * n, (k + 1) * n), cost = o.likelihood.subarray(k * n, (k + 1) * n);
  vaeGrey(o.image.canvas, grey);
  const lut = palette("sequential"), data = new ImageData(o.size[1], o.size[0]);
  for (let i = 0; i < n; i++) { const [r, g, b] = lut[clamp(Math.round(-cost[i] * 85), 0, 255)]; data.data.set([r, g, b, 255], 4 * i); }
  o.map.canvas.getContext("2d").putImageData(data, 0, 0);
  vaeBars(s, k);
  const elbo = o.reconstruction[k] - o.total;
  o.sums.textContent = "log p(x|z)  " + vaeText(o.reconstruction[k], 1).padStart(8) + "\n\u2212 KL        " + vaeText(-o.total, 1).padStart(8) + "\n= ELBO      " + vaeText(elbo, 1).padStart(8) + " nats";
  later(s, "proof", 400, () => s.commit({ tag: o.tag, draw: k, elbo }));
}

function vaeGrey(canvas, grey) {
  const data = new ImageData(canvas.width, canvas.height);
  grey.forEach((v, i) => data.data.set([v, v, v, 255], 4 * i));
  canvas.getContext("2d").putImageData(data, 0, 0);
}

// A row a number: the prior's width behind, mu with one sigma to each side, and the drawn z.
function vaeBars(s, k) {
  const o = s.own, size = o.mu.length, sharp = window.devicePixelRatio || 1, high = size * VAE_ROW_PX + 18, at = (v) => 34 + ((clamp(v, -VAE_SPAN, VAE_SPAN) + VAE_SPAN) / (2 * VAE_SPAN)) * (VAE_WIDE_PX - 44);
  Object.assign(o.bars, { width: VAE_WIDE_PX * sharp, height: high * sharp });
  const g = o.bars.getContext("2d");
  g.scale(sharp, sharp);
  g.font = "11px system-ui, sans-serif";
  g.fillStyle = s.dark ? "#ffffff14" : "#00000010";
  g.fillRect(at(-1), 0, at(1) - at(-1), high - 18);
  for (let d = 0; d < size; d++) {
    const y = d * VAE_ROW_PX + VAE_ROW_PX / 2, z = o.codes[k * size + d];
    g.fillStyle = s.color.text;
    g.fillText("z" + d, 4, y + 4);
    g.fillStyle = "#56B4E9";
    g.fillRect(at(o.mu[d] - o.std[d]), y - 5, Math.max(1, at(o.mu[d] + o.std[d]) - at(o.mu[d] - o.std[d])), 10);
    g.fillStyle = "#0072B2";
    g.fillRect(at(o.mu[d]) - 1, y - 6, 2, 12);
    g.fillStyle = "#D55E00";
    g.beginPath();
    g.arc(at(z), y, 3.4, 0, 7);
    g.fill();
  }
  g.fillStyle = s.color.text;
  for (const v of [-3, -1, 0, 1, 3]) g.fillText(String(v).replace("-", "\u2212"), at(v) - 4, high - 4);
}

PROGRAMS.vae = {
  mount: vaeMount, move: vaeMove,
  hint: () => "Play the draws: every draw of \u03b5 is another code from the same cloud.",
  read: (s) => {
    const o = s.own, [h, w] = o.size, x = clamp(Math.floor((s.pointer[0] / s.w) * w), 0, w - 1), y = clamp(Math.floor((s.pointer[1] / s.h) * h), 0, h - 1), i = vaeDraw(s) * h * w + y * w + x;
    return "row " + y + ", column " + x + ": decoded " + o.images[i] + " of 255, log p = " + vaeText(o.likelihood[i]);
  },
};

// The decoder's picture of a code that moves: one request in flight, the latest code wins. A server that is busy or silent
// is asked again by itself, a little later each time; then the picture stays and the reader is told to move.

// A number of a code, as wide with a minus as without.
const codeText = (v) => (v < 0 ? "\u2212" : "\u2007") + fixed(Math.abs(v));

const ASK_TRIES = 4, ASK_PAUSE_MS = 150;

// take(bitmap) is called with the picture of z, unless the stage has another tag by then.
function askDecoder(s, z, take) {
  s.own.asked = { z, take, tag: s.own.tag };
  if (!s.own.flying) askLoop(s, s.own);
}

async function askLoop(s, o) {
  o.flying = true;
  for (let tries = 0; o.asked && tries < ASK_TRIES; ) {
    const one = o.asked, began = performance.now();
    o.asked = null;
    const { bitmap, said } = await askOnce(s.params.url + "&z=" + one.z.map((v) => v.toFixed(4)).join(","));
    if (bitmap && one.tag === o.tag) { tries = 0; one.take(bitmap); window.__stage.fetches.push(performance.now() - began); }
    if (bitmap) continue;
    tries++;
    if (tries === ASK_TRIES) s.say(said);
    else await new Promise((wake) => setTimeout(wake, ASK_PAUSE_MS * tries));
    o.asked ??= one.tag === o.tag ? one : null;
  }
  o.asked = null;
  o.flying = false;
}

async function askOnce(url) {
  try {
    const answer = await fetch(url);
    if (answer.ok && (answer.headers.get("content-type") ?? "").startsWith("image/")) return { bitmap: await createImageBitmap(await answer.blob()) };
    return { said: answer.ok ? "The decoder sent no picture." : await answer.json() };
  } catch { return { said: "The server does not answer; move again." }; }
}

// Call done() once the picture of what is wanted is in; never, if the decoder gave up.
function whenShown(s, isShown, done) {
  if (isShown()) done();
  else if (s.own.flying) later(s, "shown", 60, () => whenShown(s, isShown, done));
}

// The levels of a picture in rows of red, green, blue, opacity.
function levelsOf(bitmap) {
  const canvas = element("canvas"), g = canvas.getContext("2d");
  Object.assign(canvas, { width: bitmap.width, height: bitmap.height });
  g.drawImage(bitmap, 0, 0);
  return g.getImageData(0, 0, bitmap.width, bitmap.height).data;
}

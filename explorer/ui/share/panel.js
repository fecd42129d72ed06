// The panel behind "Share". The browser's own address is the view; Python makes its code.

const PANELS = new WeakMap();
const LOOK_MS = 300, TOLD_MS = 4000;
// Who presents and in what order is no part of what others should see.
const OWN_PARAMETERS = ["projector", "plan", "at"];

function viewLink(s) {
  const url = new URL(location.href);
  url.hash = "";
  if (s.d.query !== null) url.search = s.d.query;
  else for (const name of OWN_PARAMETERS) url.searchParams.delete(name);
  if (s.d.lan?.host && s.dom.lan.querySelector("input").checked) url.host = s.d.lan.host;
  return url.href;
}

function ask(s) {
  const link = viewLink(s);
  if (link === s.asked) return;
  s.asked = link;
  s.dom.link.value = link;
  s.dom.address.textContent = link.replace(/^https?:\/\//, "");
  s.setState("link", link);
}

function showCode(s) {
  const { code, why, lan } = s.d, { dom } = s;
  for (const image of dom.codes) {
    image.hidden = !code;
    if (code) image.src = code;
    image.alt = "QR code of " + s.asked;
  }
  dom.code.hidden = !code;
  dom.why.hidden = !why && !lan;
  dom.why.textContent = why || (lan?.why ?? "");
  dom.exports.hidden = !s.d.exports;
  // Once the code carries the other address, the way back to this one stays in sight.
  if (lan?.host) s.host = lan.host;
  dom.lan.hidden = !s.host;
  if (s.host) dom.lan.querySelector("span").textContent = "Use " + s.host + " in the code";
}

function tell(s, text, lasting = false) {
  s.dom.told.textContent = text;
  clearTimeout(s.quiet);
  if (!lasting) s.quiet = setTimeout(() => { s.dom.told.textContent = ""; }, TOLD_MS);
}

async function copy(s) {
  try {
    await navigator.clipboard.writeText(s.asked);
  } catch {
    // Without https there is no clipboard: the text is selected and copied as by hand.
    s.dom.link.select();
    if (!document.execCommand("copy")) return tell(s, "Press Ctrl+C to copy the selected link.", true);
  }
  tell(s, "Link copied.");
}

async function saved(s, button, make, kind) {
  button.disabled = true;
  tell(s, "Drawing the page \u2026", true);
  try {
    const blob = await make(s), link = element("a");
    link.href = URL.createObjectURL(blob);
    link.download = fileName(kind);
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    tell(s, "Saved as " + link.download + ".");
  } catch (reason) {
    tell(s, "This browser could not draw the page as " + kind.toUpperCase() + ": " + (reason?.message ?? reason), true);
  }
  button.disabled = false;
}

function fileName(kind) {
  const lesson = location.pathname.split("/").filter(Boolean).pop() ?? "road_map";
  return lesson + "_" + new Date().toISOString().slice(0, 10) + "." + kind;
}

function element(name, attributes = {}, ...inside) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...inside);
  return made;
}

function openPanel(root) {
  const dom = { codes: root.querySelectorAll(".qr") };
  for (const name of ["code", "link", "copy", "why", "lan", "exports", "html", "png", "told", "large", "address", "close"]) dom[name] = root.querySelector("." + name);
  const s = { root, dom, d: {}, asked: null };
  dom.code.onclick = () => dom.large.showModal();
  dom.close.onclick = () => dom.large.close();
  dom.copy.onclick = () => copy(s);
  dom.html.onclick = () => saved(s, dom.html, sheetFile, "html");
  dom.png.onclick = () => saved(s, dom.png, pngFile, "png");
  dom.lan.querySelector("input").onchange = () => ask(s);
  s.look = setInterval(() => ask(s), LOOK_MS);
  return s;
}

export default function ({ data, parentElement, setStateValue }) {
  let s = PANELS.get(parentElement);
  if (!s || !parentElement.contains(s.dom.code)) {
    if (s) clearInterval(s.look);
    s = openPanel(parentElement);
    PANELS.set(parentElement, s);
  }
  s.setState = setStateValue;
  s.d = data;
  // The lan address was answered for this machine's name; the code of that address has none of its own.
  if (!s.d.lan && s.host) s.d.lan = { host: s.host, why: "" };
  ask(s);
  showCode(s);
  const call = (s.calls = (s.calls ?? 0) + 1);
  return () => {
    if (s.calls !== call) return;
    clearInterval(s.look);
    PANELS.delete(parentElement);
  };
}

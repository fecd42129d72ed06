// The panel behind "Share". The browser's own address is the view; Python makes its code.

const PANELS = new WeakMap();
const LOOK_MS = 300, TOLD_MS = 4000;
// Who presents and in what order is no part of what others should see.
const OWN_PARAMETERS = ["projector", "plan", "at"];

const OWN_MACHINE = /^(localhost|.*\.localhost|127\..*|\[::1\])$/;

// Which address phones reach, and whether it is used, holds while the browser's tab is open. A panel that
// opens asks for it again, and uses none before the answer: the machine may be in another network by now.
const CHOICE = "explorer_share";
function choice(change) {
  try {
    const now = { host: "", use: true, ...JSON.parse(sessionStorage.getItem(CHOICE) ?? "{}"), ...change };
    if (change) sessionStorage.setItem(CHOICE, JSON.stringify(now));
    return now;
  } catch {
    return { host: "", use: true, ...change };
  }
}

function viewLink(s) {
  const url = new URL(location.href), { host, use } = choice();
  url.hash = "";
  if (s.d.query !== null) {
    url.search = s.d.query;
    url.pathname = url.pathname.replace(/[^/]*$/, "");
  } else for (const name of OWN_PARAMETERS) url.searchParams.delete(name);
  if (s.met && host && use && OWN_MACHINE.test(url.hostname)) url.host = host;
  return url.href;
}

// A link goes on asking for a photo that was lost: the image bar says what is on screen.
const shownImage = () => document.querySelector(".st-key-_image_select input")?.value ?? "";
const isOwn = (link) => new URL(link).searchParams.get("image") === "own" && shownImage().startsWith("Your photo:");

function ask(s) {
  const link = viewLink(s);
  s.dom.own.hidden = !isOwn(link);
  if (link === s.asked) return;
  s.asked = link;
  s.dom.link.value = link;
  s.dom.address.textContent = link.replace(/^https?:\/\//, "");
  s.dom.alone.hidden = !OWN_MACHINE.test(new URL(link).hostname);
  s.setState("link", link);
}

function showCode(s) {
  const { code, why, lan } = s.d, { dom } = s;
  for (const image of dom.codes) {
    image.hidden = !code;
    if (code) image.src = code;
    image.alt = "QR code of " + s.asked;
  }
  dom.code.hidden = dom.enlarge.hidden = !code;
  dom.why.hidden = !why && !lan;
  dom.why.textContent = why || (lan?.why ?? "");
  dom.html.hidden = dom.png.hidden = !s.d.exports;
  // Once the code carries the other address, the way back to this one stays in sight.
  if (lan) { choice({ host: lan.host }); s.met = true; }
  const { host, use } = choice(), here = OWN_MACHINE.test(location.hostname);
  dom.lan.hidden = !host || !here;
  dom.lan.querySelector("input").checked = use;
  dom.lan.querySelector("span").textContent = "Use " + host + " in the code";
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
  for (const name of ["own", "code", "enlarge", "link", "copy", "why", "lan", "html", "png", "told", "large", "address", "alone", "close"]) dom[name] = root.querySelector("." + name);
  const s = { root, dom, d: {}, asked: null, met: false };
  dom.code.onclick = dom.enlarge.onclick = () => dom.large.showModal();
  dom.close.onclick = () => dom.large.close();
  dom.copy.onclick = () => copy(s);
  dom.html.onclick = () => saved(s, dom.html, sheetFile, "html");
  dom.png.onclick = () => saved(s, dom.png, pngFile, "png");
  dom.lan.querySelector("input").onchange = (event) => { choice({ use: event.target.checked }); ask(s); };
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
  showCode(s);
  ask(s);
  const call = (s.calls = (s.calls ?? 0) + 1);
  return () => {
    if (s.calls !== call) return;
    clearInterval(s.look);
    PANELS.delete(parentElement);
  };
}

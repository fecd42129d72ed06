// The view as one HTML file: its words, settings, pictures, charts, tables, proofs and times. It asks no network for
// anything, is written in the light theme and prints well.

const COLUMN_PX = 320; // beside others
const LEAST_ZOOM = 0.55; // below that, letters are too small, and the part is pushed sideways
const SHARP = 2, DARK = 0.25; // luminance of the dark theme's grounds and grid lines, below all that means something
const LETTERS = ["Source Sans", "Source Code Pro"];
const OWN_PHOTO = " (the photo here is the reader\u2019s own and in no link: it shows a sample in its place)";
const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src data:";
const SHEET_STYLE = "body{font:16px/1.5 'Source Sans',system-ui,sans-serif;color:#1b2026;background:#fff;max-width:1200px;margin:1.5rem auto;padding:0 1.2rem}" +
  "h1{font-size:1.9rem;margin:0}h2,h3,h4{margin:.9rem 0 .2rem}p{margin:.4rem 0}.question{font-weight:700;font-size:1.1rem;margin:.1rem 0 .6rem}" +
  ".settings{background:#f3f5f7;border-radius:6px;padding:.4rem .8rem;display:flex;flex-wrap:wrap;gap:.1rem 1.2rem}.settings b{font-weight:600}" +
  ".row{display:flex;flex-wrap:wrap;gap:1.2rem;align-items:flex-start}.row>*{flex:1 1 320px;min-width:0;overflow-x:auto}" +
  "figure{margin:.8rem 0;break-inside:avoid}figure img.whole{width:100%;height:auto;border-radius:4px}figcaption,.caption{color:#4a525c;font-size:.86rem}" +
  ".pair{display:flex;flex-wrap:wrap;gap:1rem;align-items:flex-start}.pair>.shown{flex:0 1 auto;min-width:0}.pair>.panel{flex:1 1 280px;min-width:0}.panel,.own{container-type:inline-size;max-width:100%;overflow-x:auto}" +
  "svg.chart{max-width:100%;height:auto;display:block}table{border-collapse:collapse;margin:.4rem 0;font-size:.92rem}td,th{border:1px solid #c9ced5;padding:.15rem .5rem;text-align:left}" +
  "code,pre{font-family:'Source Code Pro',monospace;font-size:.9em}pre{background:#f3f5f7;padding:.6rem;overflow-x:auto;border-radius:6px;font-size:.82rem}.note{border-left:4px solid #0067a5;background:#f3f5f7;padding:.3rem .8rem;border-radius:0 6px 6px 0}" +
  "footer{margin-top:1.5rem;border-top:1px solid #c9ced5;padding-top:.5rem;font-size:.86rem;color:#4a525c;overflow-wrap:anywhere}a{color:#0067a5}" +
  "@media print{body{margin:0;max-width:none;font-size:11pt}.settings,.note{print-color-adjust:exact}svg,img,tr{break-inside:avoid}}";
// Of a component what is shown and not pressed.
const NO_PANEL = ".foot, .said, .frame, .speed, .range";
const leftOut = (node) => node.matches(NO_PANEL) || onlyActs(node);
const LEFT_OUT = ".st-key-lesson_header, [data-testid=stPopover], [data-testid=stDownloadButton], [data-testid=stPageLink], [data-testid=stButton], [data-testid=stFileUploader], [data-testid=stElementToolbar], [data-testid=stSkeleton], [data-testid=stCameraInput]";

async function sheetFile(s) {
  const main = mainBlock(), jobs = [], about = { jobs, dark: false };
  about.dark = luminous(getComputedStyle(document.querySelector("[data-testid=stApp]")).backgroundColor) < 0.4;
  const body = await posed(SHARP, s.d.ink, () => [heading(main), ...parts(main, about), ending(s)]);
  await Promise.all(jobs);
  const file = document.implementation.createHTMLDocument(document.title);
  file.documentElement.lang = "en";
  file.head.append(
    element("meta", { charset: "utf-8" }), element("meta", { "http-equiv": "Content-Security-Policy", content: POLICY }),
    element("meta", { name: "viewport", content: "width=device-width, initial-scale=1" }), element("style", {}, SHEET_STYLE),
  );
  file.body.append(...body.filter(Boolean));
  file.head.append(element("style", {}, await fontRules(file.body.querySelectorAll("[style]"), LETTERS)));
  return new Blob(["<!DOCTYPE html>\n" + file.documentElement.outerHTML], { type: "text/html;charset=utf-8" });
}

function heading(main) {
  const head = main.querySelector(".st-key-lesson_header"), made = element("header");
  made.append(element("h1", {}, head?.querySelector("h1")?.textContent.trim() ?? document.title));
  const question = head?.querySelector("[data-testid=stMarkdown]");
  if (question) made.append(element("p", { class: "question" }, question.textContent.trim()));
  const image = head?.querySelector(".st-key-_image_select input")?.value, credit = head?.querySelector(".st-key-image_credit");
  if (image) made.append(element("p", { class: "caption" }, "Image: " + image + (credit ? " \u00b7 " + credit.textContent.trim() : "")));
  return made;
}

function ending(s) {
  const link = viewLink(s);
  const when = new Date().toLocaleString("en-GB", { dateStyle: "long", timeStyle: "short" });
  return element("footer", {}, "The live view: ", element("a", { href: link }, link), isOwn(link) ? OWN_PHOTO : "", element("br"), "Saved on " + when + ".");
}

// What lies in a node, part by part, in the page's own order.
function parts(node, about) {
  if (node.nodeType !== Node.ELEMENT_NODE || node.matches(LEFT_OUT) || hidden(node)) return [];
  if (node.classList.contains("st-key-controls")) return [settingsLine(node)];
  const kind = node.dataset.testid;
  if (kind === "stTabs" && node.querySelector("input[type=radio]") && !node.querySelector("input[type=radio]:checked")) return [];
  if (KINDS[kind]) return [KINDS[kind](node, about)].filter(Boolean);
  const inside = [...node.children].flatMap((child) => parts(child, about));
  if (kind === "stHorizontalBlock" && inside.length > 1) return [element("div", { class: "row" }, ...inside)];
  return kind === "stColumn" && inside.length ? [element("div", { style: shareOf(node) }, ...inside)] : inside;
}

// As wide among its neighbours as on the page, but for paper too narrow for them all.
function shareOf(node) {
  const wide = Math.round(node.getBoundingClientRect().width);
  return "flex:" + wide + " 1 " + Math.min(COLUMN_PX, wide) + "px";
}

function settingsLine(node) {
  const line = element("div", { class: "settings" });
  for (const [label, value] of settings(node)) line.append(element("span", {}, element("b", {}, label + ": "), value));
  return line.children.length ? line : null;
}

function worded(node, about, name = "div", style = "") {
  const made = element(name, style ? { class: style } : {});
  for (const child of node.childNodes) {
    const inside = plain(child, about.dark);
    if (inside) made.append(inside);
  }
  return made.childNodes.length ? made : null;
}

function oneSetting(node) {
  const found = setting(node.closest("[data-testid=stElementContainer]"));
  return found ? element("p", {}, element("b", {}, found[0] + ": "), found[1]) : null;
}

// A component: its picture as drawn, what it says beside, or the step a scrubber stands at.
function component(node, about) {
  const root = node.shadowRoot ?? node, stage = Object.values(window.__stage?.stages ?? {}).find((s) => root.contains(s.dom.frame));
  if (!stage) return scrubbed(root) ?? ownLook(node, about);
  const shown = element("div", { class: "shown" }, stagePicture(stage)), pair = element("div", { class: "pair" }, shown);
  if (stage.panel.childNodes.length && !stage.panel.hidden) {
    const panel = still(copied(stage.panel, leftOut, about.jobs));
    if (about.dark) onPaper(panel);
    if (panel) { panel.style.width = panel.style.flex = panel.style.height = ""; pair.append(element("div", { class: "panel" }, shrinking(panel, stage.panel))); }
  }
  // Some programs lay more under the picture and its panel.
  const more = [...stage.dom.wrap.children].filter((one) => one !== stage.dom.main && one !== stage.panel);
  const below = more.map((one) => ownLook(one, about)).filter(Boolean);
  return element("figure", {}, pair, ...below, element("figcaption", {}, stage.d.alt));
}

function stagePicture(stage) {
  const { under, over } = stage.dom, canvas = element("canvas");
  canvas.width = Math.max(over.width, stage.w);
  canvas.height = Math.max(over.height, stage.h);
  const g = canvas.getContext("2d");
  g.imageSmoothingEnabled = !stage.d.pixelated;
  for (const layer of [stage.base, under, over]) g.drawImage(layer, 0, 0, canvas.width, canvas.height);
  const photo = stage.d.src.startsWith("data:image/jpeg");
  return element("img", { class: "whole", alt: stage.d.alt, src: canvas.toDataURL(photo ? "image/jpeg" : "image/png", 0.92), style: "width:" + stage.dom.frame.clientWidth + "px;max-width:100%" });
}

function scrubbed(root) {
  const label = root.querySelector(".bar > .label"), now = root.querySelector(".bar > .now");
  return now ? element("p", {}, element("b", {}, label.textContent + ": "), now.textContent) : null;
}

function ownLook(node, about) {
  const made = still(copied(node, leftOut, about.jobs));
  if (!made) return null;
  made.style.width = made.style.height = "";
  if (about.dark) onPaper(made);
  return made.textContent.trim() || made.querySelector("img, svg") ? element("div", { class: "own" }, shrinking(made, node)) : null;
}

// A copy has the sizes that the page had: on paper too narrow for them it becomes smaller as a whole, and nothing is cut.
function shrinking(made, node) {
  const host = element("div", { style: "position:fixed;left:-99999px;top:0;visibility:hidden;width:" + node.clientWidth + "px" });
  document.body.append(host);
  host.attachShadow({ mode: "open" }).append(made);
  made.style.zoom = "clamp(" + LEAST_ZOOM + ", tan(atan2(100cqw, " + made.scrollWidth + "px)), 1)";
  host.remove();
  return made;
}

// Nothing in a file can be set: the value stands beside a slider, and other fields become words.
function still(made) {
  for (const one of made?.querySelectorAll("input") ?? []) one.type === "range" ? one.remove() : one.replaceWith(one.hasAttribute("checked") ? "\u2611" : "\u2610");
  for (const one of made?.querySelectorAll("[role=note]") ?? []) one.style.borderColor = one.style.backgroundColor = "transparent";
  return made;
}

// What is left of the dark theme, turned: light letters without a ground of their own, fields, dark grounds.
function onPaper(made) {
  for (const one of [made, ...(made?.querySelectorAll("[style]") ?? [])]) {
    const ground = one.style?.backgroundColor ?? "", empty = !ground || /, 0\)$/.test(ground);
    if (!one.style || one instanceof SVGElement) continue;
    if (one.getAttribute("role") === "note" || (!empty && luminous(ground) < DARK && !one.style.backgroundImage)) one.style.backgroundColor = "transparent";
    if (empty || one.style.backgroundColor === "transparent") one.style.color = legible(one.style.color);
  }
}

// A chart's layers lie one on another in the page; here inside one drawing that shrinks with the paper.
function chart(node, about) {
  const layers = [...node.querySelectorAll("svg.main-svg")];
  if (!layers.length) return ownLook(node, about);
  const { width, height } = layers[0].getBoundingClientRect();
  const whole = document.createElementNS(SVG, "svg");
  for (const [name, value] of Object.entries({ class: "chart", viewBox: "0 0 " + width + " " + height, width, height, role: "img" })) whole.setAttribute(name, value);
  for (const layer of layers) whole.append(copied(layer, (one) => one.matches(".modebar-container, .hoverlayer, .draglayer, .nsewdrag"), about.jobs));
  for (const one of whole.querySelectorAll("svg")) one.style.position = "static";
  if (about.dark) chartOnPaper(whole);
  const title = textOf(whole).slice(0, 300);
  whole.setAttribute("aria-label", "Chart: " + title);
  return element("figure", {}, whole);
}

function chartOnPaper(whole) {
  for (const text of whole.querySelectorAll("text, tspan")) text.style.fill = legible(text.style.fill);
  for (const ground of whole.querySelectorAll("rect")) if (luminous(ground.style.fill) < DARK) ground.style.fill = "#fff";
  for (const line of whole.querySelectorAll("path")) if (luminous(line.style.stroke) < DARK && parseFloat(line.style.strokeWidth) <= 1) line.style.stroke = "#dfe3e8";
}

// The grid that Streamlit paints keeps its cells as a table for screen readers.
function grid(node) {
  const table = node.querySelector("canvas table, [role=grid]"), made = element("table");
  for (const row of table?.querySelectorAll("[role=row], tr") ?? []) {
    const line = element("tr");
    for (const cell of row.querySelectorAll("td, th, [role=gridcell], [role=columnheader]")) line.append(element(cell.matches("th, [role=columnheader]") ? "th" : "td", {}, cell.textContent));
    if (line.children.length) made.append(line);
  }
  return made.children.length ? made : null;
}

function picture(node, about) {
  const made = element("figure"), found = [...node.querySelectorAll("img")];
  for (const image of found) {
    const one = element("img", { alt: image.alt, style: "max-width:100%;width:" + image.clientWidth + "px" });
    about.jobs.push(asData(image.currentSrc || image.src).then((source) => one.setAttribute("src", source)));
    made.append(one);
  }
  const caption = node.querySelector("[data-testid=stImageCaption]");
  if (caption) made.append(element("figcaption", {}, textOf(caption)));
  return found.length ? made : null;
}

function drawer(node, about) {
  const details = node.querySelector("details");
  if (!details?.open) return null;
  const name = textOf(node.querySelector("summary"));
  return element("section", {}, element("h4", {}, name), ...[...node.querySelectorAll("[data-testid=stExpanderDetails]")].flatMap((one) => parts(one, about)));
}

const KINDS = {
  stMarkdown: (node, about) => worded(node, about, "div", node.querySelector("[data-testid=stCaptionContainer]") ? "caption" : ""),
  stHeading: (node, about) => worded(node, about),
  stAlert: (node, about) => worded(node, about, "div", "note"),
  stTable: (node, about) => worded(node, about),
  stMetric: (node, about) => worded(node, about),
  stCode: (node) => element("pre", {}, node.querySelector("code")?.textContent ?? ""),
  stHtml: ownLook,
  stImage: picture,
  stPlotlyChart: chart,
  stDataFrame: grid,
  stExpander: drawer,
  stBidiComponentIsolated: component,
  stBidiComponentRegular: component,
  stSlider: oneSetting, stNumberInput: oneSetting, stSelectbox: oneSetting, stButtonGroup: oneSetting, stCheckbox: oneSetting, stRadio: oneSetting, stTextInput: oneSetting,
};

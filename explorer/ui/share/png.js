// The page's main part as a picture, as wide as a projector or wider, its letters drawn anew and not enlarged.

const LEAST_WIDTH_PX = 1920, LEAST_SCALE = 2, MOST_PIXELS = 60e6, MOST_SIDE_PX = 16000;
const MARGIN_PX = 20;
// What is there to be pressed, and what asks, stands on no slide.
const NO_PICTURE = ".st-key-lesson_way, .st-key-image_credit, [data-testid=stPopover], [data-testid=stTabs], [data-testid=stDownloadButton], [data-testid=stExpander], [data-testid=stTooltipIcon], [data-testid=stElementToolbar], [data-testid=stStatusWidget], [data-testid=stSkeleton], .modebar-container, .foot > button, .foot > .hint, .foot > .opacity, .said, .speed";

const mainBlock = () => document.querySelector("[data-testid=stMainBlockContainer]");

async function pngFile(s) {
  const inner = mainBlock().firstElementChild, width = Math.ceil(inner.getBoundingClientRect().width) + 2 * MARGIN_PX;
  const paper = getComputedStyle(document.querySelector("[data-testid=stApp]")).backgroundColor, jobs = [];
  const sharp = Math.max(LEAST_SCALE, LEAST_WIDTH_PX / width);
  const copy = await posed(sharp, null, () => copied(inner, (node) => node.matches(NO_PICTURE) || onlyActs(node), jobs));
  await Promise.all(jobs);
  copy.style.margin = "0";
  const sheet = element("div", { xmlns: "http://www.w3.org/1999/xhtml", style: "box-sizing:border-box;overflow:hidden;padding:" + MARGIN_PX + "px;width:" + width + "px;background:" + paper });
  sheet.append(copy, signature(s, getComputedStyle(inner)));
  const height = heightOf(sheet);
  sheet.style.height = height + "px";
  sheet.prepend(element("style", {}, await fontRules(sheet.querySelectorAll("[style]"))));
  return painted(sheet, width, height, Math.min(sharp, Math.sqrt(MOST_PIXELS / (width * height)), MOST_SIDE_PX / height));
}

// Whose photo it is, where the view is found, and when it was seen: under the picture, whole.
function signature(s, look) {
  const credit = mainBlock().querySelector(".st-key-image_credit")?.textContent.trim(), when = new Date().toLocaleDateString("en-GB", { dateStyle: "long" });
  const style = "margin-top:14px;font:13px/1.4 " + look.fontFamily.replaceAll('"', "'") + ";color:" + look.color + ";opacity:.8;overflow-wrap:anywhere";
  return element("div", { style }, [credit && "Image: " + credit, viewLink(s) + (isOwn(viewLink(s)) ? OWN_PHOTO : ""), when].filter(Boolean).join(" \u00b7 "));
}

// Lay the sheet out once, out of sight and out of the reach of the page's own styles.
function heightOf(sheet) {
  const host = element("div", { style: "position:fixed;left:-99999px;top:0;visibility:hidden", "aria-hidden": "true" });
  document.body.append(host);
  host.attachShadow({ mode: "open" }).append(sheet);
  const height = Math.ceil(sheet.getBoundingClientRect().height);
  host.remove();
  return height;
}

async function painted(sheet, width, height, scale) {
  const inside = new XMLSerializer().serializeToString(sheet);
  const text = "<svg xmlns='" + SVG + "' width='" + width * scale + "' height='" + height * scale + "' viewBox='0 0 " + width + " " + height + "'>" +
    "<foreignObject width='" + width + "' height='" + height + "'>" + inside + "</foreignObject></svg>";
  const image = new Image();
  image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(text);
  await image.decode();
  const canvas = element("canvas");
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done, failed) => canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error("the picture is too large"))), "image/png"));
}

// The letters of the page, for what may load none: the faces that its text uses, and those named.
async function fontRules(nodes, always = []) {
  const used = new Set(always);
  for (const node of nodes) for (const name of (node.style.fontFamily || "").split(",")) used.add(bare(name));
  const loaded = new Set([...document.fonts].filter((face) => face.status === "loaded").map((face) => bare(face.family) + face.weight + face.style));
  const rules = [];
  for (const sheet of document.styleSheets) for (const rule of rulesOf(sheet)) {
    if (!(rule instanceof CSSFontFaceRule)) continue;
    const face = (name) => rule.style.getPropertyValue(name), family = bare(face("font-family"));
    if (!used.has(family) || !loaded.has(family + (face("font-weight") || "400") + (face("font-style") || "normal"))) continue;
    const source = /url\(["']?([^"')]+)/.exec(face("src"))?.[1];
    if (source) rules.push(asData(new URL(source, sheet.href ?? location.href).href).then((data) => "@font-face{font-family:'" + family + "';font-weight:" + (face("font-weight") || "400") + ";font-style:" + (face("font-style") || "normal") + ";src:url(" + data + ")}"));
  }
  return (await Promise.all(rules)).join("");
}

const bare = (name) => name.trim().replaceAll(/["']/g, "");

function rulesOf(sheet) {
  try { return sheet.cssRules; } catch { return []; }
}

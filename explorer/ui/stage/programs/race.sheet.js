// Below the picture of race.js: every detector's answer side by side; a click keeps one.

const RACE_TILE_PX = 480; // drawn pixels across, whatever a tile takes on the screen
const RACE_TILE_LABELS = 3;

function raceSheet(s) {
  const o = s.own, root = s.panel.parentElement;
  const grid = styled(element("div", "sheet"), { flex: "1 0 100%", display: "grid", gridTemplateColumns: "repeat(auto-fill, minmax(max(22%, 150px), 1fr))", gap: "12px" });
  o.tiles = s.params.racers.map((one, k) => raceTile(s, grid, one, k));
  root.querySelector(":scope > .sheet")?.remove();
  root.append(grid);
  raceSheetDraw(s);
}

function raceTile(s, grid, one, k) {
  const tile = styled(element("div"), { minWidth: 0, cursor: "pointer", borderRadius: "4px", padding: "3px" });
  const title = styled(element("div"), { borderLeft: "7px solid " + one.color, paddingLeft: "7px", lineHeight: 1.3, marginBottom: "4px" });
  const count = one.scores.length + (one.scores.length === 1 ? " box" : " boxes");
  title.append(styled(element("div", "", one.title), { fontWeight: 600, fontSize: "0.95rem" }), styled(element("div", "", raceMs(raceTotal(one)) + ", " + count), { fontSize: "0.86rem" }));
  const canvas = styled(element("canvas"), { display: "block", width: "min(100%, " + Math.round((320 * s.w) / s.h) + "px)", borderRadius: "3px" });
  canvas.width = RACE_TILE_PX;
  canvas.height = Math.max(1, Math.round((RACE_TILE_PX * s.h) / s.w));
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", one.title + ": " + count);
  tile.append(title, canvas);
  tile.onclick = () => racePick(s, k);
  grid.append(tile);
  return { tile, canvas };
}

function raceSheetTell(s) {
  s.own.tiles.forEach(({ tile }, k) => { tile.style.outline = k === s.own.chosen ? "2px solid " + STYLED.primary : "none"; });
}

function raceSheetDraw(s) {
  if (!s.base.complete || !s.base.naturalWidth) return;
  s.own.sheetOf = s.base;
  s.own.tiles.forEach(({ canvas }, k) => {
    const g = canvas.getContext("2d"), scale = canvas.width / s.w, across = canvas.clientWidth || RACE_TILE_PX / 2;
    g.setTransform(scale, 0, 0, scale, 0, 0);
    g.drawImage(s.base, 0, 0, s.w, s.h);
    g.tags = [];
    raceBoxes(s, g, k, s.w / across, RACE_TILE_LABELS);
  });
}

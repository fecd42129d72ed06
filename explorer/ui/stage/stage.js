// The stage: one picture, what lies over it, and what a reader does with it.
//
// Python (stage.py) joins this file, its parts (state, draw, boxes, input, keys, words, paint)
// and one program into one module, so all functions here share one scope. Comments and
// indentation are stripped on the way: no multi-line template literals in these files.
//
// PROGRAMS. A page's own drawing lives in programs/NAME.js, which ends in
//
//   PROGRAMS.NAME = { mount, frame, move, read, hint, commit, down, drag, up, tap, key, keys, told, live, unmount };
//
// Every hook may be left out; `s` is the stage:
//   mount(s)      once, and again whenever the parameters from Python change: fill s.panel,
//                 unpack arrays. Keep own state in s.own (an object, emptied never).
//   frame(s, g)   each repaint, after the layers, before the boxes a reader moves. `g` is a
//                 2-d context in image pixels, sharp at device pixels.
//   move(s)       before frame() when pointer, boxes, selection, size or frame number changed:
//                 recompute here, and write to s.panel here.
//   read(s)       the text under the picture for the pointer, in place of its x, y and values.
//   hint(s)       what stands there without a pointer, in place of the mode's own words.
//   commit(s)     on release or Enter, after the stage has sent its own value: what is
//                 returned (JSON, not undefined) becomes event.program in Python.
//   down(s, e)    a press at s.pointer: return true to take the drag; then drag(s) on each
//                 move and up(s) at the end are called in place of the mode's own.
//   tap(s)        a finger that took hold of nothing, and did not scroll, is lifted at s.pointer.
//   key(s, e)     a key on the focused stage: return true when handled.
//   keys          what its keys do, or a function of s; null for the mode's own words.
//   told(s)       what of this moment is said to who cannot see it, in place of the panel's first number.
//   live(s, json) an answer of live_url that is JSON.
//   unmount(s)    the stage goes away.
//
// A program whose parameters hold `opacity` (0 to 1) gets the slider that maps have; s.opacity is
// what the reader set.
//
// What `s` offers:
//   s.w, s.h        picture size in image pixels;  s.px  image pixels in one CSS pixel
//                   (g.lineWidth = 2 * s.px is two pixels on the screen)
//   s.boxes         [[x1, y1, x2, y2], ...] as being dragged;  s.active  index of the chosen
//   s.selected      [x, y] or null;  s.pointer  [x, y] or null;  s.dragging  true or false
//   s.cellAt(p)     [col, row] of an image position in cells of the argument `cell`
//   s.frame         frame number of the scrubber followed, Infinity without one
//   s.params        the program's parameters; unpack(s.params.x) gives a typed array for an
//                   array packed in Python, with .shape
//   s.panel         DOM element beside the picture (below it where there is no room)
//   s.color         {text, background, second, primary, border} of the theme, for canvases;  s.dark
//   s.font          the page's own typeface: g.font = "12px " + s.font
//   STYLED          the same names for elements' styles, which follow a change of theme
//   s.base          the <img> of the picture
//   s.redraw()      ask for a repaint;  s.change()  the same with move() first
//   s.commit(value) send event.program = value to Python (a rerun)
//   s.keep(name, numbers)   put one to four numbers that a reader chose in the panel into the address, on
//                   a click, a key, or a slider's release; null takes them out again
//   s.kept(name, count)     those numbers as an address gave them, or null: ask whether they fit.
//                   keptPlace(s, name, n) is the same for one place in a list of n
//   s.say(text)     words for the read-out line and screen readers
//   walkable(s, node, {size, point, press, words})   keys for what a pointer does in a panel
//   tag(s, g, text, x, y, colour, px)    a label whose lower left corner is x, y; px, left out, is s.px;
//                   it moves clear of those written before it, or is left out: the weightiest first
//   letters()        how much larger the page's type is than usual (in projector mode)
//   edge(s, g, [x, y, w, h])         the thin edge of a pane on the page's ground
//   arrow(g, x1, y1, x2, y2, px)     an arrow in the current stroke style
//   clamp(v, a, b), palette(name) -> 256 x [r, g, b], element(name, class, text)
//   styled(node, {style}) -> node, many(v) -> a whole number as text, prefixSums(grid) -> its integral image
// window.__stage.samples holds {key, kind, ms} for each repaint (kind hover, drag, layers),
// window.__stage.stages[key] the live stage, for tests and measurements.

const PROGRAMS = {};
const STAGES = new WeakMap();

export default function (component) {
  const { data, parentElement, setStateValue } = component;
  let s = STAGES.get(parentElement);
  if (!s || !parentElement.contains(s.dom.frame)) {
    if (s) closeStage(s);
    s = openStage(parentElement);
    STAGES.set(parentElement, s);
  }
  s.setState = setStateValue;
  const call = (s.calls = (s.calls ?? 0) + 1);
  receive(s, data);
  // Streamlit runs the clean-up of a call that was overtaken while the module loaded.
  return () => {
    if (s.calls !== call) return;
    closeStage(s);
    STAGES.delete(parentElement);
  };
}

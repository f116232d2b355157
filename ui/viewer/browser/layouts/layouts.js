// Layouts: the arrangements of panes on the stage that there are, and which of them is shown.
//
// A layout has
//   panes               what is painted, with `canvas` and `layerName(viewer)`
//   names(viewer)       the layers shown, first to last
//   place(event)        where in its pane an event is, in CSS pixels
//   size()              of the pane that "place" is about, in CSS pixels; others have the same shape
//   arrange(viewer, w)  put the panes in order in a width of `w`; returns {rows: places in each, gap in px}
//   show(viewer)        bring its own controls and tags up to date with the settings
//   mark(viewer, pixel) mark a pixel (null for none) that is pointed at in another pane
//   dragWhole(at)       what a drag does while all of the scene is seen, so that there is nothing to move
//   remove()            take everything off the stage

const ONE_PLACE = { rows: [1], gap: 0 };
const LAYOUTS = {
  side: { title: "Side by side", make: sideLayout },
  swipe: { title: "Swipe", make: swipeLayout },
  blink: { title: "Blink", make: blinkLayout },
  grid: { title: "Grid", make: gridLayout },
};
// Of the window, in px: from here on there is room for two pictures; below that one the pictures are stacked.
const WIDE = 1100;
const NARROW = 640;
const ROOM_AROUND = 290; // px of the window's height that other things than the picture take
const LEAST_HEIGHT = 300;

// What the visitor chose, or else what suits the window.
function layoutNameOf({ settings, data }) {
  if (data.layouts.includes(settings.layout)) return settings.layout;
  const suits = window.innerWidth >= WIDE || window.innerWidth < NARROW ? "side" : "swipe";
  return data.layouts.includes(suits) ? suits : data.layouts[0];
}

function useLayout(viewer, act) {
  const name = layoutNameOf(viewer);
  if (viewer.layoutName === name) return;
  viewer.layout?.remove();
  viewer.layoutName = name;
  viewer.layout = LAYOUTS[name].make(viewer.parts.stage, act, viewer.parts.controls);
  viewer.parts.stage.dataset.layout = name;
}

// The layers that are shown, each once.
function shownLayers(viewer) {
  return [...new Set(viewer.layout.names(viewer))].map((name) => viewer.layers.get(name));
}

// All of the pictures is to be seen at once, and some of what belongs to them.
function sizeStage(viewer) {
  const { parts, scene, data, layout } = viewer;
  viewer.width = viewer.root.clientWidth;
  const { rows, gap } = layout.arrange(viewer, viewer.width);
  const isOne = rows.length === 1 && rows[0] === 1;
  parts.stage.style.aspectRatio = isOne ? `${scene.width} / ${scene.height}` : "auto";
  parts.stage.classList.toggle("parted", !isOne);
  if (!data.height) return;
  const most = Math.min(data.height, Math.max(LEAST_HEIGHT, window.innerHeight - ROOM_AROUND));
  parts.stage.parentElement.style.maxWidth = `${widthOfHeight(most, rows, gap, scene.width / scene.height)}px`;
}

// The width at which all rows together have this height. Pictures one below the other may each have it.
function widthOfHeight(height, rows, gap, shape) {
  if (rows.every((count) => count === 1)) return height * shape;
  const gaps = rows.reduce((sum, count) => sum + ((count - 1) * gap) / (count * shape), 0);
  const perWidth = rows.reduce((sum, count) => sum + 1 / (count * shape), 0);
  return (height - (rows.length - 1) * gap + gaps) / perWidth;
}

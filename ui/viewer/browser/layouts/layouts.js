// Layouts: the arrangements of panes on the stage that there are, and which of them is shown.
//
// A layout has
//   panes               what is painted, with `canvas` and `layerName(viewer)`
//   names(viewer)       the layers shown, first to last
//   place(event)        where in its pane an event is, in CSS pixels
//   size()              of each pane, in CSS pixels
//   arrange(viewer, w)  put the panes in order in a width of `w`; returns {columns, rows, gap in px}
//   show(viewer)        bring its own controls and tags up to date with the settings
//   mark(viewer, pixel) mark a pixel (null for none) that is pointed at in another pane
//   dragWhole(at)       what a drag does while all of the scene is seen, so that there is nothing to move
//   remove()            take everything off the stage

const ONE_PLACE = { columns: 1, rows: 1, gap: 0 };
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
  const { columns, rows, gap } = layout.arrange(viewer, viewer.width);
  const isOne = columns === 1 && rows === 1;
  parts.stage.style.aspectRatio = isOne ? `${scene.width} / ${scene.height}` : "auto";
  parts.stage.classList.toggle("parted", !isOne);
  if (!data.height) return;
  const most = Math.min(data.height, Math.max(LEAST_HEIGHT, window.innerHeight - ROOM_AROUND));
  const height = columns === 1 ? most : (most - (rows - 1) * gap) / rows;
  parts.stage.parentElement.style.maxWidth = `${(columns * height * scene.width) / scene.height + (columns - 1) * gap}px`;
}

// Show: bring the page up to date after a change of the settings, of the layers or of the data.

const KEYS = "Arrow keys move the place that is read, plus and minus zoom, zero shows all.";
const PROBE_KEYS = "Enter pins a probe there, Escape removes it.";
const VIEW_KEYS = "The digits from 1 on choose the view.";

function showSettings(viewer) {
  showToolbar(viewer);
  viewer.layout.show(viewer);
  viewer.parts.stage.classList.toggle("zoomed", viewer.settings.view.zoom > 1);
  markPointed(viewer);
  sayInAddress(viewer);
  repaint(viewer);
}

function showLegend(viewer) {
  const { parts, settings } = viewer;
  const changed = () => {
    showSwitches(parts.legend, settings);
    sayInAddress(viewer);
    repaint(viewer);
  };
  const flash = (name) => {
    settings.flashed = name;
    repaint(viewer);
  };
  drawLegend(parts.legend, shownLayers(viewer), settings, changed, flash);
}

// Whatever decides which layers are seen: the view, the sides, the third picture, the width of the window.
function showArrangement(viewer) {
  useLayout(viewer, viewer.act);
  sizeStage(viewer);
  showLegend(viewer);
  showSettings(viewer);
  readOut(viewer);
}

// In another width; what has the focus keeps it.
function fitArrangement(viewer) {
  if (viewer.root.clientWidth === viewer.width) {
    repaint(viewer);
  } else if (layoutNameOf(viewer) === viewer.layoutName) {
    sizeStage(viewer);
    showSettings(viewer);
  } else {
    showArrangement(viewer);
  }
}

// Set what a visitor chose, once the layers that it takes are there.
async function change(viewer, settings) {
  const { left, right } = { ...viewer.settings, ...settings };
  await readyToShow(viewer.layers, [left, right, viewer.data.third, ...viewer.data.grid]);
  if (!viewer.layers.has(left) || !viewer.layers.has(right)) return;
  Object.assign(viewer.settings, settings);
  showArrangement(viewer);
}

// Other layers, which are ready to be shown on the sides `left` and `right`.
function showData(viewer, layers, [left, right]) {
  const { data, parts } = viewer;
  const { stage } = parts;
  const { width, height } = data.layers[0];
  Object.assign(viewer, { layers, scene: { width, height } });
  Object.assign(viewer.settings, { left, right });
  if (viewer.probe && (viewer.probe.x >= width || viewer.probe.y >= height)) viewer.probe = null;
  const { box } = viewer;
  if (box && (box.x + box.width > width || box.y + box.height > height)) viewer.box = null;
  stage.setAttribute("aria-label", [data.description, KEYS, data.probe ? PROBE_KEYS : "", data.layouts.length > 1 ? VIEW_KEYS : ""].join(" "));
  fillChoices(viewer);
  fillLayouts(viewer, (layout) => change(viewer, { layout }));
  drawFacts(parts.facts, data.facts);
  showArrangement(viewer);
  viewer.root.classList.remove("waiting");
  stage.dataset.ready = data.version;
  window.dispatchEvent(new Event(PICTURE_SHOWN));
}

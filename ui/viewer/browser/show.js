// Show: bring the page up to date after a change of the settings, of the layers or of the data.

const KEYS = "Arrow keys move the place that is read, plus and minus zoom, zero shows all.";
const PROBE_KEYS = "Enter pins a probe there, Escape removes it.";

function showSettings(viewer) {
  showToolbar(viewer);
  viewer.layout.show(viewer);
  viewer.parts.stage.classList.toggle("zoomed", viewer.settings.view.zoom > 1);
  sayInAddress(viewer);
  repaint(viewer);
}

function showLegend(viewer) {
  const { parts, settings } = viewer;
  drawLegend(parts.legend, ...shownLayers(viewer), settings, () => {
    showSwitches(parts.legend, settings);
    sayInAddress(viewer);
    repaint(viewer);
  });
}

async function showLayers(viewer, left, right) {
  await readyToShow(viewer.layers, [left, right]);
  if (!viewer.layers.has(left) || !viewer.layers.has(right)) return;
  Object.assign(viewer.settings, { left, right });
  showLegend(viewer);
  showSettings(viewer);
  readOut(viewer);
}

// Other layers, which are ready to be shown on the sides `left` and `right`.
function showData(viewer, data, layers, [left, right]) {
  const { width, height } = data.layers[0];
  const { stage } = viewer.parts;
  Object.assign(viewer, { layers, scene: { width, height } });
  Object.assign(viewer.settings, { left, right });
  if (viewer.probe && (viewer.probe.x >= width || viewer.probe.y >= height)) viewer.probe = null;
  stage.style.aspectRatio = `${width} / ${height}`;
  stage.parentElement.style.maxWidth = data.height ? `${(data.height * width) / height}px` : "";
  stage.setAttribute("aria-label", `${data.description} ${KEYS} ${data.probe ? PROBE_KEYS : ""}`);
  fillChoices(viewer);
  showLegend(viewer);
  showSettings(viewer);
  readOut(viewer);
  viewer.root.classList.remove("waiting");
  stage.dataset.ready = data.version;
}

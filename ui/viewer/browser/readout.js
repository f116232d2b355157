// Read-out: what the layers say about the pixel under the pointer or the probe, seen and heard.

const ZOOM_HINT = "Ctrl and the wheel, a pinch or a double click zoom.";
const HINT = `Point at the picture to read it. ${ZOOM_HINT}`;
const PROBE_HINT = `Point at the picture to read it; click, or press Enter, to pin a probe. ${ZOOM_HINT}`;

function textAt(viewer, pixel) {
  const { layers, scene } = viewer;
  const shown = shownLayers(viewer);
  const told = [...layers.values()].filter((layer) => layer.described || shown.includes(layer));
  const words = told
    .map((layer) => [layer.title, describe(layer, scene, pixel.x, pixel.y)])
    .filter(([, text]) => text !== null)
    .map(([title, text]) => `${title}: ${text}`);
  return [`x ${pixel.x}, y ${pixel.y}`, ...words].join(" · ");
}

function readOut(viewer) {
  const pixel = viewer.pointed ?? viewer.probe;
  const hint = viewer.data.probe ? PROBE_HINT : HINT;
  viewer.parts.readout.textContent = pixel ? textAt(viewer, pixel) : hint;
}

// The pixel that is pointed at, in the panes that the pointer is not in.
function markPointed(viewer) {
  viewer.layout.mark(viewer, viewer.pointed);
}

function announce(viewer, text) {
  later(viewer, "announce", 200, () => (viewer.parts.announcer.textContent = text));
}

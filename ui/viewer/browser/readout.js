// Read-out: what the layers say about the pixel under the pointer or the probe, seen and heard.

const HINT = "Point at the picture to read it.";
const PROBE_HINT = "Point at the picture to read it; click, or press Enter, to pin a probe.";

function textAt({ layers, settings, scene }, pixel) {
  const shown = [settings.left, settings.right];
  const told = [...layers.values()].filter((layer) => layer.described || shown.includes(layer.name));
  const words = told
    .map((layer) => [layer.title, describe(layer, scene, pixel.x, pixel.y)])
    .filter(([, text]) => text !== null)
    .map(([title, text]) => `${title}: ${text}`);
  return [`x ${pixel.x}, y ${pixel.y}`, ...words].join(" · ");
}

function readOut(viewer) {
  const pixel = viewer.pointed ?? viewer.probe;
  const hint = viewer.component.data.probe ? PROBE_HINT : HINT;
  viewer.parts.readout.textContent = pixel ? textAt(viewer, pixel) : hint;
}

function announce(viewer, text) {
  later(viewer, "announce", 200, () => (viewer.parts.announcer.textContent = text));
}

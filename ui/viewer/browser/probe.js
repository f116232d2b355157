// Probe: the pixel that is read by keyboard, and that a click or Enter pins for Python.

function middlePixel({ scene }) {
  return { x: Math.floor(scene.width / 2), y: Math.floor(scene.height / 2) };
}

function pinProbe(viewer, pixel) {
  if (!viewer.component.data.probe || !pixel) return;
  viewer.probe = pixel;
  viewer.isPinned = true;
  readOut(viewer);
  announce(viewer, `Probe pinned. ${textAt(viewer, pixel)}`);
  repaint(viewer);
  reportProbe(viewer);
}

function unpinProbe(viewer) {
  const wasPinned = viewer.isPinned;
  Object.assign(viewer, { probe: null, isPinned: false, pointed: null });
  readOut(viewer);
  announce(viewer, "Probe removed.");
  repaint(viewer);
  if (wasPinned) reportProbe(viewer);
}

function moveProbe(viewer, x, y) {
  const { scene } = viewer;
  const from = viewer.probe ?? middlePixel(viewer);
  viewer.probe = { x: clamp(from.x + x, 0, scene.width - 1), y: clamp(from.y + y, 0, scene.height - 1) };
  keepInSight(viewer, viewer.probe);
  viewer.pointed = null;
  readOut(viewer);
  announce(viewer, textAt(viewer, viewer.probe));
  repaint(viewer);
  if (viewer.isPinned) later(viewer, "report", 400, () => reportProbe(viewer));
}

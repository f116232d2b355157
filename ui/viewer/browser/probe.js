// Probe: the pixel that is read by keyboard, and that a click or Enter pins for Python.

function middlePixel({ scene }) {
  return { x: Math.floor(scene.width / 2), y: Math.floor(scene.height / 2) };
}

const SECOND_CLICK_MS = 300;

function pinProbe(viewer, pixel, delay = 0) {
  if (!viewer.data.probe || !pixel) return;
  viewer.probe = pixel;
  viewer.isPinned = true;
  readOut(viewer);
  announce(viewer, `Probe pinned. ${textAt(viewer, pixel)}`);
  repaint(viewer);
  later(viewer, "report", delay, () => reportProbe(viewer));
}

// A click may be the first of two that zoom, so that Python is told a little later.
function pinByPointer(viewer, pixel) {
  const now = performance.now();
  if (!(now - viewer.pinnedAt < SECOND_CLICK_MS)) viewer.beforePin = { probe: viewer.probe, isPinned: viewer.isPinned };
  viewer.pinnedAt = now;
  pinProbe(viewer, pixel, SECOND_CLICK_MS);
}

function takeBackPin(viewer) {
  if (!viewer.beforePin) return;
  clearTimeout(viewer.timers.report);
  Object.assign(viewer, viewer.beforePin);
  readOut(viewer);
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

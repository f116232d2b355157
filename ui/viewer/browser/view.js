// View: which part of the scene all panes show, and how it is zoomed and moved.

function setView(viewer, view) {
  viewer.settings.view = view;
  showSettings(viewer);
}

// The place in the scene that is seen at a point of a pane.
function sceneAt({ settings, scene, layout }, at) {
  return toScene(at, settings.view, scene, layout.size());
}

// Zoom by a factor and bring what is seen at the point `from` to the point `to`.
function zoomAndMove(viewer, from, to, factor) {
  const zoom = viewer.settings.view.zoom * factor;
  setView(viewer, viewWith(zoom, sceneAt(viewer, from), to, viewer.scene, viewer.layout.size()));
}

function zoom(viewer, factor) {
  const { width, height } = viewer.layout.size();
  const middle = { x: width / 2, y: height / 2 };
  zoomAndMove(viewer, middle, middle, factor);
}

// Move the view to a pixel that lies outside of it.
function keepInSight(viewer, pixel) {
  const { settings, scene, layout } = viewer;
  const { width, height } = layout.size();
  const at = toStage({ x: pixel.x + 0.5, y: pixel.y + 0.5 }, settings.view, scene, { width, height });
  if (at.x >= 0 && at.y >= 0 && at.x <= width && at.y <= height) return;
  setView(viewer, viewWith(settings.view.zoom, pixel, { x: width / 2, y: height / 2 }, scene, { width, height }));
}

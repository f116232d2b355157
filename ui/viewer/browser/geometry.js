// Geometry: where the scene lies on a stage. `zoom` 1 shows all of it; `centre` is in parts of the scene.

const MAX_ZOOM = 32;
const START_VIEW = { zoom: 1, centre: { x: 0.5, y: 0.5 } };

function clamp(value, low, high) {
  return Math.min(Math.max(value, low), high);
}

function placement(view, scene, stage) {
  const scale = Math.min(stage.width / scene.width, stage.height / scene.height) * view.zoom;
  const along = (length, room, centre) =>
    length <= room ? (room - length) / 2 : clamp(room / 2 - centre * length, room - length, 0);
  return {
    scale,
    left: along(scene.width * scale, stage.width, view.centre.x),
    top: along(scene.height * scale, stage.height, view.centre.y),
  };
}

function toScene(point, view, scene, stage) {
  const { scale, left, top } = placement(view, scene, stage);
  return { x: (point.x - left) / scale, y: (point.y - top) / scale };
}

function toStage(point, view, scene, stage) {
  const { scale, left, top } = placement(view, scene, stage);
  return { x: left + point.x * scale, y: top + point.y * scale };
}

// The view whose scene point `anchor` lies at the stage point `at`.
function viewWith(zoom, anchor, at, scene, stage) {
  const fit = Math.min(stage.width / scene.width, stage.height / scene.height);
  const bounded = clamp(zoom, 1, MAX_ZOOM);
  const scale = fit * bounded;
  const part = (value, room, position, length) => (value + (room / 2 - position) / scale) / length;
  const margin = (room, length) => Math.min(0.5, room / 2 / (length * scale));
  const bound = (value, edge) => clamp(value, edge, 1 - edge);
  return {
    zoom: bounded,
    centre: {
      x: bound(part(anchor.x, stage.width, at.x, scene.width), margin(stage.width, scene.width)),
      y: bound(part(anchor.y, stage.height, at.y, scene.height), margin(stage.height, scene.height)),
    },
  };
}

function pixelAt(point, scene) {
  const x = Math.floor(point.x);
  const y = Math.floor(point.y);
  return x >= 0 && y >= 0 && x < scene.width && y < scene.height ? { x, y } : null;
}

// Box: a part of the scene that is drawn with the pointer, whose pixels Python counts.

const LEAST_BOX = 2; // px of the scene; less takes the box away

function canBox(viewer, event) {
  return viewer.data.probe && (event.shiftKey || viewer.parts.boxing.checked);
}

// Between two places in panes; `done` once the hand has let go.
function drawBox(viewer, from, to, done) {
  const { scene } = viewer;
  const ends = [from, to].map((at) => sceneAt(viewer, at));
  const side = (axis, most) => {
    const [low, high] = ends.map((end) => clamp(Math.round(end[axis]), 0, most)).sort((a, b) => a - b);
    return [low, high - low];
  };
  const [x, width] = side("x", scene.width);
  const [y, height] = side("y", scene.height);
  const isBox = width >= LEAST_BOX && height >= LEAST_BOX;
  viewer.box = isBox ? { x, y, width, height } : null;
  repaint(viewer);
  if (done) reportBox(viewer);
}

function removeBox(viewer) {
  if (!viewer.box) return;
  viewer.box = null;
  repaint(viewer);
  reportBox(viewer);
}

function paintBox(context, box, { view, scene }, ratio) {
  const { width, height } = context.canvas;
  const corner = toStage(box, view, scene, { width, height });
  const end = toStage({ x: box.x + box.width, y: box.y + box.height }, view, scene, { width, height });
  for (const [colour, pixels] of [["#000", 4], ["#fff", 2]]) {
    context.strokeStyle = colour;
    context.lineWidth = pixels * ratio;
    context.strokeRect(corner.x, corner.y, end.x - corner.x, end.y - corner.y);
  }
}

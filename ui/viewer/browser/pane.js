// Pane: one canvas with its layer. Where it lies is for the layout; which part it shows is the view's, one for all.

// `side` is the setting that names the pane's layer, "left" or "right".
function createPane(side) {
  const canvas = element("canvas");
  if (side) canvas.dataset.pane = side;
  return { side, canvas, layerName: ({ settings }) => settings[side] };
}

// Give the canvas as many pixels as the screen has for it; false where there is no room.
function fitCanvas(canvas, ratio) {
  const width = Math.round(canvas.clientWidth * ratio);
  const height = Math.round(canvas.clientHeight * ratio);
  if (width === 0 || height === 0) return false;
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  return true;
}

function paintPane({ canvas, layerName }, viewer) {
  const { layers, scene, settings, probe, box } = viewer;
  const ratio = window.devicePixelRatio || 1;
  if (!fitCanvas(canvas, ratio)) return;
  const { width, height } = canvas;
  const context = canvas.getContext("2d");
  context.clearRect(0, 0, width, height);
  const place = placement(settings.view, scene, { width, height });
  drawLayer(context, layers.get(layerName(viewer)), layers, place, scene, settings);
  if (box) paintBox(context, box, { view: settings.view, scene }, ratio);
  if (probe) {
    const centre = { x: probe.x + 0.5, y: probe.y + 0.5 };
    drawCross(context, toStage(centre, settings.view, scene, { width, height }), ratio);
  }
}

// Paint all panes before the next picture of the screen, however often it is asked for until then.
function repaint(viewer) {
  cancelAnimationFrame(viewer.paintAsked);
  viewer.paintAsked = requestAnimationFrame(() => {
    if (viewer.layers.size === 0) return;
    for (const pane of viewer.layout.panes) paintPane(pane, viewer);
    viewer.paints += 1;
    viewer.parts.stage.dataset.paints = viewer.paints;
  });
}

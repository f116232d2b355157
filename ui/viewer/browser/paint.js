// Paint: a layer over its picture, borders and the probe's cross, on the canvas of a pane.

function drawScene(context, source, place, scene, smooth) {
  context.imageSmoothingEnabled = smooth;
  context.imageSmoothingQuality = "high";
  context.drawImage(source, place.left, place.top, scene.width * place.scale, scene.height * place.scale);
}

// Close up, a border drawn in pixels would hide what is thin: then it is drawn as lines of one width.
const LINES_FROM_SCALE = 3;

function drawBorders(context, layer, place, scene, settings) {
  const scale = (place.scale * scene.width) / layer.width;
  if (scale < LINES_FROM_SCALE) {
    drawScene(context, outlineOf(layer, settings.hidden), place, scene, place.scale < 1);
    return;
  }
  const { width, height } = context.canvas;
  const path = outlinePath(layer, settings.hidden, {
    left: Math.floor(-place.left / scale) - 1,
    top: Math.floor(-place.top / scale) - 1,
    right: Math.ceil((width - place.left) / scale) + 1,
    bottom: Math.ceil((height - place.top) / scale) + 1,
  });
  context.save();
  context.translate(place.left, place.top);
  context.scale(scale, scale);
  for (const [colour, pixels] of [["#000", 4], ["#fff", 1.75]]) {
    context.strokeStyle = colour;
    context.lineWidth = (pixels * window.devicePixelRatio) / scale;
    context.stroke(path);
  }
  context.restore();
}

// What is left of the other classes while one is pointed out in the legend.
const DIMMED = 0.3;

function drawLayer(context, layer, layers, place, scene, settings) {
  const picture = layer.kind === "picture" ? layer : layers.get(layer.over);
  if (picture) drawScene(context, picture.picture, place, scene, place.scale < 3 * window.devicePixelRatio);
  if (layer.kind === "picture") return;
  const flash = settings.hidden.has(settings.flashed) ? null : flashOf(layer, settings.flashed);
  context.globalAlpha = (picture ? settings.opacity : 1) * (flash ? DIMMED : 1);
  drawScene(context, tintOf(layer, settings.hidden), place, scene, place.scale < 1);
  context.globalAlpha = 1;
  if (flash) drawScene(context, flash, place, scene, place.scale < 1);
  if (settings.outlines && layer.kind === "classes") {
    drawBorders(context, layer, place, scene, settings);
  }
}

function drawCross(context, at, ratio) {
  const arm = 11 * ratio;
  const gap = 4 * ratio;
  for (const [colour, width] of [["#000", 4], ["#fff", 2]]) {
    context.strokeStyle = colour;
    context.lineWidth = width * ratio;
    context.beginPath();
    for (const [x, y] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
      context.moveTo(at.x + x * gap, at.y + y * gap);
      context.lineTo(at.x + x * arm, at.y + y * arm);
    }
    context.stroke();
  }
}

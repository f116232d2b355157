// Paint: both sides of the dividing line and the probe's cross, on one canvas.

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

function drawLayer(context, layer, layers, place, scene, settings) {
  const picture = layer.kind === "picture" ? layer : layers.get(layer.over);
  if (picture) drawScene(context, picture.picture, place, scene, place.scale < 3 * window.devicePixelRatio);
  if (layer.kind === "picture") return;
  context.globalAlpha = picture ? settings.opacity : 1;
  drawScene(context, tintOf(layer, settings.hidden), place, scene, place.scale < 1);
  context.globalAlpha = 1;
  if (settings.outlines && layer.kind === "classes") {
    drawBorders(context, layer, place, scene, settings);
  }
}

function drawSide(context, layer, layers, place, scene, settings, from, to) {
  context.save();
  context.beginPath();
  context.rect(from, 0, to - from, context.canvas.height);
  context.clip();
  drawLayer(context, layer, layers, place, scene, settings);
  context.restore();
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

function paint(canvas, layers, scene, settings, probe) {
  const ratio = window.devicePixelRatio || 1;
  const width = Math.round(canvas.clientWidth * ratio);
  const height = Math.round(canvas.clientHeight * ratio);
  if (width === 0 || height === 0) return;
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  const context = canvas.getContext("2d");
  context.clearRect(0, 0, width, height);
  const place = placement(settings.view, scene, { width, height });
  const line = settings.divider * width;
  drawSide(context, layers.get(settings.left), layers, place, scene, settings, 0, line);
  drawSide(context, layers.get(settings.right), layers, place, scene, settings, line, width);
  if (probe) {
    const centre = { x: probe.x + 0.5, y: probe.y + 0.5 };
    drawCross(context, toStage(centre, settings.view, scene, { width, height }), ratio);
  }
}

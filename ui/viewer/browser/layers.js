// Layers: what Python sent, decoded once, and coloured whenever a class is switched on or off.

// Class maps come as compressed bytes and not as a picture, because a browser that guards against
// fingerprinting changes the pixels it hands back from a canvas.
async function inflate(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

async function decode(layer) {
  const bytes = await slotOf(layer.hash).bytes;
  if (layer.kind === "picture") {
    layer.picture = await createImageBitmap(new Blob([bytes], { type: "image/jpeg" }));
  } else {
    layer.indices = await inflate(bytes);
    layer.counts = countsOf(layer.indices);
  }
}

// Layers by name, each with a promise `ready`. Those of the last picture that have not changed are taken over.
function openLayers(data, known) {
  const opened = data.layers.map((sent) => {
    const palette = sent.palette === null ? null : data.palettes[sent.palette];
    const old = known.get(sent.name);
    if (old?.hash === sent.hash) return Object.assign(old, sent, { palette });
    const layer = { ...sent, palette };
    layer.ready = decode(layer);
    return layer;
  });
  return new Map(opened.map((layer) => [layer.name, layer]));
}

// Wait for what is needed to show the layers of these names.
function readyToShow(layers, names) {
  const known = names.filter((name) => layers.has(name));
  const needed = known.flatMap((name) => [layers.get(name), layers.get(layers.get(name).over)]);
  return Promise.all(needed.map((layer) => layer?.ready));
}

function countsOf(indices) {
  const counts = new Array(256).fill(0);
  for (const index of indices) counts[index] += 1;
  return counts;
}

function colourTable(layer, hidden) {
  const rgba = new Uint8ClampedArray(256 * 4);
  for (const entry of layer.palette.entries) {
    // Names, and not indices, say what is hidden, so that a class stays hidden in the next picture.
    const visible = layer.kind === "values" || !hidden.has(entry.name);
    rgba.set([...entry.color, visible ? 255 : 0], entry.index * 4);
  }
  return new Uint32Array(rgba.buffer);
}

function canvasOf(width, height, pixels) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const image = new ImageData(new Uint8ClampedArray(pixels.buffer), width, height);
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
}

function coloured(layer, table) {
  const pixels = new Uint32Array(layer.indices.length);
  for (let at = 0; at < pixels.length; at += 1) pixels[at] = table[layer.indices[at]];
  return pixels;
}

// The coloured mask of a layer; drawn again only when other classes are hidden.
function tintOf(layer, hidden) {
  const version = [...hidden].sort().join("|");
  if (layer.tint && layer.tintVersion === version) return layer.tint;
  layer.tint = canvasOf(layer.width, layer.height, coloured(layer, colourTable(layer, hidden)));
  layer.tintVersion = version;
  layer.outline = null;
  return layer.tint;
}

// The mask of one class alone, null in a layer that does not know it; drawn again only for another class.
function flashOf(layer, name) {
  const entry = layer.kind === "classes" && layer.palette.entries.find((candidate) => candidate.name === name);
  if (!entry) return null;
  if (layer.flash?.name === name) return layer.flash.canvas;
  const table = new Uint32Array(256);
  table[entry.index] = new Uint32Array(new Uint8ClampedArray([...entry.color, 255]).buffer)[0];
  layer.flash = { name, canvas: canvasOf(layer.width, layer.height, coloured(layer, table)) };
  return layer.flash.canvas;
}

// Whether two neighbouring pixels lie on a border that shows; one between hidden classes does not.
function borderTest(layer, hidden) {
  const { indices } = layer;
  const table = colourTable(layer, hidden);
  return (here, there) =>
    indices[here] !== indices[there] && (table[indices[here]] | table[indices[there]]) >>> 24 !== 0;
}

// Borders between classes, a white pixel beside a black one, so that they show on any colour.
function outlineOf(layer, hidden) {
  tintOf(layer, hidden);
  if (layer.outline) return layer.outline;
  const { width, height } = layer;
  const isBorder = borderTest(layer, hidden);
  const pixels = new Uint32Array(width * height);
  const mark = (here, there) => {
    if (!isBorder(here, there)) return;
    pixels[here] = 0xffffffff;
    if (pixels[there] === 0) pixels[there] = 0xff000000;
  };
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const here = y * width + x;
      if (x + 1 < width) mark(here, here + 1);
      if (y + 1 < height) mark(here, here + width);
    }
  }
  layer.outline = canvasOf(width, height, pixels);
  return layer.outline;
}

// The same borders as lines in the layer's own pixels, for the part from (left, top) to (right, bottom).
function outlinePath(layer, hidden, { left, top, right, bottom }) {
  const { width, height } = layer;
  const isBorder = borderTest(layer, hidden);
  const path = new Path2D();
  const line = (fromX, fromY, toX, toY) => {
    path.moveTo(fromX, fromY);
    path.lineTo(toX, toY);
  };
  for (let y = Math.max(0, top); y < Math.min(height, bottom); y += 1) {
    for (let x = Math.max(0, left); x < Math.min(width, right); x += 1) {
      const here = y * width + x;
      if (x + 1 < width && isBorder(here, here + 1)) line(x + 1, y, x + 1, y + 1);
      if (y + 1 < height && isBorder(here, here + width)) line(x, y + 1, x + 1, y + 1);
    }
  }
  return path;
}

// What a layer says about the scene's pixel (x, y), or null where it has nothing to say.
function describe(layer, scene, x, y) {
  if (!layer.indices) return null;
  const column = Math.floor((x * layer.width) / scene.width);
  const row = Math.floor((y * layer.height) / scene.height);
  const index = layer.indices[row * layer.width + column];
  if (layer.kind === "values") {
    const value = layer.low + (index / 255) * (layer.high - layer.low);
    return `${value.toFixed(2)}${layer.unit}`;
  }
  const entry = layer.palette.entries.find((candidate) => candidate.index === index);
  return entry ? entry.title : `index ${index}`;
}

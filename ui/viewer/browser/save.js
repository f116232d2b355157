// Save: pictures with titles and a legend as one PNG, for a slide or a paper. On white, whatever the page is on.

const SAVED_WIDTH = [640, 1200]; // px of each picture, at least and at most
const FONT = '"Source Sans", "Source Sans Pro", sans-serif';

// `names` are layers, in rows; `view` tells which part of them is seen, `called` how the file's name ends.
async function savePng(viewer, names, view, called) {
  await readyToShow(viewer.layers, names);
  const layers = names.map((name) => viewer.layers.get(name)).filter(Boolean);
  const canvas = figureOf(viewer, layers, view);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
  const link = element("a");
  link.href = URL.createObjectURL(blob);
  link.download = `${viewer.data.save.file}_${called}.png`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

function figureOf(viewer, layers, view) {
  const { scene, data } = viewer;
  const width = clamp(scene.width, ...SAVED_WIDTH);
  const size = { width, height: Math.round((width * scene.height) / scene.width) };
  const columns = layers.length > 4 ? 3 : Math.min(2, layers.length);
  const text = Math.round(width / 40);
  const gap = text;
  const line = Math.round(text * 1.6);
  const inner = columns * size.width + (columns - 1) * gap;
  const rows = Math.ceil(layers.length / columns);
  const canvas = element("canvas");
  const context = canvas.getContext("2d");
  const entries = legendEntries(layers, viewer.settings.hidden);
  context.font = `${text}px ${FONT}`;
  const legend = wrapped(context, entries, inner, text);
  canvas.width = inner + 2 * gap;
  canvas.height = 2 * gap + line + rows * (line + size.height + gap) + legend.lines * line;
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.textBaseline = "middle";
  write(context, data.save.title, gap, gap + line / 2, inner, `600 ${Math.round(text * 1.2)}px ${FONT}`);
  layers.forEach((layer, at) => {
    const left = gap + (at % columns) * (size.width + gap);
    const top = gap + line + Math.floor(at / columns) * (line + size.height + gap);
    writeTitle(context, layer, { left, middle: top + line / 2, width: size.width, text });
    context.drawImage(paneOf(viewer, layer, view, size), left, top + line);
  });
  const top = canvas.height - gap - legend.lines * line;
  for (const { entry, x, row } of legend.places) {
    const middle = top + row * line + line / 2;
    context.fillStyle = entry.color;
    context.fillRect(gap + x, middle - text / 2, text, text);
    write(context, entry.text, gap + x + 1.4 * text, middle, inner, `${text}px ${FONT}`);
  }
  return canvas;
}

function paneOf({ layers, scene, settings }, layer, view, size) {
  const canvas = element("canvas");
  Object.assign(canvas, size);
  drawLayer(canvas.getContext("2d"), layer, layers, placement(view, scene, size), scene, settings);
  return canvas;
}

function writeTitle(context, { tag, title, note }, { left, middle, width, text }) {
  let x = left;
  if (tag) {
    context.fillStyle = `rgb(${tag.color.join(",")})`;
    context.fillRect(x, middle - 0.65 * text, 1.3 * text, 1.3 * text);
    write(context, tag.text, x + 0.35 * text, middle, text, `600 ${text}px ${FONT}`, "#fff");
    x += 1.8 * text;
  }
  write(context, [title, note].filter(Boolean).join(" · "), x, middle, width - (x - left), `${text}px ${FONT}`);
}

function write(context, text, x, y, width, font, colour = "#111") {
  context.font = font;
  context.fillStyle = colour;
  context.fillText(text, x, y, width);
}

// What the colours mean, each once: classes that are there and not switched off, and both ends of a scale.
function legendEntries(layers, hidden) {
  const found = new Map();
  for (const { kind, palette, counts, low, high, unit } of layers) {
    if (kind === "picture") continue;
    for (const entry of palette.entries) {
      const isEnd = entry.index === 0 || entry.index === 255;
      if (kind === "values" ? !isEnd : counts[entry.index] === 0 || hidden.has(entry.name)) continue;
      const text = kind === "values" ? `${palette.title} ${entry.index ? high : low}${unit}` : entry.title;
      found.set(`${palette.title} ${text}`, { text, color: `rgb(${entry.color.join(",")})` });
    }
  }
  return [...found.values()];
}

// Where each entry stands: `x` from the left, in which `row`.
function wrapped(context, entries, width, text) {
  let x = 0;
  let row = 0;
  const places = entries.map((entry) => {
    const needed = context.measureText(entry.text).width + 2.8 * text;
    if (x > 0 && x + needed > width) {
      x = 0;
      row += 1;
    }
    const place = { entry, x, row };
    x += needed;
    return place;
  });
  return { places, lines: entries.length ? row + 1 : 0 };
}

function listenToSave(viewer) {
  const { parts } = viewer;
  parts["save-shown"].addEventListener("click", () => {
    const names = shownLayers(viewer).map((layer) => layer.name);
    savePng(viewer, names, viewer.settings.view, names.join("_"));
  });
  parts["save-figure"].addEventListener("click", () => savePng(viewer, viewer.data.save.figure, START_VIEW, "figure"));
}

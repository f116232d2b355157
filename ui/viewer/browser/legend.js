// Legend: one group for each palette in view, one switch for each class, shares for each side.

function shareText(layer, index) {
  const { unscored } = layer.palette;
  const isScored = unscored !== null && index !== unscored;
  const share = (100 * layer.counts[index]) / (layer.indices.length - (isScored ? layer.counts[unscored] : 0));
  if (layer.counts[index] === 0) return "";
  const text = share < 0.05 ? "< 0.1 %" : `${share.toFixed(1)} %`;
  return index === unscored ? `${text} of all` : text;
}

// How far the shares of the layers are apart.
function gapOf(layers, index) {
  const shares = layers.map((layer) => layer.counts[index] / layer.indices.length);
  return Math.max(...shares) - Math.min(...shares);
}

function legendGroups(layers) {
  const groups = new Map();
  for (const layer of layers) {
    if (layer.kind === "picture") continue;
    if (!groups.has(layer.palette.title)) groups.set(layer.palette.title, []);
    groups.get(layer.palette.title).push(layer);
  }
  return groups;
}

function swatch(color) {
  const node = element("span", "swatch");
  node.style.backgroundColor = `rgb(${color.join(",")})`;
  return node;
}

// `flash` points out a class in all pictures: the one under the pointer or with the focus of the keyboard.
function classSwitch(entry, layers, settings, changed, flash) {
  const label = element("label", "class");
  const box = element("input");
  box.type = "checkbox";
  box.checked = !settings.hidden.has(entry.name);
  box.dataset.class = entry.name;
  box.addEventListener("change", () => {
    if (box.checked) settings.hidden.delete(entry.name);
    else settings.hidden.add(entry.name);
    changed();
  });
  label.addEventListener("pointerenter", () => flash(entry.name));
  label.addEventListener("pointerleave", () => flash(null));
  box.addEventListener("focus", () => box.matches(":focus-visible") && flash(entry.name));
  box.addEventListener("blur", () => flash(null));
  label.append(box, swatch(entry.color), element("span", "name", entry.title));
  const shares = element("span", "shares", layers.map((layer) => shareText(layer, entry.index) || "–").join(" · "));
  shares.title = layers.map((layer) => `${layer.title}: ${shareText(layer, entry.index) || "none"}`).join(", ");
  label.append(shares);
  return label;
}

function groupHead(layers, entries, settings, changed) {
  const head = element("div", "head");
  const title = layers[0].palette.title;
  head.append(element("strong", "", title));
  const order = layers.length > 1 ? ", largest difference first" : "";
  const pixels = entries.some((entry) => entry.index === layers[0].palette.unscored) ? "scored pixels" : "pixels";
  head.append(element("span", "note", `share of ${pixels}: ${layers.map((layer) => layer.title).join(" · ")}${order}`));
  for (const [text, hide] of [["All", false], ["None", true]]) {
    const button = element("button", "", text);
    button.type = "button";
    button.setAttribute("aria-label", `${hide ? "Hide" : "Show"} all: ${title}`);
    button.addEventListener("click", () => {
      for (const entry of entries) {
        if (hide) settings.hidden.add(entry.name);
        else settings.hidden.delete(entry.name);
      }
      changed();
    });
    head.append(button);
  }
  return head;
}

function valueBar(layer) {
  const row = element("div", "scale");
  const bar = element("span", "bar-of-values");
  const stops = layer.palette.entries.map((entry) => `rgb(${entry.color.join(",")})`);
  bar.style.background = `linear-gradient(to right, ${stops.filter((_, at) => at % 15 === 0).join(",")})`;
  row.append(element("strong", "", layer.title), element("span", "", `${layer.low}${layer.unit}`), bar,
    element("span", "", `${layer.high}${layer.unit}`));
  return row;
}

// Two groups may hold a class of one name. Not drawn anew, which would take the focus from the keyboard.
function showSwitches(root, settings) {
  for (const box of root.querySelectorAll("input")) box.checked = !settings.hidden.has(box.dataset.class);
}

function drawLegend(root, shown, settings, changed, flash) {
  flash(null);
  root.replaceChildren();
  for (const layers of legendGroups(shown).values()) {
    if (layers[0].kind === "values") {
      layers.forEach((layer) => root.append(valueBar(layer)));
      continue;
    }
    const entries = layers[0].palette.entries.filter((entry) => layers.some((layer) => layer.counts[entry.index] > 0));
    if (layers.length > 1) entries.sort((one, other) => gapOf(layers, other.index) - gapOf(layers, one.index));
    const group = element("fieldset", "group");
    group.setAttribute("aria-label", layers[0].palette.title);
    const list = element("div", "classes");
    entries.forEach((entry) => list.append(classSwitch(entry, layers, settings, changed, flash)));
    group.append(groupHead(layers, entries, settings, changed), list);
    root.append(group);
  }
}

// Tag: what a pane shows, written on the picture: a letter in its colour, the name, and what is to be noted.

function createTag(side) {
  const tag = element("span", `tag tag-${side}`);
  tag.dataset.role = `tag-${side}`;
  tag.setAttribute("aria-hidden", "true");
  return tag;
}

function chipOf({ text, color }) {
  const chip = element("b", "chip", text);
  chip.style.backgroundColor = `rgb(${color.join(",")})`;
  return chip;
}

function showTag(tag, layer) {
  const parts = [element("span", "tag-name", layer.title)];
  if (layer.tag) parts.unshift(chipOf(layer.tag));
  if (layer.note) parts.push(element("span", "tag-note", layer.note));
  tag.replaceChildren(...parts);
}

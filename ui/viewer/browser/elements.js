// Elements: small things about nodes of the page that several files use.

function element(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

const WRITTEN_IN = "input:not([type=checkbox], [type=radio], [type=range]), textarea, select, [contenteditable]";
const MOVED_BY_ARROWS = "input, [role=slider], [role=application]";

// Whether a key that is pressed there belongs to what is written, chosen or moved.
function takesKey(node, key) {
  if (!(node instanceof Element)) return false;
  return node.closest(WRITTEN_IN) !== null || (key.startsWith("Arrow") && node.closest(MOVED_BY_ARROWS) !== null);
}

function pointIn(node, event) {
  const box = node.getBoundingClientRect();
  return { x: event.clientX - box.left, y: event.clientY - box.top };
}

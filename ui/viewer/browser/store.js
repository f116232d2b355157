// Store: pixels of layers by their hash, between the elements that bring them and the viewers that wait for them.

const contents = (window.segcompareContents ??= new Map());

function slotOf(hash) {
  if (!contents.has(hash)) {
    const slot = { holders: new Set() };
    slot.bytes = new Promise((resolve) => {
      slot.fill = resolve;
    });
    contents.set(hash, slot);
  }
  return contents.get(hash);
}

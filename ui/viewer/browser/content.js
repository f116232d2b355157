// Content: an element that shows nothing and keeps one layer's pixels in the store while it is on the page.

const HASH_LENGTH = 48;
const hashHeldBy = new Map();

function letGo(holder) {
  const hash = hashHeldBy.get(holder);
  const slot = contents.get(hash);
  hashHeldBy.delete(holder);
  slot?.holders.delete(holder);
  if (slot?.holders.size === 0) contents.delete(hash);
}

export default function ({ data, key, parentElement }) {
  const hash = new TextDecoder().decode(data.subarray(0, HASH_LENGTH)).trim();
  if (hashHeldBy.get(key) !== hash) {
    const slot = slotOf(hash);
    slot.holders.add(key);
    slot.fill(data.subarray(HASH_LENGTH));
    letGo(key);
    hashHeldBy.set(key, hash);
  }
  return undoingLatest(parentElement, () => letGo(key));
}

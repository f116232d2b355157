// Strip: the frames in their order as small pictures; goes from one to the next by click, by key, or by itself.

const strips = new WeakMap();
const AROUND = 12; // frames to each side of the current one that stand in the strip
const HINT = "Keys: ← → (or P and N on the picture) go to the previous and next frame.";

function createStrip(root) {
  const parts = Object.fromEntries([...root.querySelectorAll("[data-role]")].map((node) => [node.dataset.role, node]));
  const strip = { root, parts, data: null, component: null, current: 0, asked: null, playing: false, since: 0, timer: 0 };
  strip.page = window.location.pathname;
  const onShown = () => goOn(strip);
  const step = (by) => goTo(strip, strip.current + by);
  const stopKeys = listenToPageKeys({
    ArrowLeft: () => step(-1),
    ArrowRight: () => step(1),
    p: () => step(-1),
    n: () => step(1),
  });
  parts.hint.textContent = HINT;
  parts.play.addEventListener("click", () => setPlaying(strip, !strip.playing));
  window.addEventListener(PICTURE_SHOWN, onShown);
  strip.close = () => {
    stopKeys();
    clearTimeout(strip.timer);
    window.removeEventListener(PICTURE_SHOWN, onShown);
  };
  setPlaying(strip, false);
  return strip;
}

function setPlaying(strip, playing) {
  strip.playing = playing;
  strip.parts.play.textContent = playing ? "Pause" : "Play";
  strip.parts.play.setAttribute("aria-pressed", String(playing));
  clearTimeout(strip.timer);
  if (playing) goTo(strip, strip.current + 1);
}

function goTo(strip, place) {
  const { frames } = strip.data;
  const next = (place + frames.length) % frames.length;
  if (next === strip.current || !mayTell(strip.page)) return;
  strip.current = next;
  strip.asked = frames[next];
  strip.since = performance.now();
  drawFilm(strip);
  strip.component.setTriggerValue("frame", frames[next]);
}

// The picture of the frame is there; the next one follows when its time has come.
function goOn(strip) {
  if (!strip.playing) return;
  const wait = 1000 / Number(strip.parts.speed.value) - (performance.now() - strip.since);
  clearTimeout(strip.timer);
  strip.timer = setTimeout(() => strip.playing && goTo(strip, strip.current + 1), Math.max(0, wait));
}

function takeData(strip, component) {
  const { data } = component;
  Object.assign(strip, { data, component });
  // While a frame is on its way, what arrives may still be of the one before.
  if (strip.asked === null || strip.asked === data.current || !data.frames.includes(strip.asked)) {
    strip.asked = null;
    strip.current = data.frames.indexOf(data.current);
  }
  strip.parts.play.disabled = data.frames.length < 2;
  drawFilm(strip);
}

function drawFilm(strip) {
  const { data, current, parts } = strip;
  const first = Math.max(0, current - AROUND);
  const shown = data.frames.slice(first, current + AROUND + 1);
  const items = shown.map((frame, at) => filmItem(strip, frame, first + at));
  parts.film.replaceChildren(...items);
  const { film } = parts;
  const here = items[current - first];
  film.scrollLeft = here.offsetLeft - film.offsetLeft - (film.clientWidth - here.clientWidth) / 2;
}

function filmItem(strip, frame, place) {
  const { thumbnails, marked } = strip.data;
  const item = element("li");
  const button = element("button", marked.includes(frame) ? "marked" : "");
  button.type = "button";
  button.title = `${frame}${marked.includes(frame) ? ", marked" : ""}`;
  if (place === strip.current) button.setAttribute("aria-current", "true");
  if (thumbnails[frame]) {
    const image = element("img");
    Object.assign(image, { src: thumbnails[frame], alt: "" });
    button.append(image);
  } else {
    button.append(element("div", "empty"));
  }
  const name = element("span");
  // It breaks behind a part of the name, and not within one.
  for (const part of frame.split(/(?<=_)/)) name.append(part, element("wbr"));
  button.append(name);
  button.addEventListener("click", () => goTo(strip, place));
  item.append(button);
  return item;
}

export default function (component) {
  const root = component.parentElement;
  const section = root.querySelector(".strip");
  let strip = strips.get(section);
  if (!strip) {
    strip = createStrip(section);
    strips.set(section, strip);
  }
  takeData(strip, component);
  return undoingLatest(root, () => {
    strip.close();
    strips.delete(section);
  });
}

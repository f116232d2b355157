// State: what a viewer shows and reads. `settings` are what a visitor has set; the rest follows from the data.

// Settings outlive the element, so that coming back to a page finds the picture as it was left; an address that says
// how it is to be, as on Back, is an arrival of its own.
const settingsByKey = new Map();

function startSettings({ hidden, view, ...start }) {
  return { ...start, hidden: new Set(hidden), view: view ?? START_VIEW };
}

function settingsOf({ key, start }) {
  if (settingsByKey.get(key)?.arrival !== start.arrival) settingsByKey.set(key, startSettings(start));
  return settingsByKey.get(key);
}

function createState(root) {
  return {
    root,
    page: window.location.pathname, // whose address it writes: on Back it is there a little longer
    parts: Object.fromEntries([...root.querySelectorAll("[data-role]")].map((node) => [node.dataset.role, node])),
    component: null, // as Streamlit passed it last
    act: null, // what pointer, keyboard and layout may do
    data: null, // as Python sent it last
    layout: null,
    layoutName: null,
    width: 0, // px, for which the stage has been arranged
    layers: new Map(),
    scene: { width: 1, height: 1 }, // size of the first layer, in whose pixels places are counted
    settings: null,
    pointed: null, // pixel under the pointer
    probe: null, // pixel of the probe, pinned or on its way by keyboard
    isPinned: false,
    box: null, // part of the scene whose pixels Python counts
    beforePin: null, // probe before the latest click
    pinnedAt: -Infinity,
    reportedOpacity: null,
    paints: 0,
    paintAsked: 0,
    timers: {},
  };
}

function takeSettings(viewer, data) {
  const { start } = data;
  viewer.settings = settingsOf(data);
  viewer.probe = start.probe;
  viewer.isPinned = start.probe !== null;
  viewer.box = start.box;
  viewer.reportedOpacity = Math.round(start.opacity * 100);
}

// Do something after a pause; asked for again by the same name, only the latest counts.
function later(viewer, name, delay, action) {
  clearTimeout(viewer.timers[name]);
  viewer.timers[name] = setTimeout(action, delay);
}

// Cells: several panes beside or below each other, all on the same part of the scene; a mark follows the pointer in
// each of them.

const GAP = 6; // px, as in cells.css

// `namesOf` returns the layers to show, from the viewer; `columnsIn` how many cells fit beside each other in a width.
function cellsLayout(stage, namesOf, columnsIn) {
  const grid = element("div", "cells");
  let cells = [];
  let held = null;
  stage.append(grid);
  // A drag that began in a cell goes on in its pixels wherever the hand moves.
  const place = (event) => {
    if (startsAnew(event) || !cells.includes(held)) held = nearestCell(cells, event);
    return pointIn(held.root, event);
  };
  return {
    get panes() {
      return cells;
    },
    names: namesOf,
    place,
    size: () => ({ width: cells[0].root.clientWidth, height: cells[0].root.clientHeight }),
    arrange: (viewer, width) => {
      cells = withCells(grid, cells, namesOf(viewer));
      const columns = Math.min(columnsIn(width, cells.length), cells.length);
      grid.style.gridTemplateColumns = `repeat(${columns}, minmax(0, 1fr))`;
      cells.forEach(({ root }) => (root.style.aspectRatio = `${viewer.scene.width} / ${viewer.scene.height}`));
      return { columns, rows: Math.ceil(cells.length / columns), gap: GAP };
    },
    show: (viewer) => {
      for (const cell of cells) showTag(cell.tag, viewer.layers.get(cell.name));
    },
    mark: (viewer, pixel) => cells.forEach((cell) => showMark(cell, viewer, cell === held && viewer.pointed ? null : pixel)),
    dragWhole: () => {},
    remove: () => grid.remove(),
  };
}

function startsAnew(event) {
  if (event.type === "pointerup" || event.type === "pointercancel") return false;
  if (event.type === "pointermove") return event.buttons === 0;
  return event.isPrimary !== false;
}

function nearestCell(cells, event) {
  const off = ({ root }) => {
    const box = root.getBoundingClientRect();
    const x = clamp(event.clientX, box.left, box.right);
    const y = clamp(event.clientY, box.top, box.bottom);
    return Math.hypot(event.clientX - x, event.clientY - y);
  };
  return cells.reduce((best, cell) => (off(cell) < off(best) ? cell : best));
}

function withCells(grid, cells, names) {
  const kept = cells.slice(0, names.length);
  cells.slice(names.length).forEach(({ root }) => root.remove());
  while (kept.length < names.length) kept.push(newCell(grid));
  kept.forEach((cell, at) => {
    cell.name = names[at];
    cell.canvas.dataset.layer = names[at];
  });
  return kept;
}

function newCell(grid) {
  const cell = { ...createPane(null), root: element("div", "cell"), tag: createTag("left"), mark: element("i", "mark") };
  cell.layerName = () => cell.name;
  cell.mark.hidden = true;
  cell.root.append(cell.canvas, cell.tag, cell.mark);
  grid.append(cell.root);
  return cell;
}

function showMark({ root, mark }, { settings, scene }, pixel) {
  mark.hidden = pixel === null;
  if (pixel === null) return;
  const size = { width: root.clientWidth, height: root.clientHeight };
  const at = toStage({ x: pixel.x + 0.5, y: pixel.y + 0.5 }, settings.view, scene, size);
  mark.style.transform = `translate(${at.x}px, ${at.y}px)`;
}

// Two pictures beside each other, or three with the ground truth; below each other where that would make them tiny.
function sideLayout(stage) {
  return cellsLayout(stage, sideNames, (width, count) => (width < 600 ? 1 : width < 1200 ? 2 : count));
}

function sideNames({ settings, data, layers }) {
  const third = settings.third && layers.has(data.third) ? [data.third] : [];
  return [settings.left, settings.right, ...third];
}

function gridLayout(stage) {
  return cellsLayout(stage, gridNames, (width) => (width < 600 ? 2 : 3));
}

function gridNames({ data, layers }) {
  return data.grid.filter((name) => layers.has(name));
}

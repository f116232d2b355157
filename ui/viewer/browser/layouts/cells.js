// Cells: several panes in rows, all on the same part of the scene; a mark follows the pointer in each of them.

const GAP = 6; // px, as in cells.css

// `namesOf` returns the layers to show, from the viewer; `rowsIn` returns the number of panes in each row, from the width
// and the number of all panes.
function cellsLayout(stage, namesOf, rowsIn) {
  const grid = element("div", "cells");
  let cells = [];
  let held = null;
  stage.append(grid);
  // A drag that began in a cell goes on in its pixels wherever the hand moves.
  const place = (event) => {
    if (startsAnew(event) || !cells.includes(held)) held = nearestCell(cells, event);
    // All cells have the shape of the first, which `size` is about.
    const { x, y } = pointIn(held.root, event);
    const scale = cells[0].root.clientWidth / held.root.clientWidth;
    return { x: x * scale, y: y * scale };
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
      const rows = rowsIn(width, cells.length);
      const inRow = rows.flatMap((count) => Array(count).fill(count));
      cells.forEach(({ root }, at) => {
        root.style.aspectRatio = `${viewer.scene.width} / ${viewer.scene.height}`;
        root.style.width = `calc((100% - ${(inRow[at] - 1) * GAP}px) / ${inRow[at]})`;
      });
      return { rows, gap: GAP };
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
  return cellsLayout(stage, sideNames, (width, count) => {
    if (width < 600) return Array(count).fill(1);
    return width < 1200 ? Array(Math.ceil(count / 2)).fill(2) : [count];
  });
}

function sideNames({ settings, data, layers }) {
  const third = settings.third && layers.has(data.third) ? [data.third] : [];
  return [settings.left, settings.right, ...third];
}

// Rows of two. An odd pane has a row for itself; where there is room, it joins the last row. So no place stays empty.
function gridLayout(stage) {
  return cellsLayout(stage, gridNames, (width, count) => {
    const rows = Array(Math.floor(count / 2)).fill(2);
    if (count % 2 === 0) return rows;
    return width < 600 ? [...rows, 1] : [...rows.slice(0, -1), 3];
  });
}

function gridNames({ data, layers }) {
  return data.grid.filter((name) => layers.has(name));
}

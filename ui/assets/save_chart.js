// Saves a chart of the page by pressing Plotly's own camera, which knows one format at a time.

const CAMERA = '.modebar-btn[data-title^="Download plot"]';

function save({ chart, scale }, format) {
  const plot = document.querySelector(`.${CSS.escape(chart)} .js-plotly-plot`);
  const usual = plot._context.toImageButtonOptions;
  // A drawing of lines has no pixels to multiply.
  plot._context.toImageButtonOptions = { ...usual, format, scale: format === "svg" ? 1 : scale };
  plot.querySelector(CAMERA).click();
  plot._context.toImageButtonOptions = usual;
}

export default function ({ data, parentElement }) {
  for (const button of parentElement.querySelectorAll("button")) {
    button.onclick = () => save(data, button.dataset.format);
  }
}

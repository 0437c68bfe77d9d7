// A waterfall as a table: drawn anew within a moment of every click, and read aloud row by row.
// Data reaches the page as text nodes, never as HTML.

function make(tag, className, text = "") {
  return Object.assign(document.createElement(tag), { className, textContent: text });
}
const percent = (share) => `${(100 * share).toFixed(3)}%`;

function row(bar, colours) {
  const line = make("tr", bar.kind);
  const name = make("th", "", bar.label);
  const cell = make("td", "");
  const track = make("div", "track");
  const piece = make("div", "piece");
  name.scope = "row";
  line.title = `${bar.label}: ${bar.exact}`;
  Object.entries({
    "--left": percent(Math.min(bar.start, bar.end)),
    "--right": percent(Math.max(bar.start, bar.end)),
    "--wide": percent(Math.abs(bar.end - bar.start)),
    "--end": percent(bar.end),
    "--colour": colours[bar.kind],
  }).forEach(([property, value]) => track.style.setProperty(property, value));
  track.append(piece, make("span", "told", bar.told));
  cell.append(track);
  line.append(name, cell);
  return line;
}

export default function ({ data, parentElement }) {
  const table = parentElement.querySelector("table");
  table.caption.textContent = data.alt;
  table.style.setProperty("--zero", percent(data.zero));
  table.tBodies[0].replaceChildren(...data.bars.map((bar) => row(bar, data.colours)));
}

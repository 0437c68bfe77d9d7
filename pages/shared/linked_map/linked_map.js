// Two maps of the same items, drawn once; afterwards only colours and row numbers move.
// Data reaches the page as text nodes, and as escaped text in Plotly's labels; never as HTML.

const OKABE_ITO = ["#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442"];
const VIRIDIS = ["#440154", "#472D7B", "#3B528B", "#2C728E", "#21918C", "#28AE80", "#5EC962", "#ADDC30", "#FDE725"];
const GREY = "#8C8C8C";
const RINGS = ["circle-open", "diamond-open", "square-open"];
const RING_SHAPES = ["", "lm-second", "lm-third"];
const GL_FROM = 2000;
const LIVE_UP_TO = 5000;
const REMEMBERED = 20;

let library;
function plotly(url) {
  library ??= new Promise((done, failed) => {
    const script = document.createElement("script");
    script.onload = () => done(window.Plotly);
    script.onerror = () => { library = undefined; failed(new Error("plotly.js could not be loaded")); };
    script.src = url;
    document.head.append(script);
  });
  return library;
}

function make(tag, className, text, extra) {
  return Object.assign(document.createElement(tag), { className, textContent: text }, extra);
}
function unpack(text, Kind) {
  return new Kind(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
}
function escaped(text) {
  return text.replace(/[&<>$]/g, (c) => `&#${c.charCodeAt(0)};`);
}
// Solid, so that a crowd of unselected points stays pale; read from a pixel, since Plotly knows no color-mix().
function mix(back, front, share) {
  const pixel = document.createElement("canvas").getContext("2d");
  [[back, 1], [front, share]].forEach(([colour, alpha]) => Object.assign(pixel, { fillStyle: colour, globalAlpha: alpha }).fillRect(0, 0, 1, 1));
  return [...pixel.getImageData(0, 0, 1, 1).data].slice(0, 3);
}
// A short name for a selection; component.py computes the same one.
function trace(rows) {
  return rows.reduce((sum, row) => Math.imul(sum ^ (row + 1), 16777619) >>> 0, 2166136261);
}
function webgl() {
  const context = document.createElement("canvas").getContext("webgl");
  context?.getExtension("WEBGL_lose_context")?.loseContext();
  return Boolean(context);
}

class LinkedMap {
  constructor(root) {
    this.root = root;
    this.rows = [];
    this.said = [];
    this.tool = matchMedia("(pointer: coarse)").matches ? "" : "lasso"; // a finger scrolls the page first
    for (const part of ["status", "clear", "tools", "reset", "legend", "tip"]) this[part] = root.querySelector(`.lm-${part}`);
    this.search = root.querySelector("input");
    this.maps = [...root.querySelectorAll("figure")].map((figure, side) => {
      const find = (selector) => figure.querySelector(selector);
      return { side, title: find("h4"), frame: find(".lm-map"), plot: find(".lm-plot"), ring: find(".lm-ring"), caption: find("figcaption") };
    });
    this.search.oninput = () => this.preview();
    this.clear.onclick = () => this.choose([]);
    this.reset.onclick = () => this.relayout({ "xaxis.autorange": true, "yaxis.autorange": true });
    this.tools.onclick = ({ target }) => target.value && this.use(target.value);
    root.addEventListener("keydown", (event) => this.key(event));
    root.addEventListener("pointerdown", (event) => { this.adding = event.shiftKey || event.ctrlKey || event.metaKey; }, true);
    // The wheel belongs to the page, unless the person chose to move the map.
    for (const { frame } of this.maps) frame.addEventListener("wheel", (event) => this.tool !== "pan" && event.stopPropagation(), true);
    this.resizing = new ResizeObserver(() => this.theme && root.offsetWidth && this.maps.forEach((map) => this.Plotly.Plots.resize(map.plot)));
    this.resizing.observe(root);
  }

  async update(data, send) {
    this.send = send;
    for (const map of this.maps) map.plot.style.height = `${data.height}px`; // before loading, so that nothing jumps
    const Plotly = (this.Plotly = await plotly(data.plotly));
    const style = getComputedStyle(this.root);
    const [text, back, font] = ["--st-text-color", "--st-background-color", "--st-font"].map((name) => style.getPropertyValue(name).trim());
    const other = data.maps !== this.data?.maps;
    const asked = data.asked !== this.data?.asked;
    const repaint = other || data.height !== this.data.height || [text, back, font].join() !== this.theme.name;
    // What the person chose comes back from a program that keeps it: that is an echo, and no wish of its own.
    const echo = other ? -1 : this.said.indexOf(trace(data.selected));
    const wish = asked && echo < 0;
    this.data = data;
    this.theme = { text, font, back, name: [text, back, font].join(), pale: `rgb(${mix(back, text, 0.2)})`, dark: mix(back, text, 0)[1] < 128 };
    this.said = this.said.slice(wish ? this.said.length : Math.max(echo, 0));
    if (wish) this.rows = data.selected;
    if (repaint) {
      this.read();
      await Promise.all(this.maps.map((map) => this.draw(map, Plotly)));
      this.press();
      this.root.inert = false;
    }
    if (repaint || wish) this.paint();
    // Once the person's choice is in the session, a new wish of the program has to replace it there too.
    if (wish && this.answered) this.tell();
  }
  tell() {
    this.answered = true;
    this.send("picked", { rows: this.rows, maps: this.data.maps, asked: this.data.asked, said: this.said });
  }

  // What is the same in both maps: colours, shapes, the legend.
  read() {
    const { colours, pictures } = this.data;
    this.sizes = unpack(this.data.sizes, Float32Array);
    this.lower = this.data.titles.map((title) => title.toLowerCase());
    this.places = pictures.map((picture) => [unpack(picture.x, Float32Array), unpack(picture.y, Float32Array)]);
    this.kind = this.data.titles.length >= GL_FROM && webgl() ? "scattergl" : "scatter";
    this.legend.replaceChildren();
    const entry = (tag, className, text, background, extra) => {
      const made = make(tag, "", "", extra);
      const sign = make("i", className);
      if (background) sign.style.background = background;
      made.append(sign, text);
      this.legend.append(made);
      return made;
    };
    if (colours.names) {
      const codes = unpack(colours.codes, Uint8Array);
      const colour = (code) => (code === colours.other ? GREY : OKABE_ITO[code % OKABE_ITO.length]);
      this.marker = { color: Array.from(codes, colour), symbol: "circle" };
      // Seven colours can be told apart by everybody; beyond them the shape says the rest.
      const second = (code) => code >= OKABE_ITO.length && code !== colours.other;
      if (colours.names.length > OKABE_ITO.length + 1) this.marker.symbol = Array.from(codes, (code) => (second(code) ? "diamond" : "circle"));
      colours.names.forEach((name, code) => entry("button", second(code) ? "lm-second" : "", name, colour(code), {
        type: "button", title: "Select these items", onclick: (event) => this.choose([...codes.keys()].filter((row) => codes[row] === code), event.shiftKey),
      }));
    } else {
      const values = unpack(colours.values, Float32Array);
      // The end that the page's own colour would swallow is left out.
      const scale = this.theme.dark ? VIRIDIS.slice(2) : VIRIDIS.slice(0, -1);
      this.marker = { color: values, colorscale: scale.map((colour, step) => [step / (scale.length - 1), colour]), cmin: colours.low, cmax: colours.high };
      const digits = Math.min(12, Math.max(0, 1 - Math.floor(Math.log10(colours.high - colours.low || 1))));
      const number = (value) => value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
      entry("span", "lm-scale", number(colours.high), `linear-gradient(90deg, ${scale})`).prepend(colours.label, "\u2002", number(colours.low));
    }
    this.data.marks.forEach((mark, layer) => entry("span", `lm-outline ${RING_SHAPES[layer % RINGS.length]}`, mark.name));
  }

  async draw(map, Plotly) {
    const { data, theme, kind, sizes } = this;
    const picture = data.pictures[map.side];
    const [x, y] = this.places[map.side];
    map.title.textContent = picture.title;
    map.caption.textContent = picture.caption;
    const points = {
      type: kind, mode: "markers", x, y, hoverinfo: "none",
      marker: { ...this.marker, size: sizes, opacity: 0.85, line: { width: kind === "scatter" ? 0.5 : 0, color: theme.back } },
      selected: { marker: { opacity: 1 } },
      unselected: { marker: { color: theme.pale, opacity: 0.7 } },
    };
    const rings = data.marks.map(({ rows }, layer) => ({
      type: kind, mode: "markers", x: rows.map((row) => x[row]), y: rows.map((row) => y[row]), hoverinfo: "skip",
      marker: { symbol: RINGS[layer % RINGS.length], size: rows.map((row) => sizes[row] + 7), color: theme.text, line: { width: 1.75, color: theme.text } },
      unselected: { marker: { opacity: 1 } },
    }));
    const axis = { visible: false, zeroline: false, showgrid: false };
    const annotations = data.labels.filter(([side]) => side === map.side).map(([, ax, ay, text]) => ({
      x: ax, y: ay, text: escaped(text), showarrow: false, font: { size: 12.5, weight: 600, color: theme.text },
    }));
    const layout = {
      margin: { l: 8, r: 8, t: 8, b: 8 }, xaxis: axis, yaxis: axis, annotations, showlegend: false, hovermode: "closest",
      hoverdistance: 10, dragmode: this.tool || false, uirevision: data.maps, selectionrevision: data.maps, font: { family: theme.font },
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
      newselection: { line: { color: theme.text, width: 1.5, dash: "dot" } },
    };
    await Plotly.react(map.plot, [points, ...rings], layout, { displayModeBar: false, scrollZoom: true, doubleClick: "reset" });
    if (map.heard) return;
    map.heard = true;
    const rowsOf = (event) => (event?.points ?? []).filter((point) => point.curveNumber === 0).map((point) => point.pointNumber);
    map.plot.on("plotly_selected", (event) => {
      if (!event) return;
      // The outline has done its work; left on one map only, it would say that the maps differ.
      Plotly.relayout(map.plot, { selections: [] });
      this.choose(rowsOf(event), this.adding);
    });
    map.plot.on("plotly_selecting", (event) => {
      cancelAnimationFrame(this.frame);
      if (event && this.lower.length <= LIVE_UP_TO) this.frame = requestAnimationFrame(() => this.highlight(this.maps[1 - map.side], rowsOf(event)));
    });
    map.plot.on("plotly_deselect", () => this.choose([]));
    map.plot.on("plotly_click", (event) => this.click(map, rowsOf(event)[0]));
    map.plot.on("plotly_hover", (event) => this.hover(map, rowsOf(event)[0]));
    map.plot.on("plotly_unhover", () => this.hover());
    map.plot.on("plotly_relayouting", () => this.hover());
  }

  // In place: zoom and points stay, only who is grey changes.
  highlight(map, rows) {
    const points = rows.length ? rows : null;
    return this.Plotly.restyle(map.plot, { selectedpoints: [points, ...this.data.marks.map(() => null)] });
  }
  paint(found) {
    const rows = found ?? this.rows;
    const count = this.data.titles.length.toLocaleString("en");
    const many = rows.length.toLocaleString("en");
    this.status.textContent = found ? `${many} of ${count} match; Enter selects them` : rows.length ? `${many} of ${count} selected` : `${count} items`;
    this.clear.disabled = !this.rows.length;
    for (const map of this.maps) {
      this.highlight(map, rows);
      const { title, caption } = this.data.pictures[map.side];
      map.frame.setAttribute("aria-label", `${title}: map of ${count} items, ${many} highlighted. ${caption}`);
    }
  }
  choose(rows, adding) {
    clearTimeout(this.typing);
    cancelAnimationFrame(this.frame);
    const before = this.rows;
    this.rows = adding ? [...new Set([...before, ...rows])] : rows;
    this.search.value = "";
    this.paint();
    if (!before.length && !this.rows.length) return;
    this.said = [...this.said, trace(this.rows)].slice(-REMEMBERED);
    this.tell();
  }
  click(map, row) {
    // A finger's tap is told twice: as a touch, and as the mouse that browsers make of it.
    if (row === undefined || (row === this.clicked?.row && performance.now() - this.clicked.time < 400)) return;
    this.clicked = { row, time: performance.now() };
    this.hover(map, row);
    const held = this.rows.includes(row);
    if (this.adding) this.choose(held ? this.rows.filter((other) => other !== row) : [...this.rows, row]);
    else this.choose(held && this.rows.length === 1 ? [] : [row]);
  }

  found() {
    const part = this.search.value.trim().toLowerCase();
    return part ? [...this.lower.keys()].filter((row) => this.lower[row].includes(part)) : undefined;
  }
  preview() {
    clearTimeout(this.typing);
    this.typing = setTimeout(() => this.paint(this.found()), 120);
  }
  key(event) {
    if (event.key === "Escape") this.choose([]);
    else if (event.key === "Enter" && event.target === this.search && this.found()) this.choose(this.found());
  }
  use(tool) {
    this.tool = tool === this.tool ? "" : tool;
    this.press();
    this.relayout({ dragmode: this.tool || false });
  }
  press() {
    for (const button of this.tools.children) button.setAttribute("aria-pressed", button.value === this.tool);
  }
  relayout(change) {
    for (const map of this.maps) this.Plotly.relayout(map.plot, change);
  }

  // The item under the pointer: its words, and a ring around it in both maps.
  hover(under, row) {
    this.tip.hidden = row === undefined;
    for (const map of this.maps) map.ring.hidden = row === undefined || !this.surround(map, row);
    if (row === undefined) return;
    this.tip.replaceChildren(make("strong", "", this.data.titles[row]), make("span", "", this.data.snippets[row]));
    const [box, ring] = [this.root.getBoundingClientRect(), under.ring.getBoundingClientRect()];
    const below = ring.bottom + 12 + this.tip.offsetHeight < innerHeight;
    this.tip.style.left = `${Math.max(0, Math.min(ring.right - box.left, box.width - this.tip.offsetWidth))}px`;
    this.tip.style.top = `${(below ? ring.bottom + 6 : ring.top - 6 - this.tip.offsetHeight) - box.top}px`;
  }
  surround(map, row) {
    const { xaxis, yaxis } = map.plot._fullLayout;
    const [left, top] = [xaxis.l2p(this.places[map.side][0][row]), yaxis.l2p(this.places[map.side][1][row])];
    map.ring.style.left = `${left + xaxis._offset}px`;
    map.ring.style.top = `${top + yaxis._offset}px`;
    return left >= 0 && top >= 0 && left <= xaxis._length && top <= yaxis._length;
  }
  remove() {
    this.resizing.disconnect();
    this.maps.forEach((map) => this.Plotly?.purge(map.plot));
  }
}

const drawn = new WeakMap();

export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".linked-map");
  if (!drawn.has(root)) drawn.set(root, new LinkedMap(root));
  const maps = drawn.get(root);
  maps.update(data, setStateValue).catch((error) => { root.textContent = `The maps could not be drawn: ${error.message}. Reload the page.`; });
  return () => maps.remove();
}

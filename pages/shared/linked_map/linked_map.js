// Two maps of the same items, drawn once; afterwards only colours and row numbers move.
// Data reaches the page as text nodes, never as HTML.

const OKABE_ITO = ["#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442"];
const VIRIDIS = ["#440154", "#472D7B", "#3B528B", "#2C728E", "#21918C", "#28AE80", "#5EC962", "#ADDC30", "#FDE725"];
const GREY = "#8C8C8C";
const RINGS = ["circle-open", "diamond-open", "square-open", "x-thin-open"];
const RING_SHAPES = ["", "lm-second", "lm-third", "lm-fourth"];
const LABEL_HEIGHT = 17;
const LABEL_SHIFTS = [0, -1, 1, -2, 2, -3, 3].map((step) => step * LABEL_HEIGHT);
const PATIENCE = 70;
const GL_FROM = 2000;
const LIVE_UP_TO = 5000;
const REMEMBERED = 20;
// A shorter way than this is a click, for Plotly too.
const DRAGGED = 8;

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
  const raw = atob(text);
  const bytes = new Uint8Array(raw.length);
  for (let at = 0; at < raw.length; at += 1) bytes[at] = raw.charCodeAt(at);
  return new Kind(bytes.buffer);
}
function joined(first, second) {
  const both = new Float32Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
// Solid, so that a crowd of unselected points stays pale; read from a pixel, since Plotly knows no color-mix().
function mix(back, front, share) {
  const pixel = document.createElement("canvas").getContext("2d");
  [[back, 1], [front, share]].forEach(([colour, alpha]) => Object.assign(pixel, { fillStyle: colour, globalAlpha: alpha }).fillRect(0, 0, 1, 1));
  return [...pixel.getImageData(0, 0, 1, 1).data].slice(0, 3);
}
// Ends the task of the browser, so that it can answer the person before the next piece of work.
const breath = () => new Promise((done) => setTimeout(done));
// A short name for a selection; component.py computes the same one.
function trace(rows) {
  return rows.reduce((sum, row) => Math.imul(sum ^ (row + 1), 16777619) >>> 0, 2166136261);
}
function webgl() {
  const context = document.createElement("canvas").getContext("webgl");
  context?.getExtension("WEBGL_lose_context")?.loseContext();
  return Boolean(context);
}

// Where each map was last looked at, so that it looks the same when a person comes back to it.
const views = new Map();

class LinkedMap {
  constructor(root) {
    this.root = root;
    this.rows = [];
    this.said = [];
    this.parts = {};
    this.tool = matchMedia("(pointer: coarse)").matches ? "" : "lasso"; // a finger scrolls the page first
    for (const part of ["status", "clear", "tools", "reset", "legend", "tip", "true"]) this[part] = root.querySelector(`.lm-${part}`);
    this.search = root.querySelector("input");
    this.maps = [...root.querySelectorAll("figure")].map((figure, side) => {
      const find = (selector) => figure.querySelector(selector);
      return {
        side, figure, title: find("h2"), frame: find(".lm-map"), plot: find(".lm-plot"), names: find(".lm-names"), ring: find(".lm-ring"), line: find(".lm-line path"),
        caption: find("figcaption"),
      };
    });
    this.figures = this.maps;
    this.search.oninput = () => this.preview();
    this.clear.onclick = () => this.choose([]);
    this.reset.onclick = () => this.relayout({ "xaxis.autorange": true, "yaxis.autorange": true });
    this.true.onclick = () => this.measure(this.true.getAttribute("aria-pressed") !== "true");
    this.tools.onclick = ({ target }) => target.value && this.use(target.value);
    root.addEventListener("keydown", (event) => this.key(event));
    root.addEventListener("pointerdown", (event) => { this.adding = event.shiftKey || event.ctrlKey || event.metaKey; }, true);
    // The wheel belongs to the page, unless the person chose to move the map.
    for (const map of this.maps) {
      map.frame.addEventListener("wheel", (event) => this.tool !== "pan" && event.stopPropagation(), true);
      map.plot.addEventListener("pointerdown", (event) => this.outline(map, event));
    }
    this.resizing = new ResizeObserver(() => this.theme && root.offsetWidth && this.maps.forEach(async (map) => {
      // A map that was just drawn at this width is not drawn again.
      if (map.plot._fullLayout?.width === map.plot.offsetWidth) return;
      await this.Plotly.Plots.resize(map.plot);
      this.name(map);
    }));
    this.resizing.observe(root);
  }

  // What maps are of and how they are painted is fetched by name, once; a run of the page that changes neither sends neither.
  part(kind, { [kind]: name, drawn }) {
    if (this.parts[kind]?.name !== name) {
      const content = fetch(drawn + name).then((answer) => {
        if (answer.ok) return answer.json();
        throw new Error("the server no longer holds them");
      });
      content.catch(() => { delete this.parts[kind]; });
      this.parts[kind] = { name, content };
    }
    return this.parts[kind].content;
  }
  async update(told, send) {
    this.send = send;
    this.latest = told;
    this.maps = this.figures.slice(0, told.count);
    for (const { side, figure } of this.figures) figure.hidden = side >= this.maps.length;
    this.root.classList.toggle("lm-alone", this.maps.length === 1);
    for (const map of this.maps) map.plot.style.height = `${told.height}px`; // before loading, so that nothing jumps
    const [Plotly, of, look] = await Promise.all([plotly(told.plotly), this.part("known", told), this.part("painted", told)]);
    if (this.latest !== told) return; // a later run of the page has spoken
    this.Plotly = Plotly;
    const data = { ...told, ...of, look };
    const style = getComputedStyle(this.root);
    const [text, back, font] = ["--st-text-color", "--st-background-color", "--st-font"].map((name) => style.getPropertyValue(name).trim());
    const other = data.maps !== this.data?.maps;
    const known = data.known !== this.data?.known;
    const asked = data.asked !== this.data?.asked;
    const repaint = known || data.painted !== this.data?.painted || data.height !== this.data.height || [text, back, font].join() !== this.theme.name;
    // What the person chose comes back from a program that keeps it: that is an echo, and no wish of its own.
    const echo = other ? -1 : this.said.indexOf(trace(data.selected));
    const wish = asked && echo < 0;
    this.data = data;
    this.theme = { text, font, back, name: [text, back, font].join(), pale: `rgb(${mix(back, text, 0.2)})`, line: `rgb(${mix(back, text, 0.45)})`, dark: mix(back, text, 0)[1] < 128 };
    this.said = this.said.slice(wish ? this.said.length : Math.max(echo, 0));
    if (wish) this.rows = data.selected;
    if (repaint) {
      this.read(known);
      for (const map of this.maps) {
        await this.pause();
        await this.draw(map, Plotly);
      }
      this.press();
      this.relayout({ dragmode: this.dragging() });
      this.root.inert = false;
    }
    if (repaint || wish) await this.paint(undefined, other);
    if (repaint && this.measured !== undefined) {
      const row = this.measured;
      this.measured = undefined;
      this.ask(row, 0);
    }
    // Once the person's choice is in the session, a new wish of the program has to replace it there too.
    if (wish && this.answered) this.tell();
  }
  // Few points are drawn within one frame; many would hold the page.
  pause() {
    return this.data.titles.length > LIVE_UP_TO ? breath() : undefined;
  }
  tell() {
    this.answered = true;
    this.send("picked", { rows: this.rows, maps: this.data.maps, asked: this.data.asked, said: this.said });
  }

  // What is the same in both maps: colours, shapes, the legend.
  read(known) {
    const { pictures, trails, rows, facts } = this.data;
    const { colours, marks } = (this.look = this.data.look);
    this.sizes = unpack(this.look.sizes, Float32Array);
    if (known) {
      this.lower = this.data.titles.map((title) => title.toLowerCase());
      this.places = pictures.map((picture) => [unpack(picture.x, Float32Array), unpack(picture.y, Float32Array)]);
      this.ends = trails && [unpack(trails.x, Float32Array), unpack(trails.y, Float32Array)];
      this.search.placeholder = this.data.noun === "items" ? "Find a title" : "Find a name";
      this.of = rows ? unpack(rows, Int32Array) : null; // which row of its space each point is
      this.facts = facts.map(({ name, values, share }) => ({ name, share, values: unpack(values, Float32Array) }));
      this.measured = this.cursor = undefined;
      this.true.setAttribute("aria-pressed", false);
    }
    this.true.hidden = !pictures.every((picture) => picture.space);
    this.kind = this.data.titles.length >= GL_FROM && webgl() ? "scattergl" : "scatter";
    this.legend.replaceChildren();
    this.painter = undefined;
    const entry = (this.entry = (tag, className, text, background, extra) => {
      const made = make(tag, "", "", extra);
      const sign = make("i", className);
      if (background) sign.style.background = background;
      made.append(sign, text);
      this.legend.append(made);
      return made;
    });
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
      this.marker = { color: values, colorscale: this.scale(), cmin: colours.low, cmax: colours.high };
      this.painter = this.bar(colours.label, colours.low, colours.high);
    }
    if (trails) trails.names.forEach((name, end) => entry("span", `lm-outline ${end ? "" : "lm-filled"}`, name));
    marks.forEach((mark, layer) => entry("span", `lm-outline ${RING_SHAPES[layer % RINGS.length]}`, mark.name));
  }

  scale() {
    // The end that the page's own colour would swallow is left out.
    const scale = this.theme.dark ? VIRIDIS.slice(2) : VIRIDIS.slice(0, -1);
    return scale.map((colour, step) => [step / (scale.length - 1), colour]);
  }
  bar(label, low, high) {
    const digits = Math.min(12, Math.max(0, 1 - Math.floor(Math.log10(high - low || 1))));
    const number = (value) => value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
    const made = this.entry("span", "lm-scale", number(high), `linear-gradient(90deg, ${this.scale().map(([, colour]) => colour)})`);
    made.prepend(label, "\u2002", number(low));
    return made;
  }
  // With trails every item is drawn twice: its words, then what people do with it.
  twice(values) {
    return this.ends && typeof values !== "string" ? [...values, ...values] : values;
  }
  colours(marker) {
    const { color, symbol, ...rest } = marker;
    if (!this.ends) return marker;
    const shapes = typeof symbol === "object" ? symbol : Array(this.lower.length).fill("circle");
    return { ...rest, color: this.twice(color), symbol: [...shapes, ...shapes.map((shape) => `${shape}-open`)] };
  }

  async draw(map, Plotly) {
    const { data, theme, kind, ends } = this;
    const { look, title, view } = { ...data, ...data.pictures[map.side] };
    const [x, y] = ends ? this.places[0].map((values, axis) => joined(values, ends[axis])) : this.places[map.side];
    const sizes = this.twice(this.sizes);
    map.title.textContent = title;
    map.caption.textContent = look.captions[map.side];
    const points = {
      type: kind, mode: "markers", x, y, hoverinfo: "none",
      marker: { ...this.colours(this.marker), size: sizes, opacity: 0.85, line: { width: kind === "scatter" && !ends ? 0.5 : 0, color: theme.back } },
      selected: { marker: { opacity: 0.85 } },
      unselected: { marker: { color: theme.pale, opacity: 0.7 } },
    };
    const rings = look.marks.map(({ rows }, layer) => ({
      type: kind, mode: "markers", x: rows.map((row) => x[row]), y: rows.map((row) => y[row]), hoverinfo: "skip",
      marker: { symbol: RINGS[layer % RINGS.length], size: rows.map((row) => sizes[row] + 7), color: theme.text, line: { width: 1.75, color: theme.text } },
      unselected: { marker: { opacity: 1 } },
    }));
    const lines = ends ? [{ type: kind, mode: "lines", ...this.between(this.rows), hoverinfo: "skip", line: { color: theme.line, width: 1 } }] : [];
    const axis = { type: "linear", visible: false, zeroline: false, showgrid: false };
    const seen = views.get(view);
    const layout = {
      margin: { l: 8, r: 8, t: 8, b: 8 }, xaxis: { ...axis, ...seen?.x }, yaxis: { ...axis, ...seen?.y }, showlegend: false, hovermode: "closest",
      hoverdistance: 10, uirevision: view || data.maps, font: { family: theme.font },
      // Drawn as for a lasso, a scene of points is ready to show some of them grey.
      dragmode: kind === "scattergl" ? "lasso" : false, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
    };
    await Plotly.react(map.plot, [points, ...rings, ...lines], layout, { displayModeBar: false, scrollZoom: true, doubleClick: "reset" });
    this.name(map);
    if (map.heard) return;
    map.heard = true;
    const rowsOf = (event) => (event?.points ?? []).filter((point) => point.curveNumber === 0).map((point) => point.pointNumber % this.lower.length);
    map.plot.on("plotly_click", (event) => this.click(map, rowsOf(event)[0], event.event?.timeStamp));
    map.plot.on("plotly_hover", (event) => this.hover(map, rowsOf(event)[0]));
    map.plot.on("plotly_unhover", () => this.hover());
    map.plot.on("plotly_relayouting", () => { this.hover(); this.name(map); });
    map.plot.on("plotly_relayout", () => {
      const { xaxis, yaxis } = map.plot._fullLayout;
      const { view } = this.data.pictures[map.side] ?? {};
      const free = xaxis.autorange && yaxis.autorange;
      if (view) views.set(view, free ? undefined : { x: { range: [...xaxis.range] }, y: { range: [...yaxis.range] } });
      this.name(map);
    });
  }

  // The names of groups, in order of size; one that would lie over another moves aside or stays away.
  name(map) {
    const { xaxis, yaxis } = map.plot._fullLayout;
    const taken = [];
    const pencil = (this.pencil ??= document.createElement("canvas").getContext("2d"));
    pencil.font = `600 13px ${this.theme.font}`;
    map.names.replaceChildren();
    for (const [side, ax, ay, text] of this.look.labels) {
      if (side !== map.side) continue;
      const [left, top, half] = [xaxis.l2p(ax), yaxis.l2p(ay), pencil.measureText(text).width / 2 + 4];
      if (left < 0 || top < 0 || left > xaxis._length || top > yaxis._length || 2 * half > xaxis._length) continue;
      const x = Math.min(Math.max(left, half), xaxis._length - half);
      const fits = (y) => y > 8 && y < yaxis._length - 8 && taken.every(([tx, ty, th]) => Math.abs(y - ty) >= LABEL_HEIGHT || Math.abs(x - tx) >= half + th);
      const y = LABEL_SHIFTS.map((shift) => top + shift).find(fits);
      if (y === undefined) continue;
      taken.push([x, y, half]);
      const label = make("span", "lm-name", text);
      Object.assign(label.style, { left: `${x + xaxis._offset}px`, top: `${y + yaxis._offset}px` });
      map.names.append(label);
    }
  }

  // The lines of what is chosen; where nothing is, the longest.
  between(rows) {
    const [x, y] = this.places[0].map((values, axis) => (rows.length ? rows.slice(0, 500) : this.look.lines).flatMap((row) => [values[row], this.ends[axis][row], null]));
    return { x, y };
  }

  both(rows) {
    for (const map of this.maps) this.highlight(map, rows);
  }
  // In place: zoom and points stay, only who is grey changes.
  highlight(map, rows) {
    const both = this.ends ? [...rows, ...rows.map((row) => row + this.lower.length)] : rows;
    const points = rows.length && this.measured === undefined ? both : null;
    const others = map.plot.data.slice(1).map(() => null);
    if (this.ends) {
      const { x, y } = this.between(rows);
      this.Plotly.restyle(map.plot, { x: [x], y: [y] }, [others.length]);
    }
    if (!this.shade(map, points)) this.Plotly.restyle(map.plot, { selectedpoints: [points, ...others] });
  }
  // Plotly would work out every point anew to change who is grey; the scene it has drawn is told who is, instead.
  shade(map, points) {
    const { trace, t } = map.plot.calcdata[0][0];
    const scene = t._scene;
    if (!scene?.select2d || !scene.scatter2d) return false;
    const [chosen, grey] = [scene.selectBatch, scene.unselectBatch];
    // From the first choice on, who is not grey is drawn as chosen, all of them where nobody is.
    if (!chosen[t.index].length && !grey[t.index].length) {
      if (!points) return true;
      scene.scatter2d.update(...Array.from(grey, (_rows, index) => (index === t.index ? scene.markerUnselectedOptions[index] : undefined)));
    }
    const held = new Uint8Array(trace._length).fill(points ? 0 : 1);
    for (const point of points ?? []) held[point] = 1;
    const all = [...held.keys()];
    [chosen[t.index], grey[t.index]] = [points ?? all, points ? all.filter((point) => !held[point]) : []];
    map.plot.data[0].selectedpoints = trace.selectedpoints = points;
    map.plot._fullLayout._glcanvas.each(({ regl, pick }) => pick || regl?.clear({ color: [0, 0, 0, 0], depth: 1 }));
    scene.draw();
    return true;
  }
  // Maps that were just drawn anew show nobody grey yet.
  async paint(found, fresh) {
    const rows = (this.painted = found ?? [...this.rows]);
    const count = this.data.counted.toLocaleString("en");
    const many = rows.length.toLocaleString("en");
    for (const map of this.maps) {
      if (rows.length || !fresh) {
        if (this.data.titles.length > LIVE_UP_TO) await breath();
        if (this.painted !== rows) return; // a later choice is on its way
        this.highlight(map, rows);
      }
      const { title } = this.data.pictures[map.side];
      map.frame.setAttribute("aria-label", `${title}: map of ${count} ${this.data.noun}, ${many} highlighted. ${this.look.captions[map.side]}`);
    }
    this.status.textContent = found ? `${many} of ${count} match; Enter selects them` : rows.length ? `${many} of ${count} selected` : `${count} ${this.data.noun}`;
    this.clear.disabled = !this.rows.length;
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
  click(map, row, time = performance.now()) {
    // A finger's tap is told twice: as a touch, and as the mouse that browsers make of it. The end of a line is no click.
    if (row === undefined || ([row, undefined].includes(this.clicked?.row) && time - this.clicked?.time < 400)) return;
    this.clicked = { row, time };
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
    const map = this.maps.find(({ frame }) => frame === event.target);
    const way = map && { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (way) {
      event.preventDefault();
      this.cursor = this.beside(map, this.cursor ?? this.rows[0], way);
      this.hover(map, this.cursor);
    } else if (map && event.key === "Enter" && this.cursor !== undefined) {
      this.adding = event.shiftKey;
      this.click(map, this.cursor);
    } else if (event.key === "Escape") this.choose([]);
    else if (event.key === "Enter" && event.target === this.search && this.found()) this.choose(this.found());
  }
  // The nearest point that lies this way on the page; without one to start from, the one in the middle.
  beside(map, row, [right, down]) {
    const { xaxis, yaxis } = map.plot._fullLayout;
    const at = (point) => [xaxis.l2p(this.places[map.side][0][point]), yaxis.l2p(this.places[map.side][1][point])];
    const [left, top] = row === undefined ? [xaxis._length / 2, yaxis._length / 2] : at(row);
    let [best, nearest] = [row, Infinity];
    for (const point of this.lower.keys()) {
      const [x, y] = at(point);
      if (point === row || !(x >= 0 && y >= 0 && x <= xaxis._length && y <= yaxis._length)) continue;
      const [along, across] = [(x - left) * right + (y - top) * down, Math.abs((x - left) * down) + Math.abs((y - top) * right)];
      if (row !== undefined && along <= across) continue;
      const distance = Math.hypot(x - left, y - top);
      if (distance < nearest) [best, nearest] = [point, distance];
    }
    return best;
  }
  use(tool) {
    this.tool = tool === this.tool ? "" : tool;
    this.press();
    this.relayout({ dragmode: this.dragging() });
  }
  dragging() {
    return this.tool === "pan" ? "pan" : false;
  }
  // A line around points, or a box from corner to corner, as long as the button is down.
  outline(map, { button, clientX, clientY }) {
    if (!["lasso", "select"].includes(this.tool) || button || !this.theme) return;
    const { xaxis, yaxis } = map.plot._fullLayout;
    const box = map.plot.getBoundingClientRect();
    const [left, top] = [clientX - box.left, clientY - box.top];
    let [corners, drawn] = [[[left, top]], false];
    const inside = () => this.inside(map, corners.map(([x, y]) => [xaxis.p2l(x - xaxis._offset), yaxis.p2l(y - yaxis._offset)]));
    const over = new AbortController();
    const heard = { signal: over.signal };
    addEventListener("pointermove", (event) => {
      // A busy page hears of several steps at once.
      const steps = [...(event.getCoalescedEvents?.() ?? []), event].map((step) => [step.clientX - box.left, step.clientY - box.top]);
      const [x, y] = steps.at(-1);
      if (this.tool === "lasso") corners.push(...steps);
      else corners = [[left, top], [x, top], [x, y], [left, y]];
      drawn ||= steps.some(([over, down]) => Math.hypot(over - left, down - top) >= DRAGGED);
      if (!drawn) return;
      this.hover();
      map.line.setAttribute("d", `M${corners.join("L")}Z`);
      cancelAnimationFrame(this.frame);
      if (this.lower.length <= LIVE_UP_TO) this.frame = requestAnimationFrame(() => this.both(inside()));
    }, heard);
    const end = (rows, time) => {
      over.abort();
      if (drawn) this.clicked = { time };
      map.line.removeAttribute("d");
      if (rows) this.choose(rows, this.adding);
      else if (drawn) this.paint();
    };
    addEventListener("pointerup", ({ timeStamp }) => end(drawn ? inside() : undefined, timeStamp), heard);
    addEventListener("pointercancel", ({ timeStamp }) => end(undefined, timeStamp), heard);
  }
  // Who lies within a line on this map: crossed an odd number of times on the way out. Of trails, either end.
  inside(map, corners) {
    const [xs, ys] = [0, 1].map((axis) => corners.map((corner) => corner[axis]));
    const [left, right, low, high] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    const within = (x, y) => {
      if (!(x >= left && x <= right && y >= low && y <= high)) return false;
      let odd = false;
      for (let at = 0, before = xs.length - 1; at < xs.length; before = at, at += 1) {
        if (ys[at] > y !== ys[before] > y && x < xs[at] + ((y - ys[at]) * (xs[before] - xs[at])) / (ys[before] - ys[at])) odd = !odd;
      }
      return odd;
    };
    const both = [this.places[map.side], ...(this.ends ? [this.ends] : [])];
    return [...this.lower.keys()].filter((row) => both.some(([x, y]) => within(x[row], y[row])));
  }
  press() {
    this.root.dataset.tool = this.tool;
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
    this.ask(row);
    const told = this.facts.filter(({ values }) => !Number.isNaN(values[row])).map(({ name, values, share }) => {
      const value = share ? `${Math.round(100 * values[row])} %` : values[row].toLocaleString("en");
      return `${name} ${value}`;
    });
    this.tip.replaceChildren(make("strong", "", this.data.titles[row]), make("span", "", this.data.snippets[row]), make("em", "", told.join(" · ")));
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

  // Every point by its cosine to one item in the full space, which the server is asked for.
  measure(on) {
    this.true.setAttribute("aria-pressed", on);
    clearTimeout(this.asking);
    this.asked?.abort();
    if (on) return this.rows.length && this.ask(this.rows[0], 0);
    if (this.measured === undefined) return;
    this.measured = undefined;
    this.note?.forEach((made) => made.remove());
    if (this.painter) this.painter.hidden = false;
    for (const map of this.maps) {
      const { color, colorscale, cmin, cmax } = this.colours(this.marker);
      this.Plotly.restyle(map.plot, { "marker.color": [color], "marker.colorscale": [colorscale], "marker.cmin": [cmin], "marker.cmax": [cmax] }, [0]);
    }
    this.paint();
  }
  ask(row, patience = PATIENCE) {
    if (this.true.getAttribute("aria-pressed") !== "true" || this.measured === row) return;
    clearTimeout(this.asking);
    this.asking = setTimeout(async () => {
      this.asked?.abort();
      const { signal } = (this.asked = new AbortController());
      const { pictures, distances } = this.data;
      const at = this.of ? this.of[row] : row;
      try {
        const found = await Promise.all(pictures.map(async ({ space }) => {
          const answer = await fetch(`${distances}${space}/${at}`, { signal });
          return answer.ok ? new Float32Array(await answer.arrayBuffer()) : undefined;
        }));
        this.shine(row, found.map((values) => values && Array.from(this.lower, (_title, point) => values[this.of ? this.of[point] : point])));
      } catch (error) {
        if (error.name !== "AbortError") throw error;
      }
    }, patience);
  }
  shine(row, found) {
    this.measured = row;
    this.note?.forEach((made) => made.remove());
    // What is not painted by now is no legend of it.
    if (this.painter) this.painter.hidden = true;
    this.note = found.map((values, side) => {
      const map = this.maps[side];
      this.highlight(map, []);
      const others = (values ?? []).filter((value, point) => point !== row && !Number.isNaN(value));
      const [low, high] = others.reduce(([least, most], value) => [Math.min(least, value), Math.max(most, value)], [Infinity, -Infinity]);
      const color = others.length ? values : Array(this.lower.length).fill(GREY);
      this.Plotly.restyle(map.plot, { "marker.color": [color], "marker.colorscale": [this.scale()], "marker.cmin": [low], "marker.cmax": [high] }, [0]);
      const { title } = this.data.pictures[side];
      const words = `${title}, cosine to ${this.data.titles[row]}:`;
      return others.length ? this.bar(words, low, high) : this.entry("span", "", `${title}: no place for ${this.data.titles[row]}`);
    });
  }
  remove() {
    this.resizing.disconnect();
    this.figures.forEach((map) => this.Plotly?.purge(map.plot));
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

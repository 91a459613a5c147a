// Sliders that move the theory under the measured marks. Every curve was reckoned before:
// a position is an index, and nothing is computed here but where things stand.

const PLOT = { left: 90, right: 980, top: 46, bottom: 455 };
const APART = 28; // between the names at the lines' ends
const HIGH = 22; // a name
const RADIUS = 7; // of a mark
// The shapes of the charts' marks: corners, how far turned, and how large to look alike.
const SHAPES = { 5: [4, 45, 1.2], 7: [24, 0, 1], 9: [3, 0, 1.2], 11: [3, 180, 1.2],
  13: [4, 0, 1.1], 15: [5, 0, 1.1] };
const DODGE = 1.07; // as in the charts: a step aside, where other marks stand
const ASIDE = [0, 1, -1, 2, -2]; // steps
// Where a mark's name may stand, the best first: over it, beside it, under it, ...
const SIDES = [[0, -1], [1, 0], [-1, 0], [1, -1], [-1, -1], [0, 1], [1, 1], [-1, 1]];
const TASKS = [1, 5]; // powers of ten on the axis

class Theory {
  constructor(given) {
    this.given = given;
    this.times = reach([given.threads, given.pool,
      given.marks.map((mark) => mark.seconds)].flat(Infinity));
    this.stage = document.getElementById("sliders-stage");
    this.plot = document.getElementById("sliders-plot");
    this.inputs = [...this.stage.querySelectorAll("input")];
    this.stage.hidden = false;
    this.frame();
    this.lines = Object.fromEntries(["threads", "pool"].map((key) => [key, {
      path: this.add("path", { class: "line" }),
      name: this.add("text", { class: "name", x: PLOT.right + 14 }),
    }]));
    this.tasks = this.add("path", { stroke: "var(--muted)", "stroke-dasharray": "6 5" });
    this.marks = [];
    given.marks.forEach((mark) => this.marks.push(this.mark(mark)));
    this.inputs.forEach((input) => input.addEventListener("input", () => this.draw()));
    const again = document.getElementById("sliders-reset");
    again.addEventListener("click", () => this.reset());
    this.reset();
  }

  add(kind, attributes, text) {
    const element = document.createElementNS(this.plot.namespaceURI, kind);
    for (const [name, value] of Object.entries(attributes)) {
      element.setAttribute(name, value);
    }
    element.textContent = text ?? "";
    this.plot.append(element);
    return element;
  }

  x(tasks) {
    const [low, high] = TASKS;
    const share = (Math.log10(tasks) - low) / (high - low);
    return PLOT.left + share * (PLOT.right - PLOT.left);
  }

  y(seconds) {
    const [low, high] = this.times;
    const share = (Math.log10(seconds) - low) / (high - low);
    const y = PLOT.bottom - share * (PLOT.bottom - PLOT.top);
    return Math.min(PLOT.bottom, y); // 0 has no place on it
  }

  frame() {
    for (let power = this.times[0]; power <= this.times[1]; power++) {
      const y = this.y(10 ** power);
      this.add("path", { class: "grid", d: `M${PLOT.left},${y}H${PLOT.right}` });
      this.add("text", { x: PLOT.left - 12, y: y + 6, "text-anchor": "end" },
        duration(10 ** power));
    }
    for (let power = TASKS[0]; power <= TASKS[1]; power++) {
      this.add("text", { x: this.x(10 ** power), y: PLOT.bottom + 28,
        "text-anchor": "middle" }, count(10 ** power));
    }
    this.add("text", { x: (PLOT.left + PLOT.right) / 2, y: PLOT.bottom + 56,
      "text-anchor": "middle" }, "tasks N (both axes: log scale)");
    this.add("text", { x: PLOT.left, y: PLOT.top - 18 },
      "wall time by the program's own clock");
  }

  mark({ look, shape, ok, tasks, seconds, name, told }) {
    const y = this.y(seconds);
    const like = `${look} ${ok ? "hollow" : ""}`;
    const x = this.beside(tasks, y, like);
    const mark = this.add("polygon", { class: ok ? "mark hollow" : "mark",
      style: `--colour: var(--colour-${look})`, points: corners(x, y, SHAPES[shape]) });
    const title = document.createElementNS(this.plot.namespaceURI, "title");
    title.textContent = ["measured: " + name, duration(seconds), ...ok ? [ok] : []].join(", ");
    mark.append(title);
    // Below those that stand where they should.
    this.plot.insertBefore(mark, this.marks.at(-1)?.drawn ?? null);
    const text = this.add("text", { class: "told", "text-anchor": "middle",
      style: `fill: var(--letter-${look})` }, told);
    return { x, y, like, drawn: mark, name: text, wide: told ? text.getBBox().width : 0 };
  }

  // The nearest place where no mark stands that looks otherwise.
  beside(tasks, y, like) {
    const places = ASIDE.map((steps) => this.x(tasks * DODGE ** steps));
    const apart = Math.log10(DODGE) * (this.x(10) - this.x(1)) - 0.1;
    return places.find((place) => this.marks.every((mark) => mark.like === like
      || Math.abs(mark.x - place) >= apart || Math.abs(mark.y - y) >= 2 * RADIUS))
      ?? places[0];
  }

  reset() {
    for (const input of this.inputs) {
      input.value = this.given.at[input.dataset.value];
    }
    this.draw();
  }

  words(name, index) {
    const value = this.given.values[name][index];
    return name.endsWith("_s") ? duration(value) : value ? count(value) : "unlimited";
  }

  // The index of each slider; its value stands beside it.
  positions() {
    const found = {};
    for (const input of this.inputs) {
      const name = input.dataset.value;
      found[name] = Number(input.value);
      tell(input, input.nextElementSibling, this.words(name, found[name]));
    }
    return found;
  }

  draw() {
    const { given } = this;
    const at = this.positions();
    const threads = given.threads[at.service_s][at.create_s];
    const pool = given.pool[at.service_s][at.create_s][at.workers];
    const accepted = given.accepted[at.service_s][at.create_s][at.capacity][at.tasks];
    this.curve(this.lines.threads, threads, "threads", given.look.threads);
    this.curve(this.lines.pool, pool, `pool of ${this.words("workers", at.workers)}`,
      given.look.pool[at.workers]);
    this.spreadNames();
    const tasks = given.values.tasks[at.tasks];
    this.tasks.setAttribute("d", `M${this.x(tasks)},${PLOT.top}V${PLOT.bottom}`);
    this.nameMarks(this.x(tasks));
    const capacity = given.values.capacity[at.capacity];
    const calls = Math.min(given.values.workers[at.workers], tasks);
    const bounded = !capacity || calls <= capacity ? "loses none"
      : `makes up to ${count(calls - capacity)} more calls at once than the API serves`;
    const lost = capacity && tasks > accepted
      ? `lose ${count(tasks - accepted)} of them` : "lose none";
    document.getElementById("sliders-words").textContent =
      `Theory for ${count(tasks)} tasks: the pool takes ${duration(pool[at.tasks])} and `
      + `${bounded}. Threads take ${duration(threads[at.tasks])} and ${lost}.`;
  }

  // In the colour of its design; in ink if that was not measured.
  curve(line, seconds, words, look) {
    line.points = this.given.values.tasks.map((tasks, i) =>
      [this.x(tasks).toFixed(1), this.y(seconds[i]).toFixed(1)].map(Number));
    line.path.setAttribute("d", "M" + line.points.join("L"));
    line.path.setAttribute("stroke", look ? `var(--colour-${look})` : "var(--ink)");
    line.name.style.fill = look ? `var(--letter-${look})` : "var(--ink)";
    line.name.textContent = words;
    line.end = line.points.at(-1)[1];
  }

  // Each name beside its line's end, and below the one above it.
  spreadNames() {
    let free = 0;
    for (const line of Object.values(this.lines).sort((a, b) => a.end - b.end)) {
      const y = Math.max(line.end + 7, free);
      line.name.setAttribute("y", y);
      free = y + APART;
    }
  }

  // Each mark's name where it touches no line, no mark and no other name. A line is the
  // boxes round its pieces, which are short.
  nameMarks(at) {
    const taken = [box([at, PLOT.top], [at, PLOT.bottom]),
      ...this.marks.map(({ x, y }) =>
        box([x - RADIUS, y - RADIUS], [x + RADIUS, y + RADIUS])),
      ...Object.values(this.lines).flatMap(({ points }) =>
        points.slice(1).map((point, i) => box(points[i], point)))];
    for (const mark of this.marks.filter((one) => one.wide > 0)) {
      const free = this.places(mark).find((place) => !taken.some((one) => meet(one, place)));
      mark.name.setAttribute("visibility", free ? "visible" : "hidden");
      if (free) {
        mark.name.setAttribute("x", (free.left + free.right) / 2);
        mark.name.setAttribute("y", free.bottom - 6);
        taken.push(free);
      }
    }
  }

  // Boxes inside the frame, the nearest to the mark first.
  places({ x, y, wide }) {
    const found = [1, 2, 3, 4].flatMap((far) => SIDES.map(([across, down]) => {
      const middle = x + across * (wide / 2 + RADIUS + 4);
      const top = y + down * far * HIGH - HIGH / 2;
      return box([middle - wide / 2, top], [middle + wide / 2, top + HIGH]);
    }));
    return found.filter((one) => one.left > PLOT.left && one.right < PLOT.right
      && one.top > PLOT.top && one.bottom < PLOT.bottom);
  }
}

// From the power of ten below the least to a little over the most: none is cut off.
function reach(times) {
  const powers = times.filter((seconds) => seconds > 0).map(Math.log10);
  return [Math.floor(Math.min(...powers)), Math.max(...powers) + 0.1];
}

function corners(x, y, [count, turned, large]) {
  return Array.from({ length: count }, (_, i) => {
    const angle = ((360 / count) * i + turned) * (Math.PI / 180);
    const [across, up] = [Math.sin(angle), Math.cos(angle)].map((r) => r * large * RADIUS);
    return `${x + across},${y - up}`;
  }).join(" ");
}

function box([x, y], [otherX, otherY]) {
  return { left: Math.min(x, otherX), right: Math.max(x, otherX),
    top: Math.min(y, otherY), bottom: Math.max(y, otherY) };
}

function meet(one, other) {
  return one.left <= other.right && other.left <= one.right
    && one.top <= other.bottom && other.top <= one.bottom;
}

const slidersData = document.getElementById("sliders-data");
if (slidersData) {
  window.theory = new Theory(JSON.parse(slidersData.textContent));
}

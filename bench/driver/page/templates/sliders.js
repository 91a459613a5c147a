"use strict";
// Sliders that move the theory under the measured marks.
//
//   pool of W        ceil(N / W) d + W c / 2       rounds, while workers are created;
//                    W c                           from W = sqrt(2 N d / c) on
//   thread per task  d + N c                       creation is serial
//   its calls        min(N, 1 + d / c)             Little: created in one task time
//   accepted         min(N, K (1 + N c / d))       K places, free again after each d

const PLOT = { left: 90, right: 980, top: 20, bottom: 455 };
const APART = 28; // between the names at the lines' ends
const TASKS = [1, 5]; // powers of ten on the axes
const SECONDS = [-3, 3];

class Theory {
  constructor(measured) {
    this.marks = measured.marks;
    this.measured = measured.values;
    this.stage = document.getElementById("sliders-stage");
    this.plot = document.getElementById("sliders-plot");
    this.inputs = [...this.stage.querySelectorAll("input")];
    this.stage.hidden = false;
    this.frame();
    // One line for each design; the first pool's W is moved, the others keep theirs.
    this.lines = [{ look: 1 }, ...measured.pools].map((line) => ({
      ...line,
      path: this.add("path", { class: "line", stroke: `var(--colour-${line.look})` }),
      name: this.add("text", { class: "name", x: PLOT.right + 14,
        style: `fill: var(--letter-${line.look})` }),
    }));
    this.tasks = this.add("path", { stroke: "var(--muted)", "stroke-dasharray": "6 5" });
    this.marks.forEach((mark) => this.mark(mark));
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
    const share = (Math.log10(tasks) - TASKS[0]) / (TASKS[1] - TASKS[0]);
    return PLOT.left + share * (PLOT.right - PLOT.left);
  }

  y(seconds) {
    const share = (Math.log10(seconds) - SECONDS[0]) / (SECONDS[1] - SECONDS[0]);
    return PLOT.bottom - share * (PLOT.bottom - PLOT.top);
  }

  frame() {
    for (let power = SECONDS[0]; power <= SECONDS[1]; power++) {
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
  }

  // The shapes of the charts: a square, a circle, a triangle, and diamonds.
  mark({ look, tasks, seconds }) {
    // Beside each other, so that a tie is seen.
    const x = this.x(tasks) + (look === 1 ? -7 : look === 2 ? 7 : 0);
    const y = this.y(seconds);
    const shapes = {
      1: "M-8,-8H8V8H-8Z",
      2: "M-9,0a9,9 0 1 0 18,0a9,9 0 1 0 -18,0Z",
      3: "M0,-11L10,7H-10Z",
    };
    this.add("path", { class: "mark", transform: `translate(${x},${y})`,
      d: shapes[look] ?? "M0,-11L11,0L0,11L-11,0Z", fill: `var(--colour-${look})` });
  }

  reset() {
    for (const input of this.inputs) {
      input.value = Math.log10(this.measured[input.dataset.value]);
    }
    this.draw();
  }

  values() {
    const found = {};
    for (const input of this.inputs) {
      const name = input.dataset.value;
      const value = 10 ** Number(input.value);
      // As measured means exactly as measured, not the slider's nearest step.
      const near = Math.abs(Math.log10(this.measured[name] / value)) < 0.006;
      const exact = near ? this.measured[name] : Number(value.toPrecision(3));
      found[name] = name.endsWith("_s") ? exact : Math.round(exact);
      input.nextElementSibling.textContent =
        name.endsWith("_s") ? duration(found[name]) : count(found[name]);
    }
    return found;
  }

  draw() {
    const { tasks, workers, service_s: d, create_s: c, capacity } = this.values();
    const pool = (n, most = workers) => {
      const w = Math.min(most, n);
      const rounds = Math.ceil(Math.floor(n + 1e-9) / w) * d;
      // Beyond the best size all is done before the last worker is there.
      return w <= Math.sqrt((2 * n * d) / c) ? rounds + (w * c) / 2 : w * c;
    };
    const threads = (n) => d + n * c;
    const [crowd, moved, ...others] = this.lines;
    this.curve(crowd, threads, "thread per task");
    this.curve(moved, pool, `pool of ${count(workers)}`);
    for (const line of others) {
      this.curve(line, (n) => pool(n, line.workers), `pool of ${count(line.workers)}`);
    }
    this.spreadNames();
    const x = this.x(tasks);
    this.tasks.setAttribute("d", `M${x},${PLOT.top}V${PLOT.bottom}`);
    const accepted = Math.min(tasks, Math.floor(capacity * (1 + (tasks * c) / d)));
    const lost = Math.max(0, tasks - accepted);
    const calls = Math.min(tasks, Math.floor(1 + d / c));
    const fits = workers <= capacity ? "lose none"
      : `are ${count(workers - capacity)} more than the API serves`;
    document.getElementById("sliders-words").textContent =
      `Theory for ${count(tasks)} tasks: the pool takes ${duration(pool(tasks))} and `
      + `its ${count(workers)} workers ${fits}. A thread per task takes `
      + `${duration(threads(tasks))}; if none were turned away, ${count(calls)} calls `
      + `would be under way at once; an API that serves ${count(capacity)} turns away `
      + `about ${count(lost)} (${Math.round((100 * lost) / tasks)} %).`;
  }

  curve(line, seconds, words) {
    const points = [];
    for (let step = 0; step <= 800; step++) {
      const n = 10 ** (TASKS[0] + (step / 800) * (TASKS[1] - TASKS[0]));
      const y = Math.min(PLOT.bottom, Math.max(PLOT.top, this.y(seconds(n))));
      points.push(`${this.x(n).toFixed(1)},${y.toFixed(1)}`);
    }
    line.path.setAttribute("d", "M" + points.join("L"));
    line.name.textContent = words;
    line.end = Number(points.at(-1).split(",")[1]);
  }

  // Each name beside its line's end, and below the one above it.
  spreadNames() {
    let free = 0;
    for (const line of [...this.lines].sort((a, b) => a.end - b.end)) {
      const y = Math.max(line.end + 7, free);
      line.name.setAttribute("y", y);
      free = y + APART;
    }
  }
}

function duration(seconds) {
  for (const [unit, size] of [["s", 1], ["ms", 1e-3], ["µs", 1e-6]]) {
    if (seconds >= 0.9995 * size) {
      const number = Number((seconds / size).toPrecision(3));
      return `${number.toLocaleString("en").replaceAll(",", "\u202f")} ${unit}`;
    }
  }
  return `${(seconds * 1e9).toFixed(0)} ns`;
}

function count(number) {
  return Math.round(number).toLocaleString("en").replaceAll(",", "\u202f");
}

const slidersData = document.getElementById("sliders-data");
if (slidersData) {
  window.theory = new Theory(JSON.parse(slidersData.textContent));
}

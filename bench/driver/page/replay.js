"use strict";
// The replay: a thread per task above, a pool below, on one clock, from recorded runs.
// Recording knows what happened when; Lane draws one at a moment; Replay moves the clock.

const ROOM = { waiting: 0.2, api: 0.52, finished: 0.2, gap: 0.04, head: 26 };

class Recording {
  constructor(run, outcomes) {
    Object.assign(this, { name: run.name, look: run.look, tasks: run.tasks });
    this.workers = run.workers;
    const summed = (steps) => { let sum = 0; return steps.map((step) => (sum += step)); };
    this.index = summed(run.index);
    this.start = summed(run.start);
    this.due = run.due.length ? summed(run.due) : this.start.map(() => 0);
    this.end = this.start.map((start, i) => start + run.time[i]);
    this.kind = [...run.outcome].map((digit) => outcomes[digit]);
    this.away = this.kind.map((kind) => kind === "rejected");
    this.never = run.never.reduce((sum, count) => sum + count, 0);
    this.makespan = this.end.reduce((most, end) => Math.max(most, end), 0);
    this.slot = this.placed();
    this.events = [...new Set([...this.start, ...this.end])].sort((a, b) => a - b);
    this.curve = this.inFlight();
    this.peak = this.curve.reduce((most, point) => Math.max(most, point[1]), 0);
    const away = this.slot.filter((_, i) => this.away[i]);
    this.mostAway = away.reduce((most, slot) => Math.max(most, slot + 1), 0);
  }

  // A place for each call, the lowest that is free; those turned away stand apart.
  placed() {
    const busy = { true: [], false: [] };
    return this.start.map((start, i) => {
      const ends = busy[this.away[i]];
      let slot = ends.findIndex((end) => end <= start);
      slot = slot < 0 ? ends.length : slot;
      ends[slot] = this.end[i];
      return slot;
    });
  }

  inFlight() {
    const changes = [
      ...this.start.map((at) => [at, 1]), ...this.end.map((at) => [at, -1]),
    ].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    let calls = 0;
    return changes.map(([at, change]) => [at, (calls += change)]);
  }

  // How the tasks stand at a moment. At the end those that never started are counted.
  countsAt(now) {
    const counts = { waiting: 0, "in flight": 0, ok: 0, rejected: 0, failed: 0 };
    for (let i = 0; i < this.start.length; i++) {
      if (this.end[i] <= now) {
        const kind = this.kind[i];
        counts[kind === "ok" || kind === "rejected" ? kind : "failed"]++;
      } else if (this.start[i] <= now) {
        counts["in flight"]++;
      } else if (this.due[i] <= now) {
        counts.waiting++;
      }
    }
    counts[now >= this.makespan ? "failed" : "waiting"] += this.never;
    return counts;
  }
}

function colours() {
  const style = getComputedStyle(document.documentElement);
  return (name) => style.getPropertyValue("--" + name).trim();
}

function hatched(context, colour, paper) {
  const tile = document.createElement("canvas");
  tile.width = tile.height = 6;
  const pen = tile.getContext("2d");
  pen.fillStyle = paper;
  pen.fillRect(0, 0, 6, 6);
  pen.strokeStyle = colour;
  pen.lineWidth = 1.6;
  for (const shift of [-6, 0, 6]) {
    pen.beginPath();
    pen.moveTo(shift, 6);
    pen.lineTo(shift + 6, 0);
    pen.stroke();
  }
  return context.createPattern(tile, "repeat");
}

// A canvas as sharp as the screen, and its pen in CSS pixels.
function pen(canvas) {
  const { clientWidth: width, clientHeight: height } = canvas;
  const scale = devicePixelRatio || 1;
  if (canvas.width !== Math.round(width * scale)) {
    canvas.width = Math.round(width * scale);
  }
  if (canvas.height !== Math.round(height * scale)) {
    canvas.height = Math.round(height * scale);
  }
  const context = canvas.getContext("2d");
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  context.font = "15px system-ui, sans-serif";
  context.textBaseline = "middle";
  return { context, width, height };
}

// The largest squares of which `count` fit into the room, filled column by column.
function grid(count, width, height) {
  let side = Math.floor(Math.sqrt((width * height) / Math.max(1, count)));
  side = Math.min(side, 40);
  while (side > 1 && Math.floor(width / side) * Math.floor(height / side) < count) {
    side--;
  }
  side = Math.max(1, side);
  return { side, rows: Math.max(1, Math.floor(height / side)) };
}

class Lane {
  constructor(box) {
    this.canvas = box.querySelector("canvas");
    this.name = box.querySelector(".name");
    this.counters = {};
    for (const key of ["waiting", "in flight", "ok", "rejected", "failed"]) {
      const counter = document.createElement("span");
      counter.innerHTML = `<b>0</b> ${key}`;
      box.querySelector(".counters").append(counter);
      this.counters[key] = counter.firstChild;
    }
  }

  show(recording, scale) {
    this.recording = recording;
    this.scale = scale; // places at the API and beyond, alike in both lanes
    this.name.textContent = recording.name;
    this.name.style.color = `var(--letter-${recording.look})`;
  }

  draw(now) {
    const counts = this.recording.countsAt(now);
    for (const [key, counter] of Object.entries(this.counters)) {
      counter.textContent = counts[key].toLocaleString("en").replaceAll(",", "\u202f");
    }
    const said = Object.entries(counts).map(([key, n]) => `${n} ${key}`).join(", ");
    this.canvas.setAttribute("aria-label", `${this.recording.name}: ${said}`);
    const { context, width, height } = pen(this.canvas);
    const colour = colours();
    const look = this.recording.look;
    this.tones = {
      full: colour(`colour-${look}`), tint: colour(`tint-${look}`),
      ink: colour("ink"), muted: colour("muted"), faint: colour("faint"),
      lost: hatched(context, colour(`colour-${look}`), colour("paper")),
    };
    const rooms = this.rooms(width, height);
    this.drawWaiting(context, rooms.waiting, counts);
    this.drawApi(context, rooms.api, now);
    this.drawFinished(context, rooms.finished, counts);
  }

  rooms(width, height) {
    const { head, gap } = ROOM;
    const room = (x, share) => (
      { x: x * width, y: head, width: share * width, height: height - head });
    return {
      waiting: room(0, ROOM.waiting),
      api: room(ROOM.waiting + gap, ROOM.api),
      finished: room(1 - ROOM.finished, ROOM.finished),
    };
  }

  heading(context, room, words) {
    context.fillStyle = this.tones.muted;
    context.textAlign = "left";
    context.fillText(words, room.x, ROOM.head / 2, room.width);
  }

  // Dots column by column; groups of [count, fill] one after the other.
  dots(context, room, total, groups) {
    const { side, rows } = grid(total, room.width, room.height);
    const inset = side >= 5 ? 1 : 0;
    let at = 0;
    for (const [count, fill] of groups) {
      context.fillStyle = fill;
      for (const last = at + count; at < last;) {
        const column = Math.floor(at / rows);
        const row = at % rows;
        // Dots too small to be parted are drawn as a strip: ten thousand stay fluent.
        const run = inset ? 1 : Math.min(last - at, rows - row);
        context.fillRect(
          room.x + column * side, room.y + row * side,
          side - inset, run * side - inset);
        at += run;
      }
    }
  }

  drawWaiting(context, room, counts) {
    this.heading(context, room, "waiting");
    this.dots(context, room, this.recording.tasks, [[counts.waiting, this.tones.muted]]);
  }

  drawFinished(context, room, counts) {
    this.heading(context, room, "finished (hatched: lost)");
    this.dots(context, room, this.recording.tasks, [
      [counts.ok, this.tones.full],
      [counts.rejected + counts.failed, this.tones.lost],
    ]);
  }

  // The API as a counter with so many places, and the crowd that finds none.
  drawApi(context, room, now) {
    const { places, beyond, capacity } = this.scale;
    const share = beyond ? Math.min(0.75, Math.max(0.4, places / (places + beyond))) : 1;
    const served = { ...room, width: room.width * share - 12 };
    const crowd = { ...room, x: room.x + room.width * share + 12 };
    crowd.width = room.width * (1 - share) - 12;
    const sides = [grid(places, served.width, served.height).side];
    if (beyond) {
      sides.push(grid(beyond, crowd.width, crowd.height).side);
    }
    const side = Math.min(...sides);
    this.heading(context, served, capacity
      ? `at the API, which serves ${capacity} at once` : "at the API");
    const rows = Math.max(1, Math.floor(served.height / side));
    this.frame(context, served, places, side, rows);
    if (beyond) {
      this.heading(context, crowd, "turned away");
      this.wall(context, crowd.x - 12, room);
    }
    for (let i = 0; i < this.recording.start.length; i++) {
      if (this.recording.start[i] <= now && now < this.recording.end[i]) {
        this.call(context, this.recording.away[i] ? crowd : served, i, side, rows, now);
      }
    }
  }

  frame(context, room, places, side, rows) {
    context.strokeStyle = this.tones.faint;
    context.lineWidth = 1;
    for (let place = 0; place < places; place++) {
      context.strokeRect(
        room.x + Math.floor(place / rows) * side + 0.5,
        room.y + (place % rows) * side + 0.5, side - 2, side - 2);
    }
  }

  wall(context, x, room) {
    context.strokeStyle = this.tones.ink;
    context.lineWidth = 3;
    context.setLineDash([8, 5]);
    context.beginPath();
    context.moveTo(x, 0);
    context.lineTo(x, room.y + room.height);
    context.stroke();
    context.setLineDash([]);
  }

  call(context, room, i, side, rows, now) {
    const { start, end, slot, away, index } = this.recording;
    const x = room.x + Math.floor(slot[i] / rows) * side;
    const y = room.y + (slot[i] % rows) * side;
    const size = side >= 5 ? side - 1 : side;
    context.fillStyle = away[i] ? this.tones.lost : this.tones.tint;
    context.fillRect(x, y, size, size);
    if (!away[i]) {
      const done = (now - start[i]) / (end[i] - start[i]);
      context.fillStyle = this.tones.full;
      context.fillRect(x, y + size - 4 * (size / 16), size * done, 4 * (size / 16));
    }
    if (side >= 24 && !away[i]) {
      context.fillStyle = this.tones.ink;
      context.textAlign = "center";
      context.fillText(index[i], x + size / 2, y + size * 0.42, size);
    }
  }
}

class Replay {
  constructor(data) {
    this.capacity = data.capacity;
    this.runs = data.runs.map((run) => new Recording(run, data.outcomes));
    this.lanes = [0, 1].map((n) => new Lane(document.getElementById(`replay-lane-${n}`)));
    this.part = (name) => document.getElementById(`replay-${name}`);
    this.stage = this.part("stage");
    this.stage.hidden = false;
    this.now = 0;
    this.playing = false;
    this.offerTasks();
    this.listen();
    this.choose();
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
      this.part("play").hidden = true;
    }
  }

  offerTasks() {
    const counts = [...new Set(this.runs.map((run) => run.tasks))];
    for (const count of counts) {
      this.part("tasks").append(new Option(count.toLocaleString("en"), count));
    }
  }

  choose() {
    const tasks = Number(this.part("tasks").value);
    const here = this.runs.filter((run) => run.tasks === tasks);
    const pools = here.filter((run) => run.workers);
    const wanted = this.part("pool").value;
    this.part("pool").replaceChildren(
      ...pools.map((run) => new Option(run.name, run.workers)));
    if (pools.some((run) => String(run.workers) === wanted)) {
      this.part("pool").value = wanted;
    }
    this.take(here.find((run) => !run.workers),
      pools.find((run) => String(run.workers) === this.part("pool").value));
  }

  take(threads, pool) {
    this.shown = [threads, pool];
    const peak = Math.max(threads.peak, pool.peak);
    const scale = {
      capacity: this.capacity,
      places: this.capacity || peak,
      beyond: Math.max(threads.mostAway, pool.mostAway),
    };
    this.lanes.forEach((lane, n) => lane.show(this.shown[n], scale));
    this.whole = Math.max(threads.makespan, pool.makespan);
    this.events = [...threads.events, ...pool.events].sort((a, b) => a - b);
    // A still that already says something: the threads at their busiest, well on.
    const busy = threads.curve.filter((point) => point[1] === threads.peak);
    this.moveTo(busy.length ? busy.at(-1)[0] : 0);
    this.nameRate();
  }

  listen() {
    const on = (name, event, act) => this.part(name).addEventListener(event, act);
    on("tasks", "change", () => this.choose());
    on("pool", "change", () => this.choose());
    on("play", "click", () => this.play(!this.playing));
    on("back", "click", () => this.step(-1));
    on("next", "click", () => this.step(1));
    on("scrub", "input", () => this.moveTo(this.part("scrub").value * this.whole));
    on("speed", "input", () => this.nameRate());
    on("stage", "keydown", (event) => this.key(event));
    on("clock", "pointerdown", (event) => this.point(event));
    on("clock", "pointermove", (event) => event.buttons && this.point(event));
    const again = () => this.draw();
    new ResizeObserver(again).observe(this.stage);
    document.addEventListener("themechange", again);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
  }

  key(event) {
    if (event.target.closest("input, select, button") && event.key !== "Escape") {
      return;
    }
    const acts = {
      " ": () => this.play(!this.playing), ArrowRight: () => this.step(1),
      ArrowLeft: () => this.step(-1), Home: () => this.moveTo(0),
      End: () => this.moveTo(this.whole), Escape: () => this.play(false),
    };
    if (acts[event.key]) {
      acts[event.key]();
      event.preventDefault();
      event.stopPropagation();
    }
  }

  point(event) {
    const box = this.part("clock").getBoundingClientRect();
    this.moveTo(((event.clientX - box.left) / box.width) * this.whole);
  }

  step(direction) {
    this.play(false);
    const { events, now } = this;
    const next = direction > 0
      ? events.find((at) => at > now) : events.findLast((at) => at < now);
    this.moveTo(next ?? (direction > 0 ? this.whole : 0));
  }

  play(on) {
    if (on && this.part("play").hidden) {
      return;
    }
    if (on && this.now >= this.whole) {
      this.moveTo(0);
    }
    this.playing = on;
    this.part("play").textContent = on ? "Pause" : "Play";
    this.last = null;
    if (on) {
      requestAnimationFrame((at) => this.tick(at));
    }
  }

  tick(at) {
    if (!this.playing) {
      return;
    }
    if (this.last !== null) {
      this.moveTo(this.now + (at - this.last) * this.rate());
    }
    this.last = at;
    if (this.now >= this.whole && this.part("loop").checked) {
      this.moveTo(0);
    }
    if (this.now >= this.whole) {
      this.play(false);
    } else {
      requestAnimationFrame((next) => this.tick(next));
    }
  }

  // Microseconds of the run in a millisecond of ours: 12 s for the whole when in doubt.
  rate() {
    return (this.whole / 12000) * 2 ** Number(this.part("speed").value);
  }

  nameRate() {
    const slower = 1000 / this.rate();
    this.part("rate").textContent = slower >= 1
      ? `${slower.toPrecision(2) * 1}× slower than it was`
      : `${(1 / slower).toPrecision(2) * 1}× faster than it was`;
  }

  moveTo(now) {
    this.now = Math.min(this.whole, Math.max(0, now));
    this.draw();
  }

  draw() {
    this.part("scrub").value = this.whole ? this.now / this.whole : 0;
    this.part("time").textContent = `${(this.now / 1000).toFixed(1)} ms`;
    this.lanes.forEach((lane) => lane.draw(this.now));
    drawClock(this.part("clock"), this.shown, this.whole, this.now, this.capacity);
  }
}

// Calls in flight over time, both designs, the capacity, and a line at the moment.
function drawClock(canvas, recordings, whole, now, capacity) {
  const { context, width, height } = pen(canvas);
  const colour = colours();
  const most = Math.max(capacity || 0, ...recordings.map((r) => r.peak)) * 1.1 || 1;
  const x = (at) => (at / whole) * width;
  const y = (calls) => height - 2 - (calls / most) * (height - 4);
  for (const recording of recordings) {
    context.strokeStyle = colour(`colour-${recording.look}`);
    context.lineWidth = 2;
    context.beginPath();
    context.moveTo(0, y(0));
    let before = 0;
    for (const [at, calls] of recording.curve) {
      context.lineTo(x(at), y(before));
      context.lineTo(x(at), y(calls));
      before = calls;
    }
    context.stroke();
  }
  context.strokeStyle = colour("ink");
  if (capacity) {
    context.setLineDash([8, 5]);
    context.beginPath();
    context.moveTo(0, y(capacity));
    context.lineTo(width, y(capacity));
    context.stroke();
    context.setLineDash([]);
  }
  context.lineWidth = 3;
  context.beginPath();
  context.moveTo(x(now), 0);
  context.lineTo(x(now), height);
  context.stroke();
}

async function openReplay() {
  const packed = document.getElementById("replay-data");
  if (!packed || !("DecompressionStream" in window)) {
    return;
  }
  const text = packed.textContent.trim();
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  window.replay = new Replay(await new Response(stream).json());
}
openReplay();

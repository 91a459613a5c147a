// The replay: two designs, one above the other, on one clock, from recorded runs.
// Recording knows what happened when, Lane and Clock draw one moment, Replay moves it.

class Replay {
  constructor(data) {
    this.runs = data.runs.map((run) => new Recording(run, data.outcomes));
    this.part = (name) => document.getElementById(`replay-${name}`);
    this.lanes = [0, 1].map((n) => new Lane(this.part(`lane-${n}`)));
    this.clock = new Clock(this.part("clock"));
    this.stage = this.part("stage");
    this.stage.hidden = false;
    this.now = 0;
    this.playing = false;
    this.offerTasks();
    this.offerRuns();
    this.listen();
    this.take();
  }

  // It opens on the number of tasks of which most are lost and that can still be seen.
  offerTasks() {
    const small = this.runs.filter((run) => run.tasks <= 1000);
    const [worst] = [...(small.length ? small : this.runs)]
      .sort((a, b) => a.share - b.share || b.tasks - a.tasks);
    for (const tasks of new Set(this.runs.map((run) => run.tasks))) {
      this.part("tasks").append(new Option(count(tasks), tasks));
    }
    this.part("tasks").value = worst.tasks;
  }

  // Every run of as many tasks; first who lost most, beside who lost least: of those
  // whose work was otherwise the same, if there are any.
  offerRuns() {
    const tasks = Number(this.part("tasks").value);
    const here = this.runs.filter((run) => run.tasks === tasks);
    const options = () => here.map((run) => new Option(run.name, this.runs.indexOf(run)));
    const order = [...here].sort((a, b) => a.share - b.share || b.makespan - a.makespan);
    const first = here.find((run) => run.share === order[0].share);
    const others = order.filter((run) => run !== first);
    const alike = others.filter((run) => run.alike === first.alike);
    const rivals = alike.length ? alike : others;
    const best = rivals.at(-1);
    const second = here.find((run) => rivals.includes(run)
      && run.share === best.share && run.makespan < 1.1 * best.makespan);
    for (const [name, run] of [["first", first], ["second", second]]) {
      this.part(name).replaceChildren(...options());
      this.part(name).value = this.runs.indexOf(run);
    }
  }

  take() {
    this.shown = ["first", "second"].map((name) => this.runs[this.part(name).value]);
    const most = (key) => Math.max(...this.shown.map((run) => run[key]));
    // What both have; each lane tells its own.
    const [capacity, outage] = ["capacity", "outage"].map((key) => {
      const [first, second] = this.shown.map((run) => JSON.stringify(run[key]));
      return first === second ? this.shown[0][key] : null;
    });
    const scale = { places: most("places"), beyond: most("mostAway") };
    this.explain();
    this.lanes.forEach((lane, n) => lane.show(this.shown[n], scale));
    this.whole = most("makespan");
    this.clock.show(this.shown, this.whole, capacity, outage ?? []);
    this.events = this.shown.flatMap((run) => run.events).sort((a, b) => a - b);
    // A still that already says something: the first at its busiest, in the middle of that.
    const [first] = this.shown;
    const busy = first.curve.filter((point) => point[1] === first.peak);
    this.moveTo(busy.length ? busy[busy.length >> 1][0] : 0);
    this.nameRate();
  }

  // What a square is.
  explain() {
    const waits = this.shown.some((run) => run.waits);
    this.part("tasks-wait").hidden = !waits;
    this.part("calls").hidden = waits;
    this.part("full").hidden = this.shown.every((run) => !run.capacity);
  }

  listen() {
    const on = (name, event, act) => this.part(name).addEventListener(event, act);
    on("tasks", "change", () => { this.offerRuns(); this.take(); });
    on("first", "change", () => this.take());
    on("second", "change", () => this.take());
    on("play", "click", () => this.play(!this.playing));
    on("back", "click", () => this.step(-1));
    on("next", "click", () => this.step(1));
    on("scrub", "input", () => this.moveTo(this.part("scrub").value * this.whole));
    on("speed", "input", () => this.nameRate());
    on("stage", "keydown", (event) => this.key(event));
    on("clock", "pointerdown", (event) => this.point(event));
    on("clock", "pointermove", (event) => event.buttons && this.point(event));
    const again = () => {
      this.clock.forget();
      this.draw();
    };
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
    if (on && this.now >= this.whole) {
      this.moveTo(0);
    }
    this.playing = on;
    this.part("play").textContent = on ? "Pause" : "Play";
    // Or each frame is read out.
    this.part("time").setAttribute("aria-live", on ? "off" : "polite");
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
    tell(this.part("speed"), this.part("rate"), slower >= 1
      ? `slowed down ${count(Number(slower.toPrecision(2)))}×`
      : `sped up ${Number((1 / slower).toPrecision(2))}×`);
  }

  moveTo(now) {
    this.now = Math.min(this.whole, Math.max(0, now));
    this.draw();
  }

  draw() {
    this.part("scrub").value = this.whole ? this.now / this.whole : 0;
    tell(this.part("scrub"), this.part("time"), duration(this.now / 1e6));
    this.lanes.forEach((lane) => lane.draw(this.now));
    this.clock.draw(this.now);
  }
}

async function openReplay() {
  const packed = document.getElementById("replay-data");
  if (!packed || !("DecompressionStream" in window)) {
    return;
  }
  const text = packed.textContent.trim();
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const unpacking = new DecompressionStream("deflate");
  const stream = new Blob([bytes]).stream().pipeThrough(unpacking);
  window.replay = new Replay(await new Response(stream).json());
}
openReplay();

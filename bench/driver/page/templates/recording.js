// A recorded run: what happened when, and how its tasks stand at a moment.

class Recording {
  constructor(run, outcomes) {
    Object.assign(this, {
      name: run.name, look: run.look, tasks: run.tasks, retries: run.retries,
      capacity: run.capacity, outage: run.outage, // of its API
      waits: run.waits, // a task may, while it is under way
      alike: run.alike.join(), // with those that have the same it is compared
    });
    const summed = (steps) => {
      let sum = 0;
      return steps.map((step) => (sum += step));
    };
    this.index = summed(run.index);
    this.start = summed(run.start);
    this.due = run.due.length ? summed(run.due) : this.start.map(() => 0);
    this.end = this.start.map((start, i) => start + run.time[i]);
    this.kind = [...run.outcome].map((digit) => outcomes[digit]);
    this.away = this.kind.map((kind) => kind === "rejected");
    this.share = this.kind.filter((kind) => kind === "ok").length / run.tasks; // served
    // When those came that never started: turned back at once, or waiting to the end.
    [this.shed, this.never] = [summed(run.shed), summed(run.never)];
    this.makespan = this.end.reduce((most, end) => Math.max(most, end), 0);
    this.slot = this.placed();
    this.events = [...new Set([...this.start, ...this.end])].sort((a, b) => a - b);
    this.curve = this.inFlight();
    this.peak = this.curve.reduce((most, point) => Math.max(most, point[1]), 0);
    const most = (away) => this.slot.reduce(
      (most, slot, i) => (this.away[i] === away ? Math.max(most, slot + 1) : most), 0);
    this.mostAway = most(true);
    // Over the capacity, too: the API may take a call before the task of another has
    // noted that its own is over.
    this.places = Math.max(this.waits ? 0 : this.capacity || 0, most(false));
  }

  // For each task the lowest place that is free; those turned away stand apart.
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

  // How the tasks stand at a moment. At the end all that never started are counted.
  countsAt(now) {
    const counts = { waiting: 0, "under way": 0, ok: 0, rejected: 0, failed: 0 };
    for (let i = 0; i < this.start.length; i++) {
      if (this.end[i] <= now) {
        const kind = this.kind[i];
        counts[kind === "ok" || kind === "rejected" ? kind : "failed"]++;
      } else if (this.start[i] <= now) {
        counts["under way"]++;
      } else if (this.due[i] <= now) {
        counts.waiting++;
      }
    }
    const done = now >= this.makespan;
    const come = (dues) => dues.filter((due) => done || due <= now).length;
    counts.failed += come(this.shed);
    counts[done ? "failed" : "waiting"] += come(this.never);
    return counts;
  }
}

// Tasks under way over time, both designs, the capacity, and a line at the moment.

class Clock {
  constructor(canvas) {
    this.canvas = canvas;
  }

  show(recordings, whole, capacity, outage) {
    Object.assign(this, { recordings, whole, capacity, outage });
    this.forget();
  }

  // The size or the colours have changed.
  forget() {
    this.still = null;
  }

  draw(now) {
    const { context, width, height } = pen(this.canvas);
    if (!width) {
      return; // not shown, as on paper
    }
    // Ten thousand tasks make forty thousand strokes: once, not in every frame.
    this.still ??= this.picture(width, height);
    context.drawImage(this.still, 0, 0, width, height);
    const x = (now / this.whole) * width;
    stroke(context, colours()("ink"), 3, [[x, 0], [x, this.foot]]);
  }

  // All that does not move.
  picture(width, height) {
    const still = document.createElement("canvas");
    still.width = this.canvas.width;
    still.height = this.canvas.height;
    const context = still.getContext("2d");
    context.scale(still.width / width, still.height / height);
    const peaks = this.recordings.map((recording) => recording.peak);
    const most = Math.max(this.capacity || 0, ...peaks) * 1.1 || 1;
    this.size = Math.max(13, height / 8.5);
    const foot = this.foot = height - 1.55 * this.size; // below it stand the times
    const x = (at) => (at / this.whole) * width;
    const y = (calls) => foot - (calls / most) * (foot - 4);
    const [from, to] = this.outage.map(x);
    context.fillStyle = colours()("shade");
    context.fillRect(from ?? 0, 0, (to ?? 0) - (from ?? 0), foot);
    for (const { look, curve } of this.recordings) {
      const steps = curve.flatMap(([at, calls], i) =>
        [[x(at), y(curve[i - 1]?.[1] ?? 0)], [x(at), y(calls)]]);
      stroke(context, colours()(`colour-${look}`), 2, [[0, y(0)], ...steps]);
    }
    this.words(context, width, foot, y(this.capacity));
    return still;
  }

  words(context, width, foot, level) {
    const write = (words, x, y) => {
      context.textAlign = x ? x === width ? "right" : "center" : "left";
      context.fillText(words, x, y);
    };
    context.font = `${this.size}px system-ui, sans-serif`;
    context.textBaseline = "middle";
    context.fillStyle = colours()("muted");
    const below = foot + 0.85 * this.size;
    const waits = this.recordings.some((recording) => recording.waits);
    write(`${waits ? "tasks under way" : "calls in flight"} (bottom: 0)`, 0, below);
    for (const share of width < 600 ? [1] : [0.25, 0.5, 0.75, 1]) {
      write(duration((share * this.whole) / 1e6), share * width, below);
    }
    if (this.capacity) {
      stroke(context, colours()("ink"), 2, [[0, level], [width, level]], [8, 5]);
      context.fillStyle = colours()("ink");
      write(`the API serves ${this.capacity}`, width, level - 0.62 * this.size);
    }
  }
}

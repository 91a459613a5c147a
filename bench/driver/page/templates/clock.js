// Calls in flight over time, both designs, the capacity, and a line at the moment.

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
    context.strokeStyle = colours()("ink");
    context.lineWidth = 3;
    context.beginPath();
    context.moveTo(x, 0);
    context.lineTo(x, height);
    context.stroke();
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
    const foot = height - 20; // below it stand the times
    const x = (at) => (at / this.whole) * width;
    const y = (calls) => foot - (calls / most) * (foot - 4);
    if (this.outage.length) {
      const [from, to] = this.outage;
      context.fillStyle = colours()("shade");
      context.fillRect(x(from), 0, x(to) - x(from), foot);
    }
    for (const recording of this.recordings) {
      this.curve(context, recording, x, y);
    }
    this.axis(context, width, foot);
    if (this.capacity) {
      this.level(context, y(this.capacity), width, `the API serves ${this.capacity}`);
    }
    return still;
  }

  axis(context, width, foot) {
    context.fillStyle = colours()("muted");
    context.font = "13px system-ui, sans-serif";
    context.textBaseline = "middle";
    for (const share of width < 600 ? [0, 1] : [0, 0.25, 0.5, 0.75, 1]) {
      context.textAlign = { 0: "left", 1: "right" }[share] ?? "center";
      const at = share ? duration((share * this.whole) / 1e6) : "calls in flight from 0";
      context.fillText(at, share * width, foot + 11);
    }
  }

  level(context, y, width, words) {
    context.strokeStyle = context.fillStyle = colours()("ink");
    context.setLineDash([8, 5]);
    context.beginPath();
    context.moveTo(0, y);
    context.lineTo(width, y);
    context.stroke();
    context.setLineDash([]);
    context.textAlign = "right";
    context.fillText(words, width - 2, y - 8);
  }

  curve(context, recording, x, y) {
    context.strokeStyle = colours()(`colour-${recording.look}`);
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
}

"use strict";
// Calls in flight over time, both designs, the capacity, and a line at the moment.

class Clock {
  constructor(canvas) {
    this.canvas = canvas;
  }

  show(recordings, whole, capacity) {
    Object.assign(this, { recordings, whole, capacity });
    this.forget();
  }

  // The size or the colours have changed.
  forget() {
    this.still = null;
  }

  draw(now) {
    const { context, width, height } = pen(this.canvas);
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
    const y = (calls) => height - 2 - (calls / most) * (height - 4);
    for (const recording of this.recordings) {
      this.curve(context, recording, (at) => (at / this.whole) * width, y);
    }
    if (this.capacity) {
      context.strokeStyle = colours()("ink");
      context.setLineDash([8, 5]);
      context.beginPath();
      context.moveTo(0, y(this.capacity));
      context.lineTo(width, y(this.capacity));
      context.stroke();
    }
    return still;
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

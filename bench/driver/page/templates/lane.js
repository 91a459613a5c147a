// One design at a moment: who waits, is under way, is turned away, or is done.

const ROWS = 12.7; // lines of lettering to a lane's height: on a slide all is larger

function lettering(height) {
  return Math.max(15, height / ROWS);
}

function colours() {
  const style = getComputedStyle(document.documentElement);
  return (name) => style.getPropertyValue("--" + name).trim();
}

// A line through points, dashed or not.
function stroke(context, colour, width, points, dash = []) {
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.setLineDash(dash);
  context.beginPath();
  points.forEach(([x, y]) => context.lineTo(x, y));
  context.stroke();
}

function hatched(context, colour, paper) {
  const tile = document.createElement("canvas");
  tile.width = tile.height = 6;
  const pen = tile.getContext("2d");
  pen.fillStyle = paper;
  pen.fillRect(0, 0, 6, 6);
  for (const x of [-6, 0, 6]) {
    stroke(pen, colour, 1.6, [[x, 6], [x + 6, 0]]);
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
  context.textBaseline = "middle";
  return { context, width, height };
}

// The largest squares of which `count` fit into the room, filled column by column.
function grid(count, width, height) {
  const fits = (side) => Math.floor(width / side) * Math.floor(height / side) >= count;
  let side = Math.min(40, Math.sqrt((width * height) / Math.max(1, count)));
  side = side >= 5 ? Math.floor(side) : side;
  while (side > 0.5 && !fits(side)) {
    side -= side > 5 ? 1 : 0.02;
  }
  return { side, rows: Math.max(1, Math.floor(height / side)) };
}

class Lane {
  constructor(box) {
    this.canvas = box.querySelector("canvas");
    this.name = box.querySelector(".name");
    this.counters = {};
    for (const key of ["waiting", "under way", "ok", "rejected", "failed"]) {
      const counter = document.createElement("span");
      counter.innerHTML = `<b>0</b> ${key}`;
      box.querySelector(".counters").append(counter);
      this.counters[key] = counter.firstChild;
    }
    this.note = document.createElement("span");
    this.note.className = "done";
    box.querySelector(".counters").append(this.note);
  }

  show(recording, scale) {
    this.recording = recording;
    this.scale = scale; // places and those beyond, alike in both lanes
    this.name.textContent = recording.name;
    this.name.style.color = `var(--letter-${recording.look})`;
  }

  draw(now) {
    const counts = this.recording.countsAt(now);
    for (const [key, counter] of Object.entries(this.counters)) {
      counter.textContent = count(counts[key]);
    }
    const { makespan, name, retries } = this.recording;
    this.note.textContent = now < makespan ? ""
      : `done after ${duration(makespan / 1e6)}`
        + (retries ? `, ${count(retries)} retries` : "");
    const said = Object.entries(counts).map(([key, n]) => `${n} ${key}`).join(", ");
    this.canvas.setAttribute("aria-label", `${name}: ${said}`);
    const { context, width, height } = pen(this.canvas);
    const colour = colours();
    const look = this.recording.look;
    this.tones = {
      full: colour(`colour-${look}`), tint: colour(`tint-${look}`),
      ink: colour("ink"), muted: colour("muted"), faint: colour("faint"),
      lost: hatched(context, colour(`colour-${look}`), colour("paper")),
    };
    this.size = lettering(height);
    const head = 1.75 * this.size;
    const room = (x, share) => ({
      x: x * width, y: head, width: share * width, height: height - head });
    const [waiting, api, finished] = [room(0, 0.2), room(0.24, 0.52), room(0.8, 0.2)];
    this.heading(context, waiting, "waiting");
    this.dots(context, waiting, [[counts.waiting, this.tones.muted]]);
    this.drawApi(context, api, now);
    this.heading(context, finished, "finished (hatched: lost)", "finished");
    this.dots(context, finished, [
      [counts.ok, this.tones.full],
      [counts.rejected + counts.failed, this.tones.lost],
    ]);
  }

  // A few words, or the first of them where there is no room for more.
  heading(context, room, words, short = words) {
    context.fillStyle = this.tones.muted;
    context.font = `${this.size}px system-ui, sans-serif`;
    context.textAlign = "left";
    const fits = context.measureText(words).width <= room.width;
    context.fillText(fits ? words : short, room.x, room.y / 2);
  }

  // Dots column by column; groups of [count, fill] one after the other.
  dots(context, room, groups) {
    const { side, rows } = grid(this.recording.tasks, room.width, room.height);
    const inset = side >= 5 ? 1 : 0;
    let at = 0;
    for (const [count, fill] of groups) {
      context.fillStyle = fill;
      for (const last = at + count; at < last;) {
        const column = Math.floor(at / rows);
        const row = at % rows;
        // Dots too small to be parted are drawn as a strip: ten thousand stay fluent.
        const run = inset ? 1 : Math.min(last - at, rows - row);
        // From whole pixel to whole pixel: no seams between strips.
        const left = Math.round(room.x + column * side);
        const right = Math.round(room.x + (column + 1) * side);
        context.fillRect(
          left, room.y + row * side, right - left - inset, run * side - inset);
        at += run;
      }
    }
  }

  // The API as a counter with so many places, and the crowd that finds none.
  drawApi(context, room, now) {
    const { places, beyond } = this.scale;
    const { capacity, waits } = this.recording;
    const fair = Math.min(0.75, Math.max(0.4, places / (places + beyond)));
    const share = beyond ? fair : 1;
    const served = { ...room, width: room.width * share - 12 };
    const crowd = { ...room, x: room.x + room.width * share + 12 };
    crowd.width = room.width * (1 - share) - 12;
    const sides = [grid(places, served.width, served.height).side];
    if (beyond) {
      sides.push(grid(beyond, crowd.width, crowd.height).side);
    }
    const side = Math.min(...sides);
    const { here, gone } = this.headings();
    this.heading(context, served, ...here);
    const rows = Math.max(1, Math.floor(served.height / side));
    this.frame(context, served, waits ? places : capacity || places, side, rows);
    if (beyond) {
      this.heading(context, crowd, ...gone);
      const [x, foot] = [crowd.x - 12, room.y + room.height];
      stroke(context, this.tones.ink, 3, [[x, 0], [x, foot]], [8, 5]);
    }
    for (let i = 0; i < this.recording.start.length; i++) {
      if (this.recording.start[i] <= now && now < this.recording.end[i]) {
        this.call(context, this.recording.away[i] ? crowd : served, i, side, rows, now);
      }
    }
  }

  // Over the places and over those turned away: in full, and where there is little room.
  headings() {
    const { capacity, waits } = this.recording;
    const calls = capacity ? `at the API, which serves ${capacity} at once` : "at the API";
    return waits
      ? { here: ["tasks under way", "tasks"], gone: ["turned away in the end", "away"] }
      : { here: [calls, "at the API"], gone: ["turned away", "away"] };
  }

  frame(context, room, places, side, rows) {
    context.strokeStyle = this.tones.faint;
    context.lineWidth = 1;
    context.setLineDash([]);
    for (let place = 0; place < places; place++) {
      context.strokeRect(
        room.x + Math.floor(place / rows) * side + 0.5,
        room.y + (place % rows) * side + 0.5, side - 2, side - 2);
    }
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
      context.font = `${(index[i] < 1000 ? 0.42 : 0.34) * size}px system-ui, sans-serif`;
      context.fillText(index[i], x + size / 2, y + size * 0.42, 0.9 * size);
    }
  }
}

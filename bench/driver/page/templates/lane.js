// One design at a moment: who waits, is at the API, is turned away, or is done.

const FONT = "15px system-ui, sans-serif";
const ROOM = { waiting: 0.2, api: 0.52, finished: 0.2, gap: 0.04, head: 26 };

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
    for (const key of ["waiting", "in flight", "ok", "rejected", "failed"]) {
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
    this.scale = scale; // places at the API and beyond, alike in both lanes
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

  // A few words, or the first of them where there is no room for more.
  heading(context, room, words, short = words) {
    context.fillStyle = this.tones.muted;
    context.font = FONT;
    context.textAlign = "left";
    const fits = context.measureText(words).width <= room.width;
    context.fillText(fits ? words : short, room.x, ROOM.head / 2);
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
        // From whole pixel to whole pixel: no seams between strips.
        const left = Math.round(room.x + column * side);
        const right = Math.round(room.x + (column + 1) * side);
        context.fillRect(
          left, room.y + row * side, right - left - inset, run * side - inset);
        at += run;
      }
    }
  }

  drawWaiting(context, room, counts) {
    this.heading(context, room, "waiting");
    const waiting = [counts.waiting, this.tones.muted];
    this.dots(context, room, this.recording.tasks, [waiting]);
  }

  drawFinished(context, room, counts) {
    this.heading(context, room, "finished (hatched: lost)", "finished");
    this.dots(context, room, this.recording.tasks, [
      [counts.ok, this.tones.full],
      [counts.rejected + counts.failed, this.tones.lost],
    ]);
  }

  // The API as a counter with so many places, and the crowd that finds none.
  drawApi(context, room, now) {
    const { places, beyond, capacity } = this.scale;
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
    this.heading(context, served, capacity
      ? `at the API, which serves ${capacity} at once` : "at the API", "at the API");
    const rows = Math.max(1, Math.floor(served.height / side));
    this.frame(context, served, places, side, rows);
    if (beyond) {
      this.heading(context, crowd, "turned away", "away");
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
      context.font = `${index[i] < 1000 ? 15 : 12}px system-ui, sans-serif`;
      context.fillText(index[i], x + size / 2, y + size * 0.42, size);
    }
  }
}

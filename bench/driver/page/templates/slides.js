// Slides: a lecture. A chart comes in three steps: its question over empty axes, for the
// class to guess; what was measured; and why. Keys alone suffice:
//
//   f  start and stop       → or space  on         ←  back      Home, End  first, last
//   in the replay space plays and stops
//   t  show theory          g  guess: arrows move the mark, Enter leaves it, Esc is done
//
// A click on the picture leaves a guess, too. Guesses stay. With Ctrl, Alt or Meta a key
// is the browser's. On a phone a tap enlarges a picture, and the next makes it small.
{
  const slides = [...document.querySelectorAll("[data-slide]")]
    .filter((slide) => !slide.querySelector(":scope > .warning"));
  // On a phone a chart that is no slide is enlarged, too.
  const pictures = [...slides, ...document.querySelectorAll("figure:not([data-slide])")];
  const button = document.getElementById("slides");
  const LAST_STEP = 2;
  let at = -1;
  let step = 0;
  let aim = null; // the guess that is being put in: its mark, which follows the keys

  const current = () => pictures[at];
  const picture = () => current()?.querySelector(".picture");
  const steps = () => (picture() ? LAST_STEP : 0);

  function show(number, atStep = 0) {
    current()?.classList.remove("current", "asked", "seen", "told", "theory");
    leaveAim();
    at = number;
    step = atStep;
    document.body.classList.toggle("slides", at >= 0);
    if (at < 0) {
      return;
    }
    const slide = current();
    slide.classList.add("current");
    slide.dataset.place = `${at + 1} / ${slides.length}`;
    stage();
  }

  // What of the present slide is to be seen.
  function stage() {
    if (picture()) {
      const names = ["asked", "seen", "told"];
      names.forEach((name, i) => current().classList.toggle(name, i === step));
    }
  }

  function turn(direction) {
    if (direction > 0 ? step < steps() : step > 0) {
      step += direction;
      stage();
    } else if (slides[at + direction]) {
      show(at + direction);
      step = direction < 0 ? steps() : 0;
      stage();
    }
  }

  // ---- guesses ----

  function mark(left, top) {
    const dot = document.createElement("span");
    dot.className = "guess";
    dot.style.left = `${left}%`;
    dot.style.top = `${top}%`;
    picture().append(dot);
    return dot;
  }

  function leaveAim() {
    aim?.remove();
    aim = null;
  }

  function moveAim(x, y) {
    const moved = (now, by) => Math.min(99, Math.max(1, parseFloat(now) + by));
    aim.style.left = `${moved(aim.style.left, x)}%`;
    aim.style.top = `${moved(aim.style.top, y)}%`;
  }

  const AIMING = {
    ArrowLeft: () => moveAim(-1, 0), ArrowRight: () => moveAim(1, 0),
    ArrowUp: () => moveAim(0, -1.5), ArrowDown: () => moveAim(0, 1.5),
    Enter: () => mark(parseFloat(aim.style.left), parseFloat(aim.style.top)),
    Escape: leaveAim, g: leaveAim,
  };

  const KEYS = {
    f: () => show(-1), Escape: () => show(-1),
    ArrowRight: () => turn(1), PageDown: () => turn(1), " ": () => space(),
    ArrowLeft: () => turn(-1), PageUp: () => turn(-1),
    Home: () => show(0), End: () => show(slides.length - 1),
    t: () => current().classList.toggle("theory"),
    g: () => {
      if (picture()) {
        aim = mark(21, 50); // in the first panel, however many there are
        aim.classList.add("aim");
      }
    },
  };

  // The replay is played with it, as it is outside of the slides.
  function space() {
    if (current().id === "replay" && window.replay) {
      window.replay.play(!window.replay.playing);
    } else {
      turn(1);
    }
  }

  function key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || slides.length === 0) {
      return;
    }
    const typing = event.target.closest("input, select, textarea, button");
    if (at < 0 && event.key === "f" && !typing) {
      show(0);
      event.preventDefault();
    } else if (at >= 0 && !(typing && event.key !== "Escape")) {
      const act = (aim ? AIMING : KEYS)[event.key];
      if (act) {
        act();
        event.preventDefault();
      }
    }
  }

  function click(event) {
    const inside = event.target.closest(".picture");
    if (!inside) {
      return;
    }
    if (matchMedia("(max-width: 700px)").matches) {
      show(at < 0 ? pictures.indexOf(inside.closest("figure")) : -1, LAST_STEP);
    } else if (at >= 0 && step === 0) {
      const box = inside.getBoundingClientRect();
      mark(100 * (event.clientX - box.left) / box.width,
        100 * (event.clientY - box.top) / box.height);
    }
  }

  if (slides.length > 0) {
    button.hidden = false;
    button.addEventListener("click", () => { show(0); button.blur(); });
    document.addEventListener("keydown", key);
    document.addEventListener("click", click);
  }
}

"use strict";
// What moves: the theme switch and the slides. The page reads without any of it.

const root = document.documentElement;
const themeButton = document.getElementById("theme");

function isDark() {
  const chosen = root.dataset.theme;
  const wanted = matchMedia("(prefers-color-scheme: dark)").matches;
  return chosen ? chosen === "dark" : wanted;
}

function nameTheme() {
  themeButton.textContent = isDark() ? "Light" : "Dark";
}

themeButton.hidden = false;
themeButton.addEventListener("click", () => {
  root.dataset.theme = isDark() ? "light" : "dark";
  nameTheme();
  document.dispatchEvent(new Event("themechange"));
});
nameTheme();

// Slides: one figure a screen. f starts and stops, arrows turn, Escape leaves.
const figures = [...document.querySelectorAll("#figures figure")];
const slidesButton = document.getElementById("slides");
let slide = -1;

function showSlide(number) {
  figures.forEach((figure) => figure.classList.remove("current"));
  slide = number;
  document.body.classList.toggle("slides", number >= 0);
  if (number >= 0) {
    figures[number].classList.add("current");
    figures[number].dataset.slide = `${number + 1} / ${figures.length}`;
  }
}

function turn(step) {
  showSlide(Math.min(figures.length - 1, Math.max(0, slide + step)));
}

if (figures.length > 0) {
  slidesButton.hidden = false;
  slidesButton.addEventListener("click", () => showSlide(0));
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || figures.length === 0) {
    return;
  }
  if (event.target.closest("input, select, textarea")) {
    return;
  }
  if (event.key === "f") {
    showSlide(slide >= 0 ? -1 : 0);
  } else if (slide >= 0 && event.key === "Escape") {
    showSlide(-1);
  } else if (slide >= 0 && ["ArrowRight", "PageDown", " "].includes(event.key)) {
    turn(1);
    event.preventDefault();
  } else if (slide >= 0 && ["ArrowLeft", "PageUp"].includes(event.key)) {
    turn(-1);
    event.preventDefault();
  } else if (slide >= 0 && ["Home", "End"].includes(event.key)) {
    showSlide(event.key === "Home" ? 0 : figures.length - 1);
    event.preventDefault();
  }
});

// A button that copies, before each command.
for (const command of document.querySelectorAll("pre")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "Copy";
  button.addEventListener("click", () => copy(command, button));
  command.before(button);
}

// navigator.clipboard is missing on a page that was opened as a file by some browsers.
async function copy(command, button) {
  try {
    await navigator.clipboard.writeText(command.textContent);
    button.textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(command);
    button.textContent = "Selected: press Ctrl-C";
  }
}

// Paper cannot unfold: print everything.
addEventListener("beforeprint", () => {
  document.querySelectorAll("details").forEach((part) => { part.open = true; });
});

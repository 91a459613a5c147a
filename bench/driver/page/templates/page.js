"use strict";
// What every part of the page needs: the theme, copying, printing. It reads without.

const root = document.documentElement;

// 10000 as on the charts: "10 000", with a narrow no-break space.
function count(number) {
  return Math.round(number).toLocaleString("en").replaceAll(",", "\u202f");
}

// 0.0123 as "12.3 ms".
function duration(seconds) {
  if (!seconds) {
    return "0 s";
  }
  for (const [unit, size] of [["s", 1], ["ms", 1e-3], ["µs", 1e-6]]) {
    if (seconds >= 0.9995 * size) {
      return `${Number((seconds / size).toPrecision(3))} ${unit}`;
    }
  }
  return `${(seconds * 1e9).toFixed(0)} ns`;
}

// A slider's value in words: beside it, and for who hears the page instead of its number.
function tell(slider, output, words) {
  output.textContent = words;
  slider.setAttribute("aria-valuetext", words);
}

{
  const themeButton = document.getElementById("theme");
  const isDark = () => {
    const wanted = matchMedia("(prefers-color-scheme: dark)").matches;
    return root.dataset.theme ? root.dataset.theme === "dark" : wanted;
  };
  const nameTheme = () => (themeButton.textContent = isDark() ? "Light" : "Dark");
  themeButton.hidden = false;
  themeButton.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    nameTheme();
    document.dispatchEvent(new Event("themechange"));
  });
  nameTheme();

  // navigator.clipboard is missing on a page that some browsers opened as a file.
  const copy = async (command, button) => {
    try {
      await navigator.clipboard.writeText(command.textContent);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(command);
      button.textContent = "Selected: press Ctrl-C";
    }
  };
  for (const command of document.querySelectorAll("pre.command")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    button.addEventListener("click", () => copy(command, button));
    command.before(button);
  }

  // Paper cannot unfold: print everything.
  addEventListener("beforeprint", () => {
    document.querySelectorAll("details").forEach((part) => { part.open = true; });
  });
}

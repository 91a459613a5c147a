// The lettering of every chart: what leaves its sheet, and what lies over other words.
const slack = 3; // pixels: boxes of letters are larger than the letters
const problems = [];
for (const figure of document.querySelectorAll("figure")) {
  const picture = figure.querySelector("svg");
  const sheet = picture.getBoundingClientRect();
  const words = [...picture.querySelectorAll("text")]
    .filter((text) => text.textContent.trim())
    .map((text) => ({ words: text.textContent.trim(), box: text.getBoundingClientRect(),
      turned: /rotate/.test(text.parentElement.getAttribute("transform") ?? "") }));
  for (const { words: said, box } of words) {
    if (box.left < sheet.left - 1 || box.right > sheet.right + 1
        || box.top < sheet.top - slack || box.bottom > sheet.bottom + slack) {
      problems.push(`${figure.id}: "${said}" leaves the sheet`);
    }
  }
  words.forEach((one, i) => {
    for (const other of words.slice(i + 1)) {
      const wide = Math.min(one.box.right, other.box.right)
        - Math.max(one.box.left, other.box.left);
      const high = Math.min(one.box.bottom, other.box.bottom)
        - Math.max(one.box.top, other.box.top);
      // The box of turned words is mostly empty.
      if (wide > slack && high > 3 * slack && !one.turned && !other.turned) {
        problems.push(`${figure.id}: "${one.words}" and "${other.words}" overlap`);
      }
    }
  });
}
return problems;

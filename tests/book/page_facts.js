// What a browser shows of the page it has open; evaluated by test_browser.py.
async () => {
  if (window.MathJax?.startup) await MathJax.startup.promise;
  const article = document.querySelector(".bd-article") ?? document.body;
  const all = (selector) => [...document.querySelectorAll(selector)];
  const words = article.cloneNode(true);
  words.querySelectorAll("pre, code, mjx-container, script").forEach((element) => element.remove());
  const images = await Promise.all(
    [...article.querySelectorAll("img")].map(async (image) => {
      await image.decode().catch(() => undefined); // a broken picture keeps width 0
      return { source: image.src.slice(0, 120), width: image.naturalWidth, alt: image.alt.trim() };
    }),
  );
  return {
    formulas: all(".math").length,
    drawn: all("mjx-container").length,
    wrong: all("mjx-assistive-mml :is(merror, mtext[mathcolor=red])").map((element) => element.textContent), // red: unknown
    rawTex: words.textContent.match(/\\\(|\\\[|\$\$|\\begin\{|\\frac/g) ?? [],
    rawMermaid: all(".mermaid, pre.mermaid").length + (words.textContent.match(/graph TD|flowchart/g) ?? []).length,
    searchBoxes: all(".search-button-field, input[type=search]").filter((box) => box.checkVisibility()).length,
    images,
  };
};

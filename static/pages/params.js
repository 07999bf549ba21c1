// Puts what the address says into its places, as text; the page itself is the same for everybody.
const said = new URLSearchParams(location.search);
const WORDS = /^[\p{L}\p{M}\p{N} .,'’&-]{1,40}$/u;
for (const place of document.querySelectorAll("[data-param]")) {
  const words = said.get(place.dataset.param)?.trim();
  if (words && WORDS.test(words)) place.textContent = words;
}

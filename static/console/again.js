// A fragment that is not settled is asked for again, every second, a minute long.
const EVERY_MS = 1000, MOST = 60;

async function again(node, times = 0) {
  if (times > MOST || !node?.isConnected) return;
  await new Promise((done) => setTimeout(done, EVERY_MS));
  const answer = await fetch(node.dataset.again).catch(() => null);
  if (!answer?.ok) return again(node, times + 1);
  const made = new DOMParser().parseFromString(await answer.text(), "text/html").body.firstElementChild;
  if (made.textContent !== node.textContent) node.replaceWith(made);
  if ("again" in made.dataset) again(made.isConnected ? made : node, times + 1);
}

for (const node of document.querySelectorAll("[data-again]")) again(node);

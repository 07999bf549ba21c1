// While nobody has touched it, the address follows the title.
const title = document.getElementById("title.vi");
const slug = document.getElementById("slug");
const plain = (text) => text.replace(/đ/gi, "d").normalize("NFKD").replace(/[^a-z0-9 -]/gi, "").trim().toLowerCase().replace(/[ -]+/g, "-").slice(0, 60).replace(/-$/, "");
if (title && slug) {
  let own = slug.value !== "";
  slug.addEventListener("input", () => { own = slug.value !== ""; });
  const follow = () => { if (!own) slug.value = plain(title.value); };
  title.addEventListener("input", follow);
  follow();
}

// Fits a row of a condition to its fact: only operators that suit it, yes or no as a choice, no value where none is needed.
const rowsIn = (root) => [...root.querySelectorAll(".comparison")];

function fit(row) {
  const fact = row.querySelector("[data-fact]"), operator = row.querySelector("[data-operator]");
  const kind = fact.selectedOptions?.[0]?.dataset.kind ?? "";
  for (const one of operator.options) {
    one.hidden = one.disabled = Boolean(kind) && !one.selected && !(one.dataset.kinds ?? "").split(" ").includes(kind);
  }
  const value = row.querySelector("[data-value]");
  value.hidden = ["present", "absent"].includes(operator.value);
  asYesOrNo(value, kind === "yes" && ["", "true", "false"].includes(value.value));
  if (!value.matches("select")) value.inputMode = kind === "number" ? "decimal" : "text";
}

// Choosing a fact chooses an operator that suits it.
function choose(row) {
  const operator = row.querySelector("[data-operator]"), fact = row.querySelector("[data-fact]");
  if (fact.selectedOptions?.[0]?.hasAttribute("data-other")) return byName(fact);
  const kind = fact.selectedOptions?.[0]?.dataset.kind;
  const suits = [...operator.options].filter((one) => !kind || (one.dataset.kinds ?? "").split(" ").includes(kind));
  const untouched = !row.querySelector("[data-value]").value;
  if (suits.length && (untouched || !suits.includes(operator.selectedOptions[0]))) {
    const first = { number: "gte", channel: "in" }[kind] ?? "eq";
    operator.value = suits.some((one) => one.value === first) ? first : suits[0].value;
  }
  const value = row.querySelector("[data-value]");
  if (kind === "yes" && !["true", "false"].includes(value.value)) value.value = "true";
  if (kind !== "yes" && ["true", "false"].includes(value.value)) value.value = "";
}

function asYesOrNo(value, is) {
  if (is === value.matches("select")) return;
  const other = document.createElement(is ? "select" : "input");
  for (const { name, value: text } of [...value.attributes]) if (!["value", "type"].includes(name)) other.setAttribute(name, text);
  const kept = value.value;
  if (is) for (const [key, word] of [["true", value.dataset.yes], ["false", value.dataset.no]]) other.add(new Option(word, key));
  other.value = is ? kept || "true" : kept;
  value.replaceWith(other);
}

function byName(fact) {
  const typed = document.createElement("input");
  for (const { name, value } of [...fact.attributes]) typed.setAttribute(name, value);
  typed.placeholder = "page_views./gia";
  fact.replaceWith(typed);
  typed.focus();
}

const fitAll = (root = document) => rowsIn(root).forEach(fit);
document.addEventListener("change", (event) => {
  const row = event.target.closest(".comparison");
  if (!row) return;
  if (event.target.matches("[data-fact]")) choose(row);
  fit(row);
});
new MutationObserver((all) => {
  for (const one of all) for (const node of one.addedNodes) if (node instanceof Element && node.closest("[data-condition], [data-row]")) {
    if (node.matches(".comparison")) fit(node);
    fitAll(node);
  }
}).observe(document.body, { childList: true, subtree: true });
fitAll();

"""What is measured on a screen."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Response

STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
TARGET_PX = 44
# A link inside a sentence is as high as its line; a stretched link is as large as its row; a tick as its label.
SMALL_TARGETS = """least => {
  const shown = one => one.checkVisibility({visibilityProperty: true, opacityProperty: true})
    && !one.closest('[aria-hidden=true], .sr, .trap') && one.getBoundingClientRect().bottom > 0;
  const inSentence = one => one.matches('a') && getComputedStyle(one).display === 'inline'
    && one.parentElement.matches('p, li, td, dd, span') && one.parentElement.textContent.trim() !== one.textContent.trim();
  const area = one => {
    if (one.matches('.cover')) return one.closest('tr, li');
    if (one.matches('[type=checkbox], [type=radio], [type=file], [type=search]')) return document.querySelector(`label[for="${one.id}"]`) || one.closest('label') || one;
    return one;
  };
  const largest = one => [one, area(one)].map(each => each.getBoundingClientRect()).sort((a, b) => b.height - a.height)[0];
  return [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')]
    .filter(one => shown(one) && !inSentence(one))
    .map(one => [one.outerHTML.slice(0, 90), largest(one)])
    .filter(([, box]) => box.height < least - 0.5 || box.width < least - 0.5)
    .map(([html, box]) => `${html} ${Math.round(box.width)}x${Math.round(box.height)}`);
}"""
TOO_WIDE = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  return [...document.querySelectorAll('body *')].filter(one => one.getBoundingClientRect().right > width + 0.5)
    .map(one => one.outerHTML.slice(0, 90)).concat(`${document.documentElement.scrollWidth} px of ${width}`);
}"""


def violations(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 AA and good practice."""
    options = {"runOnly": {"type": "tag", "values": STANDARDS}, "resultTypes": ["violations"]}
    found: dict[str, Any] = Axe().run(page, options=options).response
    return [
        f"{one['id']}: {one['help']} {[node['target'] for node in one['nodes'][:4]]}" for one in found["violations"]
    ]


def small_targets(page: Page) -> list[str]:
    return list(page.evaluate(SMALL_TARGETS, TARGET_PX))


def too_wide(page: Page) -> list[str]:
    return list(page.evaluate(TOO_WIDE))


def weighed(page: Page, address: str) -> dict[str, int]:
    """Bytes on the wire by type: `document`, `script`, `font` and the others that a page asks for."""
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(address, wait_until="networkidle")
    bytes_by_type: dict[str, int] = defaultdict(int)
    for answer in answers:
        bytes_by_type[answer.request.resource_type] += answer.request.sizes()["responseBodySize"]
    return bytes_by_type


def icons(page: Page) -> set[str]:
    """Which symbols of the sprite are asked for."""
    used = page.locator("use").evaluate_all("all => all.map(one => one.getAttribute('href').split('#')[1])")
    return set(used)

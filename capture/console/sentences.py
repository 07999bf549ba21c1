"""What is wrong with a value, in a marketer's words: shapes speak to whoever writes site files."""

from __future__ import annotations

import re

from capture.core.speech import _

# The shape's sentence → ours; groups of the pattern become %(a)s and %(b)s.
SENTENCES = (
    (r"this is required|(?:string|list) should have at least 1 .*", "Please fill this in."),
    (r"string should have at most (\d+) characters?", "This is too long: %(a)s characters at most."),
    (r"input should be greater than or equal to (-?\d+)", "%(a)s is the least."),
    (r"input should be less than or equal to (-?\d+)", "%(a)s is the most."),
    (r"input should be a valid (?:integer|number).*", "Please write a whole number."),
    (r"input should be a valid dictionary.*", "This is not JSON: look for a missing quote or comma."),
    (r"a time such as .*|a time with its zone.*", "Please choose a day and a time."),
    (r"small letters, digits and -, 1 to 64 characters", "Small letters, digits and hyphens only, 64 at most."),
    (r"'(.*)' is reserved", "The product itself answers at “%(a)s”. Please choose another name."),
    (
        r"small letters, digits and _, beginning with a letter.*",
        "Small letters, digits and _, beginning with a letter, 40 at most.",
    ),
    (r"two \w+ are called '(.*)'", "Two have the name “%(a)s”. Please rename one."),
    (r"a select needs `options`", "Please add at least one answer to choose from."),
    (r"two options have the same value", "Two answers are kept under the same word. Please change one."),
    (r"a consent needs a `purpose`.*", "Please choose what the consent is for."),
    (r"there is no (?:form|offer|page) '(.*)' on this site", "“%(a)s” is not on this site any more. Choose another."),
    (r"there is no file '(.*)' beside the site file", "The file “%(a)s” is not here. Please upload it."),
    (r"an offer of kind ebook needs `asset`", "Please upload the file that visitors get."),
    (r"an offer of kind coupon needs `coupon`", "Please say what the coupon is worth."),
    (r"(\d+) codes are already given", "%(a)s codes are already given, the limit cannot be lower."),
    (r"takes a number", "Please write a number to compare with."),
    (r"takes a list", "Please write at least one value."),
    (r"takes a text, a number, true or false", "Please write what it is compared with."),
    (r"allowed are (.*)", "Allowed are %(a)s."),
    (r"a space or line end in an address;.*", "There is a space or line end in the address. Please take it out."),
    (
        r"a private address;.*|.*\bprivate\b.*",
        "This address is inside a private network. Ask the operator to allow it in EGRESS_ALLOW.",
    ),
    (
        r".*allowed is an https address without user name.*",
        "Please give an https address without user name, for instance https://crm.example.com/hook.",
    ),
    (r"(HOOK_\w+) is not set in the environment.*", "The operator has not set %(a)s on this server yet."),
    (r"names behind `env:` begin with HOOK_", "A name behind env: begins with HOOK_."),
    (r"The signing secret .*", "A signing secret is whsec_ and 24 to 64 random bytes in base64. Let us make one."),
    (r"a host name such as `(.*)`", "Please give a host name such as %(a)s, without https:// and without a path."),
    (r"'(.*)' belongs to another site of this installation", "“%(a)s” belongs to another site of this installation."),
    (r"an origin such as `(.*)`, without a path", "Please give an address such as %(a)s, without a path."),
    (r"a time zone such as `(.*)`", "Please choose a time zone such as %(a)s."),
    (r"a region of two capital letters such as `(.*)`", "Please give two capital letters such as %(a)s."),
    (r"string should match pattern '\^\[A-Z0-9\].*", "Capital letters and digits only, 12 at most."),
    (r"string should match pattern '\^\(https.*", "A link begins with https://, /, mailto: or tel:."),
    (r"string should match pattern .*", "Small letters, digits and hyphens only."),
    (
        r"(?:.+: )?a condition is `\{fact.*|one operator beside `fact`.*",
        "This condition is not complete.",
    ),
)
_PATTERNS = [(re.compile(pattern, re.DOTALL), sentence) for pattern, sentence in SENTENCES]


def said(text: str) -> str:
    """The sentence in the language that is spoken; what we have no words for stays as it is."""
    for pattern, sentence in _PATTERNS:
        if found := pattern.fullmatch(text):
            values = dict(zip("ab", found.groups(), strict=False))
            return _(sentence, **values) if values else _(sentence)
    return _(text)

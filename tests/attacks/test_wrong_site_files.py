"""A wrong site file is refused whole: exit code 1, file, line, path and what is allowed; nothing is changed."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from capture.sites.commands import apply
from tests.attacks.hostile import NAUGHTY, STANDARD, everything_stored
from tests.products import SCREENS_ONLY, Product

GOOD = STANDARD.read_text()
SITE = "site: {slug: small, name: Small, hosts: [small.example]}\n"
FORM = "forms:\n  - {slug: a, fields: [{name: email, type: email}]}\n"
HOOK = "destinations:\n  - {name: x, url: %s, secret: %s, events: [lead.created]}\n"
OWN_SECRET = '"env:HOOK_CRM_SECRET"'


def hook(url: str = '"https://crm.example/hook"', secret: str = OWN_SECRET) -> str:
    return SITE + HOOK % (url, secret)


def field(more: str) -> str:
    return SITE + "forms:\n  - slug: a\n    fields:\n      - {" + more + "}\n"


def page(slug: str = "x", more: str = "", block: str = "{type: hero, heading: x}") -> str:
    return SITE + f"pages:\n  - slug: {slug}\n    title: x\n    blocks: [{block}]\n{more}"


def rule(when: str, more: str = "points: 1", name: str = "x", group: str = "fit") -> str:
    return SITE + f"scoring:\n  rules:\n    - {{name: {name}, label: x, group: {group}, when: {when}, {more}}}\n"


def site(more: str, slug: str = "small") -> str:
    return f"site: {{slug: {slug}, name: Small, hosts: [small.example], {more}}}\n"


def deep(levels: int) -> str:
    return "{not: " * levels + "{fact: visits, gte: 1}" + "}" * levels


# name → (text, what the refusal must say)
SYNTAX: dict[str, tuple[str, str]] = {
    "nothing": ("", "site"),
    "a comment only": ("# nothing here\n", "site"),
    "a text": ("just words\n", "site"),
    "a list": ("- site\n", "site"),
    "a number": ("12\n", "site"),
    "null": ("site:\n", "site"),
    "a tab": ("site:\n\tslug: x\n", ""),
    "an open bracket": ("site: {slug: x\n", ""),
    "two documents": (SITE + "---\n" + SITE, ""),
    "two names alike": ("site:\n  slug: a\n  name: A\n  slug: b\n", "slug"),
    "two sections alike": (SITE + FORM + FORM, "forms"),
    "an unknown alias": ("site: *nobody\n", "aliases"),
    "an unknown directive": ("%YAML 9.9\n---\n" + SITE, ""),
    "an unknown tag": ("site: !secret {slug: small, name: Small, hosts: [small.example]}\n", ""),
    "a python object": ('site: !!python/object/apply:os.system ["touch /tmp/pwned"]\n', ""),
    "a python name": ("site: {slug: !!python/name:os.system , name: x, hosts: [x.example]}\n", ""),
    "a python object as a map": (
        "site: !!python/object:capture.settings.Settings {slug: small, name: x, hosts: [x.example]}\n",
        "",
    ),
    "a python module as a text": ("site: {slug: small, name: !!python/module:os '', hosts: [x.example]}\n", ""),
    "binary data": ("site: {slug: small, name: !!binary aGVsbG8=, hosts: [x.example]}\n", "tags"),
    "a set": ("site: {slug: small, name: x, hosts: !!set {x.example}}\n", "tags"),
    "NUL in a name": ('site: {slug: small, name: "a\\0b", hosts: [x.example]}\n', "character"),
    "half a surrogate in a name": ('site: {slug: small, name: "a\\ud800b", hosts: [x.example]}\n', ""),
    "NUL in a label": (SITE + 'forms:\n  - {slug: a, fields: [{name: email, type: email, label: "a\\0b"}]}\n', ""),
    "a raw NUL": (SITE + "\x00", ""),
    "a raw escape": (SITE + "# \x1b\n", ""),
    "200 lists in each other": (SITE + "forms: " + "[" * 200 + "]" * 200 + "\n", ""),
    "200 maps in each other": (SITE + "forms: " + "{a: " * 200 + "1" + "}" * 200 + "\n", ""),
    "5,000 lists in each other": (SITE + "forms: " + "[" * 5_000 + "]" * 5_000 + "\n", ""),
    "a list inside itself": (SITE + "forms: &a [*a]\n", ""),
    "a map inside itself": ("site: &a {slug: small, name: x, hosts: [x.example], legal: *a}\n", ""),
    "names that are no texts": ("site: {slug: small, name: x, hosts: [x.example], 1: 2, null: 3, true: 4}\n", ""),
    "a list as a name": ("site: {slug: small, name: x, hosts: [x.example], [a, b]: c}\n", ""),
    "a merged unknown name": (
        "x: &x {legal: a, odd: b}\nsite: {<<: *x, slug: small, name: x, hosts: [x.example]}\n",
        "",
    ),
}
VALUES: dict[str, tuple[str, str]] = {
    "an unknown section": (SITE + "users: []\n", "forms"),
    "an unknown name": (site("admin: true"), "hosts"),
    "an unknown name of markup": (site('"<script>": true'), "hosts"),
    "no name": ("site: {slug: small, hosts: [x.example]}\n", "required"),
    "no host": ("site: {slug: small, name: x}\n", "required"),
    "a number as a name": ("site: {slug: small, name: 12, hosts: [x.example]}\n", "a text"),
    "NO as a language": (site("locale: NO"), "'vi'"),
    "yes as a text": ("site: {slug: small, name: true, hosts: [x.example]}\n", "a text"),
    "a date as a slug": ("site: {slug: 2026-01-01, name: x, hosts: [x.example]}\n", "a text"),
    "a list as a slug": ("site: {slug: [a], name: x, hosts: [x.example]}\n", "a text"),
    "one host without brackets": ("site: {slug: small, name: x, hosts: small.example}\n", "list"),
    "a host that is an address": ("site: {slug: small, name: x, hosts: ['http://x.example/']}\n", "host"),
    "a host of another site": ("site: {slug: small, name: x, hosts: [localhost]}\n", "another site"),
    "every host": ("site: {slug: small, name: x, hosts: ['*']}\n", "host"),
    "every origin": (site("allowed_origins: ['*']"), "origin"),
    "an origin with a path": (site("allowed_origins: ['https://a.example/x']"), "origin"),
    "an origin of nonsense": (site("allowed_origins: ['https://[']"), "origin"),
    "a link that is a script": (site("links: [{label: x, href: 'javascript:alert(1)'}]"), ""),
    "a region that is none": (site("phone_region: VIETNAM"), "VN"),
    "a zone that climbs": (site("timezone: ../../../etc/passwd"), "Asia/Ho_Chi_Minh"),
    **{f"a page called {one}": (page(one), "reserved") for one in ("f", "d", "in", "api", "console", "t.js", "robots.txt", "vi", "metrics") if "." not in one},
    "a page called t.js": (page("t.js"), "small letters"),
    "a page with a slash": (page("a/b"), "small letters"),
    "a page that climbs": (page("'../x'"), "small letters"),
    "a page with a line end": (page('"x\\n"'), "small letters"),
    "an unknown block": (SITE + "pages:\n  - {slug: x, title: x, blocks: [{type: herro}]}\n", "there is no herro; allowed"),
    "too deep": (SITE + "pages: " + "[" * 80 + "]" * 80 + "\n", "more than 60 levels inside each other"),
    "a page without blocks": (SITE + "pages:\n  - {slug: x, title: x, blocks: []}\n", "at least 1"),
    "a block of no kind": (page(block="{heading: x}"), "hero"),
    "a block of another kind": (page(block="{type: script, src: x}"), "hero"),
    "a title in another language": (page().replace("title: x", "title: {fr: x}"), ""),
    "a form of another site": (page(block="{type: form, form: guide}"), "no form"),
    "an offer of another site": (page(more="    offer: summer\n"), "no offer"),
    "a field called _key": (field("name: _key, type: text"), "small letters"),
    "a field called __class__": (field("name: __class__, type: text"), "small letters"),
    "a field with a line end": (field('name: "a\\n", type: text'), "small letters"),
    "two fields alike": (SITE + "forms:\n  - {slug: a, fields: [{name: b, type: text}, {name: b, type: text}]}\n", "two fields"),
    "a field of another type": (field("name: a, type: file"), "email"),
    "a select without options": (field("name: a, type: select"), "options"),
    "two options alike": (field("name: a, type: select, options: [x, x]"), "same value"),
    "a consent without a purpose": (field("name: a, type: consent"), "purpose"),
    "a setting of another type": (field("name: a, type: email, options: [x]"), "no `options`"),
    "61 fields": (SITE + "forms:\n  - slug: a\n    fields:\n" + "".join(f"      - {{name: a{n}, type: text}}\n" for n in range(61)), "60"),
    "an operator that is none": (rule("{fact: visits, like: 1}"), "gte"),
    "two operators": (rule("{fact: visits, gte: 1, lte: 2}"), "one operator"),
    "no operator": (rule("{fact: visits}"), "one operator"),
    "a fact that is none": (rule("{fact: password, eq: 1}"), "channel"),
    "a fact that is an attribute": (rule("{fact: __class__, eq: 1}"), "channel"),
    "a condition that is code": (rule("'visits > 1'"), ""),
    "an empty condition": (rule("{}"), "condition"),
    "all beside any": (rule("{all: [{fact: visits, gte: 1}], any: [{fact: visits, gte: 1}]}"), "alone"),
    "an empty all": (rule("{all: []}"), "list"),
    "a number that is none": (rule("{fact: visits, gte: many}"), "number"),
    "not a number": (rule("{fact: visits, gte: .nan}"), "number"),
    "present of false": (rule("{fact: visits, present: false}"), "true"),
    "in of a text": (rule("{fact: source, in: facebook}"), "list"),
    "30 conditions in each other": (rule(deep(30)), "deep"),
    "points of a text": (rule("{fact: visits, gte: 1}", "points: many"), "a whole number"),
    "101 points": (rule("{fact: visits, gte: 1}", "points: 101"), "100"),
    "a score of infinity": (SITE + "scoring: {stages: {mql: .inf}}\n", ""),
    "a stage of nothing": (SITE + "scoring: {stages: {vip: 10}}\n", "mql"),
    "an event that is none": (hook().replace("lead.created", "lead.exploded"), "lead.updated"),
    "no event": (hook().replace("[lead.created]", "[]"), "at least 1"),
    "http to a stranger": (hook('"http://crm.example/hook"'), "EGRESS_ALLOW"),
    "http to the next port": (hook('"http://127.0.0.1:10/hook"'), "EGRESS_ALLOW"),
    "http to an allowed name with a dot": (hook('"http://127.0.0.1.:9/hook"'), "EGRESS_ALLOW"),
    "http to a number": (hook('"http://2130706433:9/hook"'), "EGRESS_ALLOW"),
    "ftp": (hook('"ftp://crm.example/hook"'), "https"),
    "a file": (hook('"file:///etc/passwd"'), "https"),
    "no scheme": (hook("crm.example/hook"), "https"),
    "a name and a password": (hook('"https://u:p@crm.example/"'), "user name"),
    "a host of nothing": (hook('"https:///hook"'), "https"),
    "a port beyond all": (hook('"https://crm.example:99999/"'), "address"),
    "brackets of nonsense": (hook('"https://[::1/"'), "address"),
    "a line end in an address": (hook('"https://crm.example/\\nX: y"'), "address"),
    "a space in an address": (hook('"https://crm .example/x"'), "address"),
    **{f"a private address {one}": (hook(f'"https://{one}/hook"'), "") for one in ("127.0.0.1", "10.0.0.1", "169.254.169.254", "[::1]", "localhost")},
    "a secret of the house": (hook(secret='"env:SECRET_KEY"'), "HOOK_"),
    "a database's address": (hook(secret='"env:DATABASE_URL"'), "HOOK_"),
    "a name in small letters": (hook(secret='"env:hook_crm_secret"'), "HOOK_"),
    "a name with a path": (hook(secret='"env:HOOK_/../SECRET_KEY"'), "HOOK_"),
    "a secret that is not set": (hook(secret='"env:HOOK_NOBODY_SET_THIS"'), "not set"),
    "a secret in plain": (hook(secret='"my secret"'), "whsec_"),
    "a short secret": (hook(secret='"whsec_YQ=="'), ""),
    "an empty secret": (hook(secret='""'), ""),
}  # fmt: skip
OFFER = SITE + FORM + "offers:\n  - {slug: o, kind: ebook, form: a, asset: %s}\n"
ASSETS: dict[str, tuple[str, str]] = {
    one: (OFFER % one, "" if "\\0" in one else "asset")
    for one in (
        "../../../../etc/passwd", "/etc/passwd", "..", ".", "''", "nothing.pdf", "'guide.pdf/..'", "link.pdf", "wrong.yaml",
        "fake.pdf", "file:///etc/passwd", "'~/x.pdf'", '"guide.pdf\\0"', "x" * 5_000, "fifo.pdf", "'C:\\x.pdf'", "'%2e%2e/x.pdf'",
    )
}  # fmt: skip
CASES = {**SYNTAX, **VALUES, **{f"the asset {name[:30]}": case for name, case in ASSETS.items() if "\\0" not in name}}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of a site file, with things beside it that are no assets."""
    import os

    (tmp_path / "guide.pdf").write_bytes((STANDARD.parent / "guide.pdf").read_bytes())
    (tmp_path / "fake.pdf").write_text("<script>alert(1)</script>")
    (tmp_path / "link.pdf").symlink_to("/etc/hostname")
    os.mkfifo(tmp_path / "fifo.pdf")
    return tmp_path


def applied(path: Path) -> Any:
    return CliRunner().invoke(apply, [str(path)])


def findings(folder: Path, text: str | bytes, said: str, before: Any, stored: Callable[[], Any]) -> list[str]:
    """What is wrong with how one file was refused."""
    path = folder / "wrong.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
    result = applied(path)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        return [f"{type(result.exception).__name__}: {str(result.exception)[:80]}"]
    found = [] if result.exit_code == 1 else [f"exit code {result.exit_code}"]
    found += ["the database was changed"] if found and stored() != before else []
    if result.exit_code == 1:
        lines = re.findall(r"wrong\.yaml:(\d+)", result.output)
        found += [] if lines else [f"no line: {result.output[:120]!r}"]
        found += [] if said in result.output else [f"does not say {said!r}: {result.output[:200]!r}"]
        found += [] if len(result.output) < 20_000 else [f"says {len(result.output)} characters"]
    return found


@SCREENS_ONLY
def test_a_wrong_file_is_refused_with_its_line_and_changes_nothing(site: Product, folder: Path) -> None:
    before, wrong = everything_stored(site), {}
    for name, (text, said) in CASES.items():
        found = findings(folder, text, said, before, lambda: everything_stored(site))
        if found:
            wrong[name] = found
            site.empty()
            site.apply(STANDARD)
            before = everything_stored(site)
    assert everything_stored(site) == before, "a refused file changed something"
    told = "\n".join(f"{name}: {found}" for name, found in wrong.items())
    assert not wrong, f"\n{told}"
    assert len(CASES) > 100


def test_one_wrong_word_in_a_whole_file_changes_nothing_of_the_rest(site: Product, folder: Path) -> None:
    before = everything_stored(site)
    text = GOOD.replace("Nhà Thử", "Nhà Khác").replace("label: Phone, required", "label: Telephone, required")
    found = findings(
        folder, text.replace("points: -50", "points: -500"), "-100", before, lambda: everything_stored(site)
    )
    assert found == []


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xfe\x00s",
        b"\x89PNG\r\n\x1a\n" * 100,
        b"%PDF-1.7\n\xe2\xe3",
        "site: {name: Nhà}".encode("utf-16"),
        b"PK\x03\x04" + bytes(range(256)),
    ],
)
def test_a_file_that_is_no_text_is_refused(site: Product, folder: Path, data: bytes) -> None:
    before = everything_stored(site)
    (folder / "wrong.yaml").write_bytes(data)
    result = applied(folder / "wrong.yaml")
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert "wrong.yaml" in result.output
    assert everything_stored(site) == before


def test_a_file_that_is_too_large_missing_or_a_folder_is_refused_at_once(site: Product, folder: Path) -> None:
    (folder / "large.yaml").write_text(SITE + "# " + "x" * 5_000_000)
    (folder / "folder.yaml").mkdir()
    for name in ("large.yaml", "missing.yaml", "folder.yaml"):
        began = time.process_time()
        result = applied(folder / name)
        assert result.exit_code == 1, name
        assert isinstance(result.exception, SystemExit), name
        assert name in result.output
        assert time.process_time() - began < 1


def test_an_anchor_bomb_is_refused_before_it_grows(site: Product, folder: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 7)]
    (folder / "wrong.yaml").write_text(SITE + "\n".join(lines) + "\n")
    began = time.process_time()
    result = applied(folder / "wrong.yaml")
    assert result.exit_code == 1
    assert time.process_time() - began < 2, "seven lines of aliases are ten million values"


def test_of_two_files_the_wrong_one_is_refused_whole(site: Product, folder: Path) -> None:
    (folder / "good.yaml").write_text(SITE)
    (folder / "wrong.yaml").write_text(site_called("third", "locale: xx"))
    result = CliRunner().invoke(apply, [str(folder / "good.yaml"), str(folder / "wrong.yaml")])
    assert result.exit_code == 1
    assert "wrong.yaml:1" in result.output
    from capture.sites.models import Site

    assert {row.slug for row in site.rows(Site)} <= {"test", "small"}


def site_called(slug: str, more: str) -> str:
    return f"site: {{slug: {slug}, name: X, hosts: [{slug}.example], {more}}}\n"


def test_no_file_at_all_is_wrong_usage(site: Product) -> None:
    assert CliRunner().invoke(apply, []).exit_code == 2


def test_texts_of_a_marketer_may_hold_anything_and_stay_text(site: Product, folder: Path) -> None:
    """A site file is trusted for what it does, not for what its texts look like: a colleague pastes them."""
    from tests.attacks.hostile import shape_of

    for number, text in enumerate(text for text in NAUGHTY if text.isprintable()):
        quoted = "'" + text.replace("'", "''") + "'"
        file = folder / "texts.yaml"
        block = f"{{type: hero, heading: {quoted}, text: {quoted}}}, {{type: text, body: {quoted}}}, {{type: form, form: a, heading: {quoted}}}"
        form = f"forms:\n  - {{slug: a, fields: [{{name: email, type: email, label: {quoted}, hint: {quoted}}}, {{name: s, type: select, label: {quoted}, options: [{{value: v, label: {quoted}}}]}}]}}\n"
        file.write_text(
            site_called("texts", f"legal: {quoted}")
            + form
            + f"pages:\n  - {{slug: p, title: {quoted}, description: {quoted}, blocks: [{block}]}}\n"
        )
        result = applied(file)
        assert result.exit_code == 0, (text, result.output)
        if number % 6 == 0:
            answer = site.app.test_client().get("/p", headers={"Host": "texts.example"})
            assert answer.status_code == 200
            assert shape_of(answer.text).dangers == [], text
            assert "60481729" not in answer.text

"""What the demo world lacks for a look at every screen: colleagues, pictures, versions, an experiment that found something."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import timedelta
from io import BytesIO
from typing import Any

from flask.testing import FlaskClient
from PIL import Image, ImageDraw
from sqlalchemy import insert, select

from capture import create_app
from capture.accounts import second_factor, sessions
from capture.core.clock import now
from capture.core.db import db
from capture.core.ids import new_id
from capture.core.transactions import transaction
from capture.formbuilder.models import Form
from capture.leads.models import Lead
from capture.leads.values import search_text
from capture.pages.experiments.models import Experiment, Exposure
from capture.pages.models import Page
from capture.sites.change import put, section_of
from capture.sites.models import Site
from capture.submissions.models import Submission
from tests.colleagues import code_now, hired, post, user
from tests.journeys.house import House
from tests.products import Browser, Product

COLLEAGUES = {"phuc@nharang.example": "marketer", "hai@nharang.example": "sales", "xem@nharang.example": "viewer"}
# Visitors, leads and qualified leads of each variant.
COUNTS = {"a": (412, 38, 8), "b": (405, 54, 24)}
PICTURES = {"xuong-rang": (232, 221, 205), "quay-pha": (196, 208, 199)}
PEOPLE = ("Đỗ Thanh Bình", "Huỳnh Mai", "Phạm Gia Khôi", "Vũ Thị Nga", "Lâm Chí Hiếu", "Trịnh Yến Nhi", "Hồ Văn Sơn")
TRIAL = {
    "slug": "gia-si",
    "page": "bang-gia",
    "running": True,
    "variants": [
        {"key": "a", "name": "Như cũ", "weight": 50},
        {"key": "b", "name": "Giá theo kg", "weight": 50, "title": {"vi": "Giá mỗi kg", "en": "Prices per kg"}},
    ],
}


def pressed(browser: FlaskClient, path: str, **values: Any) -> None:
    """A button that must do what it says."""
    answer = post(browser, path, **values)
    assert answer.status_code in {200, 303} and "sign-in" not in answer.headers.get("Location", ""), answer.text


class World:
    """The house from inside: what a test would otherwise need minutes of clicking for."""

    def __init__(self, house: House) -> None:
        app = create_app(house.environment)
        app.test_client_class = Browser
        self.product = Product(app)

    def colleague(self, *, with_factor: bool = False) -> str:
        """A new admin's email; the password is `tests.colleagues.PASSWORD`."""
        email = f"colleague-{secrets.token_hex(4)}@nharang.example"
        with self.product.app.app_context():
            user_id = hired(self.product, email)
            if with_factor:
                secret = second_factor.new_secret()
                with transaction() as write:
                    assert second_factor.turn_on(write, user_id, secret, code_now(secret), now())
        return email

    def link(self, email: str, purpose: str) -> str:
        """The token of a one-time link of somebody."""
        with self.product.app.app_context(), transaction() as write:
            return sessions.new_link(write, user(self.product, email).id, now(), purpose=purpose)

    def id_of(self, slug: str) -> str:
        """A page's id."""
        with self.product.app.app_context():
            return str(self.product.rows(Page, slug=slug)[0].id)

    def furnish(self) -> None:
        with self.product.app.app_context():
            linh = self.product.signed_in("admin", "linh@nharang.example")
            for email, role in COLLEAGUES.items():
                pressed(linh, "/console/team/invitations", email=email, role=role, locale="vi")
            pressed(linh, "/console/keys", name="Cửa hàng", scope=["leads:read", "leads:write"], lifetime="90")
            for name, wall in PICTURES.items():
                pressed(linh, "/console/pictures", files=(BytesIO(_drawn(wall)), f"{name}.png"))
            self._publish_again(linh)
            self._try_something()

    def _publish_again(self, linh: FlaskClient) -> None:
        """Two versions to compare, a draft beside what is live, and a page that never was."""
        page = f"/console/pages/{self.product.rows(Page, slug='rieng-tu')[0].id}"
        rest = {"b.heading.en": "What we keep", "b.body.vi": "Không bán cho ai.", "b.body.en": "Nothing is sold."}
        pressed(linh, f"{page}/draft", do="fields:b1", **rest, **{"b.heading.vi": "Chúng tôi giữ những gì"})
        pressed(linh, f"{page}/publication")
        pressed(linh, f"{page}/draft", do="fields:b1", **rest, **{"b.heading.vi": "Chúng tôi giữ gì về anh chị"})
        pressed(linh, f"/console/pages/{self.product.rows(Page, slug='guide')[0].id}/copy")

    def _try_something(self) -> None:
        """An experiment that has found something, and one that is a draft."""
        site = self.product.rows(Site, slug="nha-rang")[0].id
        put(section_of("experiments"), TRIAL, site_id=site, actor="linh@nharang.example")
        running = self.product.rows(Experiment, slug="gia-si")[0]
        form = self.product.rows(Form, slug="tet")[0]
        version = db.session.execute(select(Submission.form_version_id).where(Submission.form_id == form.id)).scalar()
        rows = [
            _visit(running, form.id, version, key, number)
            for key, (visitors, _leads, _mql) in COUNTS.items()
            for number in range(visitors)
        ]
        db.session.rollback()
        with transaction() as write:
            for model in (Lead, Submission, Exposure):
                write.execute(insert(model), [row[model] for row in rows if model in row])


def _visit(running: Experiment, form: str, version: Any, key: str, number: int) -> Mapping[Any, dict[str, Any]]:
    """One visitor of a variant, with the lead that they became."""
    _visitors, leads, qualified = COUNTS[key]
    at = now() - timedelta(hours=30 + number % 200)
    who = {"experiment_id": running.id, "visitor": f"{key}{number:021d}", "variant": key}
    seen = {**who, "split": 1, "first_at": at, "way": "script", "submission_id": None}
    if number >= leads:
        return {Exposure: seen}
    name = PEOPLE[number % len(PEOPLE)]
    email = f"{key}{number}@example.com"
    stage, score = ("mql", 45 + number % 9) if number < qualified else ("iql", 20 + number % 11)
    times = {"created_at": at, "updated_at": at}
    lead = {"id": new_id(), "pipeline": "marketing", "name": name, "email": email, "attributes": {}, "stage": stage, "score": score, "grade": 1, "submissions": 1, **times}  # fmt: skip
    lead["search"] = search_text(lead)
    sent = {"id": new_id(), "site_id": running.site_id, "lead_id": lead["id"], "form_id": form, "form_version_id": version, "status": "accepted", "verdict": [], "answers": {}, "extra": {}, "door": "form", "locale": "vi", "submitted_at": at, "received_at": at, "pipeline": "marketing", "variant": key}  # fmt: skip
    return {Lead: lead, Submission: sent, Exposure: {**seen, "submission_id": sent["id"]}}


def _drawn(wall: tuple[int, int, int]) -> bytes:
    """A cup on a table."""
    image = Image.new("RGB", (1200, 800), wall)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 560, 1200, 800), fill=(120, 84, 70))
    draw.ellipse((720, 330, 900, 510), outline=(255, 253, 247), width=34)
    draw.rounded_rectangle((420, 280, 800, 600), 60, fill=(255, 253, 247))
    draw.ellipse((420, 240, 800, 330), fill=(58, 33, 22))
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()

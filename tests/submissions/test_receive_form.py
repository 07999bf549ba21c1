"""A browser's form becomes a lead, its score and its outgoing message."""

from __future__ import annotations

import orjson
from flask.testing import FlaskClient

from capture.delivery.models import Delivery, Message
from capture.leads.models import Identity, Lead, LeadValue
from capture.submissions.models import Submission
from tests.products import Product, typed


def test_a_valid_form_is_thanked_and_stored_with_its_message(client: FlaskClient, site: Product) -> None:
    answer = client.post("/f/guide", data={**typed(), "_page": "guide"})
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/thanks/")
    [lead] = site.rows(Lead)
    assert (lead.email, lead.phone, lead.name, lead.company) == (
        "an@example.com",
        "+84912345678",
        "Nguyễn An",
        "Quán An",
    )
    assert (lead.stage, lead.score, lead.grade, lead.submissions) == ("iql", 35, 4, 1)
    [message] = site.rows(Message)
    assert message.type == "lead.created"
    assert orjson.loads(message.body)["data"]["lead"]["score"] == 35
    assert site.count(Delivery, state="waiting") == 1


def test_a_wrong_answer_is_said_at_its_field_and_everything_typed_is_kept(client: FlaskClient, site: Product) -> None:
    answer = client.post("/f/guide", data={**typed(email="an@", name="Ỷ Lan <b>"), "_page": "guide"})
    assert answer.status_code == 422
    assert "Email còn thiếu phần sau dấu @" in answer.text
    assert 'value="an@"' in answer.text
    assert 'value="Ỷ Lan &lt;b&gt;"' in answer.text
    assert 'href="#f-email"' in answer.text
    assert site.count(Submission) == 0


def test_an_english_page_complains_in_english(client: FlaskClient) -> None:
    answer = client.post("/f/guide", data={**typed(email="an"), "_page": "guide", "_locale": "en"})
    assert "An email has an @ in it" in answer.text
    assert '<html lang="en"' in answer.text


def test_a_field_called_validate_does_not_bypass_validation(client: FlaskClient, site: Product) -> None:
    refused = client.post("/f/odd", data={"email": "not an email", "validate": "yes", "data": "x"})
    assert refused.status_code == 422
    accepted = client.post("/f/odd", data={"email": "an@example.com", "validate": "yes", "data": "x"})
    assert accepted.status_code == 303
    assert site.rows(Submission)[0].answers == {"email": "an@example.com", "validate": "yes", "data": "x"}


def test_the_same_email_in_another_notation_is_the_same_lead(client: FlaskClient, site: Product) -> None:
    client.post("/f/guide", data=typed(email="an.nguyen@gmail.com", phone=None))
    client.post("/f/guide", data=typed(email="AnNguyen+cafe@googlemail.com", phone=None))
    [lead] = site.rows(Lead)
    assert lead.submissions == 2
    assert [message.type for message in site.rows(Message)] == ["lead.created", "lead.updated"]


def test_the_same_phone_and_a_compatible_name_is_the_same_lead(client: FlaskClient, site: Product) -> None:
    client.post("/f/guide", data=typed())
    client.post("/f/guide", data=typed(email="an.second@example.com", name="NGUYEN VAN AN", phone="+84 912 345 678"))
    assert site.count(Lead) == 1
    assert [one.key for one in site.rows(Identity)] == ["an@example.com", "an.second@example.com"]
    assert site.count(LeadValue, field="email") == 2


def test_the_same_phone_with_another_or_no_name_is_somebody_else(client: FlaskClient, site: Product) -> None:
    client.post("/f/guide", data=typed())
    client.post("/f/guide", data=typed(email="binh@example.com", name="Trần Bình"))
    client.post("/f/guide", data=typed(email="x@example.com", name=None))
    assert site.count(Lead) == 3


def test_pipelines_never_share_a_person(client: FlaskClient, site: Product) -> None:
    client.post("/f/guide", data=typed())
    client.post("/f/work", data={"email": "an@example.com", "name": "Nguyễn An", "phone": "0912345678"})
    assert sorted(lead.pipeline for lead in site.rows(Lead)) == ["marketing", "recruiting"]
    assert site.count(Delivery) == 1, "the marketing destination hears nothing of an applicant"

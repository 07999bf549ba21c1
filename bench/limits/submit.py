"""The limit of a submission: validated in Flask, stored by hand-written SQL, durable (synchronous=FULL) when answered.

BENCH_STORE is `pipeline` (lead by email, touch, submission with score, outgoing message) or `raw` (one row).
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
import time
from typing import Any

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from flask import Flask, request
from uuid_utils import uuid7
from wtforms import BooleanField, Form, StringField
from wtforms.validators import DataRequired, Length, Optional

UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")
ANSWERS = ("name", "email", "phone", "company", "consent")
TABLES = """
CREATE TABLE IF NOT EXISTS plain(id INTEGER PRIMARY KEY, name TEXT, email TEXT, phone TEXT, company TEXT,
    consent INTEGER, utm TEXT, address TEXT, agent TEXT, at REAL);
CREATE INDEX IF NOT EXISTS plain_email ON plain(email);
CREATE TABLE IF NOT EXISTS lead(id INTEGER PRIMARY KEY, uid BLOB UNIQUE, email TEXT UNIQUE, name TEXT, phone TEXT,
    company TEXT, score INTEGER, first_touch TEXT, last_touch TEXT, created REAL, updated REAL);
CREATE TABLE IF NOT EXISTS submission(id INTEGER PRIMARY KEY, uid BLOB UNIQUE, lead_id INTEGER REFERENCES lead(id),
    answers TEXT, address TEXT, agent TEXT, at REAL);
CREATE INDEX IF NOT EXISTS submission_lead ON submission(lead_id);
CREATE TABLE IF NOT EXISTS touch(id INTEGER PRIMARY KEY, lead_id INTEGER REFERENCES lead(id), at REAL, source TEXT,
    medium TEXT, campaign TEXT);
CREATE INDEX IF NOT EXISTS touch_lead ON touch(lead_id, at);
CREATE TABLE IF NOT EXISTS outbox(id INTEGER PRIMARY KEY, kind TEXT, body TEXT, due REAL, attempts INTEGER DEFAULT 0);
CREATE INDEX IF NOT EXISTS outbox_due ON outbox(due);
"""
PLAIN = "INSERT INTO plain(name,email,phone,company,consent,utm,address,agent,at) VALUES(?,?,?,?,?,?,?,?,?)"
LEAD = """INSERT INTO lead(uid,email,name,phone,company,score,first_touch,last_touch,created,updated)
VALUES(?,?,?,?,?,?,?,?,?,?) ON CONFLICT(email) DO UPDATE SET name=excluded.name, phone=excluded.phone,
company=excluded.company, score=excluded.score, last_touch=excluded.last_touch, updated=excluded.updated RETURNING id"""
TOUCH = "INSERT INTO touch(lead_id,at,source,medium,campaign) VALUES(?,?,?,?,?)"
SUBMISSION = "INSERT INTO submission(uid,lead_id,answers,address,agent,at) VALUES(?,?,?,?,?,?)"
OUTBOX = "INSERT INTO outbox(kind,body,due) VALUES(?,?,?)"

app = Flask(__name__)
one_writer, own = threading.Lock(), threading.local()


class LeadForm(Form):
    name = StringField(validators=[DataRequired(), Length(max=200)])
    email = StringField(validators=[DataRequired(), Length(max=320)])
    phone = StringField(validators=[Optional(), Length(max=40)])
    company = StringField(validators=[Optional(), Length(max=200)])
    consent = BooleanField(validators=[DataRequired()])


@app.get("/")
def ready() -> str:
    return "ready"


@app.post("/submit")
def submit() -> tuple[str, int]:
    lead = valid_lead()
    if lead is None:
        return "invalid", 422
    with one_writer:
        store(connection(), lead)
    return "ok", 200


def valid_lead() -> dict[str, Any] | None:
    form = LeadForm(request.form)
    if not form.validate():
        return None
    try:
        email = validate_email(form.email.data, check_deliverability=False).normalized.lower()
        number = phonenumbers.parse(form.phone.data, "US")
    except (EmailNotValidError, phonenumbers.NumberParseException):
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    phone = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    typed = {"name": form.name.data, "email": email, "phone": phone, "company": form.company.data, "consent": True}
    utm = json.dumps({name: request.form.get(name, "") for name in UTM})
    return {**typed, "utm": utm, "address": request.remote_addr, "agent": request.user_agent.string, "at": time.time()}


def store(write: sqlite3.Connection, lead: dict[str, Any]) -> None:
    if os.environ["BENCH_STORE"] == "raw":
        write.execute(PLAIN, list(lead.values()))
        return
    write.execute("BEGIN IMMEDIATE")
    store_whole(write, lead)
    write.execute("COMMIT")


def store_whole(write: sqlite3.Connection, lead: dict[str, Any]) -> None:
    utm, at = json.loads(lead["utm"]), lead["at"]
    person = [lead[name] for name in ("email", "name", "phone", "company")]
    touch = [lead["utm"], lead["utm"]]
    (lead_id,) = write.execute(LEAD, [uuid7().bytes, *person, score_of(lead), *touch, at, at]).fetchone()
    write.execute(TOUCH, (lead_id, at, utm["utm_source"], utm["utm_medium"], utm["utm_campaign"]))
    answers = json.dumps({name: lead[name] for name in ANSWERS})
    write.execute(SUBMISSION, (uuid7().bytes, lead_id, answers, lead["address"], lead["agent"], at))
    write.execute(OUTBOX, ("lead.created", answers, at))


def score_of(lead: dict[str, Any]) -> int:
    is_work_email = not lead["email"].endswith(("gmail.com", "yahoo.com"))
    return 10 * bool(lead["company"]) + 20 * bool(lead["phone"]) + 30 * is_work_email + 15 * ('"cpc"' in lead["utm"])


def connection() -> sqlite3.Connection:
    """One for each thread."""
    if not hasattr(own, "connection"):
        file = os.environ["BENCH_DATABASE"]
        own.connection = sqlite3.connect(file, isolation_level=None, timeout=20, cached_statements=256)
        own.connection.execute("PRAGMA journal_mode=WAL")
        own.connection.execute("PRAGMA synchronous=FULL")
    return own.connection


connection().executescript(TABLES)

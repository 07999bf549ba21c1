"""A colleague is invited: the mail in the mailbox, its link on a phone, and only the screens of the role."""

from __future__ import annotations

import secrets

from playwright.sync_api import Page, expect

from tests.journeys.browsers import PHONE, OpenPage
from tests.journeys.house import House


def invited(linh: Page, house: House, role: str) -> tuple[str, str]:
    """Somebody's address, and the link that the mail to them holds."""
    email = f"mai.{secrets.token_hex(3)}@nharang.example"
    linh.goto(f"{house.console}/team")
    linh.get_by_role("link", name="Mời đồng nghiệp").first.click()
    linh.get_by_label("Email").fill(email)
    linh.get_by_label(role).check()
    linh.get_by_role("button", name="Gửi lời mời").click()
    expect(linh.locator("main")).to_contain_text(email)
    linh.goto(f"{house.console}/mailbox")
    linh.get_by_role("link", name=email).click()
    return email, linh.locator(".token code").inner_text()


def test_who_was_invited_comes_in_by_the_mail_and_sees_what_the_role_may(
    linh: Page, colleague: OpenPage, house: House
) -> None:
    email, link = invited(linh, house, "Người xem")
    mai = colleague(PHONE)
    mai.goto(link)
    expect(mai.locator("main")).to_contain_text("linh@nharang.example")
    mai.locator("main button").click()
    mai.locator("[name=password]").fill("bốn từ dễ nhớ khó đoán")
    mai.get_by_role("button", name="Lưu mật khẩu").click()
    mai.goto(f"{house.console}/")
    expect(mai.get_by_role("heading", level=1)).to_be_visible()
    for closed in ("team/invitations", "destinations/-/new", "audit", "mailbox"):
        answer = mai.goto(f"{house.console}/{closed}")
        assert answer is not None and answer.status == 403, closed
        expect(mai.get_by_role("heading", level=1)).to_be_visible()
    answer = colleague(PHONE).goto(link)
    assert answer is not None and answer.status == 410, "a link opens once"

    linh.goto(f"{house.console}/team")
    expect(linh.get_by_role("row").filter(has_text=email)).to_contain_text("Đang dùng")
    linh.get_by_role("row").filter(has_text=email).get_by_role("link").click()
    linh.get_by_role("button", name="Khóa").click()
    expect(linh.get_by_role("button", name="Mở lại")).to_be_visible()
    mai.goto(f"{house.console}/leads")
    expect(mai).to_have_url(f"{house.console}/sign-in")

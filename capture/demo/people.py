"""The first leads of Nhà Rang, and how they came: told as arrivals, made by the same `receive` as everybody."""

from __future__ import annotations

from dataclasses import dataclass, field

Look = tuple[int, str]  # minutes before the form was sent, path


@dataclass(frozen=True)
class Character:
    """Somebody who filled in a form `hours` ago; `looks` are the pages that they saw before."""

    name: str
    email: str
    phone: str
    form: str
    page: str
    hours: float
    url: str
    referrer: str = ""
    looks: tuple[Look, ...] = ()
    more: dict[str, str] = field(default_factory=dict)
    consents: bool = False
    browser: str = ""


GOOGLE = "/guide?utm_source=google&utm_medium=cpc&utm_campaign=cam-nang-rang&utm_term=hoc+rang+ca+phe&gclid=Cj0KCQiA"
FACEBOOK = "/guide?utm_source=facebook&utm_medium=cpc&utm_campaign=mo-quan-2026&utm_content=video-2&fbclid=IwAR2x"
ZALO = "/tet?utm_source=zalo&utm_medium=social&utm_campaign=tet-2027"
TIKTOK = "/tet?utm_source=tiktok&utm_medium=paid_social&utm_campaign=tet-2027&ttclid=E.C.P.v2"
MAIL = "/tet?utm_source=newsletter&utm_medium=email&utm_campaign=tet-2027"

CAST = (
    Character("Trần Thị Minh Hà", "ha.tran@banmai.example", "0905 018 422", "guide", "guide", 71, GOOGLE,
              looks=((9, "/guide"), (6, "/bang-gia"), (2, "/guide")), more={"stage": "chain"}, consents=True, browser="ha"),
    Character("Lê Quốc Bảo", "bao.le@songhuong.example", "0914 220 118", "guide", "guide", 50, GOOGLE,
              looks=((14, "/guide"), (9, "/bang-gia")), more={"stage": "chain"}, consents=True, browser="bao"),
    Character("Phạm Hồng Nhung", "nhung.gacnho@gmail.com", "0987 440 215", "tet", "tet", 44, ZALO,
              looks=((3, "/tet"),), more={"company": "Quán Gác Nhỏ", "need": "Robusta pha phin, 15 kg mỗi tháng."}, browser="nhung"),
    Character("Nguyễn Văn Tài", "tai.nguyen.bmt@gmail.com", "0935 772 301", "guide", "guide", 40, FACEBOOK,
              looks=((5, "/guide"),), more={"stage": "opening"}, browser="tai"),
    Character("Đặng Thị Hồng Thắm", "hongtham.quancaphe@gmail.com", "0978 111 842", "tet", "tet", 33, TIKTOK, browser="tham"),
    Character("Lý Quốc Khánh", "khanh.ly@outlook.com", "", "guide", "guide", 30, "/guide", "https://www.google.com/", looks=((4, "/guide"),), more={"stage": "idea"}, browser="khanh"),
    Character("Võ Thanh Trúc", "truc.vo@hiennha.example", "0902 618 440", "guide", "guide", 27, "/guide", "https://www.facebook.com/", more={"stage": "running"}, consents=True),
    Character("Hoàng Đức Anh", "ducanh.hoang@gmail.com", "0966 303 919", "tet", "tet", 22, MAIL, looks=((8, "/tet"), (5, "/bang-gia")), more={"company": "Đức Anh Coffee", "need": "Phối máy, 20 kg mỗi tháng, giao Đà Lạt."}, consents=True, browser="anh"),
    Character("Mai Phương Thảo", "thao.mai@yopmail.com", "", "guide", "guide", 19, FACEBOOK, browser="thao"),
    Character("Bùi Gia Huy", "huy@giahuy.example", "0938 555 027", "guide", "guide", 12, "/en/guide?utm_source=linkedin&utm_medium=social&utm_campaign=horeca", more={"stage": "running"}, browser="huy"),
    Character("Trần Thị Minh Hà", "minhha.tran88@gmail.com", "+84 905 018 422", "tet", "tet", 6, "/tet", looks=((12, "/bang-gia"), (4, "/tet")), more={"company": "Chuỗi Cà phê Ban Mai", "need": "40 kg mỗi tháng cho 12 quán, vị đậm pha máy và pha phin. Cần mẫu thử trước 01.12."}, browser="ha"),
    Character("Ngô Thị Lan", "lan.ngo@gmail.com", "0905 661 732", "guide", "guide", 3, GOOGLE, looks=((7, "/guide"),), more={"stage": "opening"}, consents=True, browser="lan"),
    Character("Phan Minh Quân", "quan.phan@gmail.com", "0919 200 456", "tet", "tet", 1, ZALO, browser="quan"),
)  # fmt: skip

"""Where calls may go: tables of addresses, of their spellings and of URLs."""

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.core.addresses import CARRIERS, Refused, embedded_in, literal_of, refusal_of, target_of

REFUSED = [
    ("0.0.0.0", "this network"),
    ("0.255.255.255", "this network"),
    ("10.0.0.0", "private"),
    ("10.255.255.255", "private"),
    ("100.64.0.0", "shared by a carrier"),
    ("100.100.100.200", "shared by a carrier"),
    ("100.127.255.255", "shared by a carrier"),
    ("127.0.0.0", "loopback"),
    ("127.0.0.1", "loopback"),
    ("127.255.255.254", "loopback"),
    ("168.63.129.16", "cloud metadata"),
    ("169.254.0.1", "link-local"),
    ("169.254.169.254", "link-local"),
    ("172.16.0.0", "private"),
    ("172.31.255.255", "private"),
    ("192.0.0.1", "protocol assignments"),
    ("192.0.0.192", "protocol assignments"),
    ("192.0.2.1", "documentation"),
    ("192.88.99.1", "6to4 relay"),
    ("192.168.0.0", "private"),
    ("192.168.255.255", "private"),
    ("198.18.0.0", "benchmarking"),
    ("198.19.255.255", "benchmarking"),
    ("198.51.100.7", "documentation"),
    ("203.0.113.200", "documentation"),
    ("224.0.0.1", "multicast"),
    ("239.255.255.255", "multicast"),
    ("240.0.0.0", "reserved"),
    ("255.255.255.254", "reserved"),
    ("255.255.255.255", "broadcast"),
    ("::", "this network"),
    ("::1", "loopback"),
    ("::2", "this network"),
    ("::127.0.0.1", "loopback"),
    ("::10.0.0.1", "private"),
    ("::ffff:127.0.0.1", "loopback"),
    ("::ffff:7f00:1", "loopback"),
    ("::ffff:10.1.2.3", "private"),
    ("::ffff:169.254.169.254", "link-local"),
    ("::ffff:0.0.0.0", "this network"),
    ("::ffff:255.255.255.255", "broadcast"),
    ("::ffff:0:127.0.0.1", "reserved"),
    ("64:ff9b::127.0.0.1", "loopback"),
    ("64:ff9b::a00:1", "private"),
    ("64:ff9b::169.254.169.254", "link-local"),
    ("64:ff9b::100.64.0.1", "shared by a carrier"),
    ("64:ff9b:1::127.0.0.1", "local translation"),
    ("64:ff9b:1::8.8.8.8", "local translation"),
    ("64:ff9b:1:7f00:0:100:808:808", "local translation"),
    ("64:ff9b:2::1", "reserved"),
    ("100::1", "discard"),
    ("100:0:0:1::1", "reserved"),
    ("2001::1", "teredo tunnel"),
    ("2001:0:4136:e378:8000:63bf:3fff:fdd2", "teredo tunnel"),
    ("2001:2::1", "benchmarking"),
    ("2001:10::1", "protocol assignments"),
    ("2001:20::1", "protocol assignments"),
    ("2001:1ff:ffff::1", "protocol assignments"),
    ("2001:db8::1", "documentation"),
    ("2002:7f00:1::1", "loopback"),
    ("2002:a00:1::", "private"),
    ("2002:c0a8:101::1", "private"),
    ("2002:a9fe:a9fe::", "link-local"),
    ("3fff::1", "documentation"),
    ("3fff:fff:ffff::1", "documentation"),
    ("4000::1", "reserved"),
    ("5f00::1", "reserved"),
    ("fc00::1", "private"),
    ("fd00:ec2::254", "private"),
    ("fdff::1", "private"),
    ("fe00::1", "reserved"),
    ("fe80::1", "link-local"),
    ("fe80::1%eth0", "link-local"),
    ("febf::1", "link-local"),
    ("fec0::1", "site-local"),
    ("feff::1", "site-local"),
    ("ff02::1", "multicast"),
    ("ff0e::1", "multicast"),
]

CALLABLE = [
    "1.1.1.1",
    "8.8.8.8",
    "9.255.255.255",
    "11.0.0.0",
    "93.184.216.34",
    "100.63.255.255",
    "100.128.0.0",
    "126.255.255.255",
    "128.0.0.0",
    "168.63.129.17",
    "169.253.255.255",
    "172.15.255.255",
    "172.32.0.0",
    "191.255.255.255",
    "192.0.1.0",
    "192.167.255.255",
    "198.17.255.255",
    "198.20.0.0",
    "223.255.255.255",
    "2001:200::1",
    "2001:4860:4860::8888",
    "2002:808:808::1",
    "2606:4700:4700::1111",
    "2a00:1450:4001:800::200e",
    "3ffe:ffff::1",
    "::ffff:8.8.8.8",
    "::8.8.8.8",
    "64:ff9b::8.8.8.8",
]

SPELLINGS = [
    ("127.0.0.1", "127.0.0.1"),
    ("127.0.0.1.", "127.0.0.1"),
    ("127.1", "127.0.0.1"),
    ("127.0.1", "127.0.0.1"),
    ("2130706433", "127.0.0.1"),
    ("017700000001", "127.0.0.1"),
    ("0177.0.0.1", "127.0.0.1"),
    ("0x7f.1", "127.0.0.1"),
    ("0x7f000001", "127.0.0.1"),
    ("0x7f.0x0.0x0.0x1", "127.0.0.1"),
    ("0", "0.0.0.0"),
    ("0x0", "0.0.0.0"),
    ("2852039166", "169.254.169.254"),
    ("[::1]", "::1"),
    ("[0:0:0:0:0:0:0:1]", "::1"),
    ("[::ffff:127.0.0.1]", "::ffff:127.0.0.1"),
    ("[::ffff:7f00:1]", "::ffff:127.0.0.1"),
]

NEITHER = [
    "256.1.1.1",
    "1.2.3.4.5",
    "4294967296",
    "08.1.1.1",
    "0x",
    "a.0x7f",
    "a.1",
    "[fe80::1%eth0]",
    "[::g]",
]
NEITHER += [
    "",
    ".",
    "..",
    "a..b",
    ".a",
    "a b",
    "a%2fb",
    "ä.example",
    "a" * 64 + ".example",
    "a." * 127 + "abc",
]

BAD_URLS = [
    "",
    "crm.example",
    "//crm.example/",
    "/hook",
    "https:crm.example",
    "https:/crm.example",
    "https://",
    "https:///hook",
    "https://?x",
    "ftp://crm.example/",
    "file:///etc/passwd",
    "gopher://crm.example/",
    "javascript:alert(1)",
    " https://crm.example/",
    "https://crm.example/ x",
    "https://crm.example/\r\nX: 1",
    "https://crm.example/\x00",
    "https://crm.example\t/",
    "https://crm.example\\@127.0.0.1/",
    "https://user:pass@crm.example/",
    "https://user@crm.example/",
    "https://@crm.example/",
    "https://crm.example:80@127.0.0.1/",
    "https://crm.example:port/",
    "https://crm.example:99999/",
    "https://crm.example:-1/",
    "https://[::1/",
    "https://::1/",
    "https://[fe80::1%25eth0]/",
    "https://a..b/",
    "https://crm%2eexample%2f/",
    "https://１２７.0.0.1/",  # full-width digits
    "https://127。0。0。1/",  # ideographic full stops
    "https://ⓛocalhost/",
    "https://999.1.1.1/",
    "https://0XG.1/",
    "https://crm.example/" + "x" * 4096,
]

GOOD_URLS = [
    ("https://crm.example", "crm.example", 443, "/"),
    ("HTTPS://CRM.Example/Hook", "crm.example", 443, "/Hook"),
    ("https://crm.example:8443/a?b=c&d#e", "crm.example", 8443, "/a?b=c&d"),
    ("https://crm.example:443/", "crm.example", 443, "/"),
    ("https://crm.example?x=1", "crm.example", 443, "/?x=1"),
    ("https://crm.example/a@b", "crm.example", 443, "/a@b"),
    ("https://crm.example./hook", "crm.example.", 443, "/hook"),
    ("https://my_crm.example/", "my_crm.example", 443, "/"),
    ("https://bücher.example/ä", "xn--bcher-kva.example", 443, "/%C3%A4"),
    ("https://crm.%65xample/", "crm.example", 443, "/"),
    ("https://[2606:4700::1111]:8080/", "[2606:4700::1111]", 8080, "/"),
    ("https://3com.example/", "3com.example", 443, "/"),
    ("https://0x7f.example/", "0x7f.example", 443, "/"),
]


@pytest.mark.parametrize(("text", "reason"), REFUSED)
def test_addresses_that_are_not_of_the_public_internet_are_refused_with_the_reason(text: str, reason: str) -> None:
    assert refusal_of(ip_address(text)) == reason


@pytest.mark.parametrize("text", CALLABLE)
def test_public_addresses_and_those_beside_a_refused_range_may_be_called(text: str) -> None:
    assert refusal_of(ip_address(text)) is None


@given(st.ip_addresses())
def test_whatever_python_calls_not_global_is_refused_too(address: IPv4Address | IPv6Address) -> None:
    carried = isinstance(address, IPv6Address) and embedded_in(address)
    assert address.is_global or carried or refusal_of(address)


@given(st.ip_addresses(v=4), st.sampled_from(CARRIERS[2:]), st.integers(0, 2**80 - 1))
def test_an_embedded_address_is_judged_as_itself(inner: IPv4Address, carrier: tuple, rest: int) -> None:  # type: ignore[type-arg]
    network, bits = carrier
    outer = IPv6Address(int(network.network_address) | int(inner) << bits | (rest & ((1 << bits) - 1)))
    assert refusal_of(outer) == refusal_of(inner)


@pytest.mark.parametrize(("host", "address"), SPELLINGS)
def test_an_address_is_recognised_in_every_spelling(host: str, address: str) -> None:
    assert literal_of(host) == ip_address(address)


@pytest.mark.parametrize("host", ["crm.example", "localhost", "localhost.", "3com.example", "a-1", "1a", "x0x7f"])
def test_a_name_is_not_an_address(host: str) -> None:
    assert literal_of(host) is None


@pytest.mark.parametrize("host", NEITHER)
def test_what_is_neither_a_name_nor_an_address_is_refused(host: str) -> None:
    with pytest.raises(ValueError):
        literal_of(host)


@pytest.mark.parametrize(("url", "host", "port", "path"), GOOD_URLS)
def test_a_url_is_taken_apart(url: str, host: str, port: int, path: str) -> None:
    target = target_of(url, ())
    assert (target.host, target.port, target.path, target.allowed) == (host, port, path, False)


@pytest.mark.parametrize("url", BAD_URLS)
def test_a_url_that_two_readers_could_understand_differently_is_refused(url: str) -> None:
    assert refused(url) == "bad_url"


@pytest.mark.parametrize("port", [1, 22, 25, 53, 3306, 5432, 6379, 8081, 9200, 65535])
def test_ports_of_other_services_are_refused(port: int) -> None:
    assert refused(f"https://crm.example:{port}/") == "bad_port"


@pytest.mark.parametrize("port", [80, 443, 8080, 8443])
def test_ports_of_web_servers_are_not(port: int) -> None:
    assert target_of(f"https://crm.example:{port}/", ()).port == port


def test_http_needs_the_operators_entry() -> None:
    assert refused("http://crm.example/") == "insecure"
    assert target_of("http://crm.example/", ["crm.example:80"]).allowed


@pytest.mark.parametrize(
    ("url", "allow"),
    [
        ("http://127.0.0.1:9000/hook", "127.0.0.1:9000"),
        ("http://Localhost:9000/hook", "LOCALHOST:9000"),
        ("https://crm.internal/", "crm.internal:443"),
        ("http://crm.internal/", "crm.internal:80"),
        ("https://[FD00::1]:9000/", "[fd00::1]:9000"),
    ],
)
def test_an_entry_allows_exactly_its_host_and_port(url: str, allow: str) -> None:
    assert target_of(url, [allow]).allowed


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9001/",
        "http://127.0.0.1/",
        "http://localhost:9000/",
        "http://2130706433:9000/",
        "http://127.1:9000/",
        "http://127.0.0.1.:9000/",
        "http://127.0.0.1.example:9000/",
        "http://[::ffff:127.0.0.1]:9000/",
    ],
)
def test_an_entry_allows_no_other_spelling_port_or_host(url: str) -> None:
    assert refused(url, "127.0.0.1:9000") == "insecure"


@pytest.mark.parametrize(
    ("url", "authority"),
    [
        ("https://crm.example/", "crm.example"),
        ("https://crm.example:8443/", "crm.example:8443"),
        ("https://crm.example.:443/", "crm.example"),
        ("https://[2606:4700::1]:8443/", "[2606:4700::1]:8443"),
    ],
)
def test_the_host_header_names_the_port_only_when_it_is_unusual(url: str, authority: str) -> None:
    assert target_of(url, ()).authority == authority


def refused(url: str, *allow: str) -> str:
    with pytest.raises(Refused) as caught:
        target_of(url, allow)
    return caught.value.name

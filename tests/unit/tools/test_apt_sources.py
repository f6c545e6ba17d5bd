"""The machine's own mirror is found in both forms of apt's configuration."""

from __future__ import annotations

from pathlib import Path

from tools import apt_sources

DEB822 = """\
# a comment
Types: deb deb-src
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main
"""


def test_one_line_with_options_and_comment() -> None:
    line = "deb [arch=amd64 signed-by=/k.gpg] https://m.example/debian/ trixie main # mine\n"
    [source] = apt_sources.parse_one_line(line)
    assert source == apt_sources.Source("https://m.example/debian/", "trixie", ("main",), "/k.gpg")


def test_sources_of_source_packages_and_comments_are_not_binary_ones() -> None:
    assert apt_sources.parse_one_line("deb-src http://m.example/debian x main\n#deb a b main") == []


def test_deb822_gives_one_source_per_suite() -> None:
    suites = [source.suite for source in apt_sources.parse_deb822(DEB822)]
    assert suites == ["bookworm", "bookworm-updates", "bookworm-security"]


def test_disabled_stanza_does_not_count() -> None:
    assert apt_sources.parse_deb822("Enabled: no\n" + DEB822.split("\n\n")[0]) == []


def test_key_inside_the_file_is_not_a_path() -> None:
    text = "Types: deb\nURIs: http://m.example/debian\nSuites: sid\nComponents: main\n"
    text += "Signed-By:\n -----BEGIN"
    assert apt_sources.parse_deb822(text)[0].signed_by is None


def test_security_and_vendor_archives_are_not_the_mirror(tmp_path: Path) -> None:
    (tmp_path / "sources.list.d").mkdir()
    (tmp_path / "sources.list").write_text(
        "deb http://vendor.example/apt bookworm main\ndeb http://m.example/debian-security bookworm-security main\n"
    )
    (tmp_path / "sources.list.d" / "debian.sources").write_text(DEB822)
    mirror = apt_sources.debian_mirror(apt_sources.read_sources(tmp_path))
    assert mirror
    assert mirror.uri == "http://mirror.example/debian"


def test_other_distribution_has_no_mirror() -> None:
    sources = apt_sources.parse_one_line("deb http://archive.example/ubuntu noble main universe")
    assert apt_sources.debian_mirror(sources) is None

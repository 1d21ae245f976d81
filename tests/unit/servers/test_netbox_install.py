# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the NetBox test server installs, and which PostgreSQL it takes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ansible_collections.netsot.librenms.tests.servers import netbox_install, netbox_postgres, netbox_templates
from ansible_collections.netsot.librenms.tests.servers.netbox_paths import Layout, ServerError, layout_for, private_directory

REQUIREMENTS = """\
# a comment
netbox==9.8.7   # the server

psycopg[binary,pool]==3.3.6
"""


def layout(tmp_path: Path) -> Layout:
    return layout_for(tmp_path / "checkout", {}, temp_dir=tmp_path / "tmp")


def test_comments_and_empty_lines_are_no_requirements() -> None:
    assert netbox_install.requirement_lines(REQUIREMENTS) == ["netbox==9.8.7", "psycopg[binary,pool]==3.3.6"]


@pytest.mark.parametrize(
    ("line", "name"), [("psycopg[c,pool]==3.3.6", "psycopg"), ("Django_RQ>=3", "django-rq"), ("svgwrite", "svgwrite"), ("a.b ; x", "a-b")]
)
def test_the_name_of_a_requirement(line: str, name: str) -> None:
    assert netbox_install.requirement_name(line) == name


def test_the_version_of_netbox_is_read_from_the_requirements() -> None:
    assert netbox_install.netbox_version(REQUIREMENTS) == "9.8.7"
    with pytest.raises(ServerError, match="no exact version"):
        netbox_install.netbox_version("netbox>=4\nnetbox-plugin==1\n")


def test_a_database_driver_that_needs_no_compiler_replaces_netbox_s() -> None:
    lines = netbox_install.requirement_lines(REQUIREMENTS)

    assert netbox_install.overrides(lines) == ["psycopg[binary,pool]==3.3.6"]
    assert netbox_install.overridden(
        ["Django==6.1", "psycopg[c,pool]==3.3.6", "psycopg-extra==1", 'sentry-sdk==2; extra == "sentry"'], netbox_install.overrides(lines)
    ) == ["Django==6.1", "psycopg-extra==1", "psycopg[binary,pool]==3.3.6"]


def test_another_requirement_makes_another_environment_and_a_comment_does_not() -> None:
    assert netbox_install.stamp("netbox==1") != netbox_install.stamp("netbox==2")
    assert netbox_install.stamp("netbox==1") == netbox_install.stamp("# the server\n\nnetbox==1")


def test_an_environment_that_fits_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = layout(tmp_path)
    made: list[str] = []
    monkeypatch.setattr(netbox_install, "OLDEST_PYTHON", (3, 11))
    monkeypatch.setattr(netbox_install, "run_tool", lambda *_arguments: made.append("venv") or ours.python.parent.mkdir(parents=True))
    monkeypatch.setattr(netbox_install, "_install_with_uv", lambda *_arguments: ours.python.touch())

    netbox_install.ensure_environment(ours, {}, made.append)
    netbox_install.ensure_environment(ours, {}, made.append)
    assert made == ["installing NetBox", "venv"]

    ours.python.unlink()
    netbox_install.ensure_environment(ours, {}, made.append)
    assert made == ["installing NetBox", "venv"] * 2


def test_pip_is_used_when_uv_fails_and_a_failed_installation_is_not_taken_for_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = layout(tmp_path)
    said: list[str] = []

    def fail(*_arguments: object) -> None:
        raise ServerError("no wheel")

    monkeypatch.setattr(netbox_install, "OLDEST_PYTHON", (3, 11))
    monkeypatch.setattr(netbox_install, "run_tool", lambda *_arguments: None)
    monkeypatch.setattr(netbox_install, "_install_with_uv", fail)
    monkeypatch.setattr(netbox_install, "_install_with_pip", fail)

    with pytest.raises(ServerError, match="no wheel"):
        netbox_install.ensure_environment(ours, {}, said.append)
    assert said == ["installing NetBox", "uv failed, using pip: no wheel"]
    assert not ours.venv_stamp.exists()


def test_a_python_too_old_for_netbox_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(netbox_install, "OLDEST_PYTHON", (9, 0))

    with pytest.raises(ServerError, match="newer one"):
        netbox_install.ensure_environment(layout(tmp_path), {}, print)


def test_tools_get_a_home_that_can_be_written(tmp_path: Path) -> None:
    lost = netbox_install.tool_environment(layout(tmp_path), {"HOME": str(tmp_path / "missing"), "PYTHONPATH": "x", "PATH": "/bin"})
    kept = netbox_install.tool_environment(layout(tmp_path), {"HOME": str(tmp_path), "PIP_CERT": "c"})

    assert Path(lost["HOME"]).is_dir()
    assert Path(lost["HOME"]).is_relative_to(layout(tmp_path).data)
    assert "PYTHONPATH" not in lost
    assert kept == {"HOME": str(tmp_path), "PIP_CERT": "c"}


def test_a_link_of_the_package_is_made_relative(tmp_path: Path) -> None:
    (tmp_path / "native" / "lib").mkdir(parents=True)
    (tmp_path / "native" / "lib" / "libx.so.1.2").write_text("x")

    netbox_install.make_link(tmp_path, "native/lib/libx.so.1.2", "native/lib/libx.so")
    netbox_install.make_link(tmp_path, "native/lib/libx.so.1.2", "native/lib/libx.so")

    assert (tmp_path / "native" / "lib" / "libx.so").readlink() == Path("libx.so.1.2")


@pytest.mark.parametrize(("source", "target"), [("../outside", "native/x"), ("native/x", "../outside"), ("/etc/passwd", "native/x")])
def test_a_link_out_of_the_package_is_refused(tmp_path: Path, source: str, target: str) -> None:
    package = tmp_path / "package"
    package.mkdir()

    with pytest.raises(ServerError, match="outside"):
        netbox_install.make_link(package, source, target)
    assert not (tmp_path / "outside").is_symlink()


def postgres_tree(root: Path, major: str, *programs: str) -> None:
    for name in programs:
        path = root / major / "bin" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o755)


def test_the_newest_complete_system_postgres_is_taken(tmp_path: Path) -> None:
    postgres_tree(tmp_path, "9", "initdb", "postgres")
    postgres_tree(tmp_path, "15", "initdb", "postgres")
    postgres_tree(tmp_path, "16", "initdb", "postgres")
    postgres_tree(tmp_path, "17", "psql")
    postgres_tree(tmp_path, "common", "initdb", "postgres")

    assert netbox_postgres.newest_system_programs(tmp_path) == (tmp_path / "16" / "bin", 16)


@pytest.mark.parametrize("major", ["14", "9"])
def test_a_system_postgres_that_netbox_refuses_is_not_taken(tmp_path: Path, major: str) -> None:
    postgres_tree(tmp_path, major, "initdb", "postgres")

    assert netbox_postgres.newest_system_programs(tmp_path) is None
    assert netbox_postgres.newest_system_programs(tmp_path / "none") is None


def test_forcing_the_system_s_postgres_where_there_is_none_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(netbox_postgres, "newest_system_programs", lambda: None)
    monkeypatch.setattr(netbox_postgres, "choose_runtime", lambda *_arguments: tmp_path)

    with pytest.raises(ServerError, match="or use --postgres embedded"):
        netbox_postgres.find_postgres(netbox_postgres.PostgresKind.SYSTEM, layout(tmp_path), print)


def test_a_short_enterable_data_directory_is_used(tmp_path: Path) -> None:
    short = Layout(data=private_directory(tmp_path / "d", 0o755), fallback=tmp_path / "f", installation=tmp_path / "d")
    ourselves = netbox_postgres.PostgresUser(0, 0, ())

    if not netbox_postgres.socket_fits(short.data / "runtime"):
        pytest.skip("the temporary directory is itself too deep")
    assert netbox_postgres.choose_runtime(short, ourselves) == short.data / "runtime"


def test_a_deep_data_directory_is_replaced_by_the_fallback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = Layout(data=tmp_path / "d", fallback=tmp_path / "f", installation=tmp_path / "d")
    monkeypatch.setattr(netbox_postgres, "socket_fits", lambda path: path == deep.fallback)

    assert netbox_postgres.choose_runtime(deep, netbox_postgres.PostgresUser(0, 0, ())) == deep.fallback


def test_directories_that_postgres_s_user_cannot_enter_are_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(netbox_postgres, "socket_fits", lambda _path: True)
    # Stands for setpriv and "test -x": a user that may enter nothing.
    nobody = netbox_postgres.PostgresUser(0, 0, (str(shutil.which("false")),))

    with pytest.raises(ServerError, match="set TMPDIR"):
        netbox_postgres.choose_runtime(Layout(data=tmp_path / "d", fallback=tmp_path / "f", installation=tmp_path / "d"), nobody)


def test_the_required_netbox_has_its_dump() -> None:
    version = netbox_install.netbox_version(netbox_install.REQUIREMENTS.read_text())

    assert netbox_templates.dump_path(version).is_file()

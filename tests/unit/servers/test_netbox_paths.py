# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the NetBox test server keeps its files, and its lock."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest

from ansible_collections.netsot.librenms.tests.servers import netbox_paths
from ansible_collections.netsot.librenms.tests.servers.netbox_paths import ServerError, instances, layout_for


def test_the_checkout_s_ignored_cache_is_used_by_default(tmp_path: Path) -> None:
    assert layout_for(tmp_path, {}).data == tmp_path / ".cache" / "netbox"


def test_checkouts_with_one_cache_home_do_not_share_a_server(tmp_path: Path) -> None:
    environ = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    first, second = (layout_for(tmp_path / name, environ) for name in ("a", "b"))

    assert first.data.is_relative_to(tmp_path / "cache" / "netsot.librenms")
    assert first.data.name == "netbox"
    assert first.data != second.data
    assert first.fallback != second.fallback


def test_a_relative_cache_home_is_ignored(tmp_path: Path) -> None:
    assert layout_for(tmp_path, {"XDG_CACHE_HOME": "cache"}).data == tmp_path / ".cache" / "netbox"


def test_the_data_directory_is_free_of_links(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")

    assert layout_for(tmp_path / "link", {}).data == tmp_path / "real" / ".cache" / "netbox"


def test_users_do_not_share_a_fallback(tmp_path: Path) -> None:
    assert layout_for(tmp_path, {}, temp_dir=tmp_path, uid=1).fallback != layout_for(tmp_path, {}, temp_dir=tmp_path, uid=2).fallback


def test_instances_share_an_installation_and_nothing_else(tmp_path: Path) -> None:
    first, second = (layout_for(tmp_path, {}, instance=name) for name in ("", "gw1"))

    assert first.installation == second.installation == first.data
    assert (first.venv, first.netbox_root) == (second.venv, second.netbox_root)
    assert second.data == tmp_path / ".cache" / "netbox-gw1"
    assert not {first.fallback, first.lock, first.state, first.records, first.logs} & {
        second.fallback,
        second.lock,
        second.state,
        second.records,
        second.logs,
    }
    assert first.installation_lock != first.lock


def test_all_instances_of_a_checkout_are_found(tmp_path: Path) -> None:
    assert instances(tmp_path, {}) == []

    for name in ("gw1", "", "gw2"):
        layout_for(tmp_path, {}, instance=name).data.mkdir(parents=True)

    assert instances(tmp_path, {}) == ["", "gw1", "gw2"]


def test_a_directory_too_deep_for_a_socket_is_told() -> None:
    tail = len("/pg-run/.s.PGSQL.5432")

    assert netbox_paths.socket_fits(Path("/" + "x" * (98 - tail)))
    assert not netbox_paths.socket_fits(Path("/" + "x" * (99 - tail)))
    assert not netbox_paths.socket_fits(Path("/" + "é" * (98 - tail)))


def test_a_private_directory_gets_its_mode_also_when_it_exists(tmp_path: Path) -> None:
    directory = tmp_path / "a" / "b"

    assert netbox_paths.private_directory(directory, 0o700).stat().st_mode & 0o777 == 0o700
    assert netbox_paths.private_directory(directory, 0o711).stat().st_mode & 0o777 == 0o711


def test_a_link_in_place_of_a_private_directory_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "link").symlink_to("elsewhere")

    with pytest.raises(ServerError, match="not a directory of ours"):
        netbox_paths.private_directory(tmp_path / "link", 0o700)


def test_a_strangers_directory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stranger = os.geteuid() + 1
    monkeypatch.setattr("os.geteuid", lambda: stranger)

    with pytest.raises(ServerError, match="not a directory of ours"):
        netbox_paths.private_directory(tmp_path, 0o700)


def test_the_lock_keeps_others_out_while_it_is_held(tmp_path: Path) -> None:
    path = tmp_path / "data" / "lock"
    with netbox_paths.locked(path), path.open("w") as other, pytest.raises(BlockingIOError):
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    with path.open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_the_end_of_a_log_is_quoted(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("".join(f"line {number}\n" for number in range(9)))

    assert netbox_paths.tail(log, 2) == "line 7\nline 8"
    assert netbox_paths.tail(tmp_path / "none") == "(no log)"

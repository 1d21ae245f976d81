# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the module tells of the cache."""

from __future__ import annotations

import json
import pathlib
import time
import typing as t

import pytest
import yaml
from ansible.module_utils import basic

from ansible_collections.netsot.librenms.plugins.module_utils._cache.files import CacheKey, CacheScope, FileCache
from ansible_collections.netsot.librenms.plugins.module_utils._librenms.cached_searches import cached_searches
from ansible_collections.netsot.librenms.plugins.modules import librenms_cache_info

TOKEN = "s3cr3t-token"
FIRST = CacheScope.of("https://one.example/api/v0", TOKEN, verify=True)
SECOND = CacheScope.of("https://two.example/nms/api/v0", TOKEN, verify=True)

Run = t.Callable[..., dict[str, t.Any]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the module in this process and returns its answer."""

    def run(**options: t.Any) -> dict[str, t.Any]:
        arguments = {"ANSIBLE_MODULE_ARGS": options | {"_ansible_check_mode": True, "_ansible_remote_tmp": str(tmp_path)}}
        monkeypatch.setattr(basic, "_ANSIBLE_ARGS", json.dumps(arguments).encode())
        # Needed since ansible-core 2.19, where a module is told how its arguments are encoded.
        monkeypatch.setattr(basic, "_ANSIBLE_PROFILE", "legacy", raising=False)
        with pytest.raises(SystemExit):
            librenms_cache_info.main()
        return t.cast("dict[str, t.Any]", json.loads(capsys.readouterr().out))

    return run


@pytest.fixture
def directory(tmp_path: pathlib.Path) -> pathlib.Path:
    """Two searches, the second one newer, and something that is no search."""
    directory = tmp_path / "cache"
    start = time.time() - 100
    kept: tuple[tuple[float, CacheKey, t.Any], ...] = (
        (start, FIRST.key("search", "a", {"filters": {"os": ["ios"]}, "include_disabled": False}), [1, 2, 3]),
        (start + 30, SECOND.key("search", "b", {"filters": {}, "include_disabled": True}), []),
        (start + 40, FIRST.key("virtual_chassis", "c", {"device_id": 1}), {}),
        (start - 900, FIRST.key("search", "d", {"filters": {}}), [1]),
    )
    for now, key, value in kept:
        FileCache(str(directory), 300, clock=lambda now=now: now).get_or_fetch(key, lambda value=value: value, count=len)  # type: ignore[misc]
    return directory


def test_searches_newest_first(run: Run, directory: pathlib.Path) -> None:
    answer = run(cache_dir=str(directory))
    assert answer["changed"] is False
    assert answer["cache_dir"] == str(directory / "netsot.librenms")
    newer, older = answer["searches"]
    assert (newer["librenms_url"], newer["filters"], newer["include_disabled"], newer["devices"]) == (
        "https://two.example/nms/api/v0",
        {},
        True,
        0,
    )
    assert (older["filters"], older["include_disabled"], older["devices"]) == ({"os": ["ios"]}, False, 3)
    assert TOKEN not in json.dumps(answer)
    assert older["fetched_at"] < newer["fetched_at"] < older["expires_at"]


def test_age_and_time_left(directory: pathlib.Path) -> None:
    cache = FileCache(str(directory))
    (search,) = cached_searches(cache, librenms_url="https://one.example/")
    (later,) = cached_searches(cache, librenms_url="https://one.example", now=search.fetched_at + 120)
    assert (later.age, later.expires_in) == (120, 180)


@pytest.mark.parametrize("url", ["https://two.example/nms", "https://two.example/nms/api/v0/"])
def test_one_server(run: Run, directory: pathlib.Path, url: str) -> None:
    assert [search["filters"] for search in run(cache_dir=str(directory), librenms_url=url)["searches"]] == [{}]


def test_unusable_url(run: Run, directory: pathlib.Path) -> None:
    answer = run(cache_dir=str(directory), librenms_url="two.example")
    assert answer["failed"] is True
    assert answer["failure"] == {"kind": "OptionError", "option": "librenms_url"}


def test_directory_of_the_environment(run: Run, directory: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NETSOT_LIBRENMS_CACHE_DIR", str(directory))
    assert len(run()["searches"]) == 2


def test_nothing_cached(run: Run, tmp_path: pathlib.Path) -> None:
    absent = tmp_path / "absent"
    assert run(cache_dir=str(absent))["searches"] == []
    assert not absent.exists()


def test_home_of_a_user_that_does_not_exist(run: Run) -> None:
    answer = run(cache_dir="~nosuchuser/x")
    assert answer["failed"] is True
    assert answer["failure"] == {"kind": "OptionError", "option": "cache_dir"}


def test_documentation_names_what_is_returned(run: Run, directory: pathlib.Path) -> None:
    answer = run(cache_dir=str(directory))
    documented = yaml.safe_load(librenms_cache_info.RETURN)
    assert set(documented) == set(answer) - {"changed", "invocation"}
    assert set(documented["searches"]["contains"]) == set(answer["searches"][0])

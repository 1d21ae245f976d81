# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds the execution environment of execution-environment.yml, with the collection that is built here instead of Galaxy's.

    run.py --tools python tests/tools/image.py [--context | BASE_IMAGE]

It needs buildah or podman. With --context it needs neither: it only sees whether ansible-builder takes the definition and finds the
libraries that the collection needs.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import typing as t
from pathlib import Path

import yaml
from paths import CHECKOUT, cache_dir, installed_root

TAG = "localhost/netsot-librenms"


def context(archive: Path, base_image: str = "") -> Path:
    """Writes the build context and returns its directory."""
    root = cache_dir() / "image"
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    definition: dict[str, t.Any] = yaml.safe_load((CHECKOUT / "execution-environment.yml").read_text(encoding="utf-8"))
    if base_image:
        definition["images"]["base_image"]["name"] = base_image
    definition["additional_build_files"] = [{"src": str(archive), "dest": "collections"}]
    definition["dependencies"]["galaxy"] = {"collections": [{"name": f"collections/{archive.name}", "type": "file"}]}
    (root / "execution-environment.yml").write_text(yaml.safe_dump(definition), encoding="utf-8")
    command = ["ansible-builder", "create", "-f", str(root / "execution-environment.yml"), "-c", str(root / "context")]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    return root / "context"


def check(archive: Path) -> None:
    """Raises C(SystemExit) or C(CalledProcessError) for what no image could be built of."""
    directory = context(archive)
    command = ["ansible-builder", "introspect", "--sanitize", str(installed_root())]
    found = subprocess.run(command, check=True, capture_output=True, text=True, stdin=subprocess.DEVNULL).stdout
    needed = (CHECKOUT / "meta" / "ee-requirements.txt").read_text(encoding="utf-8").splitlines()
    missing = [line for line in needed if line and not line.startswith("#") and line not in found]
    if missing:
        sys.exit(f"ansible-builder does not find what the collection needs: {', '.join(missing)}\n{found}")
    print(f"ansible-builder accepts execution-environment.yml: {directory}")


def main(arguments: list[str]) -> int:
    (archive,) = (cache_dir() / "build").glob("*.tar.gz")
    if arguments[:1] == ["--context"]:
        check(archive)
        return 0
    directory = context(archive, *arguments[:1])
    tool = next((name for name in ("buildah", "podman") if shutil.which(name)), None)
    if tool is None:
        sys.exit(f"Neither buildah nor podman is installed. What they would build is in {directory}.")
    build = [tool, "build", "--tag", TAG, "--file", str(directory / "Dockerfile"), str(directory)]
    return subprocess.run(build, check=False, stdin=subprocess.DEVNULL).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

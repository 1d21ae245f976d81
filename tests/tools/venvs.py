# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Virtual environments below the cache directory: made when missing, made anew when out of date or broken."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import typing as t
from pathlib import Path

from paths import CHECKOUT, cache_dir

REQUIREMENTS = CHECKOUT / "tests" / "requirements"


def ensure_venv(name: str, requirements: Path, python: str = sys.executable) -> Path:
    """Returns the directory of the environment C(name), in which exactly what C(requirements) pins is installed.

    C(python) is the interpreter to make it from. Raises C(subprocess.CalledProcessError) when that fails; what pip
    said is on stderr then. Two callers at once make it once.
    """
    venv = cache_dir() / name
    with _locked(cache_dir() / f"{name}.lock"):
        stamp = venv / "requirements.stamp"
        wanted = _fingerprint(venv, requirements, python)
        if not (_text(stamp) == wanted and _runs(venv)):
            print(f"Making the virtual environment {venv} (once; about a minute).", file=sys.stderr, flush=True)
            shutil.rmtree(venv, ignore_errors=True)
            # PYTHONHOME and friends of an outer environment must not leak into the new one.
            subprocess.run([python, "-I", "-m", "venv", str(venv)], check=True, stdin=subprocess.DEVNULL)
            _install(venv, requirements)
            stamp.write_text(wanted, encoding="utf-8")
    return venv


def _install(venv: Path, requirements: Path) -> None:
    """With uv, which is several times faster; with pip where uv cannot, for instance because only pip's settings name the package index."""
    python = str(venv / "bin" / "python")
    pip = [python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    environment = os.environ | {"PIP_ROOT_USER_ACTION": "ignore"}

    def run(command: list[str]) -> bool:
        return subprocess.run(command, check=False, env=environment, stdin=subprocess.DEVNULL, stdout=sys.stderr).returncode == 0

    # The constraint makes it the uv that the requirements pin, where they do.
    if run([*pip, "--constraint", str(requirements), "uv"]) and run(
        [python, "-m", "uv", "pip", "install", "--quiet", "--python", python, "--requirement", str(requirements)]
    ):
        return
    print("uv could not install the requirements; trying pip.", file=sys.stderr, flush=True)
    subprocess.run([*pip, "--requirement", str(requirements)], check=True, env=environment, stdin=subprocess.DEVNULL, stdout=sys.stderr)


def _fingerprint(venv: Path, requirements: Path, python: str) -> str:
    """Changes with everything that makes an environment stale; its scripts carry its own path, so a moved one counts too."""
    version = _output([python, "-I", "-c", "import sys; print(sys.version)"])
    return hashlib.sha256("\0".join([str(venv), version, requirements.read_text(encoding="utf-8")]).encode()).hexdigest()


def _runs(venv: Path) -> bool:
    try:
        _output([str(venv / "bin" / "python"), "-c", "import pip"])
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


def _output(command: list[str]) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True, stdin=subprocess.DEVNULL).stdout


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return ""


@contextlib.contextmanager
def _locked(path: Path) -> t.Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield

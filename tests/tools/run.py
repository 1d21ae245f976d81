# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs one command with the project's development environment, which it makes first when needed.

    python tests/tools/run.py [--source | --installed | --oldest | --core VERSION | --tools] COMMAND [ARGUMENT ...]

--source      the collection is the checkout itself (for unit tests and mypy)
--installed   the collection is the one that ``collection.py install`` put into the cache directory (for playbooks)
--oldest      as --source, in an environment with the oldest supported ansible-core and libraries
--core 2.19   as --source, in an environment with that ansible-core and the newest libraries; CORE_PYTHON=3.13 chooses its Python
--tools       as --installed, in an environment with what checks and builds a release

It needs Python 3.12 or newer and nothing else; ``make`` finds such a Python and calls it.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

from paths import CHECKOUT, cache_dir, installed_root, link_source
from venvs import REQUIREMENTS, ensure_venv

# What a user's shell sets for daily work would steer the tests: a NETBOX_TOKEN there leads to a server that is not ours.
FOREIGN = ("ANSIBLE_", "GIT_", "LIBRENMS_", "MYPY", "NETBOX_", "NETSOT_", "PYTEST_", "PYTHONHOME", "PYTHONPATH", "RUFF_", "SERVER_KEY")
LOOPBACK = "localhost,127.0.0.1"


def environment(venv: Path, collections: Path | None = None, importable: bool = False) -> dict[str, str]:
    """The variables for a command: tools of C(venv), every cache below the cache directory, no settings from outside.

    C(collections) is the directory of collections Ansible is to use; C(importable) also puts it on Python's path.
    """
    cache = cache_dir()
    result = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    result |= {
        "VIRTUAL_ENV": str(venv),
        "PATH": os.pathsep.join([str(venv / "bin"), os.environ.get("PATH", os.defpath)]),
        "ANSIBLE_HOME": str(cache / "ansible"),
        "ANSIBLE_CONFIG": str(cache / "ansible.cfg"),
        "ANSIBLE_FORCE_COLOR": "0",
        "HYPOTHESIS_STORAGE_DIRECTORY": str(cache / "hypothesis"),
        "MYPY_CACHE_DIR": str(cache / "mypy"),
        "PYTEST_ADDOPTS": f"-o cache_dir={cache / 'pytest'}",
        "PYTHONDONTWRITEBYTECODE": "1",
        "RUFF_CACHE_DIR": str(cache / "ruff"),
    }
    for name in ("no_proxy", "NO_PROXY"):  # the test servers listen on loopback, which no proxy can reach
        result[name] = ",".join(filter(None, [os.environ.get(name, ""), LOOPBACK]))
    if collections is not None:
        result["ANSIBLE_COLLECTIONS_PATH"] = str(collections)
        if importable:
            result |= {"PYTHONPATH": str(collections), "MYPYPATH": str(collections)}
        else:
            # For pytest's own process only: what Ansible starts has to find everything in what Ansible hands it.
            paths = shlex.join([str(CHECKOUT / "tests"), str(CHECKOUT / "tests" / "tools"), str(collections)])
            result["PYTEST_ADDOPTS"] += f" -o {shlex.quote(f'pythonpath={paths}')}"
    return result


def development_venv() -> Path:
    return ensure_venv("venv", REQUIREMENTS / "dev.txt")


def oldest_venv() -> Path:
    """With Python 3.11, or with 3.12, which is the newest that the oldest ansible-core runs on."""
    return ensure_venv("venv-oldest", REQUIREMENTS / "oldest.txt", find_python("3.11", "3.12"))


CORES = {"2.17": ("3.11", "3.12"), "2.18": ("3.11", "3.13"), "2.19": ("3.11", "3.13"), "2.20": ("3.12", "3.14"), "2.21": ("3.12", "3.14")}
"""The first and last Python that each ansible-core runs on, as far as this collection supports it."""


def core_venv(version: str) -> Path:
    if version not in CORES:
        sys.exit(f"CORE={version} is none of {', '.join(CORES)}.")
    wanted = os.environ.get("CORE_PYTHON")
    python = find_python(wanted, wanted) if wanted else find_python(*CORES[version])
    libraries = [line.partition("==")[0] for line in (REQUIREMENTS / "oldest.in").read_text(encoding="utf-8").splitlines()]
    others = [line for line in libraries if line and not line.startswith("#") and line != "ansible-core"]
    requirements = cache_dir() / f"core-{version}.txt"
    requirements.parent.mkdir(parents=True, exist_ok=True)
    requirements.write_text("\n".join([f"ansible-core~={version}.0", *others, ""]), encoding="utf-8")
    return ensure_venv(f"venv-core-{version}", requirements, python)


def find_python(minimum: str, maximum: str) -> str:
    """The oldest one in these limits that is there."""
    finder = ["sh", str(Path(__file__).with_name("find-python.sh"))]
    variables = {name: value for name, value in os.environ.items() if name != "PYTHON"}
    reason = ""
    for minor in range(int(minimum.partition(".")[2]), int(maximum.partition(".")[2]) + 1):
        version = f"3.{minor}"
        found = subprocess.run(
            [*finder, version, version], check=False, capture_output=True, text=True, env=variables, stdin=subprocess.DEVNULL
        )
        if found.returncode == 0:
            return found.stdout.strip()
        reason = found.stderr
    sys.exit(reason)


def main(arguments: list[str]) -> None:
    match arguments:
        case ["--source", *command]:
            variables = environment(development_venv(), link_source(), importable=True)
        case ["--installed", *command]:
            variables = environment(development_venv(), installed_root())
        case ["--oldest", *command]:
            variables = environment(oldest_venv(), link_source(), importable=True)
        case ["--core", version, *command]:
            variables = environment(core_venv(version), link_source(), importable=True)
        case ["--tools", *command]:
            variables = environment(ensure_venv("venv-tools", REQUIREMENTS / "tools.txt"), installed_root())
        case command:
            variables = environment(development_venv())
    if not command:
        sys.exit(__doc__)
    (cache_dir() / "ansible.cfg").touch()  # empty: the user's own and the system's do not count
    os.environ["PATH"] = variables["PATH"]  # execvpe looks the command up in this process's PATH
    os.execvpe(command[0], command, variables)


if __name__ == "__main__":
    main(sys.argv[1:])

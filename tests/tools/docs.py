# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds the documentation site of the installed collection: plugins and roles by antsibull-docs, and the guides of docs/.

    run.py --tools python tests/tools/docs.py [--online]

Prints the directory of the HTML. Fails on any warning about texts of this collection. --online also links to the
documentation of Ansible and Python, whose lists of names are fetched from their sites.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

from paths import CHECKOUT, cache_dir

CONFIGURATION = """
project = "netsot.librenms"
copyright = "The netsot.librenms authors"
extensions = ["sphinx.ext.intersphinx", "sphinx_antsibull_ext", "myst_parser"]
source_suffix = {{".rst": "restructuredtext", ".md": "markdown"}}
myst_heading_anchors = 4
intersphinx_mapping = {mapping}
default_role = "any"
nitpicky = False
highlight_language = "YAML+Jinja"
html_theme = "sphinx_ansible_theme"
html_title = "netsot.librenms"
html_theme_options = {{"documentation_home_url": "index.html"}}
html_show_sphinx = False
"""
MAPPING = {
    "python": ("https://docs.python.org/3/", None),
    "ansible_devel": ("https://docs.ansible.com/ansible/devel/", None),
}
FIRST = ("playbooks", "rules", "issues", "inventory", "awx")
"""The guides that come first; the others follow by name."""

_LABELS = r"ansible_collections\.ansible\.|common_return_values|ansible_configuration_settings|(action|callback|inventory)_plugins"
_ELSEWHERE = re.compile(rf"undefined label: '({_LABELS})|'envvar' reference target not found: ANSIBLE_|intersphinx inventory")
"""Warnings about names that are explained in Ansible's own documentation."""


def guides(target: Path) -> list[str]:
    shutil.copytree(CHECKOUT / "docs", target)
    for page in target.glob("*.md"):
        # What lies outside docs/ is not part of the site.
        text = re.sub(
            r"\]\(\.\./([^)#]+)", r"](https://github.com/netsot/ansible-collection-librenms/blob/main/\1", page.read_text(encoding="utf-8")
        )
        page.write_text(text, encoding="utf-8")
    names = sorted(page.stem for page in target.glob("*.md"))
    return [*(name for name in FIRST if name in names), *(name for name in names if name not in FIRST)]


def index(names: list[str]) -> str:
    lines = ["# netsot.librenms", "", "Find devices in LibreNMS, judge how ready each one is, and import them into NetBox.", ""]
    lines += ["```{toctree}", ":caption: Guides", ":maxdepth: 1", "", *(f"guides/{name}" for name in names), "```", ""]
    lines += ["```{toctree}", ":caption: Modules and plugins", ":maxdepth: 2", "", "plugins/index", "```", ""]
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    root = cache_dir() / "docs"
    shutil.rmtree(root, ignore_errors=True)
    source, target = root / "source", root / "html"
    (source / "plugins").mkdir(parents=True, mode=0o755)
    generate = [
        "antsibull-docs",
        "collection",
        "--use-current",
        "--squash-hierarchy",
        "--fail-on-error",
        "--dest-dir",
        str(source / "plugins"),
    ]
    subprocess.run([*generate, "netsot.librenms"], check=True, stdin=subprocess.DEVNULL)
    (source / "index.md").write_text(index(guides(source / "guides")), encoding="utf-8")
    mapping = MAPPING if "--online" in arguments else {}
    (source / "conf.py").write_text(CONFIGURATION.format(mapping=mapping), encoding="utf-8")
    warnings = root / "warnings.txt"
    build = [sys.executable, "-m", "sphinx", "-q", "-b", "html", "-w", str(warnings), str(source), str(target)]
    done = subprocess.run(build, check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    ours = [line for line in warnings.read_text(encoding="utf-8").splitlines() if line.strip() and not _ELSEWHERE.search(line)]
    if done.returncode or ours:
        print("\n".join(ours) or done.stderr, file=sys.stderr)
        return 1
    print(target / "index.html")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

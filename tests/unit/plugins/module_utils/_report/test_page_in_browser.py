# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTML report in a real browser, as wide as a phone and as a desk.

A page around it, of the same origin, holds it in a frame, uses it as a person would and says what it saw. Without a browser, see
tools/browser.py, the test is skipped.
"""

from __future__ import annotations

import collections.abc as c
import functools
import html
import http.server
import json
import re
import threading
import typing as t
from pathlib import Path

import pytest
from browser import BROWSER, MISSING, browse
from unit.plugins.module_utils._report.test_report import ROOT, search_result

from ansible_collections.netsot.librenms.plugins.module_utils._report.html_file import write_html

pytestmark = pytest.mark.skipif(BROWSER is None, reason=MISSING)

AROUND = """<!DOCTYPE html><iframe src="report.html" style="width: WIDTHpx; height: 800px; border: 0"></iframe><script>
const frame = document.querySelector("iframe");
frame.addEventListener("load", () => {
  const page = frame.contentDocument, seen = {};
  const shown = () => Array.from(page.querySelectorAll("#devices > tbody")).filter((row) => !row.hidden).length;
  const words = Array.from(page.querySelectorAll("td.device .name"));
  seen.overflow = page.documentElement.scrollWidth - page.documentElement.clientWidth;
  seen.findingRight = Math.max(...Array.from(page.querySelectorAll(".finding"), (item) => item.getBoundingClientRect().right));
  seen.nameLines = Math.max(...words.map((item) => item.getClientRects().length));
  seen.all = shown();
  const code = page.querySelector(".finding code");
  code.click();
  seen.filtered = shown();
  seen.chosen = page.getElementById("code").value;
  code.click();
  seen.again = shown();
  const inPanel = page.querySelector(".panel code");
  inPanel.click();
  seen.fromPanel = shown();
  seen.panelStaysClosed = !page.querySelector(".panel").open;
  seen.link = page.querySelector("a[href*='/device/']").href;
  document.body.append(Object.assign(document.createElement("pre"), { id: "seen", textContent: JSON.stringify(seen) }));
});
</script>"""


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_args: t.Any) -> None:
        pass


@pytest.fixture
def served(tmp_path: Path) -> c.Iterator[tuple[Path, str]]:
    """A directory, and where a server shows it."""
    handler = functools.partial(_Quiet, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield tmp_path, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def looked_at(served: tuple[Path, str], width: int, result: dict[str, t.Any]) -> dict[str, t.Any]:
    directory, url = served
    about = {"librenms_url": "https://librenms.example.net", "netbox_url": ROOT, "filters": {}}
    with (directory / "report.html").open("w", encoding="utf-8") as file:
        write_html(file, "search", result | {"about": about})
    (directory / "around.html").write_text(AROUND.replace("WIDTH", str(width)), encoding="utf-8")
    done = browse(f"{url}/around.html", directory / "profile", "--window-size=1400,900", "--dump-dom")
    found = re.search(r'<pre id="seen">(.*?)</pre>', done.stdout)
    assert found, f"{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    return t.cast("dict[str, t.Any]", json.loads(html.unescape(found.group(1))))


@pytest.mark.parametrize("width", [380, 1100, 1300])
def test_it_can_be_read_and_used(served: tuple[Path, str], width: int) -> None:
    seen = looked_at(served, width, search_result())
    assert seen["overflow"] <= 0
    assert seen["findingRight"] <= width
    assert seen["nameLines"] == 1
    assert (seen["all"], seen["filtered"], seen["again"], seen["fromPanel"]) == (3, 1, 3, 1)
    assert seen["chosen"] == "site_not_found"
    assert seen["panelStaysClosed"]
    assert seen["link"] == "https://librenms.example.net/device/1/"


@pytest.mark.parametrize("width", [380, 1100, 1300])
def test_a_name_without_a_blank_pushes_nothing_off_the_page(served: tuple[Path, str], width: int) -> None:
    result = search_result()
    result["devices"][0] |= {"name": "x" * 200, "hostname": "y" * 200}
    seen = looked_at(served, width, result)
    assert seen["overflow"] <= 0
    assert seen["findingRight"] <= width

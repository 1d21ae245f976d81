# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulated LibreNMS for tests and the demo, on loopback only.

Run ``librenms_simulator.py start|stop|status|env|serve`` with any Python from 3.12 on; only the standard library is
needed. Or use `LibreNMSSimulator` from a test. One detached simulator belongs to one checkout.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import shlex
import signal
import socket
import sys
import typing as t
import urllib.request
from pathlib import Path

if not __package__:
    # Run as a script: make the modules beside this file importable as the package that they are.
    sys.path[0] = str(Path(__file__).resolve().parents[1])
    __package__ = "servers"
    import servers  # noqa: F401

from .librenms_demo import demo_devices
from .librenms_devices import generate
from .librenms_model import NEWEST, SimDevice
from .librenms_server import LibreNMSSimulator
from .netbox_paths import CHECKOUT, ServerError, layout_for, locked, private_directory, tail, write_atomic
from .netbox_process import end, is_alive, listen_on_loopback, read_record, spawn, wait_until

__all__ = ["DetachedSimulator", "LibreNMSSimulator", "demo_devices", "generate"]

_TOKEN_VARIABLE = "LIBRENMS_SIMULATOR_TOKEN"  # the name of a variable


def devices_of(text: str) -> list[SimDevice]:
    """``demo``, or a number of generated devices. Raises ValueError for anything else."""
    return demo_devices() if text == "demo" else generate(int(text))


class DetachedSimulator:
    """The simulator of one checkout that runs as a process of its own. Methods raise ServerError with the reason."""

    def __init__(self, *, checkout: Path = CHECKOUT, environ: t.Mapping[str, str] = os.environ) -> None:
        self.data = layout_for(checkout, environ).data.parent / "librenms"
        self._record = self.data / "process"
        self._state_file = self.data / "state.json"
        self._log = self.data / "simulator.log"

    def start(self, devices: str = "demo", *, port: int | None = None, version: str = NEWEST, token: str | None = None) -> bool:
        """Start the simulator, or start it anew when it runs with other devices, version, port or token; whether it had to be started."""
        private_directory(self.data, 0o700)
        with locked(self.data / "lock"):
            before = self._state()
            token = token or before.get("token") or secrets.token_hex(16)
            wanted = {"devices": devices, "version": version, "token": token}
            same_port = port is None or port == before.get("port")
            if self._answers() and same_port and {name: before.get(name) for name in wanted} == wanted:
                return False
            self._end()
            listener = listen_on_loopback(port or before.get("port"))
            with listener:
                actual = listener.getsockname()[1]
                if port is not None and actual != port:
                    raise ServerError(f"port {port} of 127.0.0.1 is not free")
                write_atomic(self._state_file, json.dumps(wanted | {"port": actual}))
                self._state_file.chmod(0o600)
                script = str(Path(__file__).resolve())
                listening = str(listener.fileno())
                spawn(
                    [sys.executable, script, "serve", "--devices", devices, "--version", version, "--listener", listening],
                    record=self._record,
                    directory=self.data,
                    log=self._log,
                    env={**os.environ, _TOKEN_VARIABLE: token},
                    pass_fds=(listener.fileno(),),
                )
            wait_until(lambda: self._answers() or not self._runs(), 60, lambda: ServerError(f"no answer: {tail(self._log)}"))
            if not self._runs():
                raise ServerError(f"the simulator ended at once: {tail(self._log)}")
            return True

    def stop(self) -> bool:
        """End it; whether it ran."""
        if not self.data.is_dir():
            return False
        with locked(self.data / "lock"):
            return self._end()

    def status(self) -> dict[str, t.Any]:
        state = self._state()
        url = f"http://127.0.0.1:{state['port']}" if "port" in state else None
        record = read_record(self._record)
        return {
            "running": self._answers(),
            "url": url,
            "token": state.get("token"),
            "devices": state.get("devices"),
            "version": state.get("version"),
            "pid": record.pid if record and is_alive(record) else None,
            "log": str(self._log),
        }

    def _end(self) -> bool:
        return end(self._record, sign=signal.SIGTERM, patience=5, below=[self.data])

    def _runs(self) -> bool:
        return is_alive(read_record(self._record))

    def _state(self) -> dict[str, t.Any]:
        try:
            state = json.loads(self._state_file.read_text())
        except (OSError, ValueError):
            return {}
        return state if isinstance(state, dict) else {}

    def _answers(self) -> bool:
        """Tell whether our own process answers under our token."""
        state = self._state()
        if "port" not in state or not self._runs():
            return False
        request = urllib.request.Request(f"http://127.0.0.1:{state['port']}/__control__/settings", headers={"X-Auth-Token": state["token"]})
        try:
            # A proxy of the caller's environment has no business with a loopback address.
            with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as answer:
                return "version" in json.load(answer)
        except (OSError, ValueError):
            return False


def serve(options: argparse.Namespace) -> None:
    """Serve in the foreground until SIGTERM or SIGINT."""
    listener = None if options.listener is None else socket.socket(fileno=options.listener)
    token = options.token or os.environ.get(_TOKEN_VARIABLE) or None
    simulator = LibreNMSSimulator(
        devices_of(options.devices), version=options.version, token=token, port=options.port or 0, listener=listener
    )
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    print(json.dumps({"url": simulator.url, "token": simulator.token}), flush=True)
    try:
        simulator.serve_forever()
    except KeyboardInterrupt:
        return


def shell_lines(status: t.Mapping[str, t.Any]) -> str:
    """``export`` lines for a shell: what the collection's options fall back to."""
    return "\n".join(
        f"export {name}={shlex.quote(value)}" for name, value in (("LIBRENMS_URL", status["url"]), ("LIBRENMS_TOKEN", status["token"]))
    )


def main(arguments: t.Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="A simulated LibreNMS for tests, on loopback only.")
    parser.add_argument("command", choices=("start", "stop", "status", "env", "serve"))
    parser.add_argument("--devices", default="demo", help="demo, or a number of generated devices (demo)")
    parser.add_argument("--port", type=int, help="the one it had, or a free one")
    parser.add_argument("--version", default=NEWEST, help=f"how it behaves: 24.1.0 to {NEWEST} (the latter)")
    parser.add_argument("--token", help="the one it had, or a new one")
    parser.add_argument("--listener", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.command == "serve":
        serve(options)
        return 0
    simulator = DetachedSimulator()
    try:
        if options.command == "start":
            simulator.start(options.devices, port=options.port, version=options.version, token=options.token)
        elif options.command == "stop":
            simulator.stop()
    except ServerError as error:
        print(f"librenms: {error}", file=sys.stderr)
        return 1
    status = simulator.status()
    if options.command == "env":
        if not status["running"]:
            print("librenms: the simulator does not run; start it first", file=sys.stderr)
            return 1
        print(shell_lines(status))
    else:
        print(json.dumps(status, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())

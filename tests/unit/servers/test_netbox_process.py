# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Processes of the NetBox test server: recognised later, ended only when they are its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ansible_collections.netsot.librenms.tests.servers import netbox_process
from ansible_collections.netsot.librenms.tests.servers.netbox_paths import ServerError

ENV = {"PATH": os.environ["PATH"]}
STAT = "4711 (a (b) c) S 1 4711 4712 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 98765 1000 10"


class Program:
    """Starts ``sh -c SCRIPT`` in a directory of its own and ends what is left of it."""

    def __init__(self, tmp_path: Path) -> None:
        self.directory = tmp_path / "work"
        self.directory.mkdir()
        self.path = tmp_path / "records" / "program"
        self.log = tmp_path / "logs" / "program.log"

    def start(self, script: str) -> netbox_process.Record:
        netbox_process.spawn(["/bin/sh", "-c", script], record=self.path, directory=self.directory, log=self.log, env=ENV)
        record = netbox_process.read_record(self.path)
        assert record is not None
        return record

    def end(self) -> bool:
        return netbox_process.end(self.path, sign=signal.SIGTERM, patience=5, below=[self.directory])


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    program = Program(tmp_path)
    yield program
    for pid in netbox_process.processes_below(program.directory):
        os.kill(pid, signal.SIGKILL)


@pytest.fixture
def stranger(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process of somebody else, as a group and session leader."""
    with subprocess.Popen(["sleep", "600"], start_new_session=True, cwd="/") as process:
        yield process
        process.kill()


def wait_for(condition: Callable[[], bool]) -> None:
    netbox_process.wait_until(condition, 30, lambda: ServerError("waited in vain"))


def test_a_command_name_with_parentheses_and_blanks_does_not_shift_the_fields() -> None:
    assert netbox_process.parse_stat(STAT) == netbox_process.ProcessStat(pid=4711, state="S", parent=1, session=4712, start_time=98765)


@pytest.mark.parametrize("text", ["", "4711", "4711 (sh) S 1 2", "no parentheses at all"])
def test_a_damaged_record_is_no_record(text: str) -> None:
    assert netbox_process.parse_record(f"boot\n{text}") is None


def test_a_started_program_is_alive_until_it_is_ended(program: Program) -> None:
    record = program.start("exec sleep 600")

    assert netbox_process.is_alive(record)
    assert program.end()
    assert not netbox_process.is_alive(record)
    assert not program.path.exists()


def test_its_output_goes_to_its_log_and_it_works_in_its_directory(program: Program) -> None:
    program.start("pwd; exec sleep 600")

    wait_for(lambda: program.log.read_text() == f"{program.directory}\n")


def test_a_program_that_ignores_the_polite_signal_is_ended(program: Program) -> None:
    record = program.start("trap '' TERM; echo ready; while :; do sleep 600; done")
    wait_for(lambda: program.log.read_text() == "ready\n")

    assert netbox_process.end(program.path, sign=signal.SIGTERM, patience=0.1, below=[program.directory])
    assert netbox_process.session_members(record, [program.directory]) == []


def test_children_that_outlive_their_parent_are_ended(program: Program) -> None:
    record = program.start("sleep 600 & exec sleep 601")
    wait_for(lambda: len(netbox_process.session_members(record, [program.directory])) == 2)
    os.kill(record.pid, signal.SIGKILL)
    wait_for(lambda: not netbox_process.is_alive(record))

    assert len(netbox_process.session_members(record, [program.directory])) == 1
    assert program.end()
    assert netbox_process.processes_below(program.directory) == []


def test_nobody_elses_process_with_the_recorded_pid_is_touched(program: Program, stranger: subprocess.Popen[bytes]) -> None:
    boot = Path("/proc/sys/kernel/random/boot_id").read_text()
    stat = Path(f"/proc/{stranger.pid}/stat").read_text()
    real = netbox_process.parse_stat(stat)
    program.path.parent.mkdir()
    program.path.write_text(boot + stat.replace(f" {real.start_time} ", f" {real.start_time - 1} "))

    assert not program.end()
    assert stranger.poll() is None
    assert not program.path.exists()


def test_a_session_that_works_elsewhere_is_not_touched(program: Program, stranger: subprocess.Popen[bytes]) -> None:
    program.path.parent.mkdir()
    program.path.write_text(Path("/proc/sys/kernel/random/boot_id").read_text() + Path(f"/proc/{stranger.pid}/stat").read_text())

    assert not program.end()
    assert stranger.poll() is None


def test_a_record_of_another_boot_is_of_no_process(program: Program) -> None:
    record = program.start("exec sleep 600")

    assert not netbox_process.is_alive(netbox_process.Record("another", record.pid, record.start_time))
    assert netbox_process.session_members(netbox_process.Record("another", record.pid, record.start_time), [program.directory]) == []


def test_ending_what_was_never_started_does_nothing(program: Program) -> None:
    assert not program.end()


def test_the_preferred_port_is_taken_when_it_is_free() -> None:
    with netbox_process.listen_on_loopback(None) as first:
        port = first.getsockname()[1]
    with netbox_process.listen_on_loopback(port) as again:
        assert again.getsockname() == ("127.0.0.1", port)


@pytest.mark.parametrize("preferred", [-1, 70000])
def test_a_preferred_port_that_cannot_be_is_replaced(preferred: int) -> None:
    with netbox_process.listen_on_loopback(preferred) as listener:
        assert listener.getsockname()[1] > 0


def test_a_preferred_port_in_use_is_replaced() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, netbox_process.listen_on_loopback(taken.getsockname()[1]) as listener:
        assert listener.getsockname()[1] != taken.getsockname()[1]


def test_waiting_ends_with_the_given_error() -> None:
    with pytest.raises(ServerError, match="too slow"):
        netbox_process.wait_until(lambda: False, 0, lambda: ServerError("too slow"))

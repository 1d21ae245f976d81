#!/bin/sh
# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Stops the test servers of this checkout, with the Python named; none running is no error.
#
#   sh tests/tools/stop-servers.sh PYTHON        in the checkout

status=0
for server in librenms_simulator netbox_server; do
    "$1" "tests/servers/$server.py" stop >/dev/null || status=1
done
exit $status

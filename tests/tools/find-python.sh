#!/bin/sh
# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Prints the path of a Python that is at least MINIMUM, at most MAXIMUM, and can make virtual environments.
#
#   sh tests/tools/find-python.sh [MINIMUM [MAXIMUM]]        3.12 and 3.99 when not given
#
# PYTHON=..., when set, is the only candidate. Otherwise a name on PATH counts only when it really runs:
# version managers leave shims there that answer for one version and fail for the others.

minimum=${1:-3.12}
maximum=${2:-3.99}

usable() {
    "$1" - "$minimum" "$maximum" 2>/dev/null <<'PROGRAM'
import ensurepip, sys, venv
minimum, maximum = (tuple(int(part) for part in text.split(".")) for text in sys.argv[1:])
if not minimum <= sys.version_info[:2] <= maximum:
    sys.exit(1)
print(sys.executable)
PROGRAM
}

if [ -n "${PYTHON:-}" ]; then
    usable "$PYTHON" && exit 0
    echo "PYTHON=$PYTHON is not a Python between $minimum and $maximum with the modules venv and ensurepip." >&2
    exit 1
fi

for candidate in python3.14 python3.13 python3.12 python3.11 python3 "$HOME"/.pyenv/versions/*/bin/python3; do
    usable "$candidate" && exit 0
done

cat >&2 <<MESSAGE
No Python between $minimum and $maximum with the modules venv and ensurepip was found, neither on PATH nor under ~/.pyenv/versions.
Install one (Debian and Ubuntu: apt-get install python3 python3-venv), or name it: make PYTHON=/path/to/python3 ...
MESSAGE
exit 1

# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""gunicorn's settings for the NetBox test server: NetBox is imported once, then forked, which halves the start.

gunicorn reads the names below; ``bind`` stands on its command line.
"""

from __future__ import annotations

import gc
import typing as t

worker_class = "gthread"
workers = 2
threads = 3
# A list write of many devices may take minutes.
timeout = 600
preload_app = True
control_socket_disable = True


def when_ready(_server: t.Any) -> None:
    """Import all views as well, which each worker would do at its first request; called before the workers are forked."""
    from django.db import connections
    from django.urls import get_resolver

    _patterns = get_resolver().url_patterns
    connections.close_all()
    gc.freeze()


def post_worker_init(worker: t.Any) -> None:
    """Serve NetBox's style sheets and scripts too, which is a web server's work elsewhere."""
    from django.conf import settings
    from whitenoise import WhiteNoise

    worker.wsgi = WhiteNoise(worker.wsgi, root=settings.STATIC_ROOT, prefix=settings.STATIC_URL)

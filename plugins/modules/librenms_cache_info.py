# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: librenms_cache_info
short_description: List the searches whose answers are cached
version_added: 1.0.0
author:
  - The netsot.librenms authors (@netsot)
description:
  - Lists the searches of LibreNMS devices that can be answered from the cache, and for how long still.
  - Reads files only, of the host that the task runs on and of the user it runs as. Asks neither LibreNMS nor NetBox.
  - To read a search afresh, run M(netsot.librenms.librenms_device_search) with C(clear_cache=true).
extends_documentation_fragment:
  - netsot.librenms.attributes
attributes:
  check_mode:
    support: full
    details: The module changes nothing.
  diff_mode:
    support: N/A
    details: The module changes nothing.
  idempotent:
    support: full
    details: The module changes nothing; what it returns follows the cache.
  async:
    support: full
  action:
    support: full
    details: The action plugin leaves out what C(module_defaults) of the action group sets for other modules.
options:
  librenms_url:
    description:
      - Only searches of this LibreNMS.
    type: str
  cache_dir:
    description:
      - Directory of the cache.
      - Falls back to the environment variable E(NETSOT_LIBRENMS_CACHE_DIR), then to C(netsot.librenms) below
        E(XDG_CACHE_HOME), which is C(~/.cache) when unset.
    type: path
seealso:
  - module: netsot.librenms.librenms_device_search
"""

EXAMPLES = r"""
- name: Which searches are cached
  netsot.librenms.librenms_cache_info:
  register: cache

- name: Show each of them
  ansible.builtin.debug:
    msg: "{{ item.filters }}: {{ item.devices }} devices, {{ item.expires_in }} s left"
  loop: "{{ cache.searches }}"
  loop_control:
    label: "{{ item.fetched_at }}"

- name: Only those of one LibreNMS
  netsot.librenms.librenms_cache_info:
    librenms_url: https://librenms.example.net
"""

RETURN = r"""
searches:
  description: The cached searches, newest first.
  returned: success
  type: list
  elements: dict
  contains:
    librenms_url:
      description: The base of the API that was asked.
      type: str
      sample: https://librenms.example.net/api/v0
    filters:
      description: The filters of the search; empty for all devices.
      type: dict
      sample: {"location": ["ams1"], "os": ["iosxe"]}
    exclude:
      description: The filters of what was left out.
      type: dict
      sample: {}
    include_disabled:
      description: Whether disabled devices were searched too.
      type: bool
      sample: false
    devices:
      description: How many devices were found.
      type: int
      sample: 137
    fetched_at:
      description: When LibreNMS was asked, in UTC.
      type: str
      sample: "2026-11-23T10:00:00Z"
    expires_at:
      description: Until when the answer is used, in UTC.
      type: str
      sample: "2026-11-23T10:05:00Z"
    age:
      description: Seconds since LibreNMS was asked.
      type: int
      sample: 42
    expires_in:
      description: Seconds for which the answer is still used.
      type: int
      sample: 258
cache_dir:
  description:
    - The directory that was looked into, C(netsot.librenms) below that of the option; empty when there is no home directory to have
      one in.
  returned: success
  type: str
  sample: /home/netops/.cache/netsot.librenms
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.netsot.librenms.plugins.module_utils._arguments import cache_info_spec
from ansible_collections.netsot.librenms.plugins.module_utils._cache.files import FileCache
from ansible_collections.netsot.librenms.plugins.module_utils._exceptions import CollectionError
from ansible_collections.netsot.librenms.plugins.module_utils._librenms.cached_searches import cached_searches


def main() -> None:
    """Run the module."""
    module = AnsibleModule(argument_spec=cache_info_spec(), supports_check_mode=True)
    try:
        cache = FileCache(module.params["cache_dir"] or "")
        searches = cached_searches(cache, librenms_url=module.params["librenms_url"])
    except CollectionError as error:
        module.fail_json(msg=str(error), failure=error.failure())
    else:
        module.exit_json(changed=False, searches=[search.to_json() for search in searches], cache_dir=cache.directory)


if __name__ == "__main__":
    main()

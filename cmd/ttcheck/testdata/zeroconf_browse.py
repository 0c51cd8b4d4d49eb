"""Browse a service type with python3-zeroconf, as an integration would.

    zeroconf_browse.py ADDRESS TYPE

ADDRESS is this host's on the link. Until SIGTERM, each change of what is known now is
told in a line: a JSON object of instance names, each with port and addresses.
"""

import json
import signal
import sys
import threading

from zeroconf import IPVersion, ServiceBrowser, ServiceInfo, Zeroconf

EVERY = 0.1  # seconds between two looks at what is known


class Names:
    """The names of the instances that are there."""

    def __init__(self):
        self.lock = threading.Lock()
        self.names = set()

    def add_service(self, _zc, _kind, name):
        with self.lock:
            self.names.add(name)

    def update_service(self, _zc, _kind, _name):
        pass  # the cache is looked at all the time

    def remove_service(self, _zc, _kind, name):
        with self.lock:
            self.names.discard(name)

    def now(self):
        with self.lock:
            return sorted(self.names)


def known(zc, kind, names):
    """What the cache holds of the instances, after asking for what it lacks."""
    state = {}
    for name in names.now():
        info = ServiceInfo(kind, name)
        if not info.load_from_cache(zc):
            info.request(zc, 1000)
        state[name] = {
            "port": info.port or 0,
            "addresses": sorted(info.parsed_addresses(IPVersion.V4Only)),
        }
    return state


def main():
    address, kind = sys.argv[1:]
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    zc = Zeroconf(interfaces=[address], ip_version=IPVersion.V4Only)
    names = Names()
    ServiceBrowser(zc, kind, names)
    print("browsing", flush=True)
    told = {}
    while signal.sigtimedwait({signal.SIGTERM}, EVERY) is None:
        state = known(zc, kind, names)
        if state != told:
            told = state
            print(json.dumps(state), flush=True)
    zc.close()


main()

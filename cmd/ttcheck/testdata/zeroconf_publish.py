"""Publish a gateway with python3-zeroconf, as firmware might.

    zeroconf_publish.py ADDRESS[,ADDRESS] PORT INSTANCE

The first address is the one of this host that is spoken from; all are published.
It is registered until SIGTERM, and then taken back. It has a property, because without
one python3-zeroconf 0.47 writes a TXT record of no bytes at all, against RFC 6763 §6.1.
"""

import signal
import socket
import sys

from zeroconf import IPVersion, ServiceInfo, Zeroconf

KIND = "_tracker-http._tcp.local."


def main():
    given, port, instance = sys.argv[1:]
    addresses = given.split(",")
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    zc = Zeroconf(interfaces=addresses[:1], ip_version=IPVersion.V4Only)
    info = ServiceInfo(
        KIND,
        f"{instance}.{KIND}",
        addresses=[socket.inet_aton(address) for address in addresses],
        port=int(port),
        properties={"model": "python"},
        server="python-gateway.local.",
    )
    zc.register_service(info)
    print("registered", flush=True)
    signal.sigwait({signal.SIGTERM})
    zc.unregister_service(info)
    zc.close()


main()

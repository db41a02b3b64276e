"""Addresses that messages may be sent to."""

import ipaddress

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_LOOPBACK = ipaddress.IPv4Address("127.0.0.1")


def may_go(address: Address, *, internal: bool) -> bool:
    """internal: also within the utility's own network. Never link-local (a cloud's metadata), multicast or
    unspecified."""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    if address.is_link_local or address.is_multicast or address.is_unspecified:
        return False
    return address.is_global or internal


def literal(host: str) -> Address | None:
    """The address that a host is written as; None for a name that only a name server knows."""
    if host == "localhost":
        return _LOOPBACK
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None

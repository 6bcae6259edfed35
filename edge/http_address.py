"""Address: where an HTTP server is, and whether that is on the site."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from edge.errors import AddressRefused, EndpointAway


@dataclass(frozen=True, slots=True)
class Address:
    """A server and a path on it. ``remote``: whether it may lie outside private networks; where it may not, the name is
    looked up and every address that it has must be private, each time anew."""

    scheme: str
    host: str
    port: int
    path: str = "/"
    remote: bool = False

    @classmethod
    def of(cls, url: str, *, remote: bool = False) -> Address:
        """Errors: AddressRefused for what is no http(s) address, and for one that carries a password."""
        try:
            parts = urlsplit(url)
            port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)
        except ValueError as failed:
            raise AddressRefused(f"{url!r} is not an address: {failed}.", "Write http://127.0.0.1:8080/v1") from failed
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise AddressRefused(f"{url!r} is not an http address.", "Write http://127.0.0.1:8080/v1")
        if parts.username is not None:
            raise AddressRefused(
                f"The address of {parts.hostname} carries a name or password.", "Put a key into the setting model_key."
            )
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        return cls(parts.scheme, parts.hostname, port, path or "/", remote)

    @property
    def netloc(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = {"http": 80, "https": 443}[self.scheme] == self.port
        return host if usual else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        return f"{self.scheme}://{self.netloc}"

    def at(self, path: str) -> Address:
        """The same server at another ``path``."""
        return replace(self, path=path)

    def resolve(self) -> tuple[str, ...]:
        """The numeric addresses of the host, those to connect to. Errors: EndpointAway, AddressRefused."""
        numeric = (self.host,) if _is_number(self.host) else self._look_up()
        if not self.remote and (outside := [ip for ip in numeric if not _on_site(ip)]):
            raise AddressRefused(
                f"{self.host} ({outside[0]}) is not on the site's network, and nothing leaves the site.",
                "Name a server on the site; only where sending questions and excerpts out is meant, set "
                "allow_remote_model = true.",
            )
        return numeric

    def _look_up(self) -> tuple[str, ...]:
        try:
            found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        except OSError as failed:
            raise EndpointAway(
                f"The name {self.host} is not known here: {failed}.", "Mend the address in the settings."
            ) from failed
        return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host.split("%")[0])
    except ValueError:
        return False
    return True


def _on_site(ip: str) -> bool:
    """Loopback, private (RFC 1918, RFC 4193) or link-local."""
    found = ipaddress.ip_address(ip.split("%")[0])
    mapped = getattr(found, "ipv4_mapped", None)
    found = mapped or found
    return found.is_loopback or found.is_link_local or (found.is_private and not found.is_unspecified)

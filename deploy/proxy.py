"""nginx before the processes: its configuration filled in, and its start."""

import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from deploy.kept import ROOT, Kept
from deploy.lines import Lines

TEMPLATE = ROOT / "deploy" / "nginx.conf.template"


def render(template: str, values: Mapping[str, str]) -> str:
    """Put values in the place of ``${NAME}``; nginx's own ``$name`` stay.

    Raises
    ------
    KeyError
        If the template names a value that is not given.

    Examples
    --------
    >>> render("listen ${PORT}; set $x 1;", {"PORT": "80"})
    'listen 80; set $x 1;'
    """
    return re.sub(r"\$\{([A-Z_]+)\}", lambda found: values[found[1]], template)


def servers(ports: Sequence[int]) -> str:
    """Return the lines of nginx's upstream."""
    line = "server 127.0.0.1:{} max_fails=1 fail_timeout=10s;"
    return "\n        ".join(line.format(port) for port in ports)


def homes(ports: Sequence[int]) -> str:
    """Return nginx's upstreams of one process each: where its readers live."""
    line = "upstream home_{0} {{ server 127.0.0.1:{0} max_fails=0; keepalive 32; }}"
    return "\n    ".join(line.format(port) for port in ports)


def listen(port: int, certificate: str = "", key: str = "") -> str:
    """Return nginx's listen lines, with TLS where a certificate is given."""
    if not certificate:
        return f"listen {port};"
    return (
        f"listen {port} ssl http2;\n        ssl_certificate {certificate};\n"
        f"        ssl_certificate_key {key};\n"
        "        ssl_protocols TLSv1.2 TLSv1.3;\n"
        "        ssl_session_cache shared:tls:10m;"
    )


def configuration(
    port: int,
    ports: Sequence[int],
    run: Path,
    tls: tuple[str, str] = ("", ""),
    trusted: str = "127.0.0.1",
) -> str:
    """Return nginx's configuration.

    Parameters
    ----------
    port : int
        Where nginx listens; also what tells this course's cookies from another's on
        the same host, since browsers do not tell ports apart.
    ports : sequence of int
        The processes'.
    run : Path
        A folder nginx may write to.
    tls : (str, str)
        Files of certificate and key; empty for plain HTTP.
    trusted : str
        Address or network of the balancer before us.
    """
    values = {
        "EXPLORER_LISTEN": listen(port, *tls),
        "EXPLORER_NAME": str(port),
        "EXPLORER_SERVERS": servers(ports),
        "EXPLORER_HOMES": homes(ports),
        "EXPLORER_PORTS": "|".join(map(str, ports)),
        "EXPLORER_TRUSTED": trusted,
        "EXPLORER_RUN": str(run),
    }
    return render(TEMPLATE.read_text("utf-8"), values)


def program() -> str:
    """Return where nginx is.

    Raises
    ------
    SystemExit
        If it is not installed.
    """
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if found is None:
        raise SystemExit("nginx is not installed: apt-get install nginx")
    return found


def start_nginx(folder: Path, text: str, lines: Lines) -> Kept:
    """Write the configuration and start nginx in the foreground with it."""
    (folder / "nginx.conf").write_text(text, "utf-8")
    command = [program(), "-e", "stderr", "-p", str(folder), "-c", "nginx.conf"]
    return Kept("nginx", [*command, "-g", "daemon off;"], lines)

"""What a stack consists of: each process with its settings, its addresses and its rights."""
import os
import random
import signal
import socket

import postgres
import tokens
from places import SERVICES, gateway_binary, service_binary
from process import Process

DEFAULT_PORT = 8080
# Below Linux's range for outgoing connections, so that no connection sits on the port when a process comes back to it.
FREE_PORTS = range(20000, 32000)
# Of the caller's environment the processes get their settings and little else.
PASSED_ON = ("PATH", "LANG", "HOME", "TMPDIR", "ASAN_OPTIONS", "UBSAN_OPTIONS")
OF_THE_TOOL = ("EVENHAND_SKIP_SETUP", "EVENHAND_DATA_DIR", "EVENHAND_TRANSPORT", "EVENHAND_PROGRAMS")


def port_is_free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            return True
        except OSError:
            return False


def free_ports(count, taken=()):
    found = []
    while len(found) < count:
        port = random.choice(FREE_PORTS)
        if port not in found and port not in taken and port_is_free(port):
            found.append(port)
    return found


class Plan:
    def __init__(self, data, port):
        self.data, self.port = data, port
        database, *self.metrics = free_ports(2 + len(SERVICES), taken=(port,))
        self.cluster = postgres.Cluster(data, database)
        self.sockets = data.socket_dir()
        # EVENHAND_TRANSPORT=tcp: as on several machines, by mutual TLS; dev mode makes its own authority (state/dev-ca).
        over_tcp = os.environ.get("EVENHAND_TRANSPORT") == "tcp"
        self.ports = dict(zip(SERVICES, free_ports(len(SERVICES), taken=(port, database, *self.metrics)))) if over_tcp else {}

    def address(self, service):
        return f"localhost:{self.ports[service]}" if self.ports else f"unix:{self.sockets}/{service}.sock"

    def _common(self, metrics_port):
        kept = {name: value for name, value in os.environ.items()
                if name in PASSED_ON or (name.startswith("EVENHAND_") and name not in OF_THE_TOOL)}
        ours = {"EVENHAND_MODE": "dev", "EVENHAND_METRICS_LISTEN": f"127.0.0.1:{metrics_port}",
                "EVENHAND_JWKS": f"file:{self.data.jwks}", "EVENHAND_ISSUER": tokens.ISSUER, "EVENHAND_AUDIENCE": tokens.AUDIENCE}
        for service in SERVICES:
            ours[f"EVENHAND_{service.upper()}"] = self.address(service)
        # Whom to believe may be another provider's (a test's, a council's trial); where to listen is ours alone.
        for name in ("EVENHAND_JWKS", "EVENHAND_ISSUER", "EVENHAND_AUDIENCE", *(f"EVENHAND_{service.upper()}" for service in SERVICES)):
            ours[name] = kept.get(name, ours[name])
        return {**kept, **ours}

    def _state(self, service):
        folder = self.data.state(service)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return str(folder)

    def service_env(self, service):
        # Links in messages lead to this stack's own door, unless the caller names another.
        return {"EVENHAND_PUBLIC_URL": f"http://127.0.0.1:{self.port}", **self._common(self.metrics[SERVICES.index(service)]), "EVENHAND_LISTEN": self.address(service),
                "EVENHAND_DATABASE": self.cluster.connection(f"evenhand_{service}"), "EVENHAND_STATE_DIR": self._state(service)}

    def migrate_env(self, service):
        return {**self.service_env(service), "EVENHAND_MIGRATE_DATABASE": self.cluster.connection(postgres.OWNER)}

    def postgres(self):
        words, env, user = self.cluster.command()
        return Process("postgres", words, env, self.data.log("postgres"), user=user, port=self.cluster.port, stop_signal=signal.SIGINT)

    def services(self):
        return [Process(f"{service}-service", [str(service_binary(service))], self.service_env(service), self.data.log(f"{service}-service"),
                        port=self.metrics[index], metrics_port=self.metrics[index], address=self.address(service))
                for index, service in enumerate(SERVICES)]

    def gateway(self):
        env = {**self._common(self.metrics[-1]), "EVENHAND_LISTEN": f"127.0.0.1:{self.port}", "EVENHAND_STATE_DIR": self._state("gateway")}
        return Process("gateway", [str(gateway_binary())], env, self.data.log("gateway"), port=self.port, metrics_port=self.metrics[-1],
                       address=f"http://127.0.0.1:{self.port}")

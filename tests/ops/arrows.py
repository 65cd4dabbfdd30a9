"""NetworkPolicies allow exactly the arrows of the architecture: who asks or tells whom is read from each service's wiring, what the manifests let
through is worked out as a cluster would, for every pair of pods and every port that anybody listens on."""
import ipaddress
import pathlib
import re
import shutil
import subprocess
import unittest

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
SERVICES = ("incident", "restriction", "appeal", "notification")
GRPC, POSTGRES, CNPG_STATUS, HTTPS, METRICS, POSTGRES_METRICS = 9090, 5432, 8000, 8443, 9464, 9187
PORTS = (25, 53, 80, 443, 465, 587, 993, POSTGRES, 6443, CNPG_STATUS, HTTPS, GRPC, 9091, POSTGRES_METRICS, METRICS)


def arrows_of_the_code(only_told=False):
    """{(service, service)}: the channels that its wiring opens (asking) and the destinations of its events (telling)."""
    arrows = set()
    for service in SERVICES:
        code = "\n".join((ROOT / "services" / service / name).read_text() for name in ("main.cc", "wiring.cc"))
        asked = set(re.findall(r'platform\.peer\("(\w+)"\)', code))
        for names in re.findall(r"for \(const char\* peer : \{([^}]+)\}\)[^;]*platform\.peer\(peer\)", code):
            asked |= set(re.findall(r'"(\w+)"', names))
        assert len(re.findall(r"platform\.peer\(peer\)", code)) == len(re.findall(r"for \(const char\* peer : \{", code)), f"{service} opens a channel in a way that this test does not read"
        told = {to for source, to in deliveries_of_the_code() if source == service}
        assert told, f"{service} tells nobody"
        arrows |= {(service, other) for other in (told if only_told else asked | told)}
    return arrows


def deliveries_of_the_code():
    """{(service, service)}: whose events are sent to whom, by the events' own files and the lists of who hears them."""
    home, shown = {}, set()
    for proto in (ROOT / "proto/evenhand/events/v1").glob("*_events.proto"):
        for name, event in re.findall(r"^message (\w+) \{\n  option \(event\) = \{([^}]*)\}", proto.read_text(), re.M):
            home[name] = proto.name.split("_")[0]
            if "WEBHOOK" in event: shown.add(name)
    lists = dict(re.findall(r"using Heard(\w+) =\s+Types<([^>]*)>", (ROOT / "services/events/receivers.h").read_text()))
    heard = {service: set(re.findall(r"\w+", lists[f"By{service.capitalize()}"] + " " + lists["Everywhere"])) for service in SERVICES}
    heard["notification"] |= shown
    assert all(name in home for names in heard.values() for name in names), "an event that no file declares"
    return {(home[name], service) for service in SERVICES for name in heard[service] if home[name] != service}


class Pods:
    """The pods of a rendered overlay and what its policies let them do."""

    def __init__(self, manifests):
        self.policies = [one["spec"] for one in manifests if one["kind"] == "NetworkPolicy"]
        self.labels = {}
        for one in manifests:
            if one["kind"] in ("Deployment", "StatefulSet", "Job"):
                labels = one["spec"]["template"]["metadata"]["labels"]
                self.labels[labels["app.kubernetes.io/name"]] = labels
            if one["kind"] == "Cluster":
                self.labels["database"] = {"cnpg.io/cluster": one["metadata"]["name"]}

    @staticmethod
    def _matches(selector, labels):
        return all(labels.get(key) == value for key, value in selector.get("matchLabels", {}).items()) and \
            all(rule["operator"] == "In" and labels.get(rule["key"]) in rule["values"] for rule in selector.get("matchExpressions", []))

    def _peer(self, peer, other):
        """`other`: a pod's name, ("namespace", name) or an address."""
        if "ipBlock" in peer:
            block = peer["ipBlock"]
            return isinstance(other, ipaddress.IPv4Address) and other in ipaddress.ip_network(block["cidr"]) and \
                not any(other in ipaddress.ip_network(net) for net in block.get("except", []))
        if "namespaceSelector" in peer:
            assert "podSelector" not in peer
            return isinstance(other, tuple) and self._matches(peer["namespaceSelector"], {"kubernetes.io/metadata.name": other[1]})
        return isinstance(other, str) and self._matches(peer["podSelector"], self.labels[other])

    def _open(self, way, pod, other, port):
        word, rules_of = ("Ingress", "ingress") if way == "from" else ("Egress", "egress")
        policies = [one for one in self.policies if word in one["policyTypes"] and self._matches(one["podSelector"], self.labels[pod])]
        assert policies, f"nothing closes {pod}"
        return any((way not in rule or any(self._peer(peer, other) for peer in rule[way])) and
                   ("ports" not in rule or any(row["port"] == port for row in rule["ports"]))
                   for one in policies for rule in one.get(rules_of, []))

    def inside(self):
        return {(a, b, port) for a in self.labels for b in self.labels for port in PORTS
                if self._open("to", a, b, port) and self._open("from", b, a, port)}

    def coming(self, namespace):
        return {(pod, port) for pod in self.labels for port in PORTS if self._open("from", pod, ("namespace", namespace), port)}

    def going(self, other):
        return {(pod, port) for pod in self.labels for port in PORTS if self._open("to", pod, other, port)}


class Arrows(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        done = shutil.which("kubectl") and subprocess.run(["kubectl", "kustomize", "k8s/overlays/highly-available"], cwd=ROOT, capture_output=True, text=True)
        if not done or done.returncode:  # whether they render where they should is files_test's question
            raise unittest.SkipTest("no kubectl here that renders today's kustomize syntax; 1.27 does")
        cls.pods = Pods(list(yaml.safe_load_all(done.stdout)))

    def test_between_the_pods_exactly_who_asks_or_tells_whom_in_the_code(self):
        wanted = {("gateway", service, GRPC) for service in SERVICES} | {(a, b, GRPC) for a, b in arrows_of_the_code()}
        wanted |= {(pod, "database", POSTGRES) for pod in (*SERVICES, "migrate")} | {("database", "database", port) for port in (POSTGRES, CNPG_STATUS)}
        allowed = self.pods.inside()
        self.assertEqual(sorted(wanted - allowed), [], "an arrow of the code is closed: the call would hang")
        self.assertEqual(sorted(allowed - wanted), [], "open, and nobody goes there")

    def test_from_outside_callers_reach_the_gateway_alone_and_prometheus_the_metrics(self):
        self.assertEqual(self.pods.coming("ingress-nginx"), {("gateway", HTTPS)})
        self.assertEqual(self.pods.coming("monitoring"), {(pod, METRICS) for pod in (*SERVICES, "gateway")} | {("database", POSTGRES_METRICS)})
        self.assertEqual(self.pods.coming("cnpg-system"), {("database", CNPG_STATUS)})
        self.assertEqual(self.pods.coming("default"), set())

    def test_to_outside_keys_for_all_messages_from_notification_backups_from_the_database(self):
        keys = {(pod, 443) for pod in (*SERVICES, "gateway")}
        self.assertEqual(self.pods.going(ipaddress.ip_address("192.0.2.7")), keys | {("notification", 587), ("notification", 993), ("database", 443), ("database", 6443)})
        self.assertEqual(self.pods.going(ipaddress.ip_address("10.1.2.3")), {("database", 443), ("database", 6443)},
                         "private addresses are for an overlay to name")
        self.assertEqual(self.pods.going(("namespace", "kube-system")), {(pod, 53) for pod in self.pods.labels})

    def test_the_diagram_names_the_same_services(self):
        page = ROOT.parent / "shared/design/architecture.md"
        if not page.is_file():
            self.skipTest("the architecture's page does not lie beside this clone")
        diagram = page.read_text().split("```")[1]
        self.assertEqual(set(re.findall(r"(\w+)-service", diagram)), set(SERVICES))
        self.assertIn("gateway", diagram)
        self.assertEqual(set(self.pods.labels), {*SERVICES, "gateway", "migrate", "database"})


if __name__ == "__main__":
    unittest.main(verbosity=1)

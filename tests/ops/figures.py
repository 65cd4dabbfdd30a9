"""The figures in the manifests are those of docs/scale.md, where each has its reason, and what follows from them by arithmetic holds."""
import functools
import pathlib
import re
import shutil
import subprocess
import unittest

import yaml

from arrows import SERVICES, arrows_of_the_code

ROOT = pathlib.Path(__file__).resolve().parents[2]
PODS = ("gateway", *SERVICES)


@functools.cache
def manifests(overlay):
    done = subprocess.run(["kubectl", "kustomize", f"k8s/overlays/{overlay}"], cwd=ROOT, capture_output=True, text=True)
    return {(one["kind"], one["metadata"]["name"]): one for one in yaml.safe_load_all(done.stdout)} if done.returncode == 0 else {}


def workload(overlay, name):
    """The one that has this service's pods."""
    return next(one for (kind, called), one in manifests(overlay).items() if called == name and kind in ("Deployment", "StatefulSet"))


def replicas(overlay, name):
    """Least and most."""
    scaler = manifests(overlay).get(("HorizontalPodAutoscaler", name))
    fixed = workload(overlay, name)["spec"]["replicas"]
    return (scaler["spec"]["minReplicas"], scaler["spec"]["maxReplicas"]) if scaler else (fixed, fixed)


def rows(heading):
    """The cells of the first table below a heading of docs/scale.md, without its head."""
    page = (ROOT / "docs/scale.md").read_text().split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in page.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


@unittest.skipUnless(shutil.which("kubectl"), "kubectl is not installed")
class Figures(unittest.TestCase):
    def setUp(self):
        if not manifests("single-council") or not manifests("highly-available"):
            self.skipTest("this kubectl does not render today's kustomize syntax; 1.27 does")

    def test_each_pods_figures_are_those_of_the_page(self):
        page = {row[0]: row[1:] for row in rows("Requests, limits, replicas")}
        for name in PODS:
            resources = workload("highly-available", name)["spec"]["template"]["spec"]["containers"][0]["resources"]
            self.assertEqual(set(resources["limits"]), {"memory"}, "no CPU limit: a throttled check is a slow one")
            least, most = replicas("highly-available", name)
            found = [resources["requests"]["cpu"], resources["requests"]["memory"], resources["limits"]["memory"],
                     str(replicas("single-council", name)[0]), f"{least} to {most}" if least != most else str(least)]
            self.assertEqual(page[name][:5], found, name)
            self.assertTrue(re.search(r"\d", page[name][5]), f"{name}: the reason names a figure")
        jobs = {str(one["spec"]["template"]["spec"]["containers"][0]["resources"]) for (kind, _), one in manifests("highly-available").items() if kind == "Job"}
        self.assertEqual(jobs, {str({"limits": {"memory": page["migrate"][2]}, "requests": {"cpu": page["migrate"][0], "memory": page["migrate"][1]}})})

    def test_the_databases_figures_are_those_of_the_page(self):
        page = {row[0]: row[1:] for row in rows("PostgreSQL's figures")}
        for column, overlay in enumerate(("single-council", "highly-available")):
            spec = manifests(overlay)["Cluster", "evenhand-db"]["spec"]
            found = {"instances": spec["instances"], "CPU request": spec["resources"]["requests"]["cpu"], "memory request": spec["resources"]["requests"]["memory"],
                     "memory limit": spec["resources"]["limits"]["memory"], "`shared_buffers`": spec["postgresql"]["parameters"]["shared_buffers"],
                     "`max_connections`": spec["postgresql"]["parameters"]["max_connections"], "volume": spec["storage"]["size"], "volume for the log": spec["walStorage"]["size"],
                     "volume for evidence": manifests(overlay)["PersistentVolumeClaim", "evidence"]["spec"]["resources"]["requests"]["storage"]}
            self.assertEqual({name: page[name][column] for name in found}, {name: str(value) for name, value in found.items()}, overlay)

    def test_connections_are_enough_for_every_pod_there_may_be_in_the_middle_of_an_upgrade(self):
        """A pool, a listener for each service that it tells; restriction-service also follows the revision and copies the audit of checks."""
        config = (ROOT / "docs/configuration.md").read_text()
        pool = int(re.search(r"\| `pool-size` \|[^|]*\|[^|]*\| (\d+) \|", config)[1])
        tells = {name: len({b for a, b in arrows_of_the_code(only_told=True) if a == name}) for name in SERVICES}
        of_one = {name: pool + tells[name] + (2 if name == "restriction" else 0) for name in SERVICES}
        page = {row[0]: row[1] for row in rows("Connections")}
        self.assertEqual({name: int(page[name]) for name in SERVICES}, of_one)
        for overlay in ("single-council", "highly-available"):
            surge = {name: workload(overlay, name)["spec"].get("strategy", {}).get("rollingUpdate", {}).get("maxSurge", 0) for name in SERVICES}
            most = sum((replicas(overlay, name)[1] + surge[name]) * of_one[name] for name in SERVICES)
            beside = 4 + 10  # the four migrations; the operator, its exporter, standbys, what PostgreSQL keeps for the superuser
            allowed = int(manifests(overlay)["Cluster", "evenhand-db"]["spec"]["postgresql"]["parameters"]["max_connections"])
            self.assertLessEqual(most + beside, allowed, overlay)
            self.assertIn(f"{most} + {beside}", " ".join(" ".join(row) for row in rows("Connections")), f"{overlay}: the page has the sum")

    def test_what_many_councils_reserve_is_the_sum_of_the_requests(self):
        mebibytes = lambda text: int(text[:-2]) * (1024 if text.endswith("Gi") else 1)  # noqa: E731
        thousandths = lambda text: int(text[:-1]) if text.endswith("m") else 1000 * int(text)  # noqa: E731
        single = manifests("single-council")
        pods = [workload("single-council", name)["spec"]["template"]["spec"]["containers"][0]["resources"]["requests"]
                for name in PODS for _ in range(replicas("single-council", name)[0])]
        database = single["Cluster", "evenhand-db"]["spec"]
        pods += [database["resources"]["requests"]] * database["instances"]
        cores, memory = sum(thousandths(pod["cpu"]) for pod in pods) / 1000, sum(mebibytes(pod["memory"]) for pod in pods) / 1024
        page = {row[0]: row[1:4] for row in rows("Thirty-two (a country's): arithmetic")}
        self.assertEqual(page["cores that requests reserve"], [f"{cores * councils:g}" for councils in (1, 32, 400)])
        self.assertEqual(page["memory that requests reserve"], [f"{memory:.1f} GiB", f"{memory * 32:,.0f} GiB", f"{memory * 400:,.0f} GiB"])
        self.assertEqual(page["instances of PostgreSQL"], [str(database["instances"] * councils) for councils in (1, 32, 400)])

    def test_restriction_services_keep_pace_with_as_many_gateways_as_there_may_be(self):
        scale = (ROOT / "docs/scale.md").read_text()
        gateway, restriction = (int(part) for part in re.search(r"36 µs \((\d+) and (\d+)\)", scale).groups())
        needed = replicas("highly-available", "gateway")[1] * restriction / gateway
        self.assertLess(needed, replicas("highly-available", "restriction")[1])


if __name__ == "__main__":
    unittest.main(verbosity=1)

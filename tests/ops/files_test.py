#!/usr/bin/env python3
"""What operators are given fits together: manifests render, rules pass, dashboards ask for metrics that exist, each alert has its page, links lead somewhere."""
import functools
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import yaml

from arrows import Arrows  # noqa: F401 unittest finds them here
from cited import CitedForWhatItSays  # noqa: F401
from figures import Figures  # noqa: F401
from rebuild import ProgramsFollowTheirSources  # noqa: F401
from released import ComparedWithTheLastRelease  # noqa: F401
import parts  # noqa: F401 it knows where the command line lies
from places import version

ROOT = pathlib.Path(__file__).resolve().parents[2]
RULES = sorted((ROOT / "deploy/prometheus/rules").glob("*.yaml"))
RULE_TESTS = sorted((ROOT / "deploy/prometheus/tests").glob("*.yaml"))


def run(*words, **more):
    return subprocess.run([str(word) for word in words], cwd=ROOT, capture_output=True, text=True, **more)


def held_to_schema(subject):
    if not (ROOT / "node_modules/kubernetes-models").is_dir():
        raise unittest.SkipTest("the schemas are not installed: tools/setup test")
    return run("node", "tests/ops/schemas.mjs", input=json.dumps(subject))


@functools.cache
def rendered(overlay):
    done = run("kubectl", "kustomize", f"k8s/overlays/{overlay}")
    assert done.returncode == 0, done.stderr
    return done.stdout.split("\n---\n")


def settings_of(file):
    return dict(line.split("=", 1) for line in file.read_text().splitlines() if "=" in line and not line.startswith("#"))


def assert_settings(test, name, program, settings):
    """`config` reads them as the process would, and tells every fault."""
    binary = ROOT / "build/bin" / pathlib.Path(program).name
    if not binary.exists():
        raise unittest.SkipTest("not built")
    done = run(binary, "config", env={"PATH": "/usr/bin:/bin", **{key: str(value) for key, value in settings.items()}})
    test.assertEqual(done.returncode, 0, f"{name}: {done.stderr}")
    if binary.name == "notification-service":
        test.assertIn("EVENHAND_SMTP_URL", settings, name)  # outside dev mode it does not start without
        test.assertIn("EVENHAND_COUNCIL_NAME", settings, name)
        test.assertIn("EVENHAND_PUBLIC_URL", settings, name)
        test.assertTrue(settings.get("EVENHAND_NOTIFY_URL") or settings.get("EVENHAND_PRINT_FOLDER"), f"{name}: letters have a way out")
    if binary.name == "incident-service" and settings.get("EVENHAND_MIGRATE_DATABASE") is None:
        test.assertTrue(settings.get("EVENHAND_EVIDENCE_KEYS") or "/var/lib/evenhand/incident" in str(settings), f"{name}: evidence has its key")


class OneVersion(unittest.TestCase):
    """The one of the top CMakeLists.txt, whoever tells it. The running stack, the image and the package are asked where they run."""

    def test_the_command_line_says_it(self):
        self.assertEqual(run("tools/evenhand", "--version").stdout.split()[-1], version())

    def test_every_program_says_it(self):
        for program in ("incident-service", "restriction-service", "appeal-service", "notification-service", "gateway"):
            if not (ROOT / "build/bin" / program).exists():
                raise unittest.SkipTest("not built")
            self.assertEqual(run(ROOT / "build/bin" / program, "--version").stdout.split(), [program, version()])

    def test_the_manifests_ask_for_its_image(self):
        for file in (ROOT / "k8s/overlays").glob("*/kustomization.yaml"):
            for image in yaml.safe_load(file.read_text()).get("images", []):
                self.assertEqual(image["newTag"], version(), file)


class Kubernetes(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not shutil.which("kubectl"):
            raise unittest.SkipTest("kubectl is not installed")
        version = json.loads(run("kubectl", "version", "--client", "-o", "json").stdout or "{}")
        minor = int(re.sub(r"\D", "", version.get("clientVersion", {}).get("minor", "0")) or 0)
        if minor < 27:
            raise unittest.SkipTest(f"kubectl 1.{minor}'s kustomize is too old for today's syntax; 1.27 renders these overlays")

    def render(self, overlay):
        return rendered(overlay)

    def test_both_overlays_render_with_every_arrow_closed_but_the_named_ones(self):
        for overlay in ("single-council", "highly-available"):
            kinds = [re.search(r"^kind: (\w+)", document, re.M)[1] for document in self.render(overlay)]
            self.assertGreaterEqual(kinds.count("NetworkPolicy"), 8)
            self.assertEqual(kinds.count("Deployment") + kinds.count("StatefulSet"), 5)
            self.assertEqual(kinds.count("PodDisruptionBudget"), 5)
            self.assertEqual(kinds.count("Job"), 4)

    def test_no_pod_runs_as_root_or_may_write_its_image(self):
        for document in self.render("highly-available"):
            if re.search(r"^kind: (Deployment|StatefulSet|Job)$", document, re.M):
                for wanted in ("runAsNonRoot: true", "readOnlyRootFilesystem: true", "allowPrivilegeEscalation: false", "- ALL"):
                    self.assertIn(wanted, document)

    def test_the_gateway_has_no_way_to_the_database(self):
        policy = next(d for d in self.render("single-council") if re.search(r"^kind: NetworkPolicy", d, re.M) and re.search(r"^  name: gateway$", d, re.M))
        self.assertNotIn("5432", policy)

    def test_what_a_process_keeps_outlives_its_pod(self):
        """The spool of checks' audit (12.4) and evidence (12.3): a volume of its own, never one that goes with the pod."""
        for overlay in ("single-council", "highly-available"):
            pods = {one["metadata"]["name"]: one["spec"] for one in yaml.safe_load_all("\n---\n".join(self.render(overlay)))
                    if one["kind"] in ("Deployment", "StatefulSet")}
            for name in ("restriction", "incident"):
                spec = pods[name]
                mounts = {row["name"] for row in spec["template"]["spec"]["containers"][0]["volumeMounts"] if row["mountPath"] == "/var/lib/evenhand"}
                kept = {row["metadata"]["name"] for row in spec.get("volumeClaimTemplates", [])}
                kept |= {row["name"] for row in spec["template"]["spec"]["volumes"] if "persistentVolumeClaim" in row}
                self.assertTrue(mounts and mounts <= kept, f"{overlay}: {name}")
            self.assertEqual(pods["restriction"]["persistentVolumeClaimRetentionPolicy"], {"whenDeleted": "Retain", "whenScaled": "Retain"})
            self.assertGreaterEqual(pods["restriction"]["replicas"], 2, "one is replaced at a time, and somebody answers")

    def test_no_secret_stands_in_the_manifests(self):
        for document in self.render("single-council"):
            self.assertNotRegex(document, r"(?m)^kind: Secret$")
            self.assertNotRegex(document, r"password=")


    def test_every_field_is_one_of_its_kind_and_of_the_right_type(self):
        """Kubernetes' own kinds, the Prometheus operator's and cert-manager's; of CloudNativePG no schema is to be had as a package."""
        manifests = [manifest for overlay in ("single-council", "highly-available") for manifest in yaml.safe_load_all("\n---\n".join(self.render(overlay)))]
        done = held_to_schema(manifests)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(set(done.stdout.split()), {"postgresql.cnpg.io/v1/Cluster", "postgresql.cnpg.io/v1/ScheduledBackup"})
        manifests[0].setdefault("metadata", {})["lables"] = {}
        self.assertIn("lables", held_to_schema(manifests[:1]).stderr)

    def test_libpq_is_given_no_passfile_that_it_would_ignore(self):
        """A pod's fsGroup makes mounted secrets readable by its group, whatever their mode says; libpq then ignores a passfile."""
        for document in self.render("single-council"):
            self.assertNotIn("passfile", document)

    def test_the_programs_take_the_settings_that_the_manifests_give_them(self):
        shared = {}
        for manifest in yaml.safe_load_all("\n---\n".join(self.render("single-council"))):
            if manifest["kind"] == "ConfigMap" and manifest["metadata"]["name"].startswith("evenhand"):
                shared = manifest["data"]
        for manifest in yaml.safe_load_all("\n---\n".join(self.render("single-council"))):
            if manifest["kind"] in ("Deployment", "StatefulSet", "Job"):
                container = manifest["spec"]["template"]["spec"]["containers"][0]
                own = {row["name"]: row["value"] for row in container.get("env", []) if "value" in row}
                assert_settings(self, manifest["metadata"]["name"], container["command"][0], {**shared, **own})


class Compose(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.file = yaml.safe_load((ROOT / "deploy/compose.yaml").read_text())

    def test_the_file_is_what_the_specification_says(self):
        done = held_to_schema(self.file)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotEqual(held_to_schema({**self.file, "servics": {}}).returncode, 0)

    def test_each_secret_is_made_by_make_secrets_for_the_user_who_needs_it_and_each_that_is_used_is_declared(self):
        with tempfile.TemporaryDirectory() as folder:
            deploy = pathlib.Path(folder)
            shutil.copy(ROOT / "deploy/make-secrets", deploy)
            shutil.copy(ROOT / "deploy/evenhand.env.example", deploy / "evenhand.env")
            self.assertEqual(run(deploy / "make-secrets").returncode, 0)
            made = {path.relative_to(deploy / "secrets"): path.read_bytes() for path in (deploy / "secrets").rglob("*") if path.is_file()}
            for name, row in self.file["secrets"].items():
                path = deploy / row["file"]
                self.assertTrue(path.is_file() and path.stat().st_size, name)
                if os.geteuid() == 0:
                    uses = {str(service.get("user", "999:999")).split(":")[0] for service in self.file["services"].values()
                            for secret in service.get("secrets", []) if (secret if isinstance(secret, str) else secret["source"]) == name}
                    self.assertTrue(path.stat().st_mode & 0o004 or uses == {str(path.stat().st_uid)}, f"{name}: read by {uses}, owned by {path.stat().st_uid}")
            edge = deploy / "secrets/edge"
            self.assertIn("evenhand.council.example", run("openssl", "x509", "-in", edge / "tls.crt", "-noout", "-ext", "subjectAltName").stdout)
            if os.geteuid() == 0:
                self.assertEqual({path.stat().st_uid for path in edge.iterdir()}, {101}, "nginx reads the outside's key")
            self.assertEqual(run(deploy / "make-secrets").returncode, 0)
            self.assertEqual({path: (deploy / "secrets" / path).read_bytes() for path in made}, made, "a second run changes nothing")
        for name, service in self.file["services"].items():
            for secret in service.get("secrets", []):
                self.assertIn(secret if isinstance(secret, str) else secret["source"], self.file["secrets"], name)

    def test_the_programs_take_the_settings_that_the_file_gives_them(self):
        shared = settings_of(ROOT / "deploy/evenhand.env.example")
        for name, service in self.file["services"].items():
            if service.get("entrypoint"):
                assert_settings(self, name, service["entrypoint"][0], {**shared, **service["environment"]})

    def test_what_a_process_keeps_outlives_its_container(self):
        for name in ("incident", "restriction", "notification"):
            volume = next(row for row in self.file["services"][name]["volumes"] if row.endswith(":/var/lib/evenhand"))
            self.assertIn(volume.split(":")[0], self.file["volumes"], name)

    def test_nobody_but_the_edge_is_reached_from_outside(self):
        open_to_all = {name: service["ports"] for name, service in self.file["services"].items() if "ports" in service}
        self.assertEqual(set(open_to_all), {"nginx", "prometheus"})
        self.assertTrue(all(port.startswith("127.0.0.1:") for port in open_to_all["prometheus"]))
        self.assertTrue(self.file["networks"]["inside"]["internal"])


class Prometheus(unittest.TestCase):
    def test_the_operators_rules_are_those_of_deploy(self):
        before = (ROOT / "k8s/base/rules.yaml").read_text()
        self.addCleanup((ROOT / "k8s/base/rules.yaml").write_text, before)
        self.assertEqual(run("k8s/base/make_rules").returncode, 0)
        self.assertEqual((ROOT / "k8s/base/rules.yaml").read_text(), before, "run k8s/base/make_rules")

    def test_promtool_accepts_the_rules_and_each_alert_fires_when_it_should(self):
        if not shutil.which("promtool"):
            self.skipTest("promtool is not installed: tools/setup ops")
        done = run("promtool", "check", "rules", *RULES)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        done = run("promtool", "test", "rules", *RULE_TESTS)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_each_alert_is_tried(self):
        tried = "\n".join(path.read_text() for path in RULE_TESTS)
        for file in RULES:
            for alert in re.findall(r"- alert: (\w+)", file.read_text()):
                self.assertRegex(tried, rf"alertname: {alert}\n +exp_alerts: \[{{", f"{alert} fires in a test")

    def test_each_alert_names_a_page_that_exists(self):
        index = (ROOT / "docs/runbooks/README.md").read_text()
        for file in RULES:
            text = file.read_text()
            self.assertEqual(len(re.findall(r"- alert:", text)), len(re.findall(r'runbook: "', text)), file.name)
            for page in re.findall(r'runbook: "([^"]+)"', text):
                self.assertTrue((ROOT / page).is_file(), page)
            for alert in re.findall(r"- alert: (\w+)", text):
                self.assertIn(alert, index)

    def test_every_metric_that_a_rule_or_dashboard_asks_for_exists_in_the_code(self):
        code = "\n".join(path.read_text() for folder in ("services", "gateway") for path in (ROOT / folder).rglob("*.cc"))
        known = set(re.findall(r'"(evenhand_[a-z_]+)"', code))
        asked = {}
        for path in [*RULES, *(ROOT / "deploy/grafana").glob("*.json")]:
            for name in re.findall(r"\bevenhand_[a-z_]+\b", path.read_text()):
                asked.setdefault(re.sub(r"_(bucket|count|sum)$", "", name), path.name)
        missing = {name: where for name, where in asked.items() if name not in known}
        self.assertEqual(missing, {})


class Grafana(unittest.TestCase):
    def test_the_dashboards_are_what_their_program_writes(self):
        boards = sorted((ROOT / "deploy/grafana").glob("*.json"))
        before = {path: path.read_text() for path in boards}
        self.addCleanup(lambda: [path.write_text(text) for path, text in before.items()])
        self.assertEqual(run("deploy/grafana/make_dashboards.py").returncode, 0)
        for path in boards:
            self.assertEqual(path.read_text(), before[path], "run deploy/grafana/make_dashboards.py")
            board = json.loads(before[path])
            self.assertEqual(len({panel["id"] for panel in board["panels"]}), len(board["panels"]))


    def test_every_panel_asks_a_question_that_prometheus_understands_of_the_council_that_is_chosen(self):
        if not shutil.which("promtool"):
            self.skipTest("promtool is not installed: tools/setup ops")
        asked = [target["expr"] for path in sorted((ROOT / "deploy/grafana").glob("*.json")) for panel in json.loads(path.read_text())["panels"] for target in panel["targets"]]
        self.assertGreater(len(asked), 50)
        for query in asked:
            self.assertEqual(len(re.findall(r"\$namespace", query)), len(re.findall(r"\b(?:evenhand[_:]|up\b|pg_|cnpg_)", query)), query)
        rules = [{"record": f"question:{number}", "expr": query.replace("$namespace", ".*")} for number, query in enumerate(asked)]
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            json.dump({"groups": [{"name": "questions", "rules": rules}]}, file)
            file.flush()
            done = run("promtool", "check", "rules", file.name)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


class Systemd(unittest.TestCase):
    def test_the_units_are_well_formed(self):
        if not shutil.which("systemd-analyze"):
            self.skipTest("systemd-analyze is not installed")
        done = run("systemd-analyze", "verify", *sorted(path for kind in ("service", "socket", "target") for path in (ROOT / "deploy/systemd").glob(f"*.{kind}")))
        faults = [line for line in (done.stdout + done.stderr).splitlines()
                  if "deploy/systemd" in line or "evenhand-" in line and "is not executable" not in line and "man evenhand" not in line]
        self.assertEqual(faults, [])

    def test_what_a_process_keeps_lies_in_a_folder_that_stays(self):
        for name in ("incident", "restriction", "notification"):
            unit = (ROOT / f"deploy/systemd/evenhand-{name}.service").read_text()
            self.assertRegex(unit, rf"(?m)^StateDirectory=evenhand/{name}", name)

    def test_the_units_are_exposed_to_little(self):
        if not shutil.which("systemd-analyze"):
            self.skipTest("systemd-analyze is not installed")
        for unit in sorted((ROOT / "deploy/systemd").glob("*.service")):
            done = run("systemd-analyze", "security", "--offline=true", "--threshold=15", "--no-pager", unit)
            self.assertEqual(done.returncode, 0, done.stdout.strip().splitlines()[-1:])

    def test_the_programs_take_the_settings_that_the_units_give_them(self):
        for unit in sorted((ROOT / "deploy/systemd").glob("*.service")):
            text = unit.read_text()
            settings = {}
            for file in re.findall(r"^EnvironmentFile=-?/etc/evenhand/(\S+)$", text, re.M):
                settings |= settings_of(ROOT / "deploy/systemd" / file)
            settings |= dict(pair.split("=", 1) for line in re.findall(r"^Environment=(.*)$", text, re.M) for pair in line.split())
            assert_settings(self, unit.name, re.search(r"^ExecStart=(\S+)$", text, re.M)[1], settings)


class Documents(unittest.TestCase):
    def test_the_page_of_settings_is_what_the_program_prints(self):
        if not (ROOT / "build/bin/restriction-service").exists():
            self.skipTest("not built")
        before = (ROOT / "docs/configuration.md").read_text()
        self.addCleanup((ROOT / "docs/configuration.md").write_text, before)
        self.assertEqual(run("tools/make_docs").returncode, 0)
        self.assertEqual((ROOT / "docs/configuration.md").read_text(), before, "run tools/make_docs")

    def test_every_link_of_the_documents_leads_to_a_file(self):
        tracked = run("git", "ls-files", "*.md").stdout.split()
        broken = []
        for name in tracked:
            path = ROOT / name
            if not path.is_file():
                continue
            for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", path.read_text()):
                if "://" not in target and not target.startswith("mailto:") and not (path.parent / target).exists():
                    broken.append(f"{name}: {target}")
        self.assertEqual(broken, [])


if __name__ == "__main__":
    unittest.main(verbosity=1)

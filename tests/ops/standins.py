"""Images for what compose takes from elsewhere: tests/ops/standins/Containerfile over this machine's own PostgreSQL, nginx, Prometheus, Alertmanager."""
import pathlib
import re
import shutil

from parts import ROOT, WORK, run

import postgres

HERE = ROOT / "tests/ops/standins"
# The image's name in the tests, and the variable of compose.yaml that takes it.
NAMES = {"postgres": "POSTGRES_IMAGE", "postgres-exporter": "POSTGRES_EXPORTER_IMAGE", "nginx": "NGINX_IMAGE", "prometheus": "PROMETHEUS_IMAGE", "alertmanager": "ALERTMANAGER_IMAGE"}


def copy(path, root):
    """A file or folder at the same place below root."""
    to = root / str(path).lstrip("/")
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(path, to, symlinks=True) if pathlib.Path(path).is_dir() else shutil.copy2(path, to)


def program(path, root):
    """With the libraries that it asks for; glibc is the base's."""
    copy(path, root)
    folder = root / "usr/lib/standin"
    folder.mkdir(parents=True, exist_ok=True)
    for library in re.findall(r"=> (/\S+)", run("ldd", path).stdout):
        if not re.search(r"/(libc|libm|libdl|librt|libpthread|libresolv)\.so", library):
            shutil.copy(library, folder)


def collect():
    """The trees, anew: they are small, and a package may have been upgraded."""
    trees = WORK / "standins"
    shutil.rmtree(trees, ignore_errors=True)
    roots = {name: trees / name for name in NAMES}
    binaries = pathlib.Path(postgres.tool("postgres")).parent
    copy(binaries.parent, roots["postgres"])
    copy(f"/usr/share/postgresql/{binaries.parent.name}", roots["postgres"])
    for name in ("postgres", "initdb", "psql", "pg_ctl", "pg_isready"):
        program(binaries / name, roots["postgres"])
    (roots["postgres"] / "usr/bin").mkdir()
    shutil.copy2(HERE / "postgres-entrypoint", roots["postgres"] / "usr/bin")
    for name, path in (("nginx", "nginx"), ("postgres-exporter", "prometheus-postgres-exporter"), ("prometheus", "prometheus"), ("alertmanager", "prometheus-alertmanager")):
        program(shutil.which(path), roots[name])
    copy("/usr/share/prometheus/alertmanager", roots["alertmanager"])
    (roots["nginx"] / "etc/nginx").mkdir(parents=True)
    shutil.copy(HERE / "nginx.conf", roots["nginx"] / "etc/nginx")
    return trees


def build(podman):
    trees = collect()
    for name in NAMES:
        podman("build", "--isolation=chroot", "--format=docker", "--layers", "--build-arg", f"BASE={podman.base()}", "--target", name,
               "-t", f"localhost/evenhand-standin-{name}", "-f", HERE / "Containerfile", trees)
    return {variable: f"localhost/evenhand-standin-{name}" for name, variable in NAMES.items()}

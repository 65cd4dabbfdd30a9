"""podman for the tests: its storage under build/, and the few words that let it run on machines with old or forbidden cgroups."""
import hashlib
import os
import pathlib
import tempfile
import time

from parts import ROOT, WORK, debian, need, run, skip

from places import version

# podman remembers where it ran and wants the same again; each clone has its own.
RUN = "/run/evenhand-podman-" + hashlib.sha256(str(WORK).encode()).hexdigest()[:12]


class Podman:
    def __init__(self, networks=False):
        need("podman", "buildah", "crun", "debootstrap", "unshare")
        self.room = pathlib.Path(tempfile.mkdtemp(prefix="evenhand-podman-"))
        # podman would raise the limits of open files and processes, which a machine may forbid; what there is, is enough.
        text = "[containers]\ndefault_ulimits = []\n"
        # podman-compose passes no such words: they stand here. Networks with names are netavark's and aardvark-dns's.
        text += 'cgroups = "disabled"\n[network]\nnetwork_backend = "netavark"\n' if networks else ""
        (self.room / "containers.conf").write_text(text)
        self.env = {**os.environ, "CONTAINERS_CONF": str(self.room / "containers.conf")}
        self.where = ["--storage-driver=overlay", "--root", str(WORK / "store"), "--runroot", RUN, "--cgroup-manager=cgroupfs", "--runtime=crun"]
        # crun refuses a mixture of both kinds of cgroups; nothing here is limited by them, and the mount is ours alone.
        if pathlib.Path("/sys/fs/cgroup/unified").is_dir():
            run("umount", "/sys/fs/cgroup/unified", check=False)

    def __call__(self, *words, **more):
        return run("podman", *self.where, *words, env=self.env, **more)

    def base(self):
        name = "localhost/evenhand-base"
        if self("image", "exists", name, check=False).returncode:
            self("import", debian(), name)
        return name

    def build(self, target, tag, *words, **more):
        """The Containerfile's stage `target`; RUN lines in a chroot, which needs no rights that a container lacks."""
        return self("build", "--isolation=chroot", "--format=docker", "--layers", "--build-arg", f"BASE={self.base()}", "--build-arg", f"VERSION={version()}",
                    "--target", target, "-t", tag, "-f", ROOT / "deploy/Containerfile", *words, ROOT, **more)

    def build_ours(self, whole=False):
        """The images of the services and of the letters; `whole`: compiled inside, else from the binaries of build/bin. Says how long each took."""
        begun = time.monotonic()
        if whole:
            cache = pathlib.Path.home() / ".cache/ccache"
            more = ["-v", f"{cache}:/root/.cache/ccache"] if cache.is_dir() else []
        else:
            run(ROOT / "deploy/collect", ROOT / "build/bin", ROOT / "build/image/out")
            more = ["--build-context", f"build={ROOT}/build/image"]
        self.build("evenhand", "evenhand", *more)
        middle = time.monotonic()
        self.build("letters", "evenhand-letters", *more)
        self("image", "prune", "-f", check=False)  # what the last run's programs left
        print(f"built: evenhand {middle - begun:.0f} s, evenhand-letters {time.monotonic() - middle:.0f} s", flush=True)

    def can_run(self):
        done = self("run", "--rm", *HOST, self.base(), "true", check=False)
        if done.returncode:
            skip(f"podman builds here and may not run: {done.stdout.strip().splitlines()[-1:]}")


# Containers share the test's own network; no cgroups are asked for.
HOST = ["--network=host", "--cgroups=disabled", "--log-driver=k8s-file"]

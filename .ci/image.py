"""Run the steps of the Dockerfile without Docker, and check that the app answers and predicts.

    python .ci/image.py

A new virtual environment and an empty folder replace the image. If this process may change its user, the app then runs
as the user of the Dockerfile, who may not write to either of them. The base image, its Python and its system libraries
are not tested.
"""

import fnmatch
import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
PATIENCE_SECONDS = 120
FRAME = "data/demo_city/leftImg8bit/val/altenrode/altenrode_000002_000019_leftImg8bit.jpg"


def main() -> None:
    scratch = Path(tempfile.mkdtemp(prefix="segcompare-image-"))
    try:
        # Other users than the owner must be able to read it.
        scratch.chmod(0o755)
        Image(scratch).build_and_try()
    finally:
        subprocess.run(["chmod", "-R", "u+w", scratch], check=False)
        shutil.rmtree(scratch, ignore_errors=True)


class Image:
    """The result of the Dockerfile: a folder of files, an environment, variables, a user and a command."""

    def __init__(self, scratch: Path):
        self.files, self.environment, self.temporary = (scratch / name for name in ("root", "venv", "tmp"))
        self.files.mkdir()
        self.temporary.mkdir()
        self.temporary.chmod(0o1777)
        self.python = interpreter()
        subprocess.run([self.python, "-m", "venv", self.environment], check=True)
        self.variables = {"PATH": f"{self.environment / 'bin'}:/usr/bin:/bin"}
        # The package settings of this machine are not part of the image.
        self.pip = {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
        self.user, self.command, self.health = None, [], []

    def build_and_try(self) -> None:
        for name, value in instructions((PROJECT / "Dockerfile").read_text(encoding="utf-8")):
            say(f"{name} {value}")
            getattr(self, f"do_{name.lower()}")(value)
        subprocess.run(["chmod", "-R", "a-w,a+rX", self.files, self.environment], check=True)
        self.try_out()

    def do_from(self, value: str) -> None:
        say(f"  (here: {self.python})")

    def do_workdir(self, value: str) -> None:
        """Do nothing: all paths are relative to the folder that replaces the image."""

    def do_copy(self, value: str) -> None:
        source, target = value.split()
        ignored = (PROJECT / ".dockerignore").read_text(encoding="utf-8").splitlines()
        origin, place = PROJECT / source, self.files / target
        if origin.is_file():
            shutil.copy2(origin, place / origin.name if target.endswith("/") else place)
            return

        def left_out(folder: str, names: list[str]) -> list[str]:
            below = Path(folder).relative_to(PROJECT)
            return [
                name
                for name in names
                if any(fnmatch.fnmatch(str(below / name), rule.replace("**/", "*")) for rule in ignored)
            ]

        shutil.copytree(origin, place, ignore=left_out)

    def do_run(self, value: str) -> None:
        variables = self.variables | self.pip
        subprocess.run(["sh", "-c", value], cwd=self.files, env=variables, check=True)

    def do_env(self, value: str) -> None:
        self.variables |= dict(word.split("=", 1) for word in shlex.split(value))

    def do_user(self, value: str) -> None:
        self.user = tuple(map(int, value.split(":")))

    def do_expose(self, value: str) -> None:
        self.variables["STREAMLIT_SERVER_PORT"] = str(free_port())

    def do_healthcheck(self, value: str) -> None:
        self.health = json.loads(value.partition("CMD ")[2])

    def do_cmd(self, value: str) -> None:
        self.command = json.loads(value)

    def start(self, command: list[str], **settings) -> subprocess.Popen:
        """Start a command as the image would."""
        variables = self.variables | {"HOME": str(self.temporary), "TMPDIR": str(self.temporary)}
        if os.getuid() == 0:
            user, group = self.user
            settings |= {"user": user, "group": group, "extra_groups": []}
        path = self.environment / "bin" / command[0]
        return subprocess.Popen([path, *command[1:]], cwd=self.files, env=variables, **settings)

    def run(self, *command: str) -> str:
        process = self.start(list(command), stdout=subprocess.PIPE, text=True)
        output, _ = process.communicate(timeout=PATIENCE_SECONDS)
        if process.returncode:
            sys.exit(f"{' '.join(command)} ended with {process.returncode}")
        return output

    def try_out(self) -> None:
        training = "import importlib.util as u; print([n for n in ('tensorflow', 'keras') if u.find_spec(n)])"
        found = self.run("python", "-c", training).strip()
        if found != "[]":
            sys.exit(f"the image holds what only training needs: {found}")
        if os.getuid() == 0:
            self.run("python", "-c", "import os, sys; sys.exit(os.access('.', os.W_OK) or os.getuid() == 0)")
        predict = [
            "-m",
            "segcore",
            "predict",
            "--run",
            "mobilenet_segnet",
            "--format",
            "label-ids",
            "--input",
        ]
        self.run("python", *predict, FRAME, "--output", str(self.temporary / "masks"))
        if len(list((self.temporary / "masks").glob("*_labelIds.png"))) != 1:
            sys.exit("predict wrote no mask")
        port = self.variables["STREAMLIT_SERVER_PORT"]
        server = self.start(self.command)
        try:
            wait_for(f"http://127.0.0.1:{port}/_stcore/health", server)
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/compare") as answer:
                if b'<div id="root">' not in answer.read():
                    sys.exit("no page at /compare")
            self.run(*(word.replace(":8501/", f":{port}/") for word in self.health))
        finally:
            server.terminate()
            server.wait()
        # pip is part of the base image, and not of what the Dockerfile adds.
        size = sum(
            path.lstat().st_size
            for folder in (self.files, self.environment)
            for path in folder.rglob("*")
            if "pip" not in path.parts
        )
        say(f"The app answers and predicts; packages and files take {size / 1e6:.0f} MB.")


def interpreter() -> str:
    """Return a Python interpreter that other users can run, too."""
    found = filter(
        None,
        (*map(shutil.which, ("python3.12", "python3.11", "python3.13")), sys.executable, "/usr/bin/python3"),
    )
    for python in found:
        if all(folder.stat().st_mode & 0o001 for folder in Path(python).resolve().parents):
            return python
    sys.exit("no Python here can be run by another user; install one for all")


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def instructions(text: str) -> list[tuple[str, str]]:
    """Return the instructions of a Dockerfile with their arguments, each on one line."""
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    return [tuple(re.split(r"\s+", line, maxsplit=1)) for line in joined.splitlines()]


def wait_for(url: str, server: subprocess.Popen) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            sys.exit(f"the server ended with {server.returncode}")
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.5)
    sys.exit(f"no answer at {url}")


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


if __name__ == "__main__":
    main()

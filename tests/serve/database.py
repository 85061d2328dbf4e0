"""A real PostgreSQL server in a temporary folder, for tests."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path


def programs():
    """The folder of ``initdb`` and ``postgres``, or nothing."""
    found = shutil.which("initdb")
    there = [Path(found).resolve().parent] if found else []
    there += sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return next((one for one in there if (one / "postgres").exists()), None)


class Server:
    """It listens at a socket in its folder alone."""

    def __init__(self, folder):
        self.folder, self._process = Path(folder), None
        # It refuses to be run by root.
        self._who = {}
        if os.geteuid() == 0:
            name = "postgres" if _is_user("postgres") else "nobody"
            user = pwd.getpwnam(name)
            os.chown(folder, user.pw_uid, user.pw_gid)
            self._who = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        self._run("initdb", "-D", "data", "-U", "tester", "-A", "trust", "--no-sync", "-E", "UTF8")

    @property
    def address(self):
        return f"postgresql://tester@/postgres?host={self.folder}"

    def start(self):
        command = [str(programs() / "postgres"), "-D", "data", "-k", str(self.folder)]
        command += ["-c", "listen_addresses=", "-c", "shared_buffers=16MB"]
        log = (self.folder / "log").open("ab")
        self._process = subprocess.Popen(
            command, cwd=self.folder, stdout=log, stderr=log, **self._who
        )
        log.close()
        until = time.monotonic() + 30
        while b"ready to accept connections" not in self._log_since():
            assert self._process.poll() is None, self._log_since().decode()
            assert time.monotonic() < until
            time.sleep(0.02)

    def stop(self, kind=signal.SIGINT):
        """SIGINT: at once, in order. SIGQUIT: as in a crash."""
        if self._process is not None:
            self._process.send_signal(kind)
            self._process.wait(30)
            self._process = None
            (self.folder / "log").unlink()

    def _log_since(self):
        return (self.folder / "log").read_bytes()

    def _run(self, program, *told):
        done = subprocess.run(
            [str(programs() / program), *told], cwd=self.folder, capture_output=True, **self._who
        )
        assert done.returncode == 0, done.stderr.decode()


def _is_user(name):
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


@contextmanager
def running():
    """A server, as long as it is needed."""
    folder = Path(tempfile.mkdtemp(prefix="penchant-pg-"))
    try:
        server = Server(folder)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)

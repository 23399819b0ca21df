#!/usr/bin/env python3
"""Lets Snowflake's official clients run the CBA scripts on `pipeline-local serve`, and prints what works.

Needs Python 3.9 or later with pip, and Node.js with npm; installs the clients into temporary environments. Not part of the
test command. A client's name as argument runs only that one; --environments DIR keeps the installations for the next time.
"""

import argparse
import os
import pathlib
import queue
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import threading
import venv

ROOT = pathlib.Path(__file__).resolve().parent.parent
CLIENTS = ROOT / "scripts" / "clients"
# What a client is called, what has to be installed for it, and the program that uses it.
TABLE = [
    ("connector-python 4", ["snowflake-connector-python[pandas]>=4,<5"], "python_connector.py"),
    ("connector-python 5", ["snowflake-connector-python[pandas]>=5,<6"], "python_connector.py"),
    ("snowflake-sdk (Node)", "snowflake-sdk", "node_sdk.js"),
    ("snow sql", ["snowflake-cli"], "snow_cli.py"),
    ("snowflake-sqlalchemy", ["snowflake-sqlalchemy"], "sqlalchemy_dialect.py"),
    ("Snowpark for Python", ["snowflake-snowpark-python[pandas]"], "snowpark.py"),
    # dbt-core 1.12 needs a parser that pip has to fetch from elsewhere.
    ("dbt-snowflake", ["dbt-snowflake", "dbt-core<1.12"], "dbt_project.py"),
]
STEPS = ["connect", "scripts", "checks"]
# The scripts wait for the task; the engine's clock shortens that.
CLOCK_SPEED = "4"


def install(name, requirement, directory):
    """Makes an environment once; says with which program to run what is in it."""
    folder = directory / re.sub(r"\W+", "-", name)
    if isinstance(requirement, str):
        if not (folder / "node_modules").exists():
            folder.mkdir(parents=True, exist_ok=True)
            quiet(["npm", "install", "--no-audit", "--no-fund", "--prefix", str(folder), requirement])
        return ["node"], {"NODE_PATH": str(folder / "node_modules")}
    python = folder / "bin" / "python"
    if not (folder / "complete").exists():
        venv.create(folder, with_pip=True, clear=True)
        quiet([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *requirement])
        (folder / "complete").touch()
    return [str(python)], {"PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"}


def quiet(command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout}")


class Server:
    """`pipeline-local serve` with nothing in it, on a free port."""

    def __init__(self, binary, password):
        environment = {**os.environ, "PIPELINE_LOCAL_PASSWORD": password}
        command = [str(binary), "serve", "--clock-speed", CLOCK_SPEED]
        self.process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        lines = queue.Queue()
        threading.Thread(target=lambda: [lines.put(line) for line in self.process.stdout], daemon=True).start()
        while True:
            found = re.search(r"listening on http://([\d.]+):(\d+)", lines.get(timeout=60))
            if found:
                self.host, self.port = found.groups()
                return

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=60)


def run(program, arguments, environment):
    """Runs one client; returns its version and what it reported per step."""
    command = [*program, *map(str, arguments)]
    timeout = 900
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=timeout)
    except subprocess.TimeoutExpired:
        return "?", {}, f"no end after {timeout} s"
    told = dict(line.split(": ", 1) for line in done.stdout.splitlines() if line.startswith(("version: ", *STEPS)))
    trouble = "" if done.returncode == 0 else "\n".join((done.stderr or done.stdout).strip().splitlines()[-20:])
    return told.pop("version", "?"), told, trouble


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clients", nargs="*", help="which clients, by a part of the name; all without")
    parser.add_argument("--environments", type=pathlib.Path, help="keep the installed clients here")
    parser.add_argument("--binary", type=pathlib.Path, help="a built pipeline-local; without, cargo builds one")
    options = parser.parse_args()
    wanted = [row for row in TABLE if not options.clients or any(part in row[0] for part in options.clients)]
    binary = options.binary
    if binary is None:
        subprocess.run(["cargo", "build", "--quiet", "-p", "pipeline-local"], cwd=ROOT, check=True)
        target = subprocess.run(
            ["cargo", "metadata", "--format-version=1", "--no-deps"], cwd=ROOT, check=True, capture_output=True, text=True
        )
        directory = re.search(r'"target_directory":"([^"]+)"', target.stdout).group(1)
        binary = pathlib.Path(directory) / "debug" / "pipeline-local"
    temporary = pathlib.Path(tempfile.mkdtemp(prefix="pipeline-clients-"))
    failed = False
    rows, troubles = [("client", "version", *STEPS)], []
    try:
        for name, requirement, program in wanted:
            interpreter, extra = install(name, requirement, options.environments or temporary / "env")
            work = temporary / re.sub(r"\W+", "-", name)
            work.mkdir()
            password = secrets.token_urlsafe(12)
            with Server(binary, password) as server:
                environment = {
                    **os.environ, **extra, "HOME": str(work), "PYTHONDONTWRITEBYTECODE": "1",
                    "LOCAL_HOST": server.host, "LOCAL_PORT": server.port, "LOCAL_PASSWORD": password,
                    "LOCAL_SCRIPTS": str(ROOT / "examples" / "cba" / "sql"), "LOCAL_WORK": str(work),
                }
                version, told, trouble = run([*interpreter, CLIENTS / program], [], environment)
            rows.append((name, version, *(told.get(step, "FAILED" if trouble else "-") for step in STEPS)))
            if trouble or set(told) != set(STEPS):
                failed = True
                troubles.append(f"== {name}\n{trouble or 'it did not report every step'}")
            print(f"{name}: {'FAILED' if trouble else 'ok'}", file=sys.stderr)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    for row in rows:
        print(" | ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
    for trouble in troubles:
        print(f"\n{trouble}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()

"""Runs the benchmarks that run.sh has built; see README.md for what is measured, and how."""

import argparse
import contextlib
import json
import os
import pathlib
import platform
import random
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

from charts import bars

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
OURS, FLOOR, PLAIN, TUNED, CURL = "ours", "floor", "beast_plain", "beast_tuned", "curl_multi"
NODE, NODE_DEFAULT = "node_keep_alive", "node_default"
NAMES = {
    OURS: "box-sessions", FLOOR: "floor: OpenSSL, epoll", PLAIN: "Beast, straightforward", TUNED: "Beast, tuned by hand",
    CURL: "libcurl multi", NODE: "Box Node SDK, keep-alive", NODE_DEFAULT: "Box Node SDK, as it comes",
}
MESSAGE = '{"message":"Request is successful, please check the admin events for the status of the job"}'


HAS_VALGRIND = shutil.which("valgrind") is not None
KNOWS_ATOMICS = platform.machine() == "x86_64"


def say(text):
    print("--", text, flush=True)


def output(*command, **more):
    return subprocess.run(command, check=True, capture_output=True, text=True, **more).stdout


def cpu_of_children():
    """CPU seconds of all programs that this one has started and that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


class Server:
    """An nginx of our own: one worker, TLS, kept connections without limit, Box's 202 to everything."""

    def __init__(self, folder, cpu):
        self.folder, self.ca = folder, folder / "ca.pem"
        self._certificates()
        for _ in range(20):  # another process may take the port before nginx does
            self.port = random.randrange(20000, 32000)
            (folder / "nginx.conf").write_text(self._configuration())
            pin = ["taskset", "-c", str(cpu)] if cpu is not None else []
            self.process = subprocess.Popen(
                [*pin, self._program(), "-p", f"{folder}/", "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")])
            for _ in range(50):
                if self.process.poll() is not None or (folder / "nginx.pid").exists():
                    break
                time.sleep(0.1)
            time.sleep(0.2)
            if self.process.poll() is None:
                return
        raise SystemExit("nginx does not start: " + (folder / "error.log").read_text())

    @staticmethod
    def _program():
        return shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin:/usr/local/sbin") or "nginx"

    def _certificates(self):
        def openssl(*arguments):
            subprocess.run(["openssl", *arguments], check=True, cwd=self.folder, capture_output=True)

        key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        openssl("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "30", "-subj", "/CN=bench")
        openssl("req", *key, "-keyout", "key.pem", "-out", "request.pem", "-subj", "/CN=localhost")
        (self.folder / "names").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
        openssl("x509", "-req", "-in", "request.pem", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "30",
                "-out", "chain.pem", "-extfile", "names")

    def _configuration(self):
        user = "user root;\n" if os.geteuid() == 0 else ""
        return user + f"""daemon off;
worker_processes 1;
pid nginx.pid;
error_log error.log warn;
events {{ worker_connections 4096; }}
http {{
  access_log off;
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
  keepalive_requests 1000000000; keepalive_timeout 600;
  client_max_body_size 16m; client_body_buffer_size 2m;
  default_type application/json;
  server {{
    listen 127.0.0.1:{self.port} ssl;
    ssl_certificate chain.pem; ssl_certificate_key key.pem; ssl_protocols TLSv1.2 TLSv1.3;
    location / {{ return 202 '{MESSAGE}'; }}
  }}
}}
"""

    def stop(self):
        self.process.terminate()
        self.process.wait(10)


class Bench:
    """The benchmarks of one commit: its sources are in `root`, its programs in `build`."""

    def __init__(self, root, build, server, cpu, arguments):
        self.root, self.build, self.server, self.cpu = root, build, server, cpu
        self.quick, self.compiler_options = arguments.quick, arguments.compiler_options
        self.left_out = []
        self.clients = [c for c in (OURS, FLOOR, PLAIN, TUNED, CURL) if self.program(c).exists()]

    def add_node(self):
        if (self.build / "node/node_modules/box-node-sdk").exists() and shutil.which("node"):
            shutil.copy(HERE / "clients/box_node_sdk.cjs", self.build / "node")
            self.clients += [NODE, NODE_DEFAULT]
        else:
            self.leave_out("Box's SDK for Node: npm could not install it")

    def leave_out(self, what):
        self.left_out.append(what)
        say("left out: " + what)

    def program(self, name):
        return self.build / "bench" / f"box_bench_{name}"

    def command(self, client, arguments):
        if client in (NODE, NODE_DEFAULT):
            command = ["node", str(self.build / "node/box_node_sdk.cjs"),
                       "--agent=" + ("keep-alive" if client == NODE else "default")]
        else:
            command = [str(self.program(client)), f"--ca={self.server.ca}"]
        return [*command, f"--port={self.server.port}", *(f"--{name.replace('_', '-')}={value}" for name, value in arguments.items())]

    def run(self, client, pinned=True, preload=False, **arguments):
        pin = ["taskset", "-c", str(self.cpu)] if pinned and self.cpu is not None else []
        environment = dict(os.environ, NODE_EXTRA_CA_CERTS=str(self.server.ca))
        if preload:
            environment["LD_PRELOAD"] = str(self.build / "bench/libbox_bench_counters.so")
        return json.loads(output(*pin, *self.command(client, arguments), env=environment))

    def rounds(self):
        return 2 if self.quick else 9

    def requests(self, client, in_flight):
        count = {NODE: 2000, NODE_DEFAULT: 300}.get(client, 5000 if in_flight == 1 else 20000)
        return count // 10 if self.quick else count

    # The figures for the tables.

    def request_path(self):
        result = {}
        for in_flight in (1, 16, 64):
            say(f"request path, {in_flight} in flight")
            runs = {client: [] for client in self.clients}
            for number in range(self.rounds()):
                turn = number % len(self.clients)
                for client in self.clients[turn:] + self.clients[:turn]:
                    warm_up = {NODE: 1000, NODE_DEFAULT: 100}.get(client, 1000)
                    runs[client].append(self.run(client, in_flight=in_flight, warm_up=warm_up,
                                                 requests=self.requests(client, in_flight)))
            result[str(in_flight)] = {client: self.summary(runs, client) for client in self.clients}
        return result

    @staticmethod
    def summary(runs, client):
        def cpu(run):
            return run["userUs"] + run["systemUs"]

        def quartiles(values):
            q = statistics.quantiles(values, n=4, method="inclusive")
            return [round(q[1], 3), round(q[0], 3), round(q[2], 3)]

        own = runs[client]
        figures = {key: statistics.median(run[key] for run in own)
                   for key in ("perSecond", "p50Us", "p99Us", "userUs", "systemUs", "peakRssKb")}
        figures["cpuUs"] = statistics.median(map(cpu, own))
        # The library compared with this client in the same round: median and quartiles.
        pairs = list(zip(runs[OURS], own))
        figures["oursCpuRatio"] = quartiles([cpu(a) / cpu(b) for a, b in pairs])
        figures["oursP99Ratio"] = quartiles([a["p99Us"] / b["p99Us"] for a, b in pairs])
        figures["oursRateRatio"] = quartiles([a["perSecond"] / b["perSecond"] for a, b in pairs])
        return figures

    def counted(self, client):
        """Allocations, system calls and mutexes for each request, by the number of requests in flight."""
        return {str(in_flight): self.run(client, preload=True, in_flight=in_flight, requests=8000) for in_flight in (1, 16)}

    def executed(self, client, reader):
        """Instructions and atomic operations for each request. `reader` counts the latter in callgrind's file."""
        totals = []
        for requests in (1000, 3000) if self.quick else (2000, 6000):
            # Sessions are not resumed, because otherwise the two runs would also differ in their number of full
            # handshakes.
            command = [*self.command(client, {"in_flight": 16, "requests": requests}), "--no-resumption"]
            with tempfile.TemporaryDirectory() as folder:
                file = f"{folder}/counts"
                text = subprocess.run(["valgrind", "--tool=callgrind", "--dump-instr=yes", "--dump-line=no", "--compress-pos=no",
                                       "--compress-strings=no", f"--callgrind-out-file={file}", *command],
                                      check=True, capture_output=True, text=True).stderr
                figures = {"instructions": int(re.search(r"Collected : (\d+)", text)[1])}
                if KNOWS_ATOMICS:
                    figures["atomics"] = int(output(str(reader), file))
            totals.append((requests, figures))
        (few, low), (many, high) = totals
        return {name: (high[name] - low[name]) / (many - few) for name in high}

    def counts(self):
        say("allocations and system calls")
        native = [c for c in self.clients if c not in (NODE, NODE_DEFAULT)]
        keys = ("allocations", "bytes", "writes", "reads", "emptyReads", "waits", "timers", "others", "mutexes")
        result = {client: {in_flight: {key: run[key] for key in keys} for in_flight, run in self.counted(client).items()}
                  for client in native}
        if not HAS_VALGRIND:
            self.leave_out("instructions and atomic operations: valgrind is not installed")
            return result
        if not KNOWS_ATOMICS:
            self.leave_out("atomic operations: they are counted on x86-64 only")
        say("instructions and atomic operations")
        for client in native:
            result[client] |= self.executed(client, self.program("atomics"))
        return result

    def connecting(self):
        say("connecting, with and without resumption")
        clients = [c for c in (OURS, FLOOR, PLAIN, CURL) if c in self.clients]
        count = 100 if self.quick else 800
        runs = {}
        for _ in range(self.rounds()):
            for client in clients:
                for mode in ("full", "resumed"):
                    run = self.run(client, mode=mode, in_flight=1, requests=count, warm_up=20)
                    runs.setdefault(client, {}).setdefault(mode, []).append(run["userUs"] + run["systemUs"])
        return {client: {"full": statistics.median(modes["full"]), "resumed": statistics.median(modes["resumed"]),
                         "ratio": statistics.median(r / f for r, f in zip(modes["resumed"], modes["full"]))}
                for client, modes in runs.items()}

    def one(self, name, **arguments):
        return json.loads(output(*self.command(name, arguments)))

    def burst(self):
        say("10,000 calls at once on 8 connections")
        runs = [self.one("burst", in_flight=10000, connections=8) for _ in range(self.rounds())]
        return {"perSecond": statistics.median(r["perSecond"] for r in runs),
                "maxDisplacement": max(r["maxDisplacement"] for r in runs),
                "maxDisplacementOpening": max(r["maxDisplacementOpening"] for r in runs),
                "maxDisplacementReplacing": max(r["maxDisplacementReplacing"] for r in runs),
                "peakRssKb": statistics.median(r["peakRssKb"] for r in runs)}

    def bulk(self):
        say("a list of a million through BulkTermination")
        users = 20_000 if self.quick else 1_000_000
        return json.loads(output(str(self.program("bulk")), str(users)))

    def simulation(self, folder):
        say("a million users against a simulated Box")
        text = output(str(self.program("bulk_simulation")), "100000" if self.quick else "1000000", str(folder / "bulk_rate.svg"))
        return text[text.index("| scenario"):]

    def follow(self):
        say("100,000 people and a million events through a Follower's core")
        people, events = (10_000, 50_000) if self.quick else (100_000, 1_000_000)
        return json.loads(output(str(self.program("follow")), str(people), str(events)))

    def handlers(self):
        say("the longest handler of each operation")
        with tempfile.TemporaryDirectory() as folder:
            key = f"{folder}/key.pem"
            output("openssl", "genrsa", "-out", key, "4096")
            runs = [json.loads(output(str(self.program("handlers")), f"--key={key}")) for _ in range(self.rounds())]
        # The minimum of all rounds, because interruptions by other programs only add time.
        return [{**of[0], "longestMs": min(one["longestMs"] for one in of)} for of in zip(*runs)]

    def threads(self):
        say("one thread and two")
        runs = {client: {threads: [] for threads in (1, 2)} for client in (OURS, PLAIN)}
        for _ in range(self.rounds()):
            for client, by_threads in runs.items():
                for threads, of in by_threads.items():
                    of.append(self.run(client, pinned=False, threads=threads, in_flight=64, requests=self.requests(client, 64)))
        return {client: {str(threads): {"perSecond": statistics.median(r["perSecond"] for r in of),
                                        "cpuUs": statistics.median(r["userUs"] + r["systemUs"] for r in of)}
                         for threads, of in by_threads.items()} for client, by_threads in runs.items()}

    def bodies(self):
        say("bodies of 1 to 10,000 ids")
        result = {}
        for ids in (1, 100, 1000, 10000):
            count = max(100, 20000 // max(1, ids // 10)) // (10 if self.quick else 1)
            runs = [self.run(OURS, ids=ids, in_flight=4, requests=max(count, 20), warm_up=20) for _ in range(self.rounds())]
            cpu = statistics.median(r["userUs"] + r["systemUs"] for r in runs)
            result[str(ids)] = {"cpuUs": cpu, "cpuUsPerId": cpu / ids}
        return result

    def minimal(self):
        say("compiling and linking the minimal example")
        source = self.root / "test/package/examples/minimal.cpp"
        cxx = os.environ.get("CXX", "g++")
        with tempfile.TemporaryDirectory() as folder:
            object_file, program = f"{folder}/minimal.o", f"{folder}/minimal"
            seconds = []
            for _ in range(1 if self.quick else 3):
                began = cpu_of_children()
                output(cxx, "-std=c++20", "-O2", "-DBOX_SESSIONS_STATIC", f"-I{self.root}/include", "-c", str(source), "-o", object_file)
                seconds.append(cpu_of_children() - began)
            output(cxx, object_file, str(self.build / "src/libbox_sessions.a"), "-lboost_json", "-lssl", "-lcrypto", "-pthread",
                   "-o", program)
            output("strip", program)
            return {"compileSeconds": round(min(seconds), 2), "strippedBytes": os.path.getsize(program)}

    def compiling(self):
        """CPU seconds to compile the library with the options of this run, one piece after the other, without ccache."""
        say("compiling the library")
        variables = dict(os.environ, CCACHE_DISABLE="1")
        with tempfile.TemporaryDirectory() as folder:
            output("cmake", "-S", str(self.root), "-B", folder, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release",
                   "-DCMAKE_UNITY_BUILD=ON", f"-DCMAKE_CXX_FLAGS_RELEASE={self.compiler_options}", env=variables)
            # In a short run one piece shows that it works.
            target = "src/CMakeFiles/box_sessions.dir/Unity/unity_in__0_cxx.cxx.o" if self.quick else "box_sessions"
            began = cpu_of_children()
            output("ninja", "-C", folder, "-j", "1", target, env=variables)
            return {"cpuSeconds": round(cpu_of_children() - began, 1), "options": self.compiler_options}

    def box_sessions(self):
        return self.build / "src/cli/box-sessions"

    def start_of_programs(self, programs):
        """The times of one call by each of these programs, whose names and paths are given, and by curl."""
        say("the program from its start to its end, and curl")
        program = self.box_sessions()
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            (folder / "token").touch(0o600)
            (folder / "token").write_text("a-token-of-the-benchmark")
            emulator = subprocess.Popen([program, "emulator", "--port", "0", "--ca-out", "ca.pem", "--ready-file", "ready",
                                         "--token-file", "token"], cwd=folder, stdout=subprocess.DEVNULL)
            try:
                for _ in range(100):
                    if (folder / "ready").exists() and (folder / "ready").read_text():
                        break
                    time.sleep(0.1)
                url = (folder / "ready").read_text().strip()
                # Both trust the system's certificates and the emulator's, each in the form in which it looks for the system's:
                # OpenSSL in a folder, curl in a file.
                certificates = pathlib.Path("/etc/ssl/certs")
                (folder / "trusted").mkdir()
                shutil.copy(folder / "ca.pem", folder / "trusted")
                output("openssl", "rehash", str(folder / "trusted"))
                bundle = folder / "bundle.pem"
                bundle.write_bytes((certificates / "ca-certificates.crt").read_bytes() + (folder / "ca.pem").read_bytes())
                body = '{"user_ids":["11446498"],"user_logins":[]}'
                commands = {
                    **{name: ([path, "users", "11446498", "--yes", "--quiet", "--token-file", "token", "--base-url", url],
                              {"SSL_CERT_DIR": f"{folder}/trusted:{certificates}", "SSL_CERT_FILE": "/nonexistent"})
                       for name, path in programs.items()},
                    "curl": (["curl", "-sS", "-o", "out", "--cacert", str(bundle), "-H", "authorization: Bearer a-token-of-the-benchmark",
                              "-H", "content-type: application/json", "-d", body, "--fail", url + "/2.0/users/terminate_sessions"], {}),
                }
                times = {name: [] for name in commands}
                for _ in range(5 if self.quick else 40):
                    for name, (command, variables) in commands.items():
                        began = time.perf_counter()
                        output(*command, cwd=folder, env=dict(os.environ, HOME=str(folder), **variables))
                        times[name].append(1000 * (time.perf_counter() - began))
                return {name: {"minMs": min(of), "medianMs": statistics.median(of)} for name, of in times.items()}
            finally:
                emulator.terminate()
                emulator.wait(10)

    def micro(self):
        say("the pure cores")
        text = output(str(self.program("micro")), "--benchmark_format=json", "--benchmark_min_time=" + ("0.05" if self.quick else "0.5"),
                      stderr=None)
        return {b["name"]: round(b["cpu_time"], 1) for b in json.loads(text)["benchmarks"]}


class Beside:
    """Measures another commit's library and this one in turns. A figure that the other cannot measure is None."""

    def __init__(self, before, after, results):
        self.before, self.after, self.both, self.results = before, after, (before, after), results
        self.rounds = after.rounds()

    def turns(self, *actions):
        """The results of each action, in rounds, in each of which another one is first."""
        results = [[] for _ in actions]
        for number in range(self.rounds):
            for index in range(len(actions)):
                turn = (index + number) % len(actions)
                results[turn].append(actions[turn]())
        return results

    def figures(self):
        return [*self.counts(), *self.cpu(), *self.memory(), *self.start(), *self.lists(), *self.handlers(), *self.compiling()]

    def counts(self):
        say("beside the other commit: counts")
        counted = [self.before.counted(OURS), self.results["counts"][OURS]]
        result = [(f"{name} a call, {in_flight} in flight", *(of[in_flight].get(key) for of in counted))
                  for key, name in (("allocations", "allocations"), ("bytes", "bytes allocated"), ("mutexes", "mutexes locked"),
                                    ("emptyReads", "reads in vain"))
                  for in_flight in ("16", "1")]
        if HAS_VALGRIND:
            executed = self.before.executed(OURS, self.after.program("atomics"))
            names = {"instructions": "instructions a call, 16 in flight", "atomics": "atomic operations a call, 16 in flight"}
            result = [(names[key], before, self.results["counts"][OURS][key]) for key, before in executed.items()] + result
        return result

    def ratio(self, name, peer, **arguments):
        def cpu(of, client):
            run = of.run(client, **arguments)
            return run["userUs"] + run["systemUs"]

        *ours, peers = self.turns(*(lambda of=of: cpu(of, OURS) for of in self.both), lambda: cpu(self.after, peer))
        return name, *(statistics.median(a / b for a, b in zip(own, peers)) for own in ours)

    def cpu(self):
        say("beside the other commit: CPU")
        result = [self.ratio(f"CPU of a call to the floor's, {in_flight} in flight", FLOOR, in_flight=in_flight, warm_up=1000,
                             requests=self.after.requests(OURS, in_flight)) for in_flight in (1, 16, 64)]
        count = 100 if self.after.quick else 800
        result += [self.ratio(f"CPU of a new connection to the straightforward Beast loop's, {mode}", PLAIN, mode=mode, in_flight=1,
                              requests=count, warm_up=20) for mode in ("full", "resumed")]
        return result

    def memory(self):
        say("beside the other commit: memory, and making clients")
        runs = self.turns(*(lambda of=of: of.one("memory") for of in self.both))
        return [(name, *(statistics.median(run[key] for run in of) / unit if key in of[0] else None for of in runs))
                for key, unit, name in (("firstClientUs", 1000, "the first client, ms"), ("furtherClientUs", 1, "a further client, µs"),
                                        ("furtherClient", 1024, "a further client, KiB of heap"),
                                        ("thousandClients", 2**20, "1,000 clients with a token each, MiB of heap"),
                                        ("idleConnection", 1000, "an idle connection, KB of heap"),
                                        ("waitingCall", 1000, "a waiting call, KB of heap"))]

    def start(self):
        times = self.after.start_of_programs({name: of.box_sessions() for name, of in zip(("before", "after"), self.both)})
        return [(f"the program's start to its end, ms{of}", *(times[name][key] for name in ("before", "after")))
                for of, key in ((" (median)", "medianMs"), (" (least)", "minMs"))]

    def lists(self):
        say("beside the other commit: lists")
        users = "20000" if self.after.quick else "200000"
        runs = self.turns(*(lambda of=of: json.loads(output(str(of.program("bulk")), users)) for of in self.both))
        return [(f"CPU of an entry of a list, µs, {name}", *(statistics.median(run[key]["cpuUsPerUser"] for run in of) for of in runs))
                for key, name in (("plain", "without a journal"), ("journal", "with a journal"))]

    def handlers(self):
        measured = (self.before.handlers() if self.before.program("handlers").exists() else None, self.results["handlers"])
        # The first is plain Asio's.
        return [("the longest handler of all operations, ms", *(max(one["longestMs"] for one in of[1:]) if of else None for of in measured))]

    def compiling(self):
        library, minimal = ((getattr(self.before, name)(), self.results[name]) for name in ("compiling", "minimal"))
        return [("compiling the library, s of CPU", *(of["cpuSeconds"] for of in library)),
                ("compiling the minimal example, s of CPU", *(of["compileSeconds"] for of in minimal)),
                ("the minimal example, stripped, MB", *(of["strippedBytes"] / 1e6 for of in minimal))]


def environment(build):
    def first(*command):
        with contextlib.suppress(OSError, subprocess.CalledProcessError):
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            return (done.stdout or done.stderr).strip().splitlines()[0]
        return "none"

    cpu = re.search(r"model name\s*:\s*(.*)", pathlib.Path("/proc/cpuinfo").read_text())
    boost = re.search(r'BOOST_LIB_VERSION "([\d_]+)"', next(
        (p.read_text() for p in (pathlib.Path("/usr/include/boost/version.hpp"), pathlib.Path("/usr/local/include/boost/version.hpp"))
         if p.exists()), ""))
    sdk = build / "node/node_modules/box-node-sdk/package.json"
    return {
        "date": time.strftime("%Y-%m-%d"),
        "commit": first("git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"),
        "cpu": (cpu[1] if cpu else platform.processor()) + f", {os.cpu_count()} cores",
        "kernel": platform.release(),
        "load before": f"{os.getloadavg()[0]:.1f}",
        "compiler": first(os.environ.get("CXX", "g++"), "--version"),
        "boost": boost[1].replace("_", ".") if boost else "unknown",
        "openssl": first("openssl", "version"),
        "curl": first("curl-config", "--version"),
        "nginx": first(Server._program(), "-v"),
        "node": first("node", "--version"),
        "boxNodeSdk": json.loads(sdk.read_text())["version"] if sdk.exists() else "none",
    }


def table(head, rows):
    def line(cells):
        return "| " + " | ".join(str(cell) for cell in cells) + " |"

    return "\n".join([line(head), line(["---"] * len(head)), *map(line, rows)]) + "\n"


def shown(value):
    """Three digits or more, or a dash for what a commit cannot measure."""
    return "–" if value is None else f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def markdown(results):
    parts = []
    env = results["environment"]
    parts.append("Measured " + "; ".join(f"{key} {value}" for key, value in env.items()) + ".\n")
    if results["leftOut"]:
        parts.append("Left out: " + "; ".join(results["leftOut"]) + ".\n")

    for in_flight, clients in results["requestPath"].items():
        parts.append(f"### The request path, {in_flight} in flight\n")
        parts.append(table(
            ["client", "req/s", "p50 µs", "p99 µs", "CPU µs (user + system)", "ours to it: CPU", "ours to it: p99", "peak RSS MB"],
            [[NAMES[c], f"{f['perSecond']:,.0f}", f"{f['p50Us']:.0f}", f"{f['p99Us']:.0f}",
              f"{f['cpuUs']:.1f} ({f['userUs']:.1f} + {f['systemUs']:.1f})",
              "{:.3g} [{:.3g}–{:.3g}]".format(*f["oursCpuRatio"]), "{:.3g} [{:.3g}–{:.3g}]".format(*f["oursP99Ratio"]),
              f"{f['peakRssKb'] / 1024:.1f}"] for c, f in clients.items()]))

    parts.append("### Counts for each request, 16 in flight (1 in flight)\n")
    parts.append(table(
        ["client", "instructions", "atomic operations", "allocations", "bytes", "writes", "reads", "reads in vain", "waits", "timers", "mutexes locked"],
        [[NAMES[c], *(f"{f[k]:,.{digits}f}" if k in f else "–" for k, digits in (("instructions", 0), ("atomics", 1))),
          *(f"{f['16'][k]:,.2f} ({f['1'][k]:,.2f})" for k in ("allocations", "bytes", "writes", "reads", "emptyReads", "waits", "timers", "mutexes"))]
         for c, f in results["counts"].items()]))

    parts.append("### A new connection for each request: CPU µs\n")
    parts.append(table(["client", "full handshake", "resumed", "resumed / full"],
                       [[NAMES[c], f"{f['full']:.0f}", f"{f['resumed']:.0f}", f"{f['ratio']:.2f}"]
                        for c, f in results["connecting"].items()]))

    memory, burst, minimal = results["memory"], results["burst"], results["minimal"]
    parts.append("### Everything else\n")
    parts.append(table(["question", "answer"], [
        ["the first client, which trusts the system's certificates", f"{memory['firstClientUs'] / 1000:.1f} ms"],
        ["each further client", f"{memory['furtherClientUs']:.1f} µs, {memory['furtherClient'] / 1024:.1f} KiB of heap"],
        ["1,000 clients with a token each", f"{memory['thousandClients'] / 2**20:.1f} MiB of heap; after one call by ten of them: "
         f"{memory['socketsOfTen']} connections, {memory['lookupsOfTen']} lookups, and {memory['handlersAfterTen']} handlers in the second "
         "after the calls"],
        ["heap per idle connection", f"{memory['idleConnection'] / 1000:.1f} KB (Asio's stream: {memory['idleAsioStream'] / 1000:.1f})"],
        ["heap per waiting call", f"{memory['waitingCall'] / 1000:.1f} KB"],
        ["10,000 calls at once, 8 connections", f"at most {burst['maxDisplacement']} places out of order "
         f"({burst['maxDisplacementOpening']} where the connections have to be opened first, {burst['maxDisplacementReplacing']} "
         f"where they are replaced after 1,000 requests), {burst['perSecond']:,.0f} calls/s"],
        *[[f"{NAMES[c]}: {t} thread(s), 64 in flight, not pinned", f"{f['perSecond']:,.0f} req/s, {f['cpuUs']:.1f} µs of CPU"]
          for c, of in results["threads"].items() for t, f in of.items()],
        *[[f"{int(ids):,} ids in a call", f"{f['cpuUs']:.1f} µs of CPU, {f['cpuUsPerId']:.3f} for each id"]
          for ids, f in results["bodies"].items()],
        *[[f"{name}: one call, from the program's start to its end", f"{of['medianMs']:.1f} ms (at least {of['minMs']:.1f})"]
          for name, of in results["start"].items()],
        ["the minimal example", f"compiles in {minimal['compileSeconds']} s of CPU, {minimal['strippedBytes'] / 1e6:.2f} MB stripped"],
        ["the library", f"compiles in {results['compiling']['cpuSeconds']:.0f} s of CPU with `{results['compiling']['options']}`"],
    ]))
    if "beside" in results:
        beside = results["beside"]
        parts.append(f"### {beside['commit']} beside this commit\n")
        parts.append(table(["figure", "before", "after", "after / before"],
                           [[name, *(shown(value) for value in values), f"{values[1] / values[0]:.2f}" if all(values) else "–"]
                            for name, *values in beside["figures"]]))
    bulk = results["bulk"]
    parts.append(f"### A list of {bulk['users']:,} users, 100 in a call, against the emulator\n")
    parts.append(table(["journal", "users/s", "calls/s", "CPU µs a user (client)"],
                       [[name, f"{bulk[key]['usersPerSecond']:,.0f}", f"{bulk[key]['callsPerSecond']:,.0f}", f"{bulk[key]['cpuUsPerUser']:.2f}"]
                        for name, key in (("none", "plain"), (f"on disk, {bulk['journalBytesPerUser']:.1f} bytes a user", "journal"))]))
    parts.append("### A million users against a simulated Box\n")
    parts.append(results["simulation"])
    if "handlers" in results:
        parts.append("### The longest handler of each operation\n")
        parts.append(table(["operation", "longest handler, CPU ms", "handlers"],
                           [[f["operation"], f"{f['longestMs']:.2f}", f"{f['handlers']:,}"] for f in results["handlers"]]))
    if "follow" in results:
        follow = results["follow"]
        parts.append("### Following\n")
        parts.append(table(["events about those who are followed", "events/s", "with parsing"],
                           [[what, f"{follow[key]['eventsPerSecond']:,.0f}", f"{follow[key]['eventsPerSecondWithParsing']:,.0f}"]
                            for key, what in (("oneInTen", "one in ten"), ("all", "all"))]))
        parts.append(f"{follow['people']:,} people, {follow['events']:,} events, at most {follow['peakMiB']:.0f} MiB.\n")
    parts.append("### The pure cores, ns\n")
    parts.append(table(["what", "CPU ns"], results["micro"].items()))
    return "\n".join(parts)


def charts(results, folder):
    for in_flight in ("16", "64"):
        clients = results["requestPath"][in_flight]
        shown = [(NAMES[c], f["cpuUs"]) for c, f in clients.items() if c not in (NODE, NODE_DEFAULT)]
        (folder / f"cpu_{in_flight}.svg").write_text(
            bars(f"CPU of the client for each request, {in_flight} in flight", "µs", shown, NAMES[OURS]))
    everyone = [(NAMES[c], f["cpuUs"]) for c, f in results["requestPath"]["16"].items()]
    (folder / "cpu_16_all.svg").write_text(
        bars("CPU of the client for each request, 16 in flight (logarithmic)", "µs", everyone, NAMES[OURS], logarithmic=True))
    counted = [(NAMES[c], f["instructions"]) for c, f in results["counts"].items() if "instructions" in f]
    if counted:
        (folder / "instructions.svg").write_text(bars("Instructions for each request", "", counted, NAMES[OURS]))
    allocated = [(NAMES[c], f["16"]["allocations"]) for c, f in results["counts"].items()]
    (folder / "allocations.svg").write_text(bars("Allocations for each request", "", allocated, NAMES[OURS]))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--compiler-options", required=True)
    parser.add_argument("--beside", help="the name of another commit, of which --build has the sources and programs")
    arguments = parser.parse_args()
    cpus = sorted(os.sched_getaffinity(0))
    client_cpu, server_cpu = (cpus[0], cpus[1]) if len(cpus) > 1 else (None, None)
    target = arguments.build / "quick" if arguments.quick else HERE
    (target / "charts").mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)  # nginx's worker may run as another user
        server = Server(pathlib.Path(folder), server_cpu)
        try:
            bench = Bench(ROOT, arguments.build, server, client_cpu, arguments)
            bench.add_node()
            results = {"environment": environment(arguments.build), "requestPath": bench.request_path(), "counts": bench.counts(),
                       "connecting": bench.connecting(), "memory": bench.one("memory"), "burst": bench.burst(),
                       "threads": bench.threads(), "bulk": bench.bulk(), "simulation": bench.simulation(target / "charts"),
                       "follow": bench.follow(), "handlers": bench.handlers(),
                       "bodies": bench.bodies(), "minimal": bench.minimal(),
                       "start": bench.start_of_programs({"box-sessions": bench.box_sessions()}), "compiling": bench.compiling(), "micro": bench.micro(), "leftOut": bench.left_out}
            if arguments.beside:
                folder_of_other = arguments.build / "beside" / arguments.beside
                other = Bench(folder_of_other / "source", folder_of_other / "build", server, client_cpu, arguments)
                results["beside"] = {"commit": arguments.beside, "figures": Beside(other, bench, results).figures()}
        except subprocess.CalledProcessError as error:
            print(error, error.stdout, error.stderr, sep="\n", file=sys.stderr)
            return 1
        finally:
            server.stop()
    (target / "results.json").write_text(json.dumps(results, indent=1) + "\n")
    charts(results, target / "charts")
    readme = (HERE / "README.md").read_text()
    begin, end = "<!-- results -->\n", "<!-- end of results -->\n"
    before, rest = readme.split(begin)
    after = rest.split(end)[1]
    (target / "README.md").write_text(before + begin + "\n" + markdown(results) + "\n" + end + after)
    say(f"written: {target}/README.md, results.json, charts/")
    return 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""End-to-end benchmark: this proxy beside nginx, HAProxy and YARP, in one run, on one machine.

  tests/Proxy.EndToEnd/run.py                        everything but system calls, with the Release build
  tests/Proxy.EndToEnd/run.py --aot                  the Native AOT build beside it
  tests/Proxy.EndToEnd/run.py --workloads S,H --candidates nginx,ours --rounds 3
  tests/Proxy.EndToEnd/run.py --workloads TS,TL,TB,full,resumed --candidates nginx,ours --rounds 3     TLS alone
  tests/Proxy.EndToEnd/run.py --access-log           nginx and ours with their logs on beside those without: what a line costs
  tests/Proxy.EndToEnd/run.py --routes               ours with 10,000 and 100,000 prefix routes, and 10,000 virtual hosts of 10, the last asked for,
                                                     beside one route
  tests/Proxy.EndToEnd/run.py --syscalls             counts system calls per request, too

The proxy under test is pinned to one cpu, load and upstream to another. Rounds are interleaved (A B C ... A B C ...), results are medians.
The figure to compare is CPU microseconds per request of the proxy's processes, from the scheduler's exact run times; throughput is printed for
orientation. A ratio is the reference's CPU divided by ours: 1.20 means that one core of ours carries 1.20 times the requests.
Needs Linux, two cpus, nginx, haproxy, wrk, h2load, openssl, taskset and, for --syscalls, strace.
"""
import argparse
import json
import os
import re
import resource
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
UPSTREAM, SINK, UPSTREAM2, GRPC_UPSTREAM = 18080, 18081, 18082, 18083
PROXY_CPU, LOAD_CPU = "0", "1"
CONNECTIONS = 64
CPUCLOCK_SCHED = 2  # clock_getcpuclockid(3): a process's run time, of threads that have ended too

REQUEST_HEADERS = [
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
    "Accept-Language: en-US,en;q=0.5", "Accept-Encoding: gzip, deflate, br, zstd", "DNT: 1", "Sec-Fetch-Dest: document",
    "Sec-Fetch-Mode: navigate", "Sec-Fetch-Site: none", "Sec-Fetch-User: ?1", "Cache-Control: max-age=0",
    "Cookie: session=0123456789abcdef0123456789abcdef; theme=dark; consent=all", "Referer: http://example.com/some/page?with=query"]
RESPONSE_HEADERS = {
    "Cache-Control": "private, max-age=60", "ETag": '"5f8a-1b2c3d4e"', "Vary": "Accept-Encoding", "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff", "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "Content-Security-Policy": "default-src 'self'; img-src *", "Set-Cookie": "seen=1; Path=/; HttpOnly"}

WORKLOADS = {"S": ("/s", []), "H": ("/h", REQUEST_HEADERS), "L": ("/l", []), "L4": ("/s", []), "bulk": (None, []), "H2": ("/s", []), "H22": ("/s", []),
             "TS": ("/s", []), "TL": ("/l", []), "TB": ("/b", []), "full": ("/s", []), "resumed": ("/s", []),
             "grpc": ("/bench.Echo/Say", ["content-type: application/grpc", "te: trailers"])}
# H2: HTTP/2 from the client, HTTP/1.1 to the upstream; H22: HTTP/2 on both sides. Ports of a candidate for them, beside its own.
HTTP2_PORTS = {"H2": 3, "H22": 4, "grpc": 6}
# TS, TL, TB: 100 bytes, 16 KiB and 1 MiB over kept TLS 1.3 connections; full, resumed: a handshake for each request (ECDSA P-256). HTTP/1.1 on both sides,
# plain towards the upstream. grpc: unary calls, HTTP/2 on both sides.
TLS_PORT = 5
KEPT_TLS, HANDSHAKES = ("TS", "TL", "TB"), {"full": "-new", "resumed": "-reuse"}
GRPC_MESSAGE = b"\0\0\0\0\x05hello"
HTTP2_CONNECTIONS, HTTP2_STREAMS = 8, 32

# (workload, reference): (gate, goal), from the design's performance notes.
TARGETS = {
    ("S", "nginx"): (1.00, 1.20), ("S", "haproxy"): (1.10, 1.35), ("S", "yarp"): (2.5, 3.0), ("S", "yarp-inline"): (2.0, 2.4),
    ("H", "nginx"): (1.10, 1.35), ("H", "yarp"): (2.8, 3.7), ("H", "yarp-inline"): (2.3, 3.0),
    ("L", "nginx"): (0.95, 1.15), ("L", "yarp"): (2.3, 3.0), ("L", "yarp-inline"): (1.7, 2.1),
    ("H2", "haproxy"): (0.7, 1.0), ("H2", "nginx"): (0.9, 1.3), ("H2", "yarp"): (3.0, 4.5), ("H2", "yarp-inline"): (1.2, 1.7),
    ("TS", "nginx"): (1.0, 1.0), ("TL", "nginx"): (1.0, 1.0), ("TB", "nginx"): (1.0, 1.0), ("full", "nginx"): (0.8, 1.0), ("resumed", "nginx"): (0.8, 1.0),
    ("grpc", "yarp"): (1.7, 3.0), ("grpc", "yarp-inline"): (1.2, 1.7),
    ("L4", "haproxy"): (0.95, 1.05), ("bulk", "haproxy"): (1.0, 1.3)}
LOG_MICROSECONDS = 1.5
# Port, virtual hosts, prefix routes of each, and what a request may cost with them as a multiple of one route.
ROUTES = {"ours-10k": (18180, 1, 10_000, 1.05), "ours-100k": (18190, 1, 100_000, 1.15), "ours-hosts": (18200, 10_000, 10, 1.05)}


# ------------------------------------------------------------- processes

def pinned(cpu, command):
    return ["taskset", "-c", cpu] + command


def family(pid):
    """A process and its descendants."""
    parents = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat") as f:
                    parents.setdefault(int(f.read().rsplit(")", 1)[1].split()[1]), []).append(int(name))
            except OSError:
                pass
    out, todo = [], [pid]
    while todo:
        p = todo.pop()
        out.append(p)
        todo += parents.get(p, [])
    return out


def cpu_of(pid):
    """(run time in ns, user ticks, system ticks) of a process and its descendants."""
    total = user = system = 0
    for p in family(pid):
        try:
            total += time.clock_gettime_ns(~p << 3 | CPUCLOCK_SCHED)
            with open(f"/proc/{p}/stat") as f:
                fields = f.read().rsplit(")", 1)[1].split()
            user, system = user + int(fields[11]), system + int(fields[12])
        except OSError:
            pass
    return total, user, system


def rss_of(pid):
    """Resident memory in KB, of a process and its descendants."""
    total = 0
    for p in family(pid):
        try:
            with open(f"/proc/{p}/status") as f:
                total += int(re.search(r"VmRSS:\s+(\d+)", f.read()).group(1))
        except (OSError, AttributeError):
            pass
    return total


class Process:
    """One that this run has started, and so may stop."""

    def __init__(self, name, command, cpu, log, environment=None):
        self.name, self.log = name, log
        with open(log, "ab") as f:
            self.process = subprocess.Popen(pinned(cpu, command), stdin=subprocess.DEVNULL, stdout=f, stderr=f,
                                            env={**os.environ, **(environment or {})})

    @property
    def pid(self):
        return self.process.pid

    def wait_for(self, port, seconds=30):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.process.poll() is not None:
                break
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                return self
            except OSError:
                time.sleep(0.05)
        with open(self.log, errors="replace") as f:
            sys.exit(f"{self.name} does not listen on {port}:\n{f.read()[-2000:]}")

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


# --------------------------------------------------------- configurations

def write(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w") as f:
        f.write(text)
    return path


NGINX = """worker_processes 1; daemon off; pid {dir}/{name}.pid; error_log {dir}/{name}.err error; worker_rlimit_nofile 65536;
events {{ worker_connections 16384; }}
http {{ access_log off; keepalive_requests 1000000000; keepalive_timeout 3600s; client_body_temp_path {dir}/{name}.tmp; proxy_temp_path {dir}/{name}.ptmp;
  fastcgi_temp_path {dir}/{name}.f; uwsgi_temp_path {dir}/{name}.u; scgi_temp_path {dir}/{name}.s; default_type text/plain;
{body} }}
"""


def upstream_config(folder):
    headers = "".join(f"add_header {k} '{v}'; " if "'" not in v else f'add_header {k} "{v}"; ' for k, v in RESPONSE_HEADERS.items())
    write(folder, "l", "x" * 16384)
    write(folder, "b", "x" * 1024 * 1024)
    small = "x" * 100
    body = f"""  sendfile on; tcp_nodelay on; open_file_cache max=10 inactive=1h;
  server {{ listen 127.0.0.1:{UPSTREAM} backlog=4096; listen 127.0.0.1:{UPSTREAM2} http2 backlog=4096; root {folder};
    location = /s {{ return 200 "{small}"; }}
    location = /h {{ {headers} return 200 "{small}"; }} }}"""
    return write(folder, "upstream.conf", NGINX.format(dir=folder, name="upstream", body=body))


def certificate(folder):
    """Makes the certificate that all candidates show: (chain, key, both in one file)."""
    chain, key = os.path.join(folder, "cert.pem"), os.path.join(folder, "key.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30", "-subj", "/CN=localhost",
                    "-out", chain, "-keyout", key], check=True, capture_output=True)
    with open(chain) as a, open(key) as b:
        return chain, key, write(folder, "both.pem", a.read() + b.read())


def nginx_config(folder, name, port, logs=False):
    log = f"  access_log {folder}/{name}.log combined buffer=64k flush=1s;\n" if logs else ""
    body = f"""{log}  upstream u {{ server 127.0.0.1:{UPSTREAM}; keepalive 256; keepalive_requests 1000000000; }}
  server {{ listen 127.0.0.1:{port} backlog=4096; listen 127.0.0.1:{port + 3} http2 backlog=4096; listen 127.0.0.1:{port + TLS_PORT} ssl backlog=4096;
    ssl_certificate {folder}/cert.pem; ssl_certificate_key {folder}/key.pem; ssl_protocols TLSv1.3; ssl_session_cache shared:s:10m; location / {{ proxy_pass http://u; proxy_http_version 1.1; proxy_set_header Connection ""; }} }}"""
    general = NGINX.replace("access_log off; ", "") if logs else NGINX
    return write(folder, name + ".conf", general.format(dir=folder, name=name, body=body))


def haproxy_config(folder, port):
    return write(folder, "haproxy.cfg", f"""global
  ssl-default-bind-options ssl-min-ver TLSv1.3
  nbthread 1
  maxconn 4000
defaults
  timeout connect 5s
  timeout client 1h
  timeout server 1h
frontend http
  mode http
  bind 127.0.0.1:{port}
  bind 127.0.0.1:{port + 3} proto h2
  bind 127.0.0.1:{port + TLS_PORT} ssl crt {folder}/both.pem alpn http/1.1
  default_backend http
frontend grpc
  mode http
  bind 127.0.0.1:{port + 6} proto h2
  default_backend grpc
frontend http2
  mode http
  bind 127.0.0.1:{port + 4} proto h2
  default_backend http2
backend http
  mode http
  http-reuse always
  server s 127.0.0.1:{UPSTREAM}
backend grpc
  mode http
  http-reuse always
  server s 127.0.0.1:{GRPC_UPSTREAM} proto h2
backend http2
  mode http
  http-reuse always
  server s 127.0.0.1:{UPSTREAM2} proto h2
listen tcp
  mode tcp
  bind 127.0.0.1:{port + 1}
  server s 127.0.0.1:{UPSTREAM}
listen bulk
  mode tcp
  bind 127.0.0.1:{port + 2}
  server s 127.0.0.1:{SINK}
""")


def our_config(folder, name, port, logs=False, hosts=1, routes=1):
    types = "type.googleapis.com/envoy.extensions.filters."

    def cluster(cluster_name, target, http2=False):
        endpoint = {"endpoint": {"address": {"socket_address": {"address": "127.0.0.1", "port_value": target}}}}
        options = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions"
        extra = {"typed_extension_protocol_options": {options: {"@type": "type.googleapis.com/" + options, "explicit_http_config": {"http2_protocol_options": {}}}}}
        return {**(extra if http2 else {}), "name": cluster_name, "type": "STATIC", "connect_timeout": "5s",
                "circuit_breakers": {"thresholds": [{"max_connections": 65536, "max_pending_requests": 65536, "max_requests": 65536}]},
                "load_assignment": {"cluster_name": cluster_name, "endpoints": [{"lb_endpoints": [endpoint]}]}}

    def listener(listener_name, at, filter_name, config):
        return {"name": listener_name, "address": {"socket_address": {"address": "127.0.0.1", "port_value": at}},
                "filter_chains": [{"filters": [{"name": filter_name, "typed_config": config}]}]}

    def secured(plain):
        source = {"certificate_chain": {"filename": os.path.join(folder, "cert.pem")}, "private_key": {"filename": os.path.join(folder, "key.pem")}}
        context = {"@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext", "common_tls_context": {"tls_certificates": [source]}}
        plain["filter_chains"][0]["transport_socket"] = {"name": "tls", "typed_config": context}
        return plain

    def tcp(cluster_name):
        return {"@type": types + "network.tcp_proxy.v3.TcpProxy", "stat_prefix": cluster_name, "cluster": cluster_name}

    def manager(target, among=1, count=1):
        table = [{"match": {"prefix": f"/before/{i:06}/"}, "route": {"cluster": target}} for i in range(count - 1)]
        table.append({"match": {"prefix": "/"}, "route": {"cluster": target}})
        others = [{"name": f"v{i}", "domains": [f"host-{i:06}.test"], "routes": table} for i in range(among - 1)]
        return {**hcm, "route_config": {"virtual_hosts": [*others, {"name": "v", "domains": [f"127.0.0.1:{port}" if others else "*"], "routes": table}]}}

    hcm = {"@type": types + "network.http_connection_manager.v3.HttpConnectionManager", "stat_prefix": "in", "use_remote_address": True,
           "http_protocol_options": {"accept_http_10": True, "default_host_for_http_10": "a"},  # what the driver of handshakes speaks
           "http_filters": [{"name": "envoy.filters.http.router", "typed_config": {"@type": types + "http.router.v3.Router"}}]}
    if logs:
        sink = {"@type": "type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog", "path": os.path.join(folder, name + ".access")}
        hcm["access_log"] = [{"name": "envoy.access_loggers.file", "typed_config": sink}]
    return write(folder, name + ".json", json.dumps({
        "admin": {"address": {"socket_address": {"address": "127.0.0.1", "port_value": port + 9}}},
        "static_resources": {
            "listeners": [listener("http", port, "envoy.filters.network.http_connection_manager", manager("u", hosts, routes)),
                          listener("http2", port + 3, "envoy.filters.network.http_connection_manager", manager("u")),
                          listener("http22", port + 4, "envoy.filters.network.http_connection_manager", manager("u2")),
                          secured(listener("tls", port + TLS_PORT, "envoy.filters.network.http_connection_manager", manager("u"))),
                          listener("grpc", port + 6, "envoy.filters.network.http_connection_manager", manager("grpc")),
                          listener("tcp", port + 1, "envoy.filters.network.tcp_proxy", tcp("u")),
                          listener("bulk", port + 2, "envoy.filters.network.tcp_proxy", tcp("sink"))],
            "clusters": [cluster("u", UPSTREAM), cluster("u2", UPSTREAM2, http2=True), cluster("grpc", GRPC_UPSTREAM, http2=True), cluster("sink", SINK)]}}))


# -------------------------------------------------------------- candidates

class Candidates:
    """What takes part; each has ports of its own: HTTP, +1 TCP to the upstream, +2 TCP to the sink, +9 admin."""

    def __init__(self, args, folder):
        self.args, self.folder = args, folder
        self.helper = os.path.join(HERE, "bin", "Release", "net10.0", "endtoend")
        self.commands = {
            "nginx": (18100, lambda p: self.nginx("nginx", p), {}),
            "haproxy": (18110, lambda p: ["haproxy", "-f", haproxy_config(folder, p)], {}),
            "yarp": (18120, lambda p: [self.helper, "yarp", str(p), str(UPSTREAM), str(UPSTREAM2), str(GRPC_UPSTREAM), os.path.join(folder, "cert.pem"), os.path.join(folder, "key.pem")], {}),
            "yarp-inline": (18130, lambda p: [self.helper, "yarp", str(p), str(UPSTREAM), str(UPSTREAM2), str(GRPC_UPSTREAM), os.path.join(folder, "cert.pem"), os.path.join(folder, "key.pem")], {"DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS": "1"}),
            "ours": (18140, lambda p: self.own(args.proxy, "ours", p), {}),
            "ours-aot": (18150, lambda p: self.own(args.aot_proxy, "ours-aot", p), {})}
        if args.access_log:
            self.commands["nginx-log"] = (18160, lambda p: self.nginx("nginx-log", p, logs=True), {})
            self.commands["ours-log"] = (18170, lambda p: self.own(args.proxy, "ours-log", p, logs=True), {})

        if args.routes:
            for variant, (at, hosts, count, _) in ROUTES.items():
                self.commands[variant] = (at, lambda p, v=variant, h=hosts, c=count: self.own(args.proxy, v, p, hosts=h, routes=c), {})

    def nginx(self, name, port, logs=False):
        return ["nginx", "-c", nginx_config(self.folder, name, port, logs), "-e", os.path.join(self.folder, name + ".err")]

    def own(self, binary, name, port, logs=False, hosts=1, routes=1):
        return [binary, "-c", our_config(self.folder, name, port, logs, hosts, routes), "--concurrency", "1", "--file-flush-interval-msec", "1000", "-l", "error"]

    def names(self):
        wanted = self.args.candidates.split(",") if self.args.candidates else list(self.commands)
        return [n for n in wanted if n != "ours-aot" or self.args.aot_proxy]

    def port(self, name):
        return self.commands[name][0]

    def start(self, name):
        port, command, environment = self.commands[name]
        process = Process(name, command(port), PROXY_CPU, os.path.join(self.folder, name + ".log"), environment)
        return process.wait_for(port)

    def plays(self, name, workload):
        if workload in ("L4", "bulk"):
            return name == "haproxy" or name.startswith("ours")
        if workload in ("H22", "grpc"):
            return "nginx" not in name  # it speaks HTTP/1 to upstreams
        return True


# -------------------------------------------------------------- measuring

def wrk(port, path, headers, seconds, connections=CONNECTIONS, scheme="http"):
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s"]
    for header in headers:
        command += ["-H", header]
    out = subprocess.run(pinned(LOAD_CPU, command + [f"{scheme}://127.0.0.1:{port}{path}"]), capture_output=True, text=True, check=True).stdout
    requests = int(re.search(r"(\d+) requests in", out).group(1))
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", out)
    errors = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", out)
    faults = (int(bad.group(1)) if bad else 0) + (sum(map(int, errors.groups())) if errors else 0)
    return requests, faults


def h2load(port, path, headers, seconds, body=None):
    command = ["h2load", "-t1", f"-c{HTTP2_CONNECTIONS}", f"-m{HTTP2_STREAMS}", "-D", str(seconds)] + (["-d", body] if body else [])
    for header in headers:
        command += ["-H", header]
    out = subprocess.run(pinned(LOAD_CPU, command + [f"http://127.0.0.1:{port}{path}"]), capture_output=True, text=True, check=True).stdout
    counts = re.search(r"(\d+) succeeded, (\d+) failed, (\d+) errored", out)
    codes = re.search(r"status codes: (\d+) 2xx, (\d+) 3xx, (\d+) 4xx, (\d+) 5xx", out)
    faults = int(counts.group(3)) + sum(int(codes.group(i)) for i in (3, 4))
    if body:  # a call that fails is a 200 without a message
        faults += int(codes.group(1)) - int(re.search(r"\((\d+)\) data", out).group(1)) // len(GRPC_MESSAGE)
    return int(codes.group(1)), faults


def handshakes(port, path, kind, seconds):
    """As many connections one after the other as go into the time, with a request each."""
    command = ["openssl", "s_time", "-connect", f"127.0.0.1:{port}", "-tls1_3", kind, "-www", path, "-time", str(seconds)]
    out = subprocess.run(pinned(LOAD_CPU, command), capture_output=True, text=True, check=True).stdout
    count, size = re.search(r"(\d+) connections in \d+ real seconds, (\d+) bytes", out).groups()
    return int(count), 0 if int(size) > 200 else int(count)  # an answer of 100 bytes behind its head


def round_of(candidates, name, process, workload, seconds):
    """One measurement: (CPU us per unit, user us, system us, units per second, faults); the unit is a request, or a MB for bulk."""
    port = candidates.port(name)
    path, headers = WORKLOADS[workload]
    before, started = cpu_of(process.pid), time.monotonic()
    if workload == "bulk":
        out = subprocess.run(pinned(LOAD_CPU, [candidates.helper, "bulk", str(port + 2), str(SINK), "8", str(seconds)]), capture_output=True, text=True, check=True).stdout
        units, faults = int(out.split()[0]) / 1e6, 0
    elif workload in HTTP2_PORTS:
        body = os.path.join(candidates.folder, "grpc.bin") if workload == "grpc" else None
        units, faults = h2load(port + HTTP2_PORTS[workload], path, headers, seconds, body)
    elif workload in HANDSHAKES:
        units, faults = handshakes(port + TLS_PORT, path, HANDSHAKES[workload], seconds)
    elif workload in KEPT_TLS:
        units, faults = wrk(port + TLS_PORT, path, headers, seconds, scheme="https")
    else:
        units, faults = wrk(port + (1 if workload == "L4" else 0), path, headers, seconds)
    elapsed, after = time.monotonic() - started, cpu_of(process.pid)
    tick = 1e6 / os.sysconf("SC_CLK_TCK")
    units = units or 1
    return ((after[0] - before[0]) / 1000 / units, (after[1] - before[1]) * tick / units, (after[2] - before[2]) * tick / units, units / elapsed, faults)


def measure(candidates, running, workloads, rounds, seconds):
    results = {}
    for workload in workloads:
        players = [n for n in running if candidates.plays(n, workload)]
        for n in players:  # code is compiled, pools are filled
            round_of(candidates, n, running[n], workload, max(seconds, 4) if workload != "bulk" else 1)
        for _ in range(rounds):
            for n in players:
                results.setdefault((workload, n), []).append(round_of(candidates, n, running[n], workload, seconds))
        show(workload, players, results)
    return {key: tuple(statistics.median(column) for column in zip(*rows)) + (sum(r[4] for r in rows),) for key, rows in results.items()}


def show(workload, players, results):
    unit = "MB" if workload == "bulk" else "request"
    print(f"\n{workload}: CPU us per {unit}" + (", 8 streams" if workload == "bulk" else f", {HTTP2_CONNECTIONS} connections of {HTTP2_STREAMS} streams" if workload in HTTP2_PORTS
                                                            else ", a connection each" if workload in HANDSHAKES else f", {CONNECTIONS} connections"))
    for n in players:
        rows = results[(workload, n)]
        cpu, user, system, rate = (statistics.median(r[i] for r in rows) for i in range(4))
        spread = f"{min(r[0] for r in rows):.1f}-{max(r[0] for r in rows):.1f}"
        faults = sum(r[4] for r in rows)
        print(f"  {n:12} {cpu:8.2f}  (user {user:.1f}, system {system:.1f})  range {spread:13} {rate:10.0f} {unit}s/s" + (f"  FAULTS {faults}" if faults else ""))
    sys.stdout.flush()


def ratios(medians):
    print("\nRatios (reference / ours; gate and goal of the design)")
    missed = []
    ours = sorted({n for _, n in medians if n.startswith("ours") and n != "ours-log" and n not in ROUTES})
    for (workload, reference), (gate, goal) in TARGETS.items():
        for own in ours:
            if (workload, reference) in medians and (workload, own) in medians:
                ratio = medians[(workload, reference)][0] / medians[(workload, own)][0]
                verdict = "goal" if ratio >= goal else "gate" if ratio >= gate else "MISSED"
                if verdict == "MISSED":
                    missed.append(f"{workload} vs {reference} ({own})")
                print(f"  {workload:5} {own:9} vs {reference:12} {ratio:6.2f}   gate {gate:.2f}  goal {goal:.2f}   {verdict}")
    return missed


def route_costs(medians):
    """What a request costs among many routes, beside one."""
    missed = []
    for (workload, name), values in sorted(medians.items()):
        if name in ROUTES and (workload, "ours") in medians:
            ratio, (_, hosts, count, most) = values[0] / medians[(workload, "ours")][0], ROUTES[name]
            print(f"  {workload:5} {hosts:,} virtual hosts of {count:,} routes cost {ratio:.3f} of one  (at most {most})")
            if ratio > most:
                missed.append(f"{workload} {hosts:,} x {count:,} routes")
    return missed


def log_costs(medians):
    """What a log line costs, and how ours with its log compares to nginx with its own."""
    missed = []
    for workload in sorted({w for w, _ in medians}):
        for plain in ("nginx", "ours"):
            logging = medians.get((workload, plain + "-log"))
            if logging and (workload, plain) in medians:
                cost = logging[0] - medians[(workload, plain)][0]
                print(f"  {workload:5} {plain} log line: {cost:+.2f} us" + (f"  (at most {LOG_MICROSECONDS})" if plain == "ours" else ""))
                if plain == "ours" and cost > LOG_MICROSECONDS:
                    missed.append(f"{workload} log line")
        if (workload, "nginx-log") in medians and (workload, "ours-log") in medians:
            print(f"  {workload:5} ours-log vs nginx-log {medians[(workload, 'nginx-log')][0] / medians[(workload, 'ours-log')][0]:.2f}")
    return missed


# ------------------------------------------------------------- our own side

def admin(port, path):
    with urllib.request.urlopen(f"http://127.0.0.1:{port + 9}{path}", timeout=10) as r:
        return r.read().decode()


def allocated(port):
    return int(json.loads(admin(port, "/memory"))["total_allocated"])


def served(port):
    return int(re.search(r": (\d+)", admin(port, "/stats?filter=^http\\.in\\.downstream_rq_total$")).group(1))


def allocations(port, seconds=6):
    """Bytes allocated per request in steady state; what the process allocates in the same time without requests is taken off."""
    wrk(port, "/s", [], 2)
    first = allocated(port)
    time.sleep(seconds)
    second = allocated(port)
    requests, _ = wrk(port, "/s", [], seconds)
    return max(0.0, (allocated(port) - second) - (second - first)) / requests


def syscalls(port, pid):
    """System calls per request with 64 connections, counted by strace over a few seconds."""
    tasks = os.listdir(f"/proc/{pid}/task")
    out = tempfile.NamedTemporaryFile(delete=False).name
    before = served(port)
    trace = subprocess.Popen(["strace", "-c", "-o", out] + sum((["-p", t] for t in tasks), []), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(1)
    wrk(port, "/s", [], 4)
    trace.send_signal(signal.SIGINT)
    trace.wait(10)
    with open(out) as f:
        table = f.read()
    os.unlink(out)
    total = int(re.search(r"(\d+)(?:\s+\d+)?\s+total", table).group(1))
    return total / (served(port) - before), table


def start_up(candidates, name, times=7):
    """Milliseconds from exec to the first proxied response."""
    port, command, environment = candidates.commands[name]
    words = command(port)
    request = b"GET /s HTTP/1.1\r\nhost: a\r\n\r\n"
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, **environment},
                                   preexec_fn=lambda: os.sched_setaffinity(0, {int(PROXY_CPU)}))
        while time.perf_counter() - started < 20:
            try:
                with socket.create_connection(("127.0.0.1", port), 1) as c:
                    c.sendall(request)
                    if c.recv(64).startswith(b"HTTP/1.1 200"):
                        taken.append((time.perf_counter() - started) * 1000)
                        break
            except OSError:
                time.sleep(0.0005)
        process.terminate()
        process.wait(15)
        time.sleep(0.1)
    return statistics.median(taken) if taken else float("nan")


def idle_connections(port, pid, count):
    """Bytes of resident memory per connection that has sent one request and is idle now."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, count + 1024), hard))
    wrk(port, "/s", [], 2)
    time.sleep(1)
    before = rss_of(pid)
    connections = []
    try:
        for _ in range(count):
            c = socket.create_connection(("127.0.0.1", port), 5)
            c.sendall(b"GET /s HTTP/1.1\r\nhost: a\r\n\r\n")
            c.recv(4096)
            connections.append(c)
        time.sleep(1)
        return (rss_of(pid) - before) * 1024 / count
    finally:
        for c in connections:
            c.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def own_side(candidates, args):
    report = {}
    for name in [n for n in candidates.names() if n.startswith("ours")]:
        port = candidates.port(name)
        report[name] = {"start_ms": start_up(candidates, name)}
        process = candidates.start(name)
        try:
            for workload in ("S", "H", "L"):
                wrk(port, *WORKLOADS[workload], 3)
            report[name]["rss_mb_after_load"] = rss_of(process.pid) / 1024
            report[name]["allocated_bytes_per_request"] = allocations(port)
            if args.syscalls:
                report[name]["syscalls_per_request"], table = syscalls(port, process.pid)
                print(f"\nSystem calls of {name}\n{table}")
            report[name]["idle_connection_bytes"] = idle_connections(port, process.pid, args.idle)
        finally:
            process.stop()
        print(f"\n{name}")
        for key, value in report[name].items():
            print(f"  {key:28} {value:10.2f}")
        sys.stdout.flush()
    return report


# --------------------------------------------------------------------- main

def build(args):
    if args.no_build:
        return
    env = {**os.environ, "DOTNET_CLI_TELEMETRY_OPTOUT": "1"}
    subprocess.run(["dotnet", "build", "-c", "Release", "-v", "q", HERE], check=True, env=env)
    if not args.proxy:
        subprocess.run(["dotnet", "build", "-c", "Release", "-v", "q", os.path.join(ROOT, "src", "Proxy.Host")], check=True, env=env)
        args.proxy = os.path.join(ROOT, "src", "Proxy.Host", "bin", "Release", "net10.0", "proxy")
    if args.aot and not args.aot_proxy:
        out = os.path.join(ROOT, "artifacts", "aot")
        subprocess.run(["dotnet", "publish", "-c", "Release", "-r", "linux-x64", "-p:PublishAot=true", "-v", "q", "-o", out, os.path.join(ROOT, "src", "Proxy.Host")],
                       check=True, env=env)
        args.aot_proxy = os.path.join(out, "proxy")


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--workloads", default="S,H,L,L4,bulk,H2,H22,TS,TL,TB,full,resumed,grpc")
    ap.add_argument("--candidates", help="of nginx,haproxy,yarp,yarp-inline,ours,ours-aot; default all")
    ap.add_argument("--rounds", type=int, default=5)
    ap.add_argument("--seconds", type=int, default=3)
    ap.add_argument("--proxy", help="binary of this proxy; default: built in Release")
    ap.add_argument("--aot", action="store_true", help="publish and measure the Native AOT build, too")
    ap.add_argument("--aot-proxy", help="binary of the AOT build")
    ap.add_argument("--access-log", action="store_true", help="add nginx-log and ours-log, which log each request to a file")
    ap.add_argument("--routes", action="store_true", help="add ours-10k, ours-100k and ours-hosts, which have that many routes")
    ap.add_argument("--syscalls", action="store_true", help="count system calls with strace")
    ap.add_argument("--idle", type=int, default=10000, help="idle connections to hold")
    ap.add_argument("--only-load", action="store_true", help="leave out start-up, memory and allocations")
    ap.add_argument("--no-build", action="store_true", help="take the binaries as they are")
    ap.add_argument("--json", help="file for the results")
    args = ap.parse_args()
    for tool in ["nginx", "haproxy", "wrk", "h2load", "openssl", "taskset"] + (["strace"] if args.syscalls else []):
        if not shutil.which(tool):
            sys.exit(f"{tool} is not installed")
    build(args)
    folder = tempfile.mkdtemp(prefix="endtoend-")
    certificate(folder)
    with open(os.path.join(folder, "grpc.bin"), "wb") as f:
        f.write(GRPC_MESSAGE)
    upstream, grpc, running = None, None, {}
    try:
        upstream = Process("upstream", ["nginx", "-c", upstream_config(folder), "-e", os.path.join(folder, "upstream.err")], LOAD_CPU, os.path.join(folder, "upstream.log")).wait_for(UPSTREAM)
        os.chmod(folder, 0o755)
        candidates = Candidates(args, folder)
        if "grpc" in args.workloads.split(","):
            grpc = Process("grpc", [candidates.helper, "grpc", str(GRPC_UPSTREAM)], LOAD_CPU, os.path.join(folder, "grpc.log")).wait_for(GRPC_UPSTREAM)
        for name in candidates.names():
            running[name] = candidates.start(name)
        medians = measure(candidates, running, args.workloads.split(","), args.rounds, args.seconds)
        rss = {n: rss_of(p.pid) / 1024 for n, p in running.items()}
        print("\nRSS after load, MB: " + ", ".join(f"{n} {v:.1f}" for n, v in rss.items()))
        missed = ratios(medians) + log_costs(medians) + route_costs(medians)
        for process in running.values():
            process.stop()
        running.clear()
        own = {} if args.only_load else own_side(candidates, args)
        if args.json:
            with open(args.json, "w") as f:
                json.dump({"medians": {f"{w}/{n}": m for (w, n), m in medians.items()}, "rss_mb": rss, "own": own}, f, indent=1)
        print("\n" + ("every gate met" if not missed else "gates missed: " + ", ".join(missed)))
        return 1 if missed else 0
    finally:
        for process in list(running.values()) + [p for p in (upstream, grpc) if p]:
            process.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())

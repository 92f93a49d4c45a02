"""A real API server of Kubernetes on loopback, with etcd behind it, until standard input ends.

    kube_apiserver.py FOLDER KUBE_APISERVER

KUBE_APISERVER is the program; etcd is beside it or on the path. If kube-controller-manager is beside it, a few controllers run as
well: those that make replica sets, pods, service accounts and the rules of aggregated roles. Nothing schedules or runs pods.

Everything is written to FOLDER, certificates by authority.py among them. Prints one line of JSON once the server is ready: its
address, that of etcd, and the tokens of its users. `admin` has every permission, `auditor` and `stranger` have none.
"""

import json
import os
import pathlib
import shutil
import socket
import ssl
import subprocess
import sys
import time
import urllib.request

import authority

TOKENS = {
    "admin": "canary-of-the-admin",
    "auditor": "canary-of-the-auditor",
    "stranger": "canary-of-the-stranger",
}

CONTROLLERS = [
    "clusterrole-aggregation",
    "daemonset",
    "deployment",
    "job",
    "replicaset",
    "replicationcontroller",
    "resourcequota",
    "serviceaccount",
    "serviceaccount-token",
    "statefulset",
]

NOT_ASKED = [
    # Webhooks are stored and listed. To call one, the server would leave this machine.
    "MutatingAdmissionWebhook",
    "ValidatingAdmissionWebhook",
    # Nodes would wait for the controller that notices that they are ready.
    "TaintNodesByCondition",
]

# A busy machine may need a minute for the start.
PATIENCE = 120


def free_ports(count):
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [listener.getsockname()[1] for listener in listeners]
    for listener in listeners:
        listener.close()
    return ports


def find_etcd(server):
    beside = server.with_name("etcd")
    found = str(beside) if beside.exists() else shutil.which("etcd", path=os.environ.get("PATH", os.defpath))
    if not found:
        sys.exit(f"no etcd beside {server} or on the path")
    return found


def kubeconfig(folder, url, token):
    """One for the controllers, and for people who look around."""
    cluster = {"server": url, "certificate-authority": str(folder / "authority.pem")}
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "real",
        "clusters": [{"name": "real", "cluster": cluster}],
        "users": [{"name": "admin", "user": {"token": token}}],
        "contexts": [{"name": "real", "context": {"cluster": "real", "user": "admin"}}],
    }
    path = folder / "kubeconfig"
    path.write_text(json.dumps(config))
    return path


class Processes:
    def __init__(self, folder):
        self.folder = folder
        self.all = []

    def start(self, program, *arguments):
        name = pathlib.Path(program).name
        with open(self.folder / f"{name}.log", "wb") as log:
            process = subprocess.Popen(
                [program, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env={"HOME": str(self.folder), "PATH": os.defpath},
            )
        self.all.append((name, process))

    def check(self):
        for name, process in self.all:
            if process.poll() is not None:
                log = (self.folder / f"{name}.log").read_text(errors="replace")
                raise RuntimeError(f"{name} ended: {log[-2000:]}")

    def stop(self):
        for _, process in reversed(self.all):
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def wait_until_ready(processes, folder, url):
    context = ssl.create_default_context(cafile=str(folder / "authority.pem"))
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
    )
    # The last namespace that a new server makes is `default`, after it reports that it is ready.
    paths = ["/readyz", "/api/v1/namespaces/default"]
    bearer = {"Authorization": f"Bearer {TOKENS['admin']}"}
    deadline = time.monotonic() + PATIENCE
    while paths:
        processes.check()
        try:
            request = urllib.request.Request(url + paths[0], headers=bearer)
            if opener.open(request, timeout=5).status == 200:
                paths.pop(0)
                continue
        except OSError:
            pass
        if time.monotonic() > deadline:
            raise RuntimeError("the API server does not become ready")
        time.sleep(0.1)


def start(processes, folder, server):
    etcd = find_etcd(server)
    authority.write(folder)
    signing = authority.new_key()
    (folder / "accounts.key").write_bytes(authority.private_pem(signing))
    (folder / "accounts.pub").write_bytes(authority.public_pem(signing))
    groups = {"admin": '"system:masters"'}
    lines = [f"{token},{user},{user},{groups.get(user, '')}" for user, token in TOKENS.items()]
    (folder / "tokens.csv").write_text("\n".join(lines) + "\n")
    # Without controllers no account has a token, and the server would admit no pod.
    manager = server.with_name("kube-controller-manager")
    not_asked = NOT_ASKED if manager.exists() else [*NOT_ASKED, "ServiceAccount"]
    clients, peers, port = free_ports(3)
    store, url = f"http://127.0.0.1:{clients}", f"https://127.0.0.1:{port}"
    processes.start(
        etcd,
        f"--data-dir={folder}/etcd",
        f"--listen-client-urls={store}",
        f"--advertise-client-urls={store}",
        f"--listen-peer-urls=http://127.0.0.1:{peers}",
    )
    processes.start(
        str(server),
        f"--etcd-servers={store}",
        # Tests compact when they want to.
        "--etcd-compaction-interval=0",
        "--bind-address=127.0.0.1",
        f"--secure-port={port}",
        f"--cert-dir={folder}/made",
        f"--tls-cert-file={folder}/server.pem",
        f"--tls-private-key-file={folder}/server.key",
        f"--client-ca-file={folder}/authority.pem",
        f"--token-auth-file={folder}/tokens.csv",
        "--service-account-issuer=https://issuer.example",
        f"--service-account-key-file={folder}/accounts.pub",
        f"--service-account-signing-key-file={folder}/accounts.key",
        "--authorization-mode=Node,RBAC",
        "--allow-privileged=true",
        f"--disable-admission-plugins={','.join(not_asked)}",
        "--endpoint-reconciler-type=none",
        "--service-cluster-ip-range=10.0.0.0/24",
    )
    wait_until_ready(processes, folder, url)
    config = kubeconfig(folder, url, TOKENS["admin"])
    if manager.exists():
        processes.start(
            str(manager),
            f"--kubeconfig={config}",
            f"--controllers={','.join(CONTROLLERS)}",
            f"--service-account-private-key-file={folder}/accounts.key",
            "--leader-elect=false",
            "--port=0",
            "--secure-port=0",
        )
    return {"url": url, "etcd": store, "tokens": TOKENS, "controllers": manager.exists()}


def main():
    folder, server = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    processes = Processes(folder)
    try:
        print(json.dumps(start(processes, folder, server)), flush=True)
        # A test that is killed cannot stop its server, but it closes this.
        sys.stdin.read()
    except KeyboardInterrupt:
        pass
    except RuntimeError as error:
        sys.exit(str(error))
    finally:
        processes.stop()


main()

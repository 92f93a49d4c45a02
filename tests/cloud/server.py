"""The local AWS server: prints the port it listens on, and ends when its standard input does."""

import logging
import os
import sys

from moto.server import ThreadedMotoServer

logging.getLogger("werkzeug").disabled = True
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
# Its notes are not needed.
sys.stdout = open(os.devnull, "w")
# A test that is killed cannot stop its server, but it closes this.
sys.stdin.read()
os._exit(0)

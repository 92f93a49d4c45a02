"""Runs a program on a terminal of a size, and prints what it wrote there.

    terminal.py COLUMNS LINES PROGRAM [ARGUMENT ...]
"""

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios

columns, lines = int(sys.argv[1]), int(sys.argv[2])
ours, theirs = pty.openpty()
fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
process = subprocess.Popen(
    sys.argv[3:], stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
)
os.close(theirs)
while True:
    try:
        part = os.read(ours, 1 << 16)
    except OSError:
        # Linux reports so that no process has the terminal open any more.
        break
    if not part:
        break
    sys.stdout.buffer.write(part)
sys.exit(process.wait())

"""Changes something in a database of SQLite: `sql.py DATABASE STATEMENT`."""

import sqlite3
import sys

database, statement = sys.argv[1:]
with sqlite3.connect(database) as connection:
    connection.execute(statement)

"""Makes in the local AWS server what worlds only list, by the action that lists it."""

import json
import tomllib
from pathlib import Path

# The operation that makes one of what an action lists. It takes what the list shows.
MAKES = {"logs:DescribeResourcePolicies": "put_resource_policy"}


def of_world(name):
    """What the only account of a world lists."""
    path = Path(__file__).parent.parent / "worlds" / name
    [account] = tomllib.loads(path.read_text(encoding="utf-8"))["accounts"]
    return account["lists"]


def make(client, lists):
    """Makes it; `client` gives that of a service and a region."""
    for action, items in lists.items():
        # What the server cannot make is in the simulator only.
        if action not in MAKES:
            continue
        service = action.split(":")[0]
        for item in items:
            wanted = {
                name: json.dumps(value) if isinstance(value, dict) else value
                for name, value in item.items()
                if name != "region"
            }
            region = item.get("region", "us-east-1")
            getattr(client(service, region), MAKES[action])(**wanted)

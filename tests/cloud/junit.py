"""What an XML parser finds in a JUnit file: `junit.py FILE`, as JSON with a list of cases."""

import json
import sys
import xml.etree.ElementTree as ElementTree

cases = [
    {
        "class": case.get("classname"),
        "name": case.get("name"),
        "became": [[child.tag, child.get("type"), child.get("message")] for child in case],
    }
    for case in ElementTree.parse(sys.argv[1]).getroot().iter("testcase")
]
json.dump(cases, sys.stdout)

"""Name the tests that failed, and the first line of why, by a pytest report (JUnit XML) given as argument."""

import sys
from xml.etree import ElementTree

for case in ElementTree.parse(sys.argv[1]).iter("testcase"):
    for reason in (*case.iter("failure"), *case.iter("error")):
        why = " ".join((reason.get("message") or "").split())
        print(f"  {case.get('classname')}.{case.get('name')}: {why[:300]}")

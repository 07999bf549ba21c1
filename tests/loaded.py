"""Everything that a `capture` command imports, for the process from which the tests fork theirs."""

import importlib
import pkgutil

import capture

for _module in pkgutil.walk_packages(capture.__path__, "capture."):
    importlib.import_module(_module.name)

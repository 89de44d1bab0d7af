"""Makes a kernel look like Colab's. Not imported: `run_colab` puts it into the startup folder of the kernel's IPython.

Colab's `%pip` hands its line to pip; so does this one, with the archive of the edition taken from this machine.
"""

import os
import sys
import types

from IPython import get_ipython


def pip(line):
    """The line magic `%pip`; ValueError where the line does not install the edition from its public address."""
    address, archive = os.environ["COURSE_ADDRESS"], os.environ["COURSE_ARCHIVE"]
    if f'"mmcourse @ {address}"' not in line:
        raise ValueError(f"%pip {line}: expected it to install {address}")
    get_ipython().system(f'"{sys.executable}" -m pip {line.replace(address, archive)}')


sys.modules["google.colab"] = types.ModuleType("google.colab")
get_ipython().register_magic_function(pip)

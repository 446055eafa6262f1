# SPDX-License-Identifier: Apache-2.0
"""This project's server, in one or several builds."""

import os
import shlex

from . import UPLOAD_LIMIT
from .processes import start
from .server import Server


class Fcgid4j(Server):
    # The JVM compiles methods that run often. It compiles a method again when a branch is taken that it has never seen,
    # such as the end of a connection. So the warm-up is several loads, not one long load.
    warmups = 10

    def launch(self):
        w = self.work
        directives = [f"FcgidMaxProcessesPerClass {self.workers}", f"FcgidMinProcessesPerClass {self.workers}",
                      f"FcgidMaxProcesses {max(1000, self.workers)}",
                      f"FcgidMaxRequestLen {UPLOAD_LIMIT}", f"FcgidIPCDir {self.socket_folder()}",
                      "AddHandler fcgid-script .fcgi .php"]
        if w.row.kind == "php":
            directives.append(f'FcgidWrapper "{w.php}" .php')
        directives += [f"FcgidInitialEnv {k} {v}" for k, v in w.worker_environment().items()]
        command = ["java", *shlex.split(os.environ.get("BENCH_JAVA_OPTS", "")), "-jar", self.setup.jar, "serve", w.site,
                   "--listen", f"127.0.0.1:{self.port}"]
        for d in directives:
            command += ["--set", d]
        self.roots = [start(command, self.folder, "out")]

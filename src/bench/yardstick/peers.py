# SPDX-License-Identifier: Apache-2.0
"""The other servers, and their configurations: Apache with mod_fcgid, lighttpd, nginx, and a bare FastCGI client."""

import os
import shutil

from . import OUT, UPLOAD_LIMIT, Failed
from .installed import apache, apache_module, succeeds
from .processes import checked, start
from .server import Server


class ModFcgid(Server):
    def launch(self):
        w, row, sockets = self.work, self.work.row, self.socket_folder()
        # Two processes with a thread for each client in either. When no thread is free, or when a process with spare
        # threads ends, Apache closes kept connections, and wrk counts that as errors.
        threads = max(64, row.clients)
        lines = [*self.basics(), *self.modules(), *self.user(sockets),
                 "StartServers 2", "MinSpareThreads 1", f"MaxSpareThreads {4 * threads}", f"ThreadLimit {threads}",
                 f"ThreadsPerChild {threads}", f"MaxRequestWorkers {4 * threads}", "MaxConnectionsPerChild 0",
                 "KeepAlive On", "MaxKeepAliveRequests 0", "KeepAliveTimeout 5", "Timeout 60",
                 f'DocumentRoot "{w.site}"', f'<Directory "{w.site}">', "Options +ExecCGI",
                 '<FilesMatch "\\.(fcgi|php)$">', "SetHandler fcgid-script", "</FilesMatch>", "</Directory>",
                 f'FcgidIPCDir "{sockets}"', f'FcgidProcessTableFile "{self.folder}/table"',
                 f"FcgidMaxProcesses {max(1000, self.workers)}",
                 f"FcgidMaxProcessesPerClass {self.workers}", f"FcgidMinProcessesPerClass {self.workers}",
                 "FcgidSpawnScoreUpLimit 1000000", f"FcgidMaxRequestLen {UPLOAD_LIMIT}",
                 "FcgidMaxRequestsPerProcess 0"]
        if row.kind == "php":
            lines.append(f'FcgidWrapper "{w.php}" .php')
        lines += [f"FcgidInitialEnv {k} {v}" for k, v in w.worker_environment().items()]
        config = self.write("httpd.conf", "\n".join(lines) + "\n")
        self.roots = [start([apache(), "-d", self.folder, "-f", config, "-DFOREGROUND"], self.folder, "out")]

    def basics(self):
        return [f'ServerRoot "{self.folder}"', f"Listen 127.0.0.1:{self.port}", "ServerName 127.0.0.1",
                f'DefaultRuntimeDir "{self.folder}"', f'PidFile "{self.folder}/pid"',
                f'ErrorLog "{self.folder}/error.log"', "LogLevel warn"]

    def modules(self):
        lines = []
        for name in ("mpm_event", "unixd", "authz_core", "fcgid"):
            path = apache_module(name)
            if path:
                lines.append(f'LoadModule {name}_module "{path}"')
            elif name in ("mpm_event", "fcgid"):
                raise Failed(f"no mod_{name}.so")
        return lines

    def user(self, sockets):
        """Apache refuses to serve as root."""
        if os.geteuid() != 0:
            return []
        user = "www-data" if succeeds("id", "www-data") else "nobody"
        group = checked(["id", "-gn", user], 10).strip()
        for path in {self.folder, sockets}:
            shutil.chown(path, user, group)
        return [f"User {user}", f"Group {group}"]


class Lighttpd(Server):
    def launch(self):
        w = self.work
        (self.folder / "uploads").mkdir()
        env = " ".join(f'"{k}" => "{v}",' for k, v in w.worker_environment().items())
        config = self.write("lighttpd.conf", f"""\
server.modules = ( "mod_fastcgi" )
server.bind = "127.0.0.1"
server.port = {self.port}
server.document-root = "{w.site}"
server.errorlog = "{self.folder}/error.log"
server.upload-dirs = ( "{self.folder}/uploads" )
server.max-keep-alive-requests = 65535
fastcgi.server = ( "/{w.script.name}" => (( "bin-path" => "{w.worker_command()[0]}",
    "socket" => "{self.socket_folder()}/s", "min-procs" => {self.workers}, "max-procs" => {self.workers},
    "bin-environment" => ( {env} ) )) )
""")
        self.roots = [start([shutil.which("lighttpd"), "-D", "-f", config], self.folder, "out")]


class Nginx(Server):
    processes = 2

    def launch(self):
        path = self.spawn_workers(shared=True)[0]
        config = self.write("nginx.conf", self.configuration(path))
        self.roots.insert(0, start([shutil.which("nginx"), "-p", self.folder, "-e", self.folder / "error.log", "-c",
                                    config], self.folder, "out"))

    def upstream(self, path):
        """A new connection for each request, nginx's default."""
        return f"server unix:{path};", "off"

    def configuration(self, path):
        upstream, keep = self.upstream(path)
        folders = "\n".join(f"    {n}_temp_path {self.folder}/{n};"
                            for n in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        return f"""\
{"user root root;" if os.geteuid() == 0 else ""}
worker_processes {self.processes};
daemon off;
pid {self.folder}/pid;
error_log {self.folder}/error.log error;
events {{ worker_connections 4096; }}
http {{
{folders}
    access_log off;
    keepalive_requests 1000000000;
    client_max_body_size {UPLOAD_LIMIT};
    client_body_buffer_size 2m;
    upstream workers {{ {upstream} }}
    server {{
        listen 127.0.0.1:{self.port};
        root {self.work.site};
        location / {{
            fastcgi_pass workers;
            fastcgi_keep_conn {keep};
            fastcgi_buffer_size 32k;
            fastcgi_buffers 64 32k;
            fastcgi_busy_buffers_size 256k;
            fastcgi_max_temp_file_size 0;
            fastcgi_param GATEWAY_INTERFACE CGI/1.1;
            fastcgi_param SERVER_SOFTWARE nginx/$nginx_version;
            fastcgi_param SERVER_PROTOCOL $server_protocol;
            fastcgi_param SERVER_NAME $server_name;
            fastcgi_param SERVER_ADDR $server_addr;
            fastcgi_param SERVER_PORT $server_port;
            fastcgi_param REMOTE_ADDR $remote_addr;
            fastcgi_param REMOTE_PORT $remote_port;
            fastcgi_param REQUEST_METHOD $request_method;
            fastcgi_param REQUEST_SCHEME $scheme;
            fastcgi_param REQUEST_URI $request_uri;
            fastcgi_param QUERY_STRING $query_string;
            fastcgi_param CONTENT_TYPE $content_type;
            fastcgi_param CONTENT_LENGTH $content_length;
            fastcgi_param SCRIPT_NAME $fastcgi_script_name;
            fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
            fastcgi_param DOCUMENT_ROOT $document_root;
            fastcgi_param REDIRECT_STATUS 200;
        }}
    }}
}}
"""


class NginxKept(Nginx):
    """Connections to workers are kept."""

    def upstream(self, path):
        # A worker serves one connection until that is closed. With fewer workers than clients a connection is closed
        # after 100 requests, because the clients whose connections wait in the backlog would never be served. With a
        # worker for each client no connection has to be closed. Idle connections are closed after a second: the next
        # load spreads its clients over the two processes in another way, and must find the workers free.
        requests = 1000000000 if self.workers >= self.work.row.clients else 100
        return (f"server unix:{path}; keepalive {self.workers}; keepalive_requests {requests}; "
                "keepalive_timeout 1s;"), "on"


class NginxKeptOne(NginxKept):
    """One nginx process, which leaves the other processors to the workers."""

    processes = 1


class Raw(Server):
    def launch(self):
        self.paths = self.spawn_workers(shared=False)

    def ready(self):
        return True

    def check(self):
        pass  # the client checks each response

    def load(self, seconds):
        row = self.work.row
        return [OUT / "rawclient", seconds, row.clients, row.body, row.query, self.work.script, *self.paths]

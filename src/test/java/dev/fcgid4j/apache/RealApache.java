/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.apache;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** An Apache that serves a document root until it is closed. One object for each configuration. */
final class RealApache implements AutoCloseable {

    private static final List<String> MODULES = List.of(
            "mpm_event",
            "authn_core",
            "authn_file",
            "authz_core",
            "authz_host",
            "authz_user",
            "auth_basic",
            "access_compat",
            "mime",
            "dir",
            "alias",
            "env",
            "setenvif",
            "rewrite",
            "headers",
            "cgid");
    private static final Path FOLDER = Path.of("/usr/lib/apache2/modules");
    private static final int START_SECONDS = 30;

    private final Process process;
    private final int port;

    private RealApache(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /**
     * Starts a server.
     *
     * @param work an empty folder that every user may read and write
     * @param sections of the server's file
     */
    static RealApache start(String program, Path work, Path documentRoot, String sections) throws Exception {
        int port = freePort();
        Path config = Files.writeString(work.resolve("httpd.conf"), head(work, documentRoot, port) + sections);
        Process process = new ProcessBuilder(program, "-DFOREGROUND", "-f", config.toString())
                .redirectErrorStream(true)
                .redirectOutput(work.resolve("out").toFile())
                .start();
        RealApache apache = new RealApache(process, port);
        try {
            apache.awaitPort();
        } catch (IOException e) {
            apache.close();
            throw new IOException(Files.readString(work.resolve("out")), e);
        }
        return apache;
    }

    private static String head(Path work, Path documentRoot, int port) {
        StringBuilder head = new StringBuilder();
        head.append(
                "ServerRoot WORK\nPidFile WORK/pid\nDefaultRuntimeDir WORK\nScriptSock WORK/cgid\nServerName localhost\n");
        head.append("Listen 127.0.0.1:").append(port).append("\nUser nobody\nGroup nogroup\nErrorLog WORK/err\n");
        head.append(
                "LogLevel crit\nStartServers 1\nMaxKeepAliveRequests 0\nKeepAliveTimeout 60\nTypesConfig /dev/null\n");
        for (String module : MODULES) {
            Path file = FOLDER.resolve("mod_" + module + ".so");
            if (Files.exists(file)) {
                head.append("LoadModule ")
                        .append(module)
                        .append("_module ")
                        .append(file)
                        .append('\n');
            }
        }
        head.append("DocumentRoot ROOT\nHeader always set X-Handler \"expr=%{HANDLER}\"\n");
        head.append("<Directory ROOT>\nOptions FollowSymLinks ExecCGI\nRequire all granted\n</Directory>\n");
        return head.toString().replace("WORK", work.toString()).replace("ROOT", documentRoot.toString());
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void awaitPort() throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (true) {
            try {
                new Socket(InetAddress.getLoopbackAddress(), port).close();
                return;
            } catch (IOException e) {
                if (process.waitFor(20, TimeUnit.MILLISECONDS) || System.nanoTime() > end) {
                    throw new IOException("Apache does not start", e);
                }
            }
        }
    }

    /** Asks for targets, all on one connection; Apache answers in their order. */
    List<Decision> ask(List<String> targets) throws IOException {
        List<Decision> decisions = new ArrayList<>();
        while (decisions.size() < targets.size()) {
            int before = decisions.size();
            askOnce(targets.subList(before, targets.size()), decisions);
            if (decisions.size() == before) {
                throw new IOException("Apache does not answer " + targets.get(before));
            }
        }
        return decisions;
    }

    private void askOnce(List<String> targets, List<Decision> decisions) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            StringBuilder requests = new StringBuilder();
            targets.forEach(
                    target -> requests.append("GET ").append(target).append(" HTTP/1.1\r\nHost: localhost\r\n\r\n"));
            socket.getOutputStream().write(requests.toString().getBytes(StandardCharsets.US_ASCII));
            InputStream in = new BufferedInputStream(socket.getInputStream());
            boolean open = true;
            for (int i = 0; open && i < targets.size(); i++) {
                Map<String, String> head = head(in);
                int length = Integer.parseInt(head.getOrDefault("content-length", "0"));
                String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
                decisions.add(decision(Integer.parseInt(head.get("status")), head.getOrDefault("x-handler", ""), body));
                open = !head.getOrDefault("connection", "").equalsIgnoreCase("close");
            }
        } catch (EOFException e) {
            // Apache may close a kept connection at any time; the rest is asked on another one.
        }
    }

    /** Reads status and fields of a response, in lower case. */
    private static Map<String, String> head(InputStream in) throws IOException {
        Map<String, String> head = new HashMap<>();
        head.put("status", line(in).split(" ", 3)[1]);
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            String[] field = line.split(":", 2);
            head.put(field[0].toLowerCase(Locale.ROOT), field[1].strip());
        }
        return head;
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("Apache has closed the connection after " + line);
            }
            line.append((char) c);
        }
        return line.toString().strip();
    }

    private static Decision decision(int status, String handler, String body) {
        if (handler.equals("cgi-script") && status == 500) {
            return Decision.run(); // the file is not executable, so mod_cgid fails after its checks
        }
        if (status == 200) {
            return Decision.sent(body);
        }
        return status / 100 == 3 ? Decision.moved() : Decision.refused("status " + status);
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().completeOnTimeout(process, 20, TimeUnit.SECONDS).join();
        process.destroyForcibly().onExit().join();
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server that may have few descriptors, in a JVM of its own. */
@Timeout(120)
class DescriptorsIT {

    private static final String JAR = System.getProperty("fcgid4j.serverJar", "target/fcgid4j-server.jar");
    private static final int DESCRIPTORS = 220;
    private static final int CLIENTS = 250;

    @TempDir
    private Path root;

    private final List<Socket> sockets = new ArrayList<>();
    private Process server;
    private int port;

    @BeforeEach
    void makeFiles() throws Exception {
        Files.writeString(root.resolve("small.txt"), "small");
        try (RandomAccessFile large =
                new RandomAccessFile(root.resolve("large.bin").toFile(), "rw")) {
            large.setLength(50_000_000);
        }
    }

    @AfterEach
    void close() throws Exception {
        for (Socket each : sockets) {
            each.close();
        }
        server.destroy();
        server.waitFor();
    }

    private void start(String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                "/bin/sh",
                "-c",
                "ulimit -n " + DESCRIPTORS + "; exec \"$@\"",
                "sh",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar", // which stays open: classes in folders could not be loaded without descriptors
                JAR,
                "serve",
                root.toString(),
                "--listen",
                "127.0.0.1:0"));
        command.addAll(List.of(options));
        server = new ProcessBuilder(command)
                .redirectError(root.resolve("log").toFile())
                .start();
        BufferedReader out = new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8));
        String line = out.readLine();
        port = Integer.parseInt(line.substring(line.lastIndexOf(':') + 1));
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(30_000);
        sockets.add(socket);
        return socket;
    }

    private static void get(Socket socket, String path) throws IOException {
        socket.getOutputStream()
                .write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
    }

    /** The status; 0 if the connection was closed. */
    private static int status(Socket socket) {
        try {
            String line = new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
            return line.length() < 12 ? 0 : Integer.parseInt(line.substring(9));
        } catch (IOException e) {
            return 0;
        }
    }

    @Test
    void idleClientsGiveWayToANewOne() throws Exception {
        start();
        for (int i = 0; i < CLIENTS; i++) {
            connect();
        }

        Socket fresh = connect();
        get(fresh, "/small.txt");

        assertThat(status(fresh)).isEqualTo(200);
    }

    @Test
    void lackOfDescriptorsIsNoFactAboutFiles() throws Exception {
        start("--set", "MaxConnections 10000");
        Set<Integer> statuses = new TreeSet<>();
        for (int i = 0; i < CLIENTS && !statuses.contains(503); i++) { // each takes two descriptors, and reads nothing
            Socket socket = connect();
            get(socket, "/large.bin");
            statuses.add(status(socket));
        }

        assertThat(statuses).containsExactlyInAnyOrder(200, 503);
        assertThat(Files.readString(root.resolve("log")).lines().filter(line -> line.contains("no file can be sent")))
                .hasSizeLessThan(2);
    }

    @Test
    void idleConnectionGivesWayToAClientThatCannotBeAccepted() throws Exception {
        start("--set", "MaxConnections 10000");
        int status = 200;
        for (int i = 0; i < CLIENTS && status == 200; i++) {
            Socket socket = connect();
            get(socket, "/large.bin");
            status = status(socket);
        }
        assertThat(status).isEqualTo(503); // no descriptor is left, and this connection is idle now

        for (int i = 0; i < 3; i++) {
            Socket waiting = connect();
            get(waiting, "/large.bin");

            assertThat(status(waiting)).isEqualTo(503);
        }
        assertThat(Files.readString(root.resolve("log")).lines().filter(line -> line.contains("no client is accepted")))
                .hasSize(1);
    }
}

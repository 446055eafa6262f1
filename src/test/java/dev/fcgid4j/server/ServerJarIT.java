/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The executable jar as a user runs it, up to and after its end. */
class ServerJarIT {

    private static final String JAR = System.getProperty("fcgid4j.serverJar", "target/fcgid4j-server.jar");

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "KILL"})
    void nothingIsLeftAfterTheEndOfTheJvm(String signal) throws Exception {
        Path site = Files.createDirectories(folder.resolve("site"));
        Path run = Files.createDirectories(folder.resolve("run"));
        Path pids = folder.resolve("pids");
        // A worker with a child, which answers nothing and never ends by itself.
        Path script = site.resolve("stubborn.fcgi");
        Files.writeString(
                script, "#!/bin/sh\ntrap '' TERM\nsleep 1000 &\necho $! $$ >" + pids + "\nwhile :; do sleep 1; done\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        Process server = start(site, "--set", "FcgidIPCDir " + run);
        String address = address(server);
        HttpClient.newHttpClient()
                .sendAsync(
                        HttpRequest.newBuilder(URI.create(address + "/stubborn.fcgi"))
                                .build(),
                        HttpResponse.BodyHandlers.discarding());
        await("the worker runs", () -> Files.exists(pids) && !read(pids).isBlank());
        List<Long> processes =
                Stream.of(read(pids).strip().split(" ")).map(Long::valueOf).toList();
        assertThat(processes).hasSize(2).allMatch(ServerJarIT::isAlive);

        signal(signal, server.pid());
        if (signal.equals("TERM")) {
            // The running request is given time; a second signal does not wait for it.
            await("stopping", () -> true);
            signal("KILL", server.pid());
        }
        assertThat(server.waitFor(60, TimeUnit.SECONDS)).isTrue();

        await("no process is left", () -> processes.stream().noneMatch(ServerJarIT::isAlive));
        await("no run directory is left", () -> isEmpty(run));
    }

    @Test
    void idleServerEndsWithZeroOnSigtermAndLeavesNothing() throws Exception {
        Path site = Files.createDirectories(folder.resolve("site"));
        Path run = Files.createDirectories(folder.resolve("run"));
        Process server = start(site, "--set", "FcgidIPCDir " + run);
        String address = address(server);
        assertThat(address).startsWith("http://127.0.0.1:");

        signal("TERM", server.pid());

        assertThat(server.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(server.exitValue()).isZero();
        await("no run directory is left", () -> isEmpty(run));
    }

    @Test
    void mistakeInADirectiveEndsWithTwoAndSaysWhatWasExpected() throws Exception {
        Process server = start(folder, "--set", "FcgidIdleTimeout soon");

        assertThat(server.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(server.exitValue()).isEqualTo(2);
        assertThat(new String(server.getErrorStream().readAllBytes(), StandardCharsets.UTF_8))
                .contains("--set 1:1: FcgidIdleTimeout: expected a whole number from 0", "found soon");
    }

    @Test
    void jarHoldsOnlyWhatTheServerNeeds() throws Exception {
        assertThat(Files.size(Path.of(JAR))).isLessThan(15_000_000);
    }

    private static Process start(Path site, String... options) throws IOException {
        List<String> command = Stream.concat(
                        Stream.of(
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString(),
                                "-jar",
                                JAR,
                                "serve",
                                site.toString(),
                                "--listen",
                                "127.0.0.1:0"),
                        Stream.of(options))
                .toList();
        return new ProcessBuilder(command).start();
    }

    private static String address(Process server) throws IOException {
        BufferedReader out = new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8));
        String line = out.readLine();
        assertThat(line).startsWith("listening on http://");
        return line.substring("listening on ".length());
    }

    private static void signal(String name, long pid) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(pid))
                        .start()
                        .waitFor())
                .isZero();
    }

    private static boolean isAlive(long pid) {
        return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent();
    }

    private static boolean isEmpty(Path directory) {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.findAny().isEmpty();
        } catch (IOException e) {
            return false;
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }

    private static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - deadline).as("in time: %s", what).isNegative();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }
}

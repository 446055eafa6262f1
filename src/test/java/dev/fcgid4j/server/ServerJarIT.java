/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fcgid4j.testkit.Interpreters;
import dev.fcgid4j.testkit.TestApplication;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The executable jar as a user runs it, up to and after its end. */
class ServerJarIT {

    private static final String JAR = System.getProperty("fcgid4j.serverJar", "target/fcgid4j-server.jar");

    private static final String[][] EXAMPLE_PAGES = {
        {"/", "fcgid4j is running"},
        {"/index.html", "fcgid4j is running"},
        {"/counter-perl.fcgi", "Hello from Perl"},
        {"/counter-python.fcgi", "Hello from Python"},
        {"/hello.php", "Hello from PHP"},
        {"/hello.rb", "Hello from Ruby"},
        {"/upload.fcgi", "<form"},
        {"/source/hello.c", "Hello from C"},
        {"/fcgid-status", "fcgid4j status"}
    };

    @TempDir
    private Path folder;

    private final List<Process> started = new ArrayList<>();

    /** Also when the test has failed in between. */
    @AfterEach
    void endAll() throws InterruptedException {
        for (Process each : started) {
            each.destroyForcibly().waitFor();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "KILL"})
    void nothingIsLeftAfterTheEndOfTheJvm(String signal) throws Exception {
        Path site = Files.createDirectories(folder.resolve("site"));
        Path run = Files.createDirectories(folder.resolve("run"));
        Path pids = folder.resolve("pids");
        // A worker with a child, and one in a session of its own, which answers nothing and never ends by itself.
        Path script = site.resolve("stubborn.fcgi");
        Files.writeString(
                script,
                "#!/bin/sh\ntrap '' TERM\nsleep 1000 &\necho $! $$ >" + pids + ".1\n"
                        + "setsid sh -c 'echo $$ >" + pids + ".2; exec sleep 1000' &\n"
                        + "until [ -s " + pids + ".2 ]; do sleep 0.1; done\ncat " + pids + ".1 " + pids + ".2 | xargs >"
                        + pids + "\nwhile :; do sleep 1; done\n");
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
        assertThat(processes).hasSize(3).allMatch(ServerJarIT::isAlive);

        signal(signal, server.pid());
        if (signal.equals("TERM")) {
            // The running request is given time; a second signal does not wait for it.
            await("stopping", () -> true);
            signal("KILL", server.pid());
        }
        assertThat(server.waitFor(60, TimeUnit.SECONDS)).isTrue();

        long ended = System.nanoTime();
        await("no process is left", () -> processes.stream().noneMatch(ServerJarIT::isAlive));
        await("no run directory is left", () -> isEmpty(run));
        // The figure is for readers: the promise is three seconds, but the machine's load decides no test.
        System.out.printf(
                "nothing left after SIG%s: %d ms%n", signal, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - ended));
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
    void runningRequestIsFinishedAfterSigterm() throws Exception {
        Path site = Files.createDirectories(folder.resolve("site"));
        TestApplication.PERL_CORE.install(site);
        Process server = start(site);
        String address = address(server);
        HttpResponse<InputStream> running = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(address + "/core-pl.fcgi?op=flush"))
                                .build(),
                        HttpResponse.BodyHandlers.ofInputStream());
        assertThat(running.body().readNBytes(5)).asString().isEqualTo("first");

        signal("TERM", server.pid());
        await("no connection is accepted any more", () -> !accepts(address));
        Files.createFile(site.resolve("go-on"));

        assertThat(running.body().readAllBytes()).asString().isEqualTo("second");
        assertThat(server.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(server.exitValue()).isZero();
    }

    @Test
    void leftoversOfADeadServerAndItsGuardianAreRemovedAtTheNextStart() throws Exception {
        Path site = Files.createDirectories(folder.resolve("site"));
        Path run = Files.createDirectories(folder.resolve("run"));
        TestApplication.PERL_CORE.install(site);
        Process server = start(site, "--set", "FcgidIPCDir " + run);
        started.add(server);
        String page = address(server) + "/core-pl.fcgi";
        HttpClient client = HttpClient.newHttpClient();
        long worker = Long.parseLong(
                client.send(HttpRequest.newBuilder(URI.create(page)).build(), HttpResponse.BodyHandlers.ofString())
                        .body()
                        .split(" ", 2)[0]);
        List<Long> guardians = server.children()
                .map(ProcessHandle::pid)
                .filter(pid -> pid != worker)
                .toList();
        assertThat(guardians).hasSize(1);
        // The server notices the end of the guardian only when it has something to report to it. (The end of the JVM
        // would
        // continue a stopped guardian, because its process group is orphaned then.)
        signal("KILL", guardians.get(0));
        signal("KILL", server.pid());
        assertThat(server.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(isAlive(worker)).isTrue();
        assertThat(isEmpty(run)).isFalse();

        Process next = start(site, "--set", "FcgidIPCDir " + run);
        address(next);

        await("the worker of the dead server is gone", () -> !isAlive(worker));
        signal("TERM", next.pid());
        assertThat(next.waitFor(30, TimeUnit.SECONDS)).isTrue();
        await("no run directory is left", () -> isEmpty(run));
    }

    @Test
    void otherTransportServesAsWell() throws Exception {
        Path site = Files.createDirectories(folder.resolve("site"));
        TestApplication.PERL_CORE.install(site);
        Process server = start(List.of("-Dfcgid4j.nio=true"), "serve", site.toString());
        String page = address(server) + "/core-pl.fcgi";
        HttpClient client = HttpClient.newHttpClient();
        for (int i = 1; i <= 3; i++) {
            HttpResponse<String> response =
                    client.send(HttpRequest.newBuilder(URI.create(page)).build(), HttpResponse.BodyHandlers.ofString());
            assertThat(response.body()).endsWith(" " + i);
        }

        signal("TERM", server.pid());

        assertThat(server.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(server.exitValue()).isZero();
    }

    @Test
    void exampleIsUnpackedAndEveryPageOfItIsServed() throws Exception {
        for (String needed : List.of("perl", "python3", "php-cgi", "ruby-fcgi")) {
            Interpreters.required(needed);
        }
        Path example = folder.resolve("example");
        Process server = start(List.of(), "example", example.toString());
        BufferedReader out = new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8));
        assertThat(out.readLine()).contains(example.toString());
        String line = out.readLine();
        while (!line.startsWith("listening on ")) {
            line = out.readLine(); // a line for each kind of page
        }
        String address = line.substring("listening on ".length());

        for (String[] page : EXAMPLE_PAGES) {
            HttpResponse<String> answer = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create(address + page[0]))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(page[0]).isEqualTo(200);
            assertThat(answer.body()).as(page[0]).contains(page[1]);
        }
        signal("INT", server.pid());
        assertThat(server.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(server.exitValue()).isZero();
    }

    @Test
    void mistakeInAConfigurationFileNamesItsLine() throws Exception {
        Path config = folder.resolve("site.conf");
        Files.writeString(config, "FcgidIdleTimeout 5\n<Files *.rb>\n  SetHandler fcgid-script\n");
        Process server = start(folder, "--config", config.toString());

        assertThat(server.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(server.exitValue()).isEqualTo(2);
        assertThat(new String(server.getErrorStream().readAllBytes(), StandardCharsets.UTF_8))
                .contains(config + ":2: <Files> is never closed; expected </Files>");
    }

    @Test
    void whereTheKernelsWatchesRunOutFilesAreComparedAndALineSaysHowToRaiseThem() throws Exception {
        Path site = Files.createDirectories(folder.resolve("site"));
        Path script = TestApplication.PERL_CORE.install(site);
        Path log = folder.resolve("log");
        boolean mayLimit = new ProcessBuilder("unshare", "--user", "--map-root-user", "true")
                        .start()
                        .waitFor()
                == 0;
        if (!mayLimit) {
            System.out.println("skipped: a test needs user namespaces, which this system doesn't allow");
        }
        assumeTrue(mayLimit, "no user namespaces");
        // The limit of a user namespace of its own.
        Process server = new ProcessBuilder(
                        "unshare",
                        "--user",
                        "--map-root-user",
                        "sh",
                        "-c",
                        "echo 3 > /proc/sys/user/max_inotify_watches && exec \"$@\"",
                        "sh",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-jar",
                        JAR,
                        "serve",
                        site.toString(),
                        "--listen",
                        "127.0.0.1:0",
                        "--set",
                        "FcgidWatchInterval 0.1")
                .redirectError(log.toFile())
                .start();
        String page = address(server) + "/core-pl.fcgi";
        HttpClient client = HttpClient.newHttpClient();
        HttpRequest request = HttpRequest.newBuilder(URI.create(page)).build();
        String first = client.send(request, HttpResponse.BodyHandlers.ofString())
                .body()
                .split(" ", 2)[0];

        Files.writeString(script, Files.readString(script) + "# edited\n");

        await("the edit is seen", () -> {
            try {
                return !client.send(request, HttpResponse.BodyHandlers.ofString())
                        .body()
                        .startsWith(first + " ");
            } catch (IOException | InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        assertThat(read(log)).contains("raise fs.inotify.max_user_watches");
        signal("TERM", server.pid());
        assertThat(server.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }

    private static boolean accepts(String address) {
        URI uri = URI.create(address);
        try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
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
        try (JarFile jar = new JarFile(JAR)) {
            List<String> names = jar.stream()
                    .map(JarEntry::getName)
                    .filter(name -> !name.endsWith("/"))
                    .toList();

            assertThat(names)
                    .allMatch(
                            name -> name.matches("(META-INF|dev/fcgid4j|example-site|io/netty|org/slf4j|ch/qos/logback"
                                    + "|com/sun/jna|picocli)/.*"))
                    .noneMatch(
                            name -> name.matches(
                                    ".*(/maven/|native-image|module-info|/db/script/|/testUtil/|IT\\.class|[a-z]Test\\.class).*"));
            assertThat(names.stream().filter(name -> name.matches(".*\\.(so|a|dll|jnilib|dylib)")))
                    .isNotEmpty()
                    .allMatch(name -> name.matches("com/sun/jna/linux-[^/]+/.*|META-INF/native/[^/]+_epoll_[^/]+"));
        }
    }

    @Test
    void jarKeepsWhatTheLicencesOfItsPartsAskFor() throws Exception {
        try (JarFile jar = new JarFile(JAR)) {
            assertThat(text(jar, "META-INF/NOTICE"))
                    .contains("fcgid4j", "Netty", "picocli", "Java Native Access", "Logback", "SLF4J");
            assertThat(text(jar, "META-INF/LICENSE")).contains("Apache License", "Java Native Access (JNA)");
            assertThat(text(jar, "META-INF/LICENSE.txt")).contains("Permission is hereby granted", "QOS.ch");
            assertThat(text(jar, "META-INF/AL2.0")).contains("Apache License");
            assertThat(text(jar, "META-INF/LGPL2.1")).contains("GNU LESSER GENERAL PUBLIC LICENSE");
        }
    }

    private static String text(JarFile jar, String name) throws IOException {
        JarEntry entry = jar.getJarEntry(name);
        assertThat(entry).as(name).isNotNull();
        try (InputStream in = jar.getInputStream(entry)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void versionIsThatOfTheJar() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-jar", JAR, "--version")
                .start();

        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .matches("fcgid4j \\d+\\.\\d+\\.\\d+.*\\s*");
    }

    @Test
    void classesAreTakenFromTheArchiveThatIsMadeWithTheJar() throws Exception {
        Path archive = Path.of(JAR).resolveSibling("fcgid4j-server.jsa");
        Path loaded = folder.resolve("loaded");
        Process server = start(
                List.of("-XX:SharedArchiveFile=" + archive, "-Xlog:class+load:file=" + loaded),
                "serve",
                folder.toString());
        address(server);

        assertThat(archive).exists();
        assertThat(Files.readString(loaded))
                .containsPattern("dev\\.fcgid4j\\.server\\.WebServer source: shared objects file \\(top\\)");
        signal("TERM", server.pid());
        assertThat(server.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void portInUseIsAMessageThatSaysWhatToDo() throws Exception {
        Process first = start(folder);
        URI taken = URI.create(address(first));

        Process second =
                start(List.of(), "serve", folder.toString(), "--listen", taken.getHost() + ":" + taken.getPort());

        assertThat(second.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(second.exitValue()).isEqualTo(1);
        assertThat(new String(second.getErrorStream().readAllBytes(), StandardCharsets.UTF_8))
                .contains("can't listen on 127.0.0.1:" + taken.getPort(), "choose another port");
        signal("TERM", first.pid());
        assertThat(first.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }

    private Process start(Path site, String... options) throws IOException {
        return start(
                List.of(),
                Stream.concat(Stream.of("serve", site.toString()), Stream.of(options))
                        .toArray(String[]::new));
    }

    private Process start(List<String> flags, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags);
        command.addAll(List.of("-jar", JAR));
        command.addAll(List.of(arguments));
        if (!command.contains("--listen")) {
            command.addAll(List.of("--listen", "127.0.0.1:0"));
        }
        Process server = new ProcessBuilder(command).start();
        started.add(server);
        return server;
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
        // A process that has ended counts as gone, even if its new parent has not reaped it.
        return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent()
                && !read(Path.of("/proc/" + pid + "/stat")).matches("(?s).*\\) Z .*");
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

/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.FcgiProcessManager;
import dev.fcgid4j.observe.PoolSnapshot;
import dev.fcgid4j.testkit.TestApplication;
import io.netty.channel.SelectStrategy;
import io.netty.util.IntSupplier;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The thread of an event loop dies of an error that Netty can't handle. */
@Timeout(120)
class DeadLoopIT {

    @TempDir
    private Path root;

    private final List<Killable> loops = new CopyOnWriteArrayList<>();

    /** Waits for events as usual, until it is told to fail. */
    private final class Killable implements SelectStrategy {
        private volatile boolean killed;

        Killable() {
            loops.add(this);
        }

        @Override
        public int calculateStrategy(IntSupplier selectSupplier, boolean hasTasks) throws Exception {
            if (killed) {
                throw new OutOfMemoryError("injected");
            }
            return hasTasks ? selectSupplier.get() : SelectStrategy.SELECT;
        }
    }

    @BeforeEach
    void install() throws Exception {
        TestApplication.PERL_CORE.install(root);
    }

    private WebServer start(FcgiProcessManager manager) throws Exception {
        return WebServer.start(
                manager,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                Duration.ofSeconds(60),
                Killable::new);
    }

    private static Socket get(WebServer server, String path) throws Exception {
        Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), server.address().getPort());
        socket.setSoTimeout(30_000);
        socket.getOutputStream()
                .write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private static List<PoolSnapshot.WorkerSnapshot> workers(FcgiProcessManager manager) {
        return manager.snapshot().classes().stream()
                .flatMap(each -> each.workers().stream())
                .toList();
    }

    @Test
    void workersOfADeadLoopComeBackHealthTurnsBadAndTheOtherLoopServes() throws Exception {
        FcgiProcessManager manager = FcgiProcessManager.builder()
                .documentRoot(root)
                .directives("EventLoops 2\nFcgidMaxProcessesPerClass 1")
                .start();
        // Netty gives the listening socket to the first loop, and the first client to the second one.
        try (WebServer server = start(manager);
                Socket first = get(server, "/core-pl.fcgi?op=sleep&n=60000")) {
            await("a busy worker", () -> workers(manager).stream()
                    .anyMatch(worker -> worker.state().equals("busy")));
            assertThat(manager.health().isGood()).isTrue();

            loops.get(1).killed = true;
            first.getOutputStream().write('\n'); // wakes the loop, and leaves nothing in the decoder of the dead loop
            server.loopDied().toCompletableFuture().get(30, TimeUnit.SECONDS);
            await("the worker back", () -> workers(manager).stream()
                    .noneMatch(worker -> worker.state().equals("busy")));

            await("bad health", () -> !manager.health().isGood());
            assertThat(manager.health().problems()).singleElement().asString().contains("event loops have died");
            try (Socket lost = get(server, "/core-pl.fcgi?op=path");
                    Socket served = get(server, "/core-pl.fcgi?op=path")) {
                String answers = line(lost) + line(served);
                assertThat(answers).contains("HTTP/1.1 200 OK");
            }
        }
    }

    @Test
    void standAloneServerEndsWithAClearLine() throws Exception {
        Path output = root.resolve("output");
        Process server = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        DyingServer.class.getName(),
                        root.toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(server.waitFor(60, TimeUnit.SECONDS)).isTrue();

            assertThat(server.exitValue()).isEqualTo(70);
            assertThat(Files.readString(output)).contains("an event loop has died");
        } finally {
            server.destroyForcibly();
        }
    }

    /** The beginning of an answer; empty if the connection was closed or reset. */
    private static String line(Socket socket) {
        try {
            return new String(socket.getInputStream().readNBytes(15), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            return "";
        }
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import dev.fcgid4j.FcgiProcessManager;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a web server until a signal ends the JVM, or an event loop dies. In the second case the process ends itself, with
 * exit code {@value #BROKEN}, so that its supervisor starts it again. A library must not do that; a program of its own may.
 *
 * <p>Stateless. Threading: {@link #start} blocks the calling thread; the shutdown hook has a thread of its own.
 */
final class RunningServer {

    /** Longest time for running requests after the signal. */
    static final int FINISH_SECONDS = 30;

    /** The exit code after an event loop has died: an internal error, as sysexits.h has it. */
    static final int BROKEN = 70;

    private static final Logger LOG = LoggerFactory.getLogger(RunningServer.class);
    private static final Duration FINISH = Duration.ofSeconds(FINISH_SECONDS);
    private static final Duration BROKEN_FINISH = Duration.ofSeconds(5);

    private RunningServer() {}

    /**
     * Starts the server, prints where it listens, and blocks. SIGTERM and SIGINT end the JVM through a shutdown hook.
     *
     * @param manager owned by the server from now on, even if the start fails
     * @param before called before the line is printed
     * @throws IOException if the server can't listen there
     */
    static void start(FcgiProcessManager manager, InetSocketAddress address, Consumer<WebServer> before)
            throws IOException {
        run(WebServer.start(manager, address), before);
    }

    /** Blocks until the server ends. */
    static void run(WebServer server, Consumer<WebServer> before) {
        CountDownLatch broken = new CountDownLatch(1);
        AtomicInteger code = new AtomicInteger();
        Thread hook = new Thread(
                () -> {
                    server.stop(code.get() == 0 ? FINISH : BROKEN_FINISH);
                    // Without this, a JVM that a signal ends reports 143, although the shutdown was complete.
                    Runtime.getRuntime().halt(code.get());
                },
                "fcgid4j-stop");
        Runtime.getRuntime().addShutdownHook(hook);
        server.loopDied().thenRun(broken::countDown);
        before.accept(server);
        System.out.println("listening on http://" + Addresses.text(server.address()));
        System.out.flush();
        try {
            broken.await();
            LOG.error(
                    "an event loop has died, so some clients would get no answer for ever; the server ends with exit code"
                            + " {}, for its supervisor to start it again; the cause stands in the lines before",
                    BROKEN);
            code.set(BROKEN);
            System.exit(BROKEN);
        } catch (InterruptedException e) {
            Runtime.getRuntime().removeShutdownHook(hook);
            server.stop(FINISH);
            Thread.currentThread().interrupt();
        }
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import dev.fcgid4j.FcgiProcessManager;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

/**
 * Runs a web server until a signal ends the JVM.
 *
 * <p>Stateless. Threading: {@link #start} blocks the calling thread; the shutdown hook has a thread of its own.
 */
final class RunningServer {

    /** Longest time for running requests after the signal. */
    static final int FINISH_SECONDS = 30;

    private static final Duration FINISH = Duration.ofSeconds(FINISH_SECONDS);

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
        WebServer server = WebServer.start(manager, address);
        CountDownLatch forEver = new CountDownLatch(1);
        Thread hook = new Thread(
                () -> {
                    server.stop(FINISH);
                    // Without this, a JVM that a signal ends reports 143, although the shutdown was complete.
                    Runtime.getRuntime().halt(0);
                },
                "fcgid4j-stop");
        Runtime.getRuntime().addShutdownHook(hook);
        before.accept(server);
        System.out.println("listening on http://" + Addresses.text(server.address()));
        System.out.flush();
        try {
            forEver.await();
        } catch (InterruptedException e) {
            Runtime.getRuntime().removeShutdownHook(hook);
            server.stop(FINISH);
            Thread.currentThread().interrupt();
        }
    }
}

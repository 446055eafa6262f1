/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import dev.fcgid4j.FcgiProcessManager;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

/** Runs a web server until the JVM is told to end. */
final class RunningServer {

    /** How long running requests may take after the signal. */
    static final int FINISH_SECONDS = 30;

    private static final Duration FINISH = Duration.ofSeconds(FINISH_SECONDS);

    private RunningServer() {}

    /**
     * Starts, announces and waits for ever: SIGTERM and SIGINT end it, through the shutdown hook.
     *
     * @param before told before the line that says where it listens
     */
    static void start(FcgiProcessManager manager, InetSocketAddress address, Consumer<WebServer> before)
            throws IOException {
        WebServer server = WebServer.start(manager, address);
        CountDownLatch forEver = new CountDownLatch(1);
        Thread hook = new Thread(
                () -> {
                    server.stop(FINISH);
                    // A JVM that a signal ends would report 143; everything was ended in order.
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

/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import ch.qos.logback.classic.Level;
import dev.fcgid4j.FcgiProcessManager;
import io.netty.channel.SelectStrategy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/** A stand-alone server whose event loop dies when it has begun to listen. For a JVM of its own. */
final class DyingServer {

    private DyingServer() {}

    public static void main(String[] args) throws Exception {
        Logging.toStandardError(Level.INFO);
        AtomicBoolean killed = new AtomicBoolean();
        FcgiProcessManager manager =
                FcgiProcessManager.builder().documentRoot(Path.of(args[0])).start();
        SelectStrategy dying = (select, hasTasks) -> {
            if (killed.get()) {
                throw new OutOfMemoryError("injected");
            }
            return hasTasks ? select.get() : SelectStrategy.SELECT;
        };
        WebServer server = WebServer.start(
                manager,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                Duration.ofSeconds(60),
                () -> dying);
        RunningServer.run(server, running -> {
            killed.set(true);
            wake(running);
        });
    }

    /** Connects, which wakes the loop. */
    private static void wake(WebServer server) {
        try {
            new Socket(InetAddress.getLoopbackAddress(), server.address().getPort()).close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

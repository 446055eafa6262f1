/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.observe.ExitStatus;
import dev.fcgid4j.process.ApplicationProcess;
import dev.fcgid4j.process.ProcessActivity;
import dev.fcgid4j.process.ProcessListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A FastCGI application without a process: it listens on a real Unix socket, and a test plays it, one {@link
 * ScriptedConnection} after the other.
 *
 * <p>As with a real process, a connection that it never accepts stays silent when it exits. For the test's thread.
 */
public final class ScriptedApplication implements ApplicationProcess, AutoCloseable {

    private final long pid;
    private final Path socket;
    private final Runnable server;
    private final ProcessListener listener;
    private final ServerSocketChannel listening;
    private final List<ScriptedConnection> accepted = new ArrayList<>();
    private Supplier<Optional<ProcessActivity>> activity = Optional::empty;
    private boolean terminated;
    private boolean exited;

    /**
     * Listens.
     *
     * @param socket the path of the socket, which does not exist yet
     * @param server lets the server run until it has nothing more to do
     * @param listener receives the exit
     */
    ScriptedApplication(long pid, Path socket, Runnable server, ProcessListener listener) {
        this.pid = pid;
        this.socket = socket;
        this.server = server;
        this.listener = listener;
        try {
            listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            listening.bind(UnixDomainSocketAddress.of(socket)).configureBlocking(false);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Accepts the next connection, which the server has opened or opens now. */
    public ScriptedConnection accept() {
        SocketChannel connection = poll();
        if (connection == null) {
            server.run();
            connection = poll();
        }
        assertThat(connection).as("a connection to %s", this).isNotNull();
        try {
            accepted.add(new ScriptedConnection(connection, server));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return accepted.get(accepted.size() - 1);
    }

    /** The server opens no other connection than those that were accepted. */
    public void expectNoConnection() {
        server.run();
        assertThat(poll()).as("a connection to %s", this).isNull();
    }

    private @Nullable SocketChannel poll() {
        try {
            return listening.accept();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Listens no more: new connections are refused. */
    public void stopListening() {
        try {
            listening.close();
            Files.deleteIfExists(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Exits with code 0: its connections are closed, and it is reaped. */
    public void exit() {
        exit(ExitStatus.exited(0));
    }

    /** Exits: its connections are closed, and it is reaped. */
    public void exit(ExitStatus status) {
        closeConnections();
        reap(status);
    }

    /** Closes all connections, as the kernel does before a process can be reaped. */
    public void closeConnections() {
        accepted.forEach(ScriptedConnection::close);
        accepted.clear();
    }

    /**
     * Its process is reaped, and the path of its socket removed. Only {@link #close} closes the listening socket itself, so
     * that a connection that waits there stays open, as the launcher sees to it.
     */
    public void reap(ExitStatus status) {
        if (!exited) {
            exited = true;
            try {
                Files.deleteIfExists(socket);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            listener.exited(status);
        }
    }

    /** Sets what its process is doing from now on; asked for each sample. */
    public void activity(Supplier<ProcessActivity> next) {
        activity = () -> Optional.of(next.get());
    }

    @Override
    public Optional<ProcessActivity> activity() {
        return activity.get();
    }

    /** Whether it got SIGTERM. */
    public boolean isTerminated() {
        return terminated;
    }

    @Override
    public long pid() {
        return pid;
    }

    @Override
    public Path socketPath() {
        return socket;
    }

    @Override
    public void terminate() {
        terminated = true;
    }

    @Override
    public void kill() {
        terminated = true;
    }

    @Override
    public OptionalLong residentBytes() {
        return OptionalLong.empty();
    }

    @Override
    public String toString() {
        return "application " + pid;
    }

    /** Ends without a word. */
    @Override
    public void close() {
        closeConnections();
        stopListening();
    }
}

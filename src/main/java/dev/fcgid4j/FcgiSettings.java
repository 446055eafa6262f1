/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j;

import dev.fcgid4j.application.ClassLimits;
import dev.fcgid4j.cgi.CgiSettings;
import dev.fcgid4j.failure.ConfigurationException;
import dev.fcgid4j.gateway.GatewaySettings;
import dev.fcgid4j.mapping.MappingSettings;
import dev.fcgid4j.pool.PoolSettings;
import dev.fcgid4j.process.ProcessSettings;
import dev.fcgid4j.watch.WatchSettings;
import java.nio.file.Path;
import java.util.List;

/**
 * All settings of a manager, composed of those that each package declares for itself. Immutable.
 *
 * <p>A {@link #builder()} makes them, from Java calls, from directives in Apache's syntax, or from both.
 */
public final class FcgiSettings {

    private final MappingSettings mapping;
    private final PoolSettings pool;
    private final GatewaySettings gateway;
    private final CgiSettings cgi;
    private final ProcessSettings process;
    private final WatchSettings watch;
    private final List<String> listen;
    private final EventLoopSettings eventLoops;
    private final ClientSettings clients;

    FcgiSettings(
            MappingSettings mapping,
            PoolSettings pool,
            GatewaySettings gateway,
            CgiSettings cgi,
            ProcessSettings process,
            WatchSettings watch,
            List<String> listen,
            EventLoopSettings eventLoops,
            ClientSettings clients) {
        this.mapping = mapping;
        this.pool = pool;
        this.gateway = gateway;
        this.cgi = cgi;
        this.process = process;
        this.watch = watch;
        this.listen = List.copyOf(listen);
        this.eventLoops = eventLoops;
        this.clients = clients;
    }

    /** A builder with all defaults; name at least a document root. */
    public static Builder builder() {
        return new Builder();
    }

    /** The folder that is served: an absolute path. */
    public Path documentRoot() {
        return mapping.documentRoot();
    }

    /** The limits of each process class. */
    public ClassLimits limits() {
        return mapping.limits();
    }

    /** The limits of a request. */
    public GatewaySettings gateway() {
        return gateway;
    }

    /** Returns what CGI variables tell applications about the server. */
    public CgiSettings cgi() {
        return cgi;
    }

    /** Addresses that a server should listen on, as {@code HOST:PORT} or {@code PORT}; empty when none is named. */
    public List<String> listen() {
        return listen;
    }

    /** The event loops that a server should run. */
    public EventLoopSettings eventLoops() {
        return eventLoops;
    }

    /** What a server should grant to its clients. */
    public ClientSettings clients() {
        return clients;
    }

    MappingSettings mapping() {
        return mapping;
    }

    PoolSettings pool() {
        return pool;
    }

    ProcessSettings process() {
        return process;
    }

    WatchSettings watch() {
        return watch;
    }

    /** Collects settings; not thread-safe. */
    public static final class Builder extends SettingsBuilder<Builder> {

        private Builder() {}

        @Override
        Builder self() {
            return this;
        }

        /**
         * The settings that all calls so far come to.
         *
         * @throws ConfigurationException when there is no document root
         */
        public FcgiSettings build() {
            return finish();
        }
    }
}

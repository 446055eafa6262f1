/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j;

import dev.fcgid4j.cgi.CgiSettings;
import dev.fcgid4j.gateway.GatewaySettings;
import dev.fcgid4j.mapping.MappingSettings;
import dev.fcgid4j.pool.PoolSettings;
import dev.fcgid4j.process.ProcessSettings;
import dev.fcgid4j.watch.WatchSettings;
import java.util.List;

/**
 * All settings, composed of those that each package declares for itself. Immutable.
 *
 * @param listen addresses that a server should listen on ({@code Listen}), as {@code HOST:PORT}; empty when not said
 */
public record FcgiSettings(
        MappingSettings mapping,
        PoolSettings pool,
        GatewaySettings gateway,
        CgiSettings cgi,
        ProcessSettings process,
        WatchSettings watch,
        List<String> listen,
        EventLoopSettings eventLoops) {

    public FcgiSettings {
        listen = List.copyOf(listen);
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j;

import static java.util.Objects.requireNonNull;

import dev.fcgid4j.config.ApacheConfigParser;
import dev.fcgid4j.failure.ConfigurationException;
import dev.fcgid4j.posix.RegularFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Collects the settings of a manager, from Java calls and from directives in Apache's syntax. Both lead through one table,
 * so that {@code maxProcessesPerClass(8)} and {@code directives("FcgidMaxProcessesPerClass 8")} are the same.
 *
 * <p>Each method that stands for a directive has the same range, and throws a {@link ConfigurationException} for a value
 * outside of it. Later calls win.
 *
 * <p>Threading: not thread-safe.
 *
 * @param <B> the builder that the methods return
 */
public abstract sealed class SettingsBuilder<B> extends RequestSettingsBuilder<B>
        permits FcgiProcessManager.Builder, FcgiSettings.Builder {

    private SettingsDraft draft = new SettingsDraft();
    private int texts;

    SettingsBuilder() {}

    @Override
    final SettingsDraft draft() {
        return draft;
    }

    /** Takes all values of finished settings; what was set before is forgotten. */
    public B settings(FcgiSettings settings) {
        draft = new SettingsDraft(settings);
        return self();
    }

    /**
     * Names the folder that is served. A {@code DocumentRoot} directive wins over it, whichever comes first.
     *
     * <p>An existing folder; without one there are no settings. Source: httpd.
     */
    public B documentRoot(Path folder) {
        draft.folder = Optional.of(requireNonNull(folder, "folder"));
        return self();
    }

    /**
     * Adds directives in Apache's syntax, one or more lines.
     *
     * @throws ConfigurationException for a mistake: what was expected and what was found
     */
    public B directives(String text) {
        return directives(text, "directive " + ++texts);
    }

    /**
     * Adds directives in Apache's syntax, one or more lines.
     *
     * @param name what error messages call the text in place of a file
     * @throws ConfigurationException for a mistake: name, line, what was expected and what was found
     */
    public B directives(String text, String name) {
        SettingsReader.read(ApacheConfigParser.parse(text, name), draft);
        return self();
    }

    /**
     * Adds the directives of a file.
     *
     * @throws ConfigurationException when it can't be read, or for a mistake: file, line, what was expected and what was
     *     found
     */
    public B config(Path file) {
        try {
            return directives(text(file), file.toString());
        } catch (IOException e) {
            throw new ConfigurationException(file + ": can't be read: " + e, e);
        }
    }

    private static String text(Path file) throws IOException {
        try (InputStream in = RegularFile.newInputStream(file)) {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(in.readAllBytes()))
                    .toString();
        }
    }

    /** The settings that all calls so far come to. */
    final FcgiSettings finish() {
        return draft.build();
    }

    /**
     * Sets SERVER_NAME for requests whose Host is missing or unusable.
     *
     * <p>Default {@code localhost}. Directive: {@code ServerName}. Source: httpd.
     */
    public B serverName(String name) {
        return set(SettingsTable.SERVER_NAME, name);
    }

    /**
     * Sets SERVER_ADMIN.
     *
     * <p>Default none. Directive: {@code ServerAdmin}. Source: httpd.
     */
    public B serverAdmin(String address) {
        return set(SettingsTable.SERVER_ADMIN, address);
    }

    /**
     * Adds an address for a server to listen on: {@code HOST:PORT} or {@code PORT}. An embedder that has its own
     * server may ignore it.
     *
     * <p>Default none. Directive: {@code Listen}. Source: httpd.
     */
    public B listen(String address) {
        return set(SettingsTable.LISTEN, address);
    }

    /**
     * Sets how many threads of the server move bytes.
     *
     * <p>From 1 to 1024; default one for two processors. Directive: {@code EventLoops}.
     */
    public B eventLoops(int threads) {
        return set(SettingsTable.EVENT_LOOPS, threads);
    }

    /**
     * Sets how long such a thread looks for events before it sleeps.
     *
     * <p>From zero to 1 ms; default 50 µs. The directive has whole microseconds. Directive: {@code EventLoopSpin}.
     */
    public B eventLoopSpin(Duration time) {
        return set(SettingsTable.EVENT_LOOP_SPIN, time);
    }

    /**
     * Sets how many connections a server's clients may have at the same time. A number that the descriptor limit of the
     * process leaves no room for is lowered, with a warning.
     *
     * <p>From 1 to 10,000,000; default what the descriptor limit leaves room for, at most 10,000. Directive: {@code
     * MaxConnections}.
     */
    public B maxConnections(int connections) {
        return set(SettingsTable.MAX_CONNECTIONS, connections);
    }

    /**
     * Sets how many of them may come from one address; loopback addresses and trusted proxies have no bound of their own.
     *
     * <p>From 1 to 10,000,000; default half of {@link #maxConnections}. Directive: {@code MaxConnectionsPerAddress}.
     */
    public B maxConnectionsPerAddress(int connections) {
        return set(SettingsTable.MAX_CONNECTIONS_PER_ADDRESS, connections);
    }

    /**
     * Sets the request header in which trusted proxies name their clients, such as {@code X-Forwarded-For}.
     *
     * <p>Default none. Directive: {@code RemoteIPHeader}. Source: mod_remoteip.
     */
    public B remoteIPHeader(String name) {
        return set(SettingsTable.REMOTE_IP_HEADER, name);
    }

    /**
     * Adds proxies that are believed about every address, private ones too.
     *
     * <p>Default none. Directive: {@code RemoteIPInternalProxy}. Source: mod_remoteip.
     */
    public B remoteIPInternalProxy(String... ranges) {
        return set(SettingsTable.REMOTE_IP_INTERNAL_PROXY, ranges(SettingsTable.REMOTE_IP_INTERNAL_PROXY, ranges));
    }

    /**
     * Adds proxies that are believed about public addresses.
     *
     * <p>Default none. Directive: {@code RemoteIPTrustedProxy}. Source: mod_remoteip.
     */
    public B remoteIPTrustedProxy(String... ranges) {
        return set(SettingsTable.REMOTE_IP_TRUSTED_PROXY, ranges(SettingsTable.REMOTE_IP_TRUSTED_PROXY, ranges));
    }

    /**
     * Sets how fast a client must send a request. A slower one gets 408.
     *
     * <p>Default 20 s for the header, at most 40 s, and 20 s for the body, each longer by a second for each 500 bytes.
     * Directive: {@code RequestReadTimeout}. Source: mod_reqtimeout.
     */
    public B requestReadTimeout(RequestReadTimeout limits) {
        return set(SettingsTable.REQUEST_READ_TIMEOUT, limits);
    }

    private static List<AddressRange> ranges(Setting<List<AddressRange>> setting, String... words) {
        return setting.argument()
                .reader()
                .apply(List.of(words))
                .orElseThrow(() -> new ConfigurationException(setting.name() + ": expected "
                        + setting.argument().expected() + ", found " + String.join(" ", words)));
    }
}

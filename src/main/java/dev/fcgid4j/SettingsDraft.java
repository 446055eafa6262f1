/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j;

import dev.fcgid4j.application.ClassLimits;
import dev.fcgid4j.cgi.CgiSettings;
import dev.fcgid4j.config.Node;
import dev.fcgid4j.failure.ConfigurationException;
import dev.fcgid4j.gateway.GatewaySettings;
import dev.fcgid4j.gateway.SendFilePaths;
import dev.fcgid4j.mapping.MappingSettings;
import dev.fcgid4j.pool.PoolSettings;
import dev.fcgid4j.process.ProcessSettings;
import dev.fcgid4j.watch.WatchSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The values of a builder that has not finished: the settings that each package declares for itself, and those that
 * several packages share. {@link SettingsTable} says which directive changes which value.
 *
 * <p>Threading: belongs to its builder.
 */
final class SettingsDraft {

    final PoolSettings.Builder pool;
    final ClassLimits.Builder limits;
    GatewaySettings gateway;
    CgiSettings cgi;
    ProcessSettings process;
    WatchSettings watch;
    EventLoopSettings eventLoops;
    ClientSettings clients;

    /** For the pool, the watcher and the mapping alike. */
    Duration quietTime;

    /** What a directive names; wins over {@link #folder}. */
    Optional<Path> documentRoot = Optional.empty();

    /** What Java code names. */
    Optional<Path> folder = Optional.empty();

    final List<String> listen = new ArrayList<>();
    final List<Node> mapping = new ArrayList<>();

    /** All defaults. */
    SettingsDraft() {
        pool = PoolSettings.defaults().toBuilder();
        limits = ClassLimits.defaults().toBuilder();
        gateway = GatewaySettings.defaults();
        cgi = CgiSettings.defaults();
        process = ProcessSettings.defaults();
        watch = WatchSettings.defaults();
        eventLoops = EventLoopSettings.defaults();
        clients = ClientSettings.defaults();
        quietTime = watch.quietTime();
    }

    /** The values of finished settings. */
    SettingsDraft(FcgiSettings from) {
        pool = from.pool().toBuilder();
        limits = from.limits().toBuilder();
        gateway = from.gateway();
        cgi = from.cgi();
        process = from.process();
        watch = from.watch();
        eventLoops = from.eventLoops();
        clients = from.clients();
        quietTime = watch.quietTime();
        folder = Optional.of(from.documentRoot());
        listen.addAll(from.listen());
        mapping.addAll(from.mapping().directives());
    }

    /** On changes nothing; off forgets the folders so far. */
    void sendFile(boolean on) {
        if (!on) {
            gateway = gateway.withSendFile(SendFilePaths.NONE);
        }
    }

    void addSendFileFolder(Path directory) {
        SendFilePaths now = gateway.sendFile();
        List<Path> folders = new ArrayList<>(now.folders());
        folders.add(directory.normalize());
        gateway = gateway.withSendFile(new SendFilePaths(folders, now.prefixes()));
    }

    void addSendFilePrefix(Argument.Prefix prefix) {
        SendFilePaths now = gateway.sendFile();
        Map<String, Path> prefixes = new HashMap<>(now.prefixes());
        prefixes.put(prefix.url(), prefix.directory().normalize());
        gateway = gateway.withSendFile(new SendFilePaths(now.folders(), prefixes));
    }

    /**
     * The settings that all this comes to.
     *
     * @throws ConfigurationException when there is no document root, or Java code names one that is no folder
     */
    FcgiSettings build() {
        if (folder.isPresent() && !Files.isDirectory(folder.get())) {
            throw new ConfigurationException(folder.get() + ": expected an existing folder to serve");
        }
        Path root = documentRoot
                .or(() -> folder)
                .orElseThrow(() -> new ConfigurationException("no document root: name a folder, or say DocumentRoot"))
                .toAbsolutePath()
                .normalize();
        return new FcgiSettings(
                new MappingSettings(root, mapping, quietTime, limits.build()),
                pool.quietTime(quietTime).build(),
                gateway,
                cgi,
                process,
                watch.withQuietTime(quietTime),
                listen,
                eventLoops,
                clients);
    }
}

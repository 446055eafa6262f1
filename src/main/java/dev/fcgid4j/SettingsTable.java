/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j;

import static dev.fcgid4j.Argument.absoluteDirectory;
import static dev.fcgid4j.Argument.addressRanges;
import static dev.fcgid4j.Argument.bytes;
import static dev.fcgid4j.Argument.directory;
import static dev.fcgid4j.Argument.fraction;
import static dev.fcgid4j.Argument.microseconds;
import static dev.fcgid4j.Argument.number;
import static dev.fcgid4j.Argument.onOff;
import static dev.fcgid4j.Argument.prefix;
import static dev.fcgid4j.Argument.readTimeout;
import static dev.fcgid4j.Argument.seconds;
import static dev.fcgid4j.Argument.text;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * The table of the directives that set a value of the whole server: name, argument with its range, where the value goes,
 * and old names. {@link SettingsBuilder} has a method for each row, named after the directive without its {@code Fcgid}.
 *
 * <p>Directives that are not in this table say which application answers a URL, or are mistakes; the package {@code
 * directives} knows them.
 *
 * <p>Threading: immutable.
 *
 * <p>Source: mod_fcgid for names that begin with {@code Fcgid}; httpd for {@code DocumentRoot}, {@code Listen} and
 * {@code Server…}; mod_xsendfile for {@code XSendFile…}; mod_remoteip for {@code RemoteIP…}; mod_reqtimeout for {@code RequestReadTimeout}.
 */
final class SettingsTable {

    private static final Map<String, Setting<?>> BY_KEY = new LinkedHashMap<>();

    // Processes of all classes.
    static final Setting<Integer> MAX_PROCESSES = row(
            "FcgidMaxProcesses",
            number(1, 100_000),
            (draft, value) -> draft.pool.maxProcesses(value),
            "MaxProcessCount");
    static final Setting<Duration> ERROR_SCAN_INTERVAL =
            row("FcgidErrorScanInterval", seconds(1), (draft, value) -> draft.pool.grace(value));
    static final Setting<Integer> SPAWN_SCORE =
            row("FcgidSpawnScore", number(0, 1_000_000), (draft, value) -> draft.pool.spawnScore(value), "SpawnScore");
    static final Setting<Integer> TERMINATION_SCORE = row(
            "FcgidTerminationScore",
            number(-1_000_000, 1_000_000),
            (draft, value) -> draft.pool.terminationScore(value),
            "TerminationScore");
    static final Setting<Integer> TIME_SCORE =
            row("FcgidTimeScore", number(0, 1_000_000), (draft, value) -> draft.pool.timeScore(value), "TimeScore");
    static final Setting<Integer> SPAWN_SCORE_UP_LIMIT = row(
            "FcgidSpawnScoreUpLimit",
            number(0, 1_000_000),
            (draft, value) -> draft.pool.spawnScoreUpLimit(value),
            "SpawnScoreUpLimit");
    static final Setting<Path> IPC_DIR = row(
            "FcgidIPCDir",
            absoluteDirectory(),
            (draft, value) -> draft.process = draft.process.withRunParent(value),
            "SocketPath");
    static final Setting<Boolean> BATCH_SCHEDULING = row(
            "FcgidBatchScheduling",
            onOff(),
            (draft, value) -> draft.process = draft.process.withBatchScheduling(value));

    // Limits of each class.
    static final Setting<Integer> MAX_PROCESSES_PER_CLASS = row(
            "FcgidMaxProcessesPerClass",
            number(1, 100_000),
            (draft, value) -> draft.limits.maxProcesses(value),
            "DefaultMaxClassProcessCount");
    static final Setting<Integer> MIN_PROCESSES_PER_CLASS = row(
            "FcgidMinProcessesPerClass",
            number(0, 100_000),
            (draft, value) -> draft.limits.minProcesses(value),
            "DefaultMinClassProcessCount");
    static final Setting<Integer> MAX_REQUESTS_PER_PROCESS = row(
            "FcgidMaxRequestsPerProcess",
            number(-1, Integer.MAX_VALUE),
            (draft, value) -> draft.limits.maxRequestsPerProcess(Math.max(0, value)),
            "MaxRequestsPerProcess");
    static final Setting<Duration> IDLE_TIMEOUT =
            row("FcgidIdleTimeout", seconds(0), (draft, value) -> draft.limits.idleTimeout(value), "IdleTimeout");
    static final Setting<Duration> PROCESS_LIFE_TIME =
            row("FcgidProcessLifeTime", seconds(0), (draft, value) -> draft.limits.lifeTime(value), "ProcessLifeTime");
    static final Setting<Duration> BUSY_TIMEOUT =
            row("FcgidBusyTimeout", seconds(0), (draft, value) -> draft.limits.busyTimeout(value), "BusyTimeout");
    static final Setting<Duration> IO_TIMEOUT =
            row("FcgidIOTimeout", seconds(1), (draft, value) -> draft.limits.ioTimeout(value), "IPCCommTimeout");
    static final Setting<Integer> QUEUE_LENGTH =
            row("FcgidQueueLength", number(0, 1_000_000), (draft, value) -> draft.limits.queueLength(value));
    static final Setting<Duration> QUEUE_TIMEOUT =
            row("FcgidQueueTimeout", seconds(1), (draft, value) -> draft.limits.queueTimeout(value));
    static final Setting<Boolean> KEEP_CONNECTION =
            row("FcgidKeepConnection", onOff(), (draft, value) -> draft.limits.keepConnection(value));

    // Changes of files.
    static final Setting<Boolean> WATCH_LOADED_FILES = row(
            "FcgidWatchLoadedFiles", onOff(), (draft, value) -> draft.process = draft.process.withReportLoads(value));
    static final Setting<Duration> SETTLE_TIME =
            row("FcgidSettleTime", seconds(0), (draft, value) -> draft.pool.settleTime(value));
    static final Setting<Duration> QUIET_TIME =
            row("FcgidQuietTime", fraction(), (draft, value) -> draft.quietTime = value);
    static final Setting<Duration> WATCH_INTERVAL =
            row("FcgidWatchInterval", fraction(), (draft, value) -> draft.watch = draft.watch.withPollInterval(value));
    static final Setting<Boolean> INOTIFY =
            row("FcgidInotify", onOff(), (draft, value) -> draft.watch = draft.watch.withInotify(value));

    // Requests and responses.
    static final Setting<Long> MAX_REQUEST_LEN = row(
            "FcgidMaxRequestLen",
            bytes(Long.MAX_VALUE / 2),
            (draft, value) -> draft.gateway = draft.gateway.withMaxRequestLen(value),
            "MaxRequestLen");
    static final Setting<Integer> MAX_REQUEST_IN_MEM = row(
            "FcgidMaxRequestInMem",
            number(0, 1 << 30),
            (draft, value) -> draft.gateway = draft.gateway.withMaxRequestInMem(value),
            "MaxRequestInMem");
    static final Setting<Integer> MAX_RESPONSE_HEADER = row(
            "FcgidMaxResponseHeader",
            number(256, 1 << 24),
            (draft, value) -> draft.gateway = draft.gateway.withMaxResponseHeader(value));
    static final Setting<Integer> MAX_RESPONSE_FIELDS = row(
            "FcgidMaxResponseFields",
            number(1, 100_000),
            (draft, value) -> draft.gateway = draft.gateway.withMaxResponseFields(value));
    static final Setting<Long> MAX_RESPONSE_SPOOL = row(
            "FcgidMaxResponseSpool",
            bytes(Long.MAX_VALUE / 2),
            (draft, value) -> draft.gateway = draft.gateway.withMaxResponseSpool(value));
    static final Setting<Long> MAX_SPOOL = row(
            "FcgidMaxSpool",
            bytes(Long.MAX_VALUE / 2),
            (draft, value) -> draft.gateway = draft.gateway.withMaxSpool(value));
    static final Setting<Boolean> X_SENDFILE = row("XSendFile", onOff(), (draft, value) -> draft.sendFile(value));
    static final Setting<Path> X_SENDFILE_PATH =
            row("XSendFilePath", absoluteDirectory(), (draft, value) -> draft.addSendFileFolder(value));
    static final Setting<Argument.Prefix> X_ACCEL_PATH =
            row("XAccelPath", prefix(), (draft, value) -> draft.addSendFilePrefix(value));

    // The server.
    static final Setting<Path> DOCUMENT_ROOT =
            row("DocumentRoot", directory(), (draft, value) -> draft.documentRoot = Optional.of(value));
    static final Setting<String> SERVER_NAME =
            row("ServerName", text(), (draft, value) -> draft.cgi = draft.cgi.withServerName(value));
    static final Setting<String> SERVER_ADMIN =
            row("ServerAdmin", text(), (draft, value) -> draft.cgi = draft.cgi.withServerAdmin(value));
    static final Setting<String> LISTEN = row("Listen", text(), (draft, value) -> draft.listen.add(value));
    static final Setting<Integer> EVENT_LOOPS = row(
            "EventLoops", number(1, 1024), (draft, value) -> draft.eventLoops = draft.eventLoops.withThreads(value));
    static final Setting<Duration> EVENT_LOOP_SPIN = row(
            "EventLoopSpin", microseconds(1000), (draft, value) -> draft.eventLoops = draft.eventLoops.withSpin(value));

    // The server's clients.
    static final Setting<Integer> MAX_CONNECTIONS = row(
            "MaxConnections",
            number(1, 10_000_000),
            (draft, value) -> draft.clients = draft.clients.withMaxConnections(value));
    static final Setting<Integer> MAX_CONNECTIONS_PER_ADDRESS = row(
            "MaxConnectionsPerAddress",
            number(1, 10_000_000),
            (draft, value) -> draft.clients = draft.clients.withMaxConnectionsPerAddress(value));
    static final Setting<String> REMOTE_IP_HEADER =
            row("RemoteIPHeader", text(), (draft, value) -> draft.clients = draft.clients.withRemoteIpHeader(value));
    static final Setting<List<AddressRange>> REMOTE_IP_INTERNAL_PROXY = row(
            "RemoteIPInternalProxy",
            addressRanges(true),
            (draft, value) -> draft.clients = draft.clients.withProxies(value));
    static final Setting<List<AddressRange>> REMOTE_IP_TRUSTED_PROXY = row(
            "RemoteIPTrustedProxy",
            addressRanges(false),
            (draft, value) -> draft.clients = draft.clients.withProxies(value));
    static final Setting<RequestReadTimeout> REQUEST_READ_TIMEOUT = row(
            "RequestReadTimeout",
            readTimeout(),
            (draft, value) -> draft.clients = draft.clients.withReadTimeout(value));

    private SettingsTable() {}

    private static <T> Setting<T> row(
            String name, Argument<T> argument, BiConsumer<SettingsDraft, T> setter, String... oldNames) {
        Setting<T> setting = new Setting<>(name, argument, setter, List.of(oldNames));
        BY_KEY.put(name.toLowerCase(Locale.ROOT), setting);
        for (String old : oldNames) {
            BY_KEY.put(old.toLowerCase(Locale.ROOT), setting);
        }
        return setting;
    }

    /** The row of a directive, by its name or an old name in lower case. */
    static Optional<Setting<?>> find(String key) {
        return Optional.ofNullable(BY_KEY.get(key));
    }

    /** All rows; one that has old names appears under each. */
    static Collection<Setting<?>> rows() {
        return Collections.unmodifiableCollection(BY_KEY.values());
    }
}

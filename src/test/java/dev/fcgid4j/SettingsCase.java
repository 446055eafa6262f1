/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j;

import dev.fcgid4j.gateway.SendFilePaths;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * A directive and the call that stands for it.
 *
 * @param reader where the value is found in the settings
 */
record SettingsCase(
        String directive,
        UnaryOperator<FcgiSettings.Builder> call,
        Function<FcgiSettings, Object> reader,
        Object value) {

    private static final Path TMP = Path.of("/tmp");
    private static final RequestReadTimeout BODY_OF_5_SECONDS = new RequestReadTimeout(
            RequestReadTimeout.defaults().header(),
            new RequestReadTimeout.Stage(Duration.ofSeconds(5), Duration.ofSeconds(60), 100));

    /** A value that is refused. */
    private SettingsCase(String directive, UnaryOperator<FcgiSettings.Builder> call) {
        this(directive, call, settings -> "", "");
    }

    String name() {
        return directive.substring(0, directive.indexOf(' '));
    }

    @Override
    public String toString() {
        return directive;
    }

    /** Each row of the table, with a value that is not its default. */
    static List<SettingsCase> valid() {
        return List.of(
                new SettingsCase(
                        "FcgidMaxProcesses 7",
                        b -> b.maxProcesses(7),
                        s -> s.pool().maxProcesses(),
                        7),
                new SettingsCase(
                        "FcgidMaxProcessesPerClass 8",
                        b -> b.maxProcessesPerClass(8),
                        s -> s.limits().maxProcesses(),
                        8),
                new SettingsCase(
                        "FcgidMinProcessesPerClass 2",
                        b -> b.minProcessesPerClass(2),
                        s -> s.limits().minProcesses(),
                        2),
                new SettingsCase(
                        "FcgidMaxRequestsPerProcess 500",
                        b -> b.maxRequestsPerProcess(500),
                        s -> s.limits().maxRequestsPerProcess(),
                        500),
                new SettingsCase(
                        "FcgidIdleTimeout 60",
                        b -> b.idleTimeout(Duration.ofSeconds(60)),
                        s -> s.limits().idleTimeout(),
                        Duration.ofSeconds(60)),
                new SettingsCase(
                        "FcgidProcessLifeTime 61",
                        b -> b.processLifeTime(Duration.ofSeconds(61)),
                        s -> s.limits().lifeTime(),
                        Duration.ofSeconds(61)),
                new SettingsCase(
                        "FcgidBusyTimeout 62",
                        b -> b.busyTimeout(Duration.ofSeconds(62)),
                        s -> s.limits().busyTimeout(),
                        Duration.ofSeconds(62)),
                new SettingsCase(
                        "FcgidIOTimeout 63",
                        b -> b.ioTimeout(Duration.ofSeconds(63)),
                        s -> s.limits().ioTimeout(),
                        Duration.ofSeconds(63)),
                new SettingsCase(
                        "FcgidErrorScanInterval 64",
                        b -> b.errorScanInterval(Duration.ofSeconds(64)),
                        s -> s.pool().grace(),
                        Duration.ofSeconds(64)),
                new SettingsCase(
                        "FcgidQueueLength 9",
                        b -> b.queueLength(9),
                        s -> s.limits().queueLength(),
                        9),
                new SettingsCase(
                        "FcgidQueueTimeout 65",
                        b -> b.queueTimeout(Duration.ofSeconds(65)),
                        s -> s.limits().queueTimeout(),
                        Duration.ofSeconds(65)),
                new SettingsCase(
                        "FcgidKeepConnection Off",
                        b -> b.keepConnection(false),
                        s -> s.limits().keepConnection(),
                        false),
                new SettingsCase(
                        "FcgidSpawnScore 3", b -> b.spawnScore(3), s -> s.pool().spawnScore(), 3),
                new SettingsCase(
                        "FcgidTerminationScore -4",
                        b -> b.terminationScore(-4),
                        s -> s.pool().terminationScore(),
                        -4),
                new SettingsCase(
                        "FcgidTimeScore 5", b -> b.timeScore(5), s -> s.pool().timeScore(), 5),
                new SettingsCase(
                        "FcgidSpawnScoreUpLimit 6",
                        b -> b.spawnScoreUpLimit(6),
                        s -> s.pool().spawnScoreUpLimit(),
                        6),
                new SettingsCase(
                        "FcgidIPCDir /usr",
                        b -> b.ipcDir(Path.of("/usr")),
                        s -> s.process().runParent(),
                        Path.of("/usr")),
                new SettingsCase(
                        "FcgidBatchScheduling Off",
                        b -> b.batchScheduling(false),
                        s -> s.process().batchScheduling(),
                        false),
                new SettingsCase(
                        "FcgidWatchLoadedFiles Off",
                        b -> b.watchLoadedFiles(false),
                        s -> s.process().reportLoads(),
                        false),
                new SettingsCase(
                        "FcgidSettleTime 66",
                        b -> b.settleTime(Duration.ofSeconds(66)),
                        s -> s.pool().settleTime(),
                        Duration.ofSeconds(66)),
                new SettingsCase(
                        "FcgidQuietTime 2.5",
                        b -> b.quietTime(Duration.ofMillis(2500)),
                        s -> s.watch().quietTime(),
                        Duration.ofMillis(2500)),
                new SettingsCase(
                        "FcgidWatchInterval 0.25",
                        b -> b.watchInterval(Duration.ofMillis(250)),
                        s -> s.watch().pollInterval(),
                        Duration.ofMillis(250)),
                new SettingsCase(
                        "FcgidInotify Off",
                        b -> b.inotify(false),
                        s -> s.watch().inotify(),
                        false),
                new SettingsCase(
                        "FcgidMaxRequestLen 5000000000",
                        b -> b.maxRequestLen(5_000_000_000L),
                        s -> s.gateway().maxRequestLen(),
                        5_000_000_000L),
                new SettingsCase(
                        "FcgidMaxRequestInMem 10",
                        b -> b.maxRequestInMem(10),
                        s -> s.gateway().maxRequestInMem(),
                        10),
                new SettingsCase(
                        "FcgidMaxResponseHeader 1000",
                        b -> b.maxResponseHeader(1000),
                        s -> s.gateway().maxResponseHeader(),
                        1000),
                new SettingsCase(
                        "FcgidMaxResponseSpool 70000",
                        b -> b.maxResponseSpool(70_000),
                        s -> s.gateway().maxResponseSpool(),
                        70_000L),
                new SettingsCase(
                        "FcgidMaxSpool 80000",
                        b -> b.maxSpool(80_000),
                        s -> s.gateway().maxSpool(),
                        80_000L),
                new SettingsCase(
                        "FcgidMaxResponseFields 11",
                        b -> b.maxResponseFields(11),
                        s -> s.gateway().maxResponseFields(),
                        11),
                new SettingsCase(
                        "XSendFile On", b -> b.xSendFile(true), s -> s.gateway().sendFile(), SendFilePaths.NONE),
                new SettingsCase(
                        "XSendFilePath /tmp",
                        b -> b.xSendFilePath(TMP),
                        s -> s.gateway().sendFile().folders(),
                        List.of(TMP)),
                new SettingsCase(
                        "XAccelPath /files/ /tmp",
                        b -> b.xAccelPath("/files/", TMP),
                        s -> s.gateway().sendFile().prefixes(),
                        Map.of("/files/", TMP)),
                new SettingsCase("DocumentRoot /tmp", b -> b.documentRoot(TMP), s -> s.documentRoot(), TMP),
                new SettingsCase(
                        "ServerName example.org",
                        b -> b.serverName("example.org"),
                        s -> s.cgi().serverName(),
                        "example.org"),
                new SettingsCase(
                        "ServerAdmin me@example.org",
                        b -> b.serverAdmin("me@example.org"),
                        s -> s.cgi().serverAdmin(),
                        "me@example.org"),
                new SettingsCase(
                        "Listen 127.0.0.1:9090",
                        b -> b.listen("127.0.0.1:9090"),
                        s -> s.listen(),
                        List.of("127.0.0.1:9090")),
                new SettingsCase(
                        "EventLoops 12",
                        b -> b.eventLoops(12),
                        s -> s.eventLoops().threads(),
                        12),
                new SettingsCase(
                        "EventLoopSpin 20",
                        b -> b.eventLoopSpin(Duration.ofNanos(20_000)),
                        s -> s.eventLoops().spin(),
                        Duration.ofNanos(20_000)),
                new SettingsCase(
                        "MaxConnections 500",
                        b -> b.maxConnections(500),
                        s -> s.clients().maxConnections(),
                        500),
                new SettingsCase(
                        "MaxConnectionsPerAddress 50",
                        b -> b.maxConnectionsPerAddress(50),
                        s -> s.clients().maxConnectionsPerAddress(),
                        50),
                new SettingsCase(
                        "RemoteIPHeader X-Forwarded-For",
                        b -> b.remoteIPHeader("X-Forwarded-For"),
                        s -> s.clients().remoteIpHeader(),
                        Optional.of("X-Forwarded-For")),
                new SettingsCase(
                        "RemoteIPInternalProxy 10.0.0.0/8 ::1",
                        b -> b.remoteIPInternalProxy("10.0.0.0/8", "::1"),
                        s -> s.clients().proxies().size(),
                        2),
                new SettingsCase(
                        "RemoteIPTrustedProxy 192.0.2.1",
                        b -> b.remoteIPTrustedProxy("192.0.2.1"),
                        s -> s.clients().proxies().get(0).internal(),
                        false),
                new SettingsCase(
                        "RequestReadTimeout body=5-60,MinRate=100",
                        b -> b.requestReadTimeout(BODY_OF_5_SECONDS),
                        s -> s.clients().readTimeout(),
                        BODY_OF_5_SECONDS));
    }

    /** Values just outside of the range. */
    static List<SettingsCase> outOfRange() {
        Path none = Path.of("/no/such");
        return List.of(
                new SettingsCase("FcgidMaxProcesses 0", b -> b.maxProcesses(0)),
                new SettingsCase("FcgidMaxProcesses 100001", b -> b.maxProcesses(100_001)),
                new SettingsCase("FcgidMaxProcessesPerClass 0", b -> b.maxProcessesPerClass(0)),
                new SettingsCase("FcgidMinProcessesPerClass -1", b -> b.minProcessesPerClass(-1)),
                new SettingsCase("FcgidMaxRequestsPerProcess -2", b -> b.maxRequestsPerProcess(-2)),
                new SettingsCase("FcgidQueueLength 1000001", b -> b.queueLength(1_000_001)),
                new SettingsCase("FcgidTerminationScore -1000001", b -> b.terminationScore(-1_000_001)),
                new SettingsCase("FcgidMaxRequestLen -1", b -> b.maxRequestLen(-1)),
                new SettingsCase("FcgidMaxResponseHeader 255", b -> b.maxResponseHeader(255)),
                new SettingsCase("FcgidIPCDir /no/such", b -> b.ipcDir(none)),
                new SettingsCase("XSendFilePath /no/such", b -> b.xSendFilePath(none)),
                new SettingsCase("XAccelPath /files /tmp", b -> b.xAccelPath("/files", TMP)),
                new SettingsCase("EventLoops 1025", b -> b.eventLoops(1025)),
                new SettingsCase("MaxConnections 0", b -> b.maxConnections(0)),
                new SettingsCase("RemoteIPInternalProxy proxy.example", b -> b.remoteIPInternalProxy("proxy.example")),
                new SettingsCase("RemoteIPTrustedProxy 10.0.0.0/33", b -> b.remoteIPTrustedProxy("10.0.0.0/33")));
    }

    /** Times just outside of the range; Java shows them in its own way. */
    static List<SettingsCase> timesOutOfRange() {
        return List.of(
                new SettingsCase("FcgidIdleTimeout -1", b -> b.idleTimeout(Duration.ofSeconds(-1))),
                new SettingsCase("FcgidIOTimeout 0", b -> b.ioTimeout(Duration.ZERO)),
                new SettingsCase("FcgidQueueTimeout 315360001", b -> b.queueTimeout(Duration.ofSeconds(315_360_001))),
                new SettingsCase("FcgidQuietTime 0.049", b -> b.quietTime(Duration.ofMillis(49))),
                new SettingsCase("FcgidWatchInterval 10000", b -> b.watchInterval(Duration.ofSeconds(10_000))),
                new SettingsCase("EventLoopSpin 1001", b -> b.eventLoopSpin(Duration.ofNanos(1_001_000))));
    }
}

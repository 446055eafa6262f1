/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fcgid4j.failure.ConfigurationException;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A directive and the builder's method of the same name are one setting: same result, same range, same mistake. */
class SettingsTableTest {

    private static final Path TMP = Path.of("/tmp");

    @TempDir
    private Path temp;

    /** A directive and the call that stands for it. */
    private record Case(String directive, UnaryOperator<FcgiSettings.Builder> call) {
        private String name() {
            return directive.substring(0, directive.indexOf(' '));
        }

        @Override
        public String toString() {
            return directive;
        }
    }

    /** Each row of the table, with a value that is not its default. */
    private static List<Case> valid() {
        return List.of(
                new Case("FcgidMaxProcesses 7", b -> b.maxProcesses(7)),
                new Case("FcgidMaxProcessesPerClass 8", b -> b.maxProcessesPerClass(8)),
                new Case("FcgidMinProcessesPerClass 2", b -> b.minProcessesPerClass(2)),
                new Case("FcgidMaxRequestsPerProcess 500", b -> b.maxRequestsPerProcess(500)),
                new Case("FcgidIdleTimeout 60", b -> b.idleTimeout(Duration.ofSeconds(60))),
                new Case("FcgidProcessLifeTime 61", b -> b.processLifeTime(Duration.ofSeconds(61))),
                new Case("FcgidBusyTimeout 62", b -> b.busyTimeout(Duration.ofSeconds(62))),
                new Case("FcgidIOTimeout 63", b -> b.ioTimeout(Duration.ofSeconds(63))),
                new Case("FcgidErrorScanInterval 64", b -> b.errorScanInterval(Duration.ofSeconds(64))),
                new Case("FcgidQueueLength 9", b -> b.queueLength(9)),
                new Case("FcgidQueueTimeout 65", b -> b.queueTimeout(Duration.ofSeconds(65))),
                new Case("FcgidSpawnScore 3", b -> b.spawnScore(3)),
                new Case("FcgidTerminationScore -4", b -> b.terminationScore(-4)),
                new Case("FcgidTimeScore 5", b -> b.timeScore(5)),
                new Case("FcgidSpawnScoreUpLimit 6", b -> b.spawnScoreUpLimit(6)),
                new Case("FcgidIPCDir /usr", b -> b.ipcDir(Path.of("/usr"))),
                new Case("FcgidBatchScheduling Off", b -> b.batchScheduling(false)),
                new Case("FcgidWatchLoadedFiles Off", b -> b.watchLoadedFiles(false)),
                new Case("FcgidSettleTime 66", b -> b.settleTime(Duration.ofSeconds(66))),
                new Case("FcgidQuietTime 2.5", b -> b.quietTime(Duration.ofMillis(2500))),
                new Case("FcgidWatchInterval 0.25", b -> b.watchInterval(Duration.ofMillis(250))),
                new Case("FcgidInotify Off", b -> b.inotify(false)),
                new Case("FcgidMaxRequestLen 5000000000", b -> b.maxRequestLen(5_000_000_000L)),
                new Case("FcgidMaxRequestInMem 10", b -> b.maxRequestInMem(10)),
                new Case("FcgidMaxResponseHeader 1000", b -> b.maxResponseHeader(1000)),
                new Case("FcgidMaxResponseFields 11", b -> b.maxResponseFields(11)),
                new Case("XSendFile On", b -> b.xSendFile(true)),
                new Case("XSendFilePath /tmp", b -> b.xSendFilePath(TMP)),
                new Case("XAccelPath /files/ /tmp", b -> b.xAccelPath("/files/", TMP)),
                new Case("DocumentRoot /tmp", b -> b.documentRoot(TMP)),
                new Case("ServerName example.org", b -> b.serverName("example.org")),
                new Case("ServerAdmin me@example.org", b -> b.serverAdmin("me@example.org")),
                new Case("Listen 127.0.0.1:9090", b -> b.listen("127.0.0.1:9090")),
                new Case("EventLoops 12", b -> b.eventLoops(12)),
                new Case("EventLoopSpin 20", b -> b.eventLoopSpin(Duration.ofNanos(20_000))));
    }

    /** Values just outside of the range. */
    private static List<Case> outOfRange() {
        Path none = Path.of("/no/such");
        return List.of(
                new Case("FcgidMaxProcesses 0", b -> b.maxProcesses(0)),
                new Case("FcgidMaxProcesses 100001", b -> b.maxProcesses(100_001)),
                new Case("FcgidMaxProcessesPerClass 0", b -> b.maxProcessesPerClass(0)),
                new Case("FcgidMinProcessesPerClass -1", b -> b.minProcessesPerClass(-1)),
                new Case("FcgidMaxRequestsPerProcess -2", b -> b.maxRequestsPerProcess(-2)),
                new Case("FcgidQueueLength 1000001", b -> b.queueLength(1_000_001)),
                new Case("FcgidTerminationScore -1000001", b -> b.terminationScore(-1_000_001)),
                new Case("FcgidMaxRequestLen -1", b -> b.maxRequestLen(-1)),
                new Case("FcgidMaxResponseHeader 255", b -> b.maxResponseHeader(255)),
                new Case("FcgidIPCDir /no/such", b -> b.ipcDir(none)),
                new Case("XSendFilePath /no/such", b -> b.xSendFilePath(none)),
                new Case("XAccelPath /files /tmp", b -> b.xAccelPath("/files", TMP)),
                new Case("EventLoops 1025", b -> b.eventLoops(1025)));
    }

    /** Times just outside of the range; Java shows them in its own way. */
    private static List<Case> timesOutOfRange() {
        return List.of(
                new Case("FcgidIdleTimeout -1", b -> b.idleTimeout(Duration.ofSeconds(-1))),
                new Case("FcgidIOTimeout 0", b -> b.ioTimeout(Duration.ZERO)),
                new Case("FcgidQueueTimeout 315360001", b -> b.queueTimeout(Duration.ofSeconds(315_360_001))),
                new Case("FcgidQuietTime 0.049", b -> b.quietTime(Duration.ofMillis(49))),
                new Case("FcgidWatchInterval 10000", b -> b.watchInterval(Duration.ofSeconds(10_000))),
                new Case("EventLoopSpin 1001", b -> b.eventLoopSpin(Duration.ofNanos(1_001_000))));
    }

    private FcgiSettings.Builder builder() {
        return FcgiSettings.builder().documentRoot(temp);
    }

    @ParameterizedTest
    @MethodSource("valid")
    void textAndJavaGiveTheSameSettings(Case each) {
        FcgiSettings byText = builder().directives(each.directive).build();
        FcgiSettings byJava = each.call.apply(builder()).build();

        assertThat(byText).usingRecursiveComparison().isEqualTo(byJava);
    }

    /** All but XSendFile On, which is what it is when folders are named. */
    private static List<Case> changing() {
        return valid().stream().filter(each -> !each.name().equals("XSendFile")).toList();
    }

    @ParameterizedTest
    @MethodSource("changing")
    void valueReachesTheSettings(Case each) {
        assertThat(each.call.apply(builder()).build())
                .usingRecursiveComparison()
                .isNotEqualTo(builder().build());
    }

    @ParameterizedTest
    @MethodSource("valid")
    void settingsThatWereBuiltCanBeBuiltOn(Case each) {
        FcgiSettings first = each.call.apply(builder()).build();

        FcgiSettings second = FcgiSettings.builder().settings(first).build();

        assertThat(second).usingRecursiveComparison().isEqualTo(first);
    }

    @ParameterizedTest
    @MethodSource("outOfRange")
    void textAndJavaRefuseTheSameValuesInTheSameWords(Case each) {
        assertThatThrownBy(() -> each.call.apply(builder()))
                .isInstanceOf(ConfigurationException.class)
                .satisfies(byJava -> assertThatThrownBy(() -> builder().directives(each.directive, "test.conf"))
                        .isInstanceOf(ConfigurationException.class)
                        .hasMessage("test.conf:1: " + byJava.getMessage()));
    }

    @ParameterizedTest
    @MethodSource("timesOutOfRange")
    void textAndJavaRefuseTheSameTimes(Case each) {
        assertThatThrownBy(() -> each.call.apply(builder()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageMatching(each.name() + ": expected .*, found PT.*");
        assertThatThrownBy(() -> builder().directives(each.directive, "test.conf"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageMatching("test.conf:1: " + each.name() + ": expected .*, found [-.0-9]+");
    }

    @Test
    void everyRowIsTried() {
        assertThat(valid().stream().map(Case::name))
                .containsExactlyInAnyOrderElementsOf(SettingsTable.rows().stream()
                        .map(Setting::name)
                        .distinct()
                        .toList());
    }

    @Test
    void everyRowIsDocumented() throws IOException {
        String page = Files.readString(Path.of("docs/configuration.md"));

        assertThat(SettingsTable.rows()).extracting(Setting::name).allSatisfy(name -> assertThat(page)
                .containsPattern("`" + name + "[ `]"));
    }

    @Test
    void everyRowHasAMethodThatIsNamedAfterIt() {
        assertThat(Stream.of(SettingsBuilder.class.getMethods()).map(Method::getName))
                .containsAll(SettingsTable.rows().stream()
                        .map(row -> methodName(row.name()))
                        .toList());
    }

    /** Without Fcgid; the first word in lower case, a leading acronym as a whole. */
    private static String methodName(String directive) {
        String name = directive.startsWith("Fcgid") ? directive.substring(5) : directive;
        if (name.startsWith("XSend") || name.startsWith("XAccel")) {
            return "x" + name.substring(1);
        }
        int acronym = 0;
        while (Character.isUpperCase(name.charAt(acronym))) {
            acronym++;
        }
        int end = Math.max(1, acronym - 1);
        return name.substring(0, end).toLowerCase(Locale.ROOT) + name.substring(end);
    }

    @ParameterizedTest
    @MethodSource("valid")
    void oldNameMeansTheSame(Case each) {
        Setting<?> row =
                SettingsTable.find(each.name().toLowerCase(Locale.ROOT)).orElseThrow();
        for (String old : row.oldNames()) {
            String line = old + each.directive.substring(each.name().length());

            assertThat(builder().directives(line).build())
                    .usingRecursiveComparison()
                    .isEqualTo(each.call.apply(builder()).build());
        }
    }

    @Test
    void laterOneWinsWhicheverDoorItComesThrough() {
        assertThat(builder()
                        .maxProcessesPerClass(8)
                        .directives("FcgidMaxProcessesPerClass 9")
                        .build()
                        .limits()
                        .maxProcesses())
                .isEqualTo(9);
        assertThat(builder()
                        .directives("FcgidMaxProcessesPerClass 9")
                        .maxProcessesPerClass(8)
                        .build()
                        .limits()
                        .maxProcesses())
                .isEqualTo(8);
    }

    @Test
    void xSendFileOffForgetsWhatWasPermitted() {
        assertThat(builder()
                        .xSendFilePath(TMP)
                        .xSendFile(false)
                        .build()
                        .gateway()
                        .sendFile()
                        .folders())
                .isEmpty();
    }

    @Test
    void quietTimeIsTheSameForPoolWatcherAndMapping() {
        FcgiSettings settings = builder().quietTime(Duration.ofSeconds(3)).build();

        assertThat(settings.pool().quietTime())
                .isEqualTo(settings.watch().quietTime())
                .isEqualTo(settings.mapping().quietTime())
                .isEqualTo(Duration.ofSeconds(3));
    }
}

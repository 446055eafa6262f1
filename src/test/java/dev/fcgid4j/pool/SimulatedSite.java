/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import dev.fcgid4j.application.ChangePolicy;
import dev.fcgid4j.application.ClassLimits;
import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.process.ProcessCommand;
import dev.fcgid4j.testkit.FakeFile;
import dev.fcgid4j.testkit.FakeFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** What a seed decides before the first step: the limits, the files, and the process classes that use them. */
final class SimulatedSite {

    private static final long HOUR_NANOS = 3_600_000_000_000L;
    private static final int LIBRARIES = 2;

    private final boolean punctual;
    private final boolean singleClass;
    private final Duration settleTime;
    private final PoolSettings settings;
    private final ClassLimits limits;
    private final List<SimulatedClass> classes = new ArrayList<>();

    SimulatedSite(Random random, FakeFiles files) {
        punctual = random.nextBoolean();
        singleClass = random.nextInt(3) == 0;
        settleTime = random.nextInt(4) == 0 ? Duration.ofSeconds(2) : Duration.ZERO;
        settings = PoolSettings.defaults().toBuilder()
                .settleTime(settleTime)
                .maxProcesses((singleClass ? 3 : 1) + random.nextInt(5))
                .build();
        limits = limits(random);
        for (int i = 0; i < LIBRARIES; i++) {
            addFile(libraryPath(i), random, files);
        }
        for (int i = 0; i < (singleClass ? 1 : 3); i++) {
            FakeFile script = addFile(Path.of("/site/" + i), random, files);
            classes.add(new SimulatedClass(
                    processClass("/" + i, script.path(), random), script, files.at(libraryPath(i)), settleTime));
        }
    }

    private static ClassLimits limits(Random random) {
        return ClassLimits.defaults().toBuilder()
                .maxProcesses(1 + random.nextInt(4))
                .maxRequestsPerProcess(random.nextInt(3) == 0 ? 3 : 0)
                .minProcesses(random.nextInt(2))
                .queueLength(random.nextInt(12))
                .queueTimeout(Duration.ofSeconds(5))
                .idleTimeout(Duration.ofSeconds(20))
                .busyTimeout(Duration.ofSeconds(30))
                .build();
    }

    private static Path libraryPath(int which) {
        return Path.of("/lib/" + which % LIBRARIES);
    }

    private static FakeFile addFile(Path path, Random random, FakeFiles files) {
        boolean immediate = random.nextInt(3) != 0;
        long clockSkewNanos = (random.nextInt(3) - 1) * HOUR_NANOS;
        return files.add(path, immediate, clockSkewNanos);
    }

    private ProcessClass processClass(String name, Path script, Random random) {
        boolean rolling = random.nextBoolean();
        int canaryPercent = random.nextBoolean() ? 0 : singleClass ? 50 : 20;
        return new ProcessClass(
                name,
                new ProcessCommand(List.of(script.toString()), Map.of(), Path.of("/")),
                new ChangePolicy(List.of(script), List.of(), true, rolling, Optional.empty(), canaryPercent),
                limits);
    }

    /** Whether the pool is swept when it asked for it; otherwise some time later. */
    boolean isPunctual() {
        return punctual;
    }

    /** Whether there is one class, whose files change seldom: its schedule is longer and goes deeper. */
    boolean isSingleClass() {
        return singleClass;
    }

    /** FcgidSettleTime. */
    Duration settleTime() {
        return settleTime;
    }

    /** The limits over all classes. */
    PoolSettings settings() {
        return settings;
    }

    /** The limits of each class. */
    ClassLimits limits() {
        return limits;
    }

    List<SimulatedClass> classes() {
        return classes;
    }

    SimulatedClass classOf(ProcessClass processClass) {
        return classes.stream()
                .filter(each -> each.processClass().equals(processClass))
                .findFirst()
                .orElseThrow();
    }

    SimulatedClass classNamed(String name) {
        return classes.stream()
                .filter(each -> each.processClass().name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    SimulatedClass classOfScript(Path script) {
        return classes.stream()
                .filter(each -> each.script().path().equals(script))
                .findFirst()
                .orElseThrow();
    }
}

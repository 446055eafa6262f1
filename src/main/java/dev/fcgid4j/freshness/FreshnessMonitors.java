/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.freshness;

import dev.fcgid4j.application.ProcessClass;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Creates the monitors of all process classes and owns what they share: the watch on the load reports, and what is known of
 * the clocks of file systems.
 *
 * <p>Threading: any thread.
 */
public final class FreshnessMonitors implements AutoCloseable {

    private final FreshnessEnvironment environment;
    private final FreshnessMonitor.Shared shared;

    /**
     * Watches the load reports.
     *
     * @param quietTime a file may be missing for this time before it counts as removed (FcgidQuietTime)
     * @param reportDirectory the directory of the load reports; empty if no process writes one
     */
    public FreshnessMonitors(FreshnessEnvironment environment, Duration quietTime, Optional<Path> reportDirectory) {
        this.environment = environment;
        this.shared = new FreshnessMonitor.Shared(
                quietTime.toNanos(),
                new FileSystemClocks(),
                LoadReportWatch.of(environment.watcher(), reportDirectory));
    }

    /** Creates the monitor of a class. The caller closes it. */
    public FreshnessMonitor create(ProcessClass processClass, FreshnessExecutor executor) {
        return new FreshnessMonitor(processClass, environment, executor, shared);
    }

    /** Ends the watch on the load reports. The owners of the monitors close those. */
    @Override
    public void close() {
        shared.reports().close();
    }
}

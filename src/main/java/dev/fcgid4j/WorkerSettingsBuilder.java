/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j;

import java.nio.file.Path;
import java.time.Duration;

/**
 * The part of a {@link SettingsBuilder} that is about worker processes: how many there are, how long they live, and which
 * changed files replace them.
 *
 * <p>Each method stands for one directive, has the same range, and throws a {@link
 * dev.fcgid4j.failure.ConfigurationException} for a value outside of it. Later calls win.
 *
 * <p>Threading: not thread-safe.
 *
 * @param <B> the builder that the methods return
 */
public abstract sealed class WorkerSettingsBuilder<B> permits RequestSettingsBuilder {

    WorkerSettingsBuilder() {}

    /** This builder. */
    abstract B self();

    /** Where the values are collected. */
    abstract SettingsDraft draft();

    /** Checks a value and keeps it: what directives and methods have in common. */
    final <T> B set(Setting<T> setting, T value) {
        setting.set(draft(), value);
        return self();
    }

    /**
     * Limits the processes of all classes together; those that are being stopped count. When the limit is reached, an
     * idle worker of another class makes room.
     *
     * <p>From 1 to 100,000; default 1000. Directive: {@code FcgidMaxProcesses}. Source: mod_fcgid.
     */
    public B maxProcesses(int processes) {
        return set(SettingsTable.MAX_PROCESSES, processes);
    }

    /**
     * Limits the processes of one class: of one script or one wrapper.
     *
     * <p>From 1 to 100,000; default 100. Directive: {@code FcgidMaxProcessesPerClass}. Source: mod_fcgid.
     */
    public B maxProcessesPerClass(int processes) {
        return set(SettingsTable.MAX_PROCESSES_PER_CLASS, processes);
    }

    /**
     * Keeps this many processes of a class once it has served a request: idle timeout and lifetime leave so many, and
     * others are started until there are so many. At most {@link #maxProcessesPerClass}. Only a class without any process
     * may take one of them, when all processes of the server are in use.
     *
     * <p>From 0 to 100,000; default 0. Directive: {@code FcgidMinProcessesPerClass}. Source: mod_fcgid, where the
     * default is 3 and none is started for it.
     */
    public B minProcessesPerClass(int processes) {
        return set(SettingsTable.MIN_PROCESSES_PER_CLASS, processes);
    }

    /**
     * Replaces a process after this many requests.
     *
     * <p>From 1; 0 and -1 mean no limit, the default. Directive: {@code FcgidMaxRequestsPerProcess}. Source:
     * mod_fcgid.
     */
    public B maxRequestsPerProcess(int requests) {
        return set(SettingsTable.MAX_REQUESTS_PER_PROCESS, requests);
    }

    /**
     * Stops a worker that has been idle for this time.
     *
     * <p>From zero, which means never, to ten years; default 300 s. Directive: {@code FcgidIdleTimeout}. Source:
     * mod_fcgid.
     */
    public B idleTimeout(Duration time) {
        return set(SettingsTable.IDLE_TIMEOUT, time);
    }

    /**
     * Stops a worker of this age when it is idle; it serves no further request.
     *
     * <p>From zero, which means no limit, to ten years; default 3600 s. Directive: {@code FcgidProcessLifeTime}.
     * Source: mod_fcgid.
     */
    public B processLifeTime(Duration time) {
        return set(SettingsTable.PROCESS_LIFE_TIME, time);
    }

    /**
     * Kills a worker that still runs this long after it was asked to end: the time between SIGTERM and SIGKILL.
     *
     * <p>From 1 s to ten years; default 3 s. Directive: {@code FcgidErrorScanInterval}. Source: mod_fcgid.
     */
    public B errorScanInterval(Duration time) {
        return set(SettingsTable.ERROR_SCAN_INTERVAL, time);
    }

    /**
     * Adds points to the spawn score of a class when a process of it starts.
     *
     * <p>From 0 to 1,000,000; default 1. Directive: {@code FcgidSpawnScore}. Source: mod_fcgid.
     */
    public B spawnScore(int points) {
        return set(SettingsTable.SPAWN_SCORE, points);
    }

    /**
     * Adds points to the spawn score of a class when a process of it ends.
     *
     * <p>From -1,000,000 to 1,000,000; default 2. Directive: {@code FcgidTerminationScore}. Source: mod_fcgid.
     */
    public B terminationScore(int points) {
        return set(SettingsTable.TERMINATION_SCORE, points);
    }

    /**
     * Takes points from the spawn score of a class for each second.
     *
     * <p>From 0 to 1,000,000; default 1. Directive: {@code FcgidTimeScore}. Source: mod_fcgid.
     */
    public B timeScore(int points) {
        return set(SettingsTable.TIME_SCORE, points);
    }

    /**
     * Stops a class from starting processes while its spawn score is this high.
     *
     * <p>From 1 to 1,000,000; 0, the default, means no limit. Directive: {@code FcgidSpawnScoreUpLimit}. Source:
     * mod_fcgid, where the default is 10.
     */
    public B spawnScoreUpLimit(int points) {
        return set(SettingsTable.SPAWN_SCORE_UP_LIMIT, points);
    }

    /**
     * Names the directory in which the private run directory with the workers' sockets is made. Its path must be
     * short, because the path of a Unix socket has at most 107 bytes.
     *
     * <p>The absolute path of an existing directory; default {@code XDG_RUNTIME_DIR} or the temporary directory.
     * Directive: {@code FcgidIPCDir}. Source: mod_fcgid.
     */
    public B ipcDir(Path directory) {
        return set(SettingsTable.IPC_DIR, directory);
    }

    /**
     * Runs processes under SCHED_BATCH. They get the same share of the processors, but they do not interrupt the
     * server at the moment in which it hands them a request.
     *
     * <p>Default on. Directive: {@code FcgidBatchScheduling}.
     */
    public B batchScheduling(boolean on) {
        return set(SettingsTable.BATCH_SCHEDULING, on);
    }

    /**
     * Replaces a process when a file that it has loaded changes. Off: only files that the process names itself count.
     *
     * <p>Default on. Directive: {@code FcgidWatchLoadedFiles}.
     */
    public B watchLoadedFiles(boolean on) {
        return set(SettingsTable.WATCH_LOADED_FILES, on);
    }

    /**
     * Makes a change take effect only when nothing more has changed for this time.
     *
     * <p>From zero, which means at once and is the default, to ten years. Directive: {@code FcgidSettleTime}.
     */
    public B settleTime(Duration time) {
        return set(SettingsTable.SETTLE_TIME, time);
    }

    /**
     * Sets the time after which a writer that never closes its file counts as done, a file that is away counts as
     * removed, and an answer that may be due to half a file is sent.
     *
     * <p>From 50 ms to 9999 s; default 1 s. Directive: {@code FcgidQuietTime}.
     */
    public B quietTime(Duration time) {
        return set(SettingsTable.QUIET_TIME, time);
    }

    /**
     * Sets how often files are compared where the kernel does not report changes.
     *
     * <p>From 50 ms to 9999 s; default 1 s. Directive: {@code FcgidWatchInterval}.
     */
    public B watchInterval(Duration time) {
        return set(SettingsTable.WATCH_INTERVAL, time);
    }

    /**
     * Asks the kernel for changes of files. Off: all files are compared at each watch interval.
     *
     * <p>Default on. Directive: {@code FcgidInotify}.
     */
    public B inotify(boolean on) {
        return set(SettingsTable.INOTIFY, on);
    }
}

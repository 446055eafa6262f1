/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import dev.fcgid4j.freshness.LoadedFile;
import dev.fcgid4j.testkit.FakeFile;
import dev.fcgid4j.testkit.FakeProcess;
import dev.fcgid4j.watch.FileStamp;
import java.util.List;
import java.util.Random;

/**
 * The model of a process: which versions of its files it runs. It reads its script as it starts or at any time before
 * its first response, and loads its library at any time.
 */
final class SimulatedProcess {

    private static final int UNREAD = -1;
    private static final long YOUNG_NANOS = 50_000_000L;

    private final FakeProcess process;
    private final SimulatedClass of;
    private final SimulationWorld world;
    private final int recycledBefore;
    private int scriptVersion = UNREAD;
    private int libraryVersion = UNREAD;

    SimulatedProcess(FakeProcess process, SimulatedClass of, SimulationWorld world) {
        this.process = process;
        this.of = of;
        this.world = world;
        this.recycledBefore = of.recycled();
        process.onReportRead(this::reportWasRead);
    }

    /** A name alone of a file that has been missing proves nothing to the pool: it might be a new one. */
    private void reportWasRead(List<LoadedFile> read) {
        if (read.stream().anyMatch(file -> !file.isNameOnly() || !of.library().wasEverMissing())) {
            of.libraryIsKnown();
        }
    }

    FakeProcess process() {
        return process;
    }

    SimulatedClass of() {
        return of;
    }

    void readScript() {
        scriptVersion = oldestScript();
    }

    /** Loads the library, unless it is missing, and reports all about it or its name alone. */
    void loadLibrary() {
        FakeFile library = of.library();
        if (libraryVersion != UNREAD) {
            process.report(LoadedFile.named(library.path())); // once more, which is no news
        } else if (!library.isMissing()) {
            libraryVersion = library.version();
            process.report(report(library, world.random(), world.clock().nowNanos()));
        }
    }

    private static LoadedFile report(FakeFile library, Random random, long now) {
        if (random.nextInt(3) == 0) {
            return LoadedFile.named(library.path());
        }
        FileStamp stamp = library.stamp();
        boolean young = now - library.changedNanos() < YOUNG_NANOS;
        return new LoadedFile(
                library.path(),
                now,
                stamp.modifiedNanos(),
                stamp.changedNanos(),
                stamp.size(),
                stamp.inode(),
                young ? library.content() : "");
    }

    /** The pool notices the report, if there is a new one. */
    void announceReport() {
        if (process.hasUnreadReport()) {
            world.loadReportGrew(process.pid());
        }
    }

    /** The oldest version of the script that it may run. */
    int oldestScript() {
        return scriptVersion == UNREAD ? of.script().version() : scriptVersion;
    }

    /** The oldest version of the library that it may run. */
    int oldestLibrary() {
        return libraryVersion == UNREAD ? of.library().version() : libraryVersion;
    }

    boolean hasLoadedLibrary() {
        return libraryVersion != UNREAD;
    }

    boolean runsNewestFiles() {
        return oldestScript() == of.script().version()
                && oldestLibrary() == of.library().version();
    }

    /** How often its class had been recycled when it was started. */
    int recycledBefore() {
        return recycledBefore;
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.testkit.FakeFile;
import java.time.Duration;

/** The model of a process class: its files, what clients have seen of them, and what the pool knows of them. */
final class SimulatedClass {

    private final ProcessClass processClass;
    private final FakeFile script;
    private final FakeFile library;
    private final Duration settleTime;
    private int newestAnswered;
    private int recycled;
    private boolean libraryKnown;
    private boolean libraryWriteKnown;

    SimulatedClass(ProcessClass processClass, FakeFile script, FakeFile library, Duration settleTime) {
        this.processClass = processClass;
        this.script = script;
        this.library = library;
        this.settleTime = settleTime;
    }

    ProcessClass processClass() {
        return processClass;
    }

    /** The file that the class's policy names. */
    FakeFile script() {
        return script;
    }

    /** The file that its processes load and report. */
    FakeFile library() {
        return library;
    }

    boolean isRolling() {
        return processClass.policy().rolling();
    }

    /** Whether a change counts at once, for each request that comes after it. */
    boolean changesCountAtOnce() {
        return !isRolling() && settleTime.isZero();
    }

    /** Whether only a comparison finds some of its changes. */
    boolean isPolled() {
        return !library.isImmediate() || !script.isImmediate();
    }

    /** A client has a response that was made from this version of the script. */
    void answeredFrom(int version) {
        newestAnswered = Math.max(newestAnswered, version);
    }

    /** The oldest version of the script that a request may be answered from now. */
    int oldestAllowedScript() {
        return script.isImmediate() ? script.version() : newestAnswered;
    }

    /** The oldest version of the library that a request may be answered from now. */
    int oldestAllowedLibrary() {
        return library.isImmediate() ? library.version() : 0;
    }

    /** The class was recycled. */
    void recycle() {
        recycled++;
    }

    /** How often it was recycled. */
    int recycled() {
        return recycled;
    }

    /** The pool has learned that the class's processes load the library. */
    void libraryIsKnown() {
        libraryKnown = true;
    }

    /** The pool has forgotten the class and all that it knew of its files. */
    void forgetLibrary() {
        libraryKnown = false;
    }

    /** A writer begins to write the library: the pool learns of it only if it watches the library for this class. */
    void libraryIsBeingWritten() {
        libraryWriteKnown = libraryKnown;
    }

    /** Whether the pool must not start a process, because it knows of an unfinished write. */
    boolean isKnownToBeWritten() {
        return script.isBeingWritten() || (libraryKnown && libraryWriteKnown && library.isBeingWritten());
    }

    /** Whether the pool must not start a process, because a file that it knows is missing and may come back. */
    boolean isKnownToMissLibrary(Duration quietTime) {
        return libraryKnown && library.isMissingForLessThan(quietTime.toNanos());
    }
}

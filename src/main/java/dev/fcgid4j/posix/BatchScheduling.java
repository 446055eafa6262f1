/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.posix;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;

/**
 * Puts a process under SCHED_BATCH. The process has the same share of the processors as any other, but when another thread
 * wakes it, it does not preempt that thread. Its children inherit the policy.
 *
 * <p>The policy is set right after the start, because {@code posix_spawn} of glibc refuses it in its attributes. Some C
 * libraries lack the call, and a sandbox may forbid it; then the process is scheduled as any other.
 *
 * <p>Threading: any thread. Stateless.
 *
 * <p>Source: sched(7), sched_setscheduler(2).
 */
final class BatchScheduling {

    static final boolean AVAILABLE = register();
    private static final int SCHED_BATCH = 3;
    private static final int PARAMETERS_SIZE = 64; // an int of priority; some libraries have more fields

    private BatchScheduling() {}

    private static native int sched_setscheduler(int pid, int policy, Pointer parameters);

    /** Puts a process under SCHED_BATCH; returns false if that is not possible. */
    static boolean apply(int pid) {
        if (!AVAILABLE) {
            return false;
        }
        Memory parameters = new Memory(PARAMETERS_SIZE);
        parameters.clear();
        return sched_setscheduler(pid, SCHED_BATCH, parameters) == 0;
    }

    private static boolean register() {
        try {
            Native.register(BatchScheduling.class, NativeLibrary.getProcess());
            return true;
        } catch (UnsatisfiedLinkError e) {
            return false; // the C library lacks the call
        }
    }
}

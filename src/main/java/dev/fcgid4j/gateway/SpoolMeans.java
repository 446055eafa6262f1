/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import dev.fcgid4j.limits.LogLimiter;
import io.netty.buffer.ByteBufAllocator;
import java.util.concurrent.Executor;

/**
 * What a spool of one request works with.
 *
 * @param memory bytes in memory, of all spools
 * @param disk bytes in temporary files, of all spools (FcgidMaxSpool)
 * @param log permits a line about a failure of any spool once a minute
 * @param allocator for copies and for what is read back from a file
 * @param loop runs tasks on the event loop of the request
 * @param blocking opens, writes, reads and closes files
 */
record SpoolMeans(
        ByteBudget memory,
        ByteBudget disk,
        LogLimiter log,
        ByteBufAllocator allocator,
        Executor loop,
        Executor blocking) {

    /** Longest body that stays in memory when there is a file to go to. */
    static final int MAX_IN_MEMORY = 1 << 20;
}

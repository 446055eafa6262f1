/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import dev.fcgid4j.application.ProcessClass;

/**
 * How the classes share the permits of the {@link ProcessBudget}.
 *
 * <p>Threading: any thread that does not hold the lock of a group.
 */
interface PermitTrade {

    /** A class lacks a permit: another class should give up a worker that has been idle for long. */
    void makeRoomFor(ProcessClass wanting);

    /** A permit was given back: the classes that lack one try again. */
    void permitFreed();
}

/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.observe;

/**
 * Receives what happens in a pool.
 *
 * <p>Threading: called on any thread, also on event loops and on several threads at once; never under a lock of the
 * pool. An implementation returns quickly and does not block. The events of one worker arrive in their order, except that
 * a very short-lived process may be reported as exited before it is reported as started.
 *
 * <p>Failure: what a listener throws is logged and changes nothing.
 */
@FunctionalInterface
public interface FcgiListener {

    /** Ignores every event. */
    FcgiListener NONE = event -> {};

    /** Something happened. */
    void onEvent(FcgiEvent event);
}

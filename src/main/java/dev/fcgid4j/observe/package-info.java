/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What happens in a pool, as values: events for what is rare, counters and histograms for what happens with each
 * request, snapshots for how things stand.
 *
 * <p>Depends on: nothing; every package may say what happened.
 *
 * <p>Threading: events and snapshots are immutable. A {@link dev.fcgid4j.observe.RequestMeter} has one writer at a time
 * and any number of readers.
 *
 * <p>Public for embedders. Start at {@link dev.fcgid4j.observe.FcgiListener}.
 */
@NullMarked
package dev.fcgid4j.observe;

import org.jspecify.annotations.NullMarked;

/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Status for people: the status page, which reads snapshots, and the log, which listens to events.
 *
 * <p>Depends on: {@code observe}.
 *
 * <p>Threading: any thread.
 *
 * <p>Public for embedders. Start at {@link dev.fcgid4j.status.StatusPage}.
 */
@NullMarked
package dev.fcgid4j.status;

import org.jspecify.annotations.NullMarked;

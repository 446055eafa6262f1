/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Status for people and programs; reads snapshots, changes nothing.
 *
 * <p>Depends on: {@code pool}.
 *
 * <p>Threading: pure functions.
 *
 * <p>Public for embedders. Start at {@link dev.fcgid4j.status.StatusPage}.
 */
@NullMarked
package dev.fcgid4j.status;

import org.jspecify.annotations.NullMarked;

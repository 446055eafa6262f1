/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a FastCGI application is: its command, its change policy, its limits, and the key
 * under which its workers are interchangeable.
 *
 * <p>Depends on: {@code codec}, {@code process}, {@code watch}.
 *
 * <p>Threading: everything is immutable.
 *
 * <p>Public for embedders. Start at {@link dev.fcgid4j.application.ProcessClass}.
 */
@NullMarked
package dev.fcgid4j.application;

import org.jspecify.annotations.NullMarked;

/* SPDX-License-Identifier: Apache-2.0 */
/**
 * C library calls, bound once through JNA; the only package that touches native memory. Depends on nothing. Not for embedders: public for {@code process} and {@code watch} only.
 *
 * <p>Threading: every call may be made from any thread.
 */
@NullMarked
package dev.fcgid4j.posix;

import org.jspecify.annotations.NullMarked;

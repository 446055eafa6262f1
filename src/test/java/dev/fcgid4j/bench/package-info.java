/* SPDX-License-Identifier: Apache-2.0 */
/** Programs that measure; nothing here decides a test. */
@NullMarked
package dev.fcgid4j.bench;

import org.jspecify.annotations.NullMarked;

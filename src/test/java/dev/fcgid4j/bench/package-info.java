/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Programs that measure; nothing here decides a test. JMH runs them:
 *
 * <pre>{@code
 * mvn -q test-compile exec:exec@jmh                                  all of them, about ten minutes
 * mvn -q test-compile exec:exec@jmh -Djmh.args="CodecBench -f 1"     some, with JMH's own options
 * }</pre>
 */
@NullMarked
package dev.fcgid4j.bench;

import org.jspecify.annotations.NullMarked;

/* SPDX-License-Identifier: Apache-2.0 */
/**
 * FastCGI 1.0 records and their encoding: the protocol alone, without processes or HTTP.
 *
 * <p>Depends on: {@code failure}, and Netty's buffers and handlers.
 *
 * <p>Threading: the decoder belongs to one channel's event loop; records are immutable except for the buffer they carry;
 * the writers are stateless.
 *
 * <p>Public for embedders. Start at {@link dev.fcgid4j.codec.FcgiRecord}, then {@link
 * dev.fcgid4j.codec.FcgiRecordDecoder}.
 */
@NullMarked
package dev.fcgid4j.codec;

import org.jspecify.annotations.NullMarked;

/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.codec;

/**
 * One FastCGI record.
 *
 * <p>Ownership: stream records carry a buffer; whoever receives one releases it.
 *
 * <p>Source: FastCGI 1.0, section 3.3.
 */
public sealed interface FcgiRecord permits ManagementRecord, ApplicationRecord {

    /** The only version of the protocol. */
    int VERSION = 1;

    /** Bytes of the header that each record begins with. */
    int HEADER_LENGTH = 8;

    /** Most bytes of content in one record. */
    int MAX_CONTENT = 65_535;

    /** Most bytes of name-value pairs in a management record that are written or accepted. */
    int MAX_VALUES = 8192;

    /** What it is. */
    RecordType type();

    /** Which request of the connection it belongs to; 0 for a management record. */
    int requestId();
}

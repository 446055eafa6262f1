/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.codec;

/**
 * One FastCGI record.
 *
 * <p>Ownership: stream records carry a buffer; the receiver of a record releases it.
 *
 * <p>Source: FastCGI 1.0, section 3.3.
 */
public sealed interface FcgiRecord permits ManagementRecord, ApplicationRecord {

    /** The only version of the protocol. */
    int VERSION = 1;

    /** Bytes of the header of each record. */
    int HEADER_LENGTH = 8;

    /** Largest content of one record, in bytes. */
    int MAX_CONTENT = 65_535;

    /** Largest content of a management record with name-value pairs that is written or accepted, in bytes. */
    int MAX_VALUES = 8192;

    /** Returns the type. */
    RecordType type();

    /** Returns the id of the request on this connection; 0 for a management record. */
    int requestId();
}

/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.codec;

/** A record about the application itself, with request id 0 (FastCGI 1.0, section 4). */
public sealed interface ManagementRecord extends FcgiRecord permits GetValues, GetValuesResult, UnknownType {

    @Override
    default int requestId() {
        return 0;
    }
}

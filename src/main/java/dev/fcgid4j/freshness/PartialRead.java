/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.freshness;

/** Whether a worker may have read a partial file, as far as it is known without the disk. */
public enum PartialRead {
    /** It has not. */
    NO,
    /** It may have. */
    POSSIBLE,
    /** Only a look at the disk tells. */
    UNKNOWN
}

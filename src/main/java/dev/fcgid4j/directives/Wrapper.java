/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import java.util.List;

/**
 * A command that is started in place of the requested file (FcgidWrapper).
 *
 * @param argv the absolute path of the program, then its arguments
 * @param virtual whether the requested file need not exist
 */
public record Wrapper(List<String> argv, boolean virtual) {

    public Wrapper {
        argv = List.copyOf(argv);
    }
}

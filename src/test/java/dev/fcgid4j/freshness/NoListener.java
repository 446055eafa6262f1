/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.freshness;

import dev.fcgid4j.observe.ExitStatus;
import dev.fcgid4j.process.ProcessListener;

/** For a process of which only the loaded files matter. */
final class NoListener implements ProcessListener {

    @Override
    public void line(Stream stream, String line) {
        // a fake process writes nothing
    }

    @Override
    public void exited(ExitStatus status) {
        // the test ends its workers
    }
}

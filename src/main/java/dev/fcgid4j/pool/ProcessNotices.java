/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import dev.fcgid4j.observe.ExitStatus;
import dev.fcgid4j.process.ProcessListener;
import dev.fcgid4j.worker.Worker;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;

/**
 * Passes on what the launcher reports of one process: lines to the application's log, the end to the pool. An end that is
 * reported before the pool knows the process is kept until then.
 *
 * <p>Threading: any thread; a short lock guards an early end.
 */
final class ProcessNotices implements ProcessListener {

    private final Worker worker;
    private final Logger applicationLog;
    private final Consumer<ExitStatus> ended;

    // Guarded by this.
    private boolean known;
    private Optional<ExitStatus> early = Optional.empty();

    ProcessNotices(Worker worker, Logger applicationLog, Consumer<ExitStatus> ended) {
        this.worker = worker;
        this.applicationLog = applicationLog;
        this.ended = ended;
    }

    /** The worker has its process: reports an end that came before. */
    void processIsKnown() {
        Optional<ExitStatus> before;
        synchronized (this) {
            known = true;
            before = early;
        }
        before.ifPresent(ended);
    }

    @Override
    public void line(Stream stream, String line) {
        worker.end().noteOutput(line);
        switch (stream) {
            case STDOUT -> applicationLog.info("{}", line);
            case STDERR -> applicationLog.warn("{}", line);
        }
    }

    @Override
    public void exited(ExitStatus status) {
        synchronized (this) {
            if (!known) {
                early = Optional.of(status);
                return;
            }
        }
        ended.accept(status);
    }
}

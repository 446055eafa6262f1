/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.observe;

import dev.fcgid4j.api.Internal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts what happens with each request of one process class, without an allocation.
 *
 * <p>Threading: one writer at a time, for which the lock of the worker group provides; any reader.
 */
@Internal
public final class RequestMeter implements RequestStatistics {

    private static final int STATUS_CLASSES = 6;
    private static final int REFUSED = STATUS_CLASSES;
    private static final int REPEATED = STATUS_CLASSES + 1;

    /** One counter for each status class, then the other two. */
    private final AtomicLongArray counters = new AtomicLongArray(STATUS_CLASSES + 2);

    private final TimeRecorder inLine = new TimeRecorder();
    private final TimeRecorder atWork = new TimeRecorder();

    /** Creates a meter that has counted nothing. */
    public RequestMeter() {}

    /** A request got a worker. */
    public void requestGranted(long inLineNanos) {
        inLine.record(inLineNanos);
    }

    /**
     * A request was served: its worker ended it.
     *
     * @param status the HTTP status of the response; 0 if there was none
     */
    public void requestServed(long atWorkNanos, int status) {
        atWork.record(atWorkNanos);
        int statusClass = status / 100;
        increment(statusClass >= 0 && statusClass < STATUS_CLASSES ? statusClass : 0);
    }

    /** A request was refused a worker. */
    public void requestRefused() {
        increment(REFUSED);
    }

    /** A request lost its worker without fault of its own and asks for another one. */
    public void requestRepeated() {
        increment(REPEATED);
    }

    private void increment(int counter) {
        counters.setRelease(counter, counters.getPlain(counter) + 1);
    }

    @Override
    public RequestTotals read() {
        List<Long> byStatusClass = new ArrayList<>(STATUS_CLASSES);
        long served = 0;
        for (int i = 0; i < STATUS_CLASSES; i++) {
            long count = counters.getAcquire(i);
            byStatusClass.add(count);
            served += count;
        }
        return new RequestTotals(
                served,
                counters.getAcquire(REFUSED),
                counters.getAcquire(REPEATED),
                byStatusClass,
                inLine.read(),
                atWork.read());
    }
}

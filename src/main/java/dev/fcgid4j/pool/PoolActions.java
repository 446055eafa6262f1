/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import dev.fcgid4j.failure.FcgiException;
import dev.fcgid4j.observe.FcgiEvent;
import dev.fcgid4j.worker.Worker;
import java.util.ArrayList;
import java.util.List;

/** Collects the actions of one decision of a {@link WorkerGroup}, in order. */
final class PoolActions {

    private final List<PoolAction> list = new ArrayList<>(2);

    PoolActions add(PoolAction action) {
        list.add(action);
        return this;
    }

    PoolActions refuse(Waiter waiter, FcgiException why) {
        return add(new PoolAction.Refuse(waiter, why));
    }

    PoolActions terminate(Worker worker) {
        return add(new PoolAction.Terminate(worker));
    }

    PoolActions report(FcgiEvent event) {
        return add(new PoolAction.Report(event));
    }

    List<PoolAction> list() {
        return list;
    }
}

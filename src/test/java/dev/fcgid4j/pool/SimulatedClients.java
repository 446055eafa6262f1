/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import dev.fcgid4j.worker.Worker;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;

/** The requests of a simulation: they ask for workers, use them, and give them back. */
final class SimulatedClients {

    private final SimulationWorld world;
    private final Random random;
    private final List<SimulatedRequest> requests = new ArrayList<>();
    private final List<Served> served = new ArrayList<>();
    private final Set<Worker> inUse = new HashSet<>();

    private record Served(Lease lease, SimulatedRequest request) {}

    SimulatedClients(SimulationWorld world) {
        this.world = world;
        this.random = world.random();
    }

    /** All requests that did not leave the line by themselves, the first one first. */
    List<SimulatedRequest> requests() {
        return Collections.unmodifiableList(requests);
    }

    /** A request for any class arrives. */
    void request() {
        request(world.anyClass());
    }

    private void request(SimulatedClass wanted) {
        world.announceReports(); // as draining the watcher does
        boolean first = random.nextInt(10) == 0;
        long now = world.clock().nowNanos();
        request(wanted, first, first ? now - random.nextInt(6_000) * 1_000_000L : now);
    }

    private void request(SimulatedClass wanted, boolean first, long sinceNanos) {
        AcquireOptions options = new AcquireOptions(random.nextInt(2) == 0 ? "a" : "b", first, sinceNanos);
        SimulatedRequest request = new SimulatedRequest(world, wanted, options);
        requests.add(request);
        WorkerPool.Ticket ticket = world.pool().acquire(wanted.processClass(), options, request);
        if (request.answers() == 0 && random.nextInt(12) == 0) {
            ticket.cancel();
            if (request.answers() == 0) {
                requests.remove(request);
                request.cancelled();
            }
        }
    }

    /** Takes a worker into use; false if it is in use already. */
    boolean use(Worker worker) {
        return inUse.add(worker);
    }

    /** A request has got its worker. */
    void served(Lease lease, SimulatedRequest request) {
        served.add(new Served(lease, request));
    }

    boolean anyServed() {
        return !served.isEmpty();
    }

    /** Any request ends; sometimes a client that has its response asks at once for more. */
    void endAny(Outcome outcome) {
        if (served.isEmpty()) {
            return;
        }
        Served ending = served.remove(random.nextInt(served.size()));
        Worker worker = ending.lease().worker();
        SimulatedClass of = ending.request().wanted();
        inUse.remove(worker);
        if (random.nextInt(4) != 0 || outcome == Outcome.COMPLETED) {
            answer(ending.lease());
        }
        if (!world.isReliable() && random.nextInt(3) == 0) {
            request(of);
        }
        boolean runAgain = !worker.proven() && outcome == Outcome.FAILED && !world.isReliable();
        ending.lease().release(outcome);
        if (runAgain) {
            request(of, true, ending.request().options().sinceNanos());
        }
    }

    /** The worker answers from the files as it has read them: no client that sees that may see older ones later. */
    private void answer(Lease lease) {
        SimulatedProcess process = world.processOf(lease.worker());
        process.readScript();
        if (random.nextInt(3) == 0) {
            process.loadLibrary();
        }
        lease.proven();
        process.of().answeredFrom(process.oldestScript());
    }

    /** Tries a candidate at some time later, and reports whether it is good. */
    void tryCandidate(Lease lease, Consumer<Optional<String>> result) {
        world.later(() -> {
            boolean good = world.isReliable() || random.nextInt(4) != 0;
            if (good) {
                answer(lease);
            }
            lease.release(good || random.nextBoolean() ? Outcome.COMPLETED : Outcome.FAILED);
            world.later(() -> result.accept(good ? Optional.empty() : Optional.of("tried and found wanting")));
        });
    }
}

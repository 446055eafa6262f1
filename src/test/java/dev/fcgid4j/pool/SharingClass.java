/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.failure.FcgiException;
import dev.fcgid4j.gateway.FailureResponse;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;

/** One class of a {@link SharingWorld}: its clients, and when they got what. */
final class SharingClass {

    /**
     * A request that was served.
     *
     * @param askedSeconds when it came
     * @param waitedSeconds how long it waited for a worker
     * @param endedSeconds when its response was complete
     */
    record Served(double askedSeconds, double waitedSeconds, double endedSeconds) {
        double begunSeconds() {
            return askedSeconds + waitedSeconds;
        }

        double tookSeconds() {
            return endedSeconds - askedSeconds;
        }
    }

    /**
     * A request that was refused.
     *
     * @param atSeconds when
     * @param retrySeconds the Retry-After that its client got
     */
    record Refused(double atSeconds, int retrySeconds) {}

    private final SharingWorld world;
    private final ProcessClass processClass;
    private final List<Served> served = new ArrayList<>();
    private final List<Refused> refusals = new ArrayList<>();
    private int waiting;
    private int clients;

    SharingClass(SharingWorld world, ProcessClass processClass) {
        this.world = world;
        this.processClass = processClass;
    }

    /** Clients of which each asks again as soon as it has its response. */
    SharingClass clients(int more, long serviceMillis) {
        clients += more;
        for (int i = 0; i < more; i++) {
            askAgainAndAgain(serviceMillis);
        }
        return this;
    }

    private void askAgainAndAgain(long serviceMillis) {
        ask(serviceMillis, () -> {
            if (clients > 0) {
                askAgainAndAgain(serviceMillis);
            }
        });
    }

    /** The clients go when they have their responses. */
    void clientsLeave() {
        clients = 0;
    }

    /** Requests that come at random times, so many a second, until then. */
    SharingClass arrivals(double perSecond, long serviceMillis, double untilSeconds) {
        double pause = -Math.log(1 - world.random().nextDouble()) / perSecond;
        world.after((long) (pause * 1000), () -> {
            if (world.seconds() < untilSeconds) {
                ask(serviceMillis, () -> {});
                arrivals(perSecond, serviceMillis, untilSeconds);
            }
        });
        return this;
    }

    /** One request. */
    void ask(long serviceMillis, Runnable whenServed) {
        double asked = world.seconds();
        waiting++;
        AcquireOptions options = new AcquireOptions("loop", false, world.pool().now());
        world.pool().acquire(processClass, options, new LeaseListener() {
            @Override
            public void granted(Lease lease) {
                waiting--;
                double waited = world.seconds() - asked;
                long bootMillis = lease.worker().proven() ? 0 : world.startMillis();
                world.after(bootMillis + serviceMillis, () -> {
                    lease.proven();
                    served.add(new Served(asked, waited, world.seconds()));
                    lease.release(Outcome.COMPLETED);
                    whenServed.run();
                });
            }

            @Override
            public void refused(FcgiException why) {
                waiting--;
                refusals.add(
                        new Refused(world.seconds(), FailureResponse.of(why).retryAfterSeconds()));
            }
        });
    }

    String name() {
        return processClass.name();
    }

    ProcessClass processClass() {
        return processClass;
    }

    List<Served> served() {
        return Collections.unmodifiableList(served);
    }

    List<Served> inOrderOfBeginning() {
        return served.stream()
                .sorted(Comparator.comparingDouble(Served::begunSeconds))
                .toList();
    }

    /** Requests that ended between these times. */
    long servedBetween(double fromSeconds, double toSeconds) {
        return served.stream()
                .filter(each -> each.endedSeconds() >= fromSeconds && each.endedSeconds() < toSeconds)
                .count();
    }

    /** The time below which 99 of 100 requests that came after this moment were served. */
    double p99(double fromSeconds) {
        double[] times = served.stream()
                .filter(each -> each.askedSeconds() >= fromSeconds)
                .mapToDouble(Served::tookSeconds)
                .sorted()
                .toArray();
        return times[(int) Math.ceil(times.length * 0.99) - 1];
    }

    int waiting() {
        return waiting;
    }

    List<Refused> refusals() {
        return Collections.unmodifiableList(refusals);
    }

    /** How long the next request that came after this moment and was not refused waited for a worker; empty if none did. */
    OptionalDouble waitAfter(double seconds) {
        return served.stream()
                .filter(each -> each.askedSeconds() >= seconds)
                .min(Comparator.comparingDouble(Served::askedSeconds))
                .map(each -> OptionalDouble.of(each.waitedSeconds()))
                .orElse(OptionalDouble.empty());
    }
}

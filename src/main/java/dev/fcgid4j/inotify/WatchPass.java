/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.inotify;

import dev.fcgid4j.watch.PathChain;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One attempt to watch the paths of several subscriptions.
 *
 * <h2>Why one attempt may not do</h2>
 *
 * A path is followed first, then the directories on it are watched. A change in between is not reported. So the path
 * is followed again and its directories are watched again. If the path leads the same way, and the kernel returns the same
 * number for each directory, nothing was changed before the interests were noted: a directory that was put in the place of
 * another one has another number, and a symbolic link has none. Otherwise the path needs another pass.
 *
 * <p>Threading: used by one thread, under the installation lock. Waits for the disk.
 */
final class WatchPass {

    private final Tools tools;
    private final Plan plan;
    private final Map<Subscription, PathChain> chains;

    // Filled by install().
    private final Map<Subscription, List<Request>> requests = new LinkedHashMap<>();
    private final Map<Path, Integer> watched = new HashMap<>();

    /** A directory to watch, and the interest that it is watched for. */
    record Request(Path directory, DirectoryInterest interest) {}

    /** Decides what is watched for a subscription, besides the directories on its path. */
    interface Plan {
        List<Request> requests(Subscription subscription, PathChain chain);
    }

    /** Follows a path: {@link PathChain#of(Path, PathChain.Names)}. Tests have their own. */
    interface PathFollower {
        PathChain follow(Path path, PathChain.Names seen);
    }

    /** What every pass of a watcher works with; the table is guarded by the lock of the queue's owner. */
    record Tools(InotifyQueue queue, WatchTable table, DirectoryWatches directories, PathFollower paths) {}

    private WatchPass(Tools tools, Plan plan, Map<Subscription, PathChain> chains) {
        this.tools = tools;
        this.plan = plan;
        this.chains = chains;
    }

    /** A pass over the subscriptions that are immediate. Follows their paths; a directory on several of them is read once. */
    static WatchPass over(Tools tools, Plan plan, Collection<Subscription> subscriptions) {
        return new WatchPass(tools, plan, follow(tools, subscriptions));
    }

    private static Map<Subscription, PathChain> follow(Tools tools, Collection<Subscription> subscriptions) {
        PathChain.Names seen = new PathChain.Names();
        Map<Subscription, PathChain> chains = new LinkedHashMap<>();
        for (Subscription each : subscriptions) {
            if (each.immediate()) {
                chains.put(each, tools.paths().follow(each.path(), seen));
            }
        }
        return chains;
    }

    /** The subscriptions that this pass is to watch. */
    Set<Subscription> subscriptions() {
        return chains.keySet();
    }

    /**
     * Watches each directory once. A subscription whose directories can't be watched is not immediate from then on.
     *
     * @return the next pass, over the subscriptions whose paths were altered meanwhile
     */
    WatchPass install() {
        chains.forEach((subscription, chain) -> requests.put(subscription, requests(subscription, chain)));
        watchDirectories();
        requests.forEach(this::note);
        return new WatchPass(tools, plan, altered());
    }

    private List<Request> requests(Subscription subscription, PathChain chain) {
        List<Request> all = new ArrayList<>(plan.requests(subscription, chain));
        DirectoryInterest self = new DirectoryInterest(subscription, DirectoryInterest.Kind.SELF, "");
        chain.directories().forEach(directory -> all.add(new Request(directory, self)));
        return all;
    }

    private void watchDirectories() {
        Map<Path, Integer> events = new LinkedHashMap<>();
        requests.values()
                .forEach(all -> all.forEach(each ->
                        events.merge(each.directory(), each.interest().kind().events(), (a, b) -> a | b)));
        events.forEach(
                (directory, each) -> watched.put(directory, tools.directories().add(directory, each)));
    }

    /** Takes the owner's lock for one subscription at a time, so that a thread that reads events never waits for all. */
    private void note(Subscription subscription, List<Request> all) {
        tools.queue().asOwner(() -> {
            for (Request each : all) {
                int watch = watched.getOrDefault(each.directory(), DirectoryWatches.NO_DIRECTORY);
                if (watch >= 0) {
                    tools.table().add(watch, each.interest());
                } else if (watch == DirectoryWatches.UNWATCHABLE) {
                    subscription.notImmediate();
                }
            }
        });
    }

    private Map<Subscription, PathChain> altered() {
        Set<Path> kept = new HashSet<>(watched.keySet());
        kept.removeIf(directory -> !isStillWatched(directory));
        Map<Subscription, PathChain> altered = follow(tools, chains.keySet());
        altered.entrySet()
                .removeIf(now -> now.getValue().equals(chains.get(now.getKey()))
                        && requests.getOrDefault(now.getKey(), List.of()).stream()
                                .allMatch(each -> kept.contains(each.directory())));
        return altered;
    }

    private boolean isStillWatched(Path directory) {
        int before = watched.getOrDefault(directory, DirectoryWatches.NO_DIRECTORY);
        int now =
                before < 0 ? DirectoryWatches.NO_DIRECTORY : tools.directories().numberOf(directory);
        if (now >= 0) {
            tools.queue().asOwner(() -> tools.table().addUnused(now));
        }
        return now >= 0 && now == before;
    }
}

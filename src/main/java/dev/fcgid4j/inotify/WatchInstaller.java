/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.inotify;

import dev.fcgid4j.watch.PathChain;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Has the kernel watch the paths of subscriptions.
 *
 * <h2>Passes</h2>
 *
 * A path that is altered while its directories are being watched gets another {@link WatchPass}, up to {@value #MAX_PASSES}
 * in all. After the last one the subscription is not immediate for the rest of its life: its file is only compared. A pass
 * takes 50 to 500 microseconds. Where a program moves a directory of the path away and back without pause, up to half of
 * the passes meet a move. So one watch in 10,000 to 100,000 needs more than ten passes, and ten were too few: all of them
 * could meet a move within a millisecond.
 *
 * <p>Threading: any thread that may block. Takes the installation lock of the queue.
 */
final class WatchInstaller {

    private static final int MAX_PASSES = 100;
    private static final int BATCH = 250;

    private final WatchPass.Tools tools;

    WatchInstaller(WatchPass.Tools tools) {
        this.tools = tools;
    }

    /**
     * Watches files. A directory on the paths of many files is watched and read once, or once for each {@value #BATCH}
     * files: between two batches, other threads may install watches.
     */
    void files(List<Subscription> subscriptions) {
        for (int i = 0; i < subscriptions.size(); i += BATCH) {
            install(subscriptions.subList(i, Math.min(i + BATCH, subscriptions.size())), WatchInstaller::names);
        }
    }

    /** Watches all names in one directory. */
    void names(Subscription subscription, DirectoryInterest.Kind kind) {
        install(
                List.of(subscription),
                (each, chain) -> List.of(new WatchPass.Request(each.path(), new DirectoryInterest(each, kind, ""))));
    }

    private static List<WatchPass.Request> names(Subscription subscription, PathChain chain) {
        List<WatchPass.Request> requests = new ArrayList<>();
        for (PathChain.Link link : chain.names()) {
            DirectoryInterest.Kind kind = link.last() ? DirectoryInterest.Kind.FILE : DirectoryInterest.Kind.NAME;
            requests.add(
                    new WatchPass.Request(link.directory(), new DirectoryInterest(subscription, kind, link.name())));
        }
        return requests;
    }

    private void install(Collection<Subscription> subscriptions, WatchPass.Plan plan) {
        if (!tools.queue().isOpen()) {
            subscriptions.forEach(Subscription::notImmediate);
            return;
        }
        tools.queue().whileInstalling(() -> {
            WatchPass pass = WatchPass.over(tools, plan, subscriptions);
            for (int i = 0; i < MAX_PASSES && !pass.subscriptions().isEmpty(); i++) {
                pass = pass.install();
            }
            // What is left names no directory, or was altered in each pass.
            pass.subscriptions().forEach(Subscription::notImmediate);
        });
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.freshness;

import dev.fcgid4j.watch.FileStamp;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Compares the files that a worker has loaded with the files that are there now.
 *
 * <h2>No change is lost</h2>
 *
 * <p>The verifier notes that the worker has loaded a file, then watches the file, and only then compares it. So either the
 * comparison or the watch finds a change.
 *
 * <h2>Changed paths</h2>
 *
 * <p>After a reported change the path may lead to another place. The verifier watches the file there before it compares. So
 * a worker whose file stayed the same doesn't keep a watch on the old place.
 *
 * <p>Threading: {@link #verify} blocks. One thread at a time calls it for one worker.
 */
final class LoadedFileVerifier {

    private final FreshnessEnvironment environment;
    private final VersionCheck versions;
    private final TrackedFileWatcher watcher;
    private final Function<Path, Optional<TrackedFile>> trackedFiles;

    /**
     * A file that a worker has loaded, and what is there now.
     *
     * @param changeCount the file's count before its stamp was taken
     */
    private record Comparison(TrackedFile file, LoadedVersion version, int changeCount, FileStamp present) {}

    /**
     * Creates a verifier.
     *
     * @param trackedFiles finds the file of a path, and tracks it from then on; empty if the path is not to be tracked
     */
    LoadedFileVerifier(
            FreshnessEnvironment environment,
            FileSystemClocks clocks,
            TrackedFileWatcher watcher,
            Function<Path, Optional<TrackedFile>> trackedFiles) {
        this.environment = environment;
        this.versions = new VersionCheck(environment.files(), clocks);
        this.watcher = watcher;
        this.trackedFiles = trackedFiles;
    }

    /**
     * Compares the files that a worker has loaded, or that have changed, since the last verification.
     *
     * @param withExecutables whether to read the executed programs and libraries too
     */
    VerificationResult verify(TrackedWorker worker, boolean withExecutables) {
        // All stamps before the first comparison, because they tell of each other's clock.
        List<Comparison> fresh = lookAtFresh(worker, withExecutables);
        List<MissingFile> missing = new ArrayList<>();
        Optional<Path> outdated = verifyChanged(worker, missing);
        for (Comparison each : fresh) {
            if (versions.isCurrent(each.file(), each.version(), each.present())) {
                each.version().verified(each.changeCount());
            } else {
                outdated = Optional.of(each.file().path());
            }
        }
        return new VerificationResult(outdated, missing);
    }

    private List<Comparison> lookAtFresh(TrackedWorker worker, boolean withExecutables) {
        Map<LoadedVersion, TrackedFile> fresh = new LinkedHashMap<>();
        for (LoadedFile each : worker.reader().next(withExecutables)) {
            trackedFiles
                    .apply(each.path())
                    .filter(file -> isNew(worker, file, each))
                    .ifPresent(file -> fresh.put(worker.loaded(file, each), file));
        }
        watcher.watch(fresh.values());
        List<Comparison> comparisons = new ArrayList<>();
        fresh.forEach((version, file) -> {
            int changeCount = file.changeCount();
            comparisons.add(new Comparison(file, version, changeCount, present(version)));
        });
        return comparisons;
    }

    /** A path alone tells nothing new of a file that the worker is known to have loaded. */
    private static boolean isNew(TrackedWorker worker, TrackedFile file, LoadedFile loaded) {
        return !loaded.isNameOnly() || file.versionOf(worker.worker()).isEmpty();
    }

    private Optional<Path> verifyChanged(TrackedWorker worker, List<MissingFile> missing) {
        Set<TrackedFile> changed = worker.takeChanged();
        watcher.watch(changed);
        Optional<Path> outdated = Optional.empty();
        for (TrackedFile file : changed) {
            LoadedVersion version = file.versionOf(worker.worker()).orElse(null);
            if (version == null) {
                continue;
            }
            Optional<MissingFile> gone = file.missing().filter(each -> file.hasOnlyDisappeared(version));
            if (gone.isPresent()) { // the worker serves on until the file is back
                missing.add(gone.get());
                worker.changed(file);
            } else if (!isStillCurrent(file, version)) {
                outdated = Optional.of(file.path());
            }
        }
        return outdated;
    }

    private boolean isStillCurrent(TrackedFile file, LoadedVersion version) {
        int changeCount = file.changeCount();
        boolean current = versions.isStillCurrent(file, version, present(version));
        if (current) {
            version.verified(changeCount);
        }
        return current;
    }

    private FileStamp present(LoadedVersion version) {
        return versions.present(version.file(), environment.now());
    }
}

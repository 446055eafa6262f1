/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.apache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.application.ClassLimits;
import dev.fcgid4j.config.ApacheConfigParser;
import dev.fcgid4j.inotify.InotifyWatcher;
import dev.fcgid4j.mapping.MappingSettings;
import dev.fcgid4j.mapping.SiteResolver;
import dev.fcgid4j.testkit.Interpreters;
import dev.fcgid4j.watch.WatchSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Compares random sites and configurations, valid and damaged, with a real Apache: nothing that Apache refuses is sent or
 * run, and what is refused beyond Apache is of the kinds that docs/configuration.md lists.
 *
 * <p>{@code -Dfcgid4j.apache.trees=2000} compares more trees, {@code -Dfcgid4j.apache.seed=7} others; {@code
 * -Dfcgid4j.apache.show=kind} prints what is refused beyond Apache.
 */
class ApacheComparisonIT {

    private static final int TREES = Integer.getInteger("fcgid4j.apache.trees", 100);
    private static final long SEED = Long.getLong("fcgid4j.apache.seed", 1);
    private static final int BATCH = 200;
    private static final String SHOWN = System.getProperty("fcgid4j.apache.show", "");

    @TempDir
    private Path temp;

    private final List<String> leaks = new ArrayList<>();
    private final Map<String, Integer> refusedBeyond = new TreeMap<>();
    private int requests;
    private int kinder;

    @Test
    void nothingThatApacheRefusesIsSentOrRun() throws Exception {
        String apache = Interpreters.required("apache2");

        for (int first = 0; first < TREES; first += BATCH) {
            compare(apache, first, Math.min(first + BATCH, TREES));
        }

        System.out.println("compared with Apache: " + TREES + " trees of seed " + SEED + ", " + requests + " requests, "
                + leaks.size() + " leaks, " + kinder + " under a section that is not closed; refused beyond Apache: "
                + refusedBeyond);
        assertThat(leaks).isEmpty();
        assertThat(refusedBeyond.keySet()).isSubsetOf(RefusedKinds.documented());
    }

    private void compare(String apache, int from, int to) throws Exception {
        Path work = openFolder("work" + from);
        Path root = openFolder("root" + from);
        List<RandomTree> trees = new ArrayList<>();
        StringBuilder sections = new StringBuilder();
        for (int i = from; i < to; i++) {
            RandomTree tree = TreeGenerator.tree("t" + i, SEED * 1_000_003 + i);
            tree.create(root);
            tree.writeHtaccess(root, true);
            sections.append(tree.serverSections(root, true));
            trees.add(tree);
        }
        List<List<Decision>> theirs = new ArrayList<>();
        try (RealApache server = RealApache.start(apache, work, root, sections.toString())) {
            for (RandomTree tree : trees) {
                theirs.add(server.ask(tree.targets()));
            }
        }
        try (InotifyWatcher watcher = InotifyWatcher.open(WatchSettings.defaults())) {
            for (int i = 0; i < trees.size(); i++) {
                trees.get(i).writeHtaccess(root, false);
                compare(trees.get(i), root, theirs.get(i), watcher);
            }
        }
    }

    private void compare(RandomTree tree, Path root, List<Decision> theirs, InotifyWatcher watcher) throws IOException {
        MappingSettings settings = new MappingSettings(
                root,
                ApacheConfigParser.parse(tree.serverSections(root, false), "httpd.conf"),
                Duration.ofSeconds(1),
                ClassLimits.defaults());
        try (SiteResolver resolver = new SiteResolver(settings, watcher)) {
            List<String> targets = tree.targets();
            for (int i = 0; i < targets.size(); i++) {
                requests++;
                Decision ours = Decision.of(resolver.resolve(targets.get(i)));
                int named = targets.indexOf("/" + ours.detail().replace("\u00e9", "%C3%A9"));
                judge(tree, root, targets.get(i), ours, theirs.get(i), named < 0 ? theirs.get(i) : theirs.get(named));
            }
        }
    }

    private void judge(RandomTree tree, Path root, String target, Decision ours, Decision theirs, Decision named)
            throws IOException {
        if (theirs.detail().equals("status 500") && KinderThanApache.isAllowed(tree, target)) {
            kinder++;
        } else if (ours.leaks(theirs, named)) {
            leaks.add("seed " + SEED + " " + target + ": " + ours + ", Apache: " + theirs + "\n" + tree);
        } else if (ours.kind() == Decision.Kind.REFUSED && theirs.kind() != Decision.Kind.REFUSED) {
            String kind = RefusedKinds.of(target, ours.detail(), tree, tree.serverSections(root, false));
            refusedBeyond.merge(kind, 1, Integer::sum);
            if (SHOWN.equals(kind) || (kind.startsWith("unexplained") && refusedBeyond.get(kind) == 1)) {
                System.out.println(kind + ": " + target + " " + ours + ", Apache: " + theirs + "\n" + tree);
            }
        }
    }

    /** Makes a folder that Apache's user may use. */
    private Path openFolder(String name) throws IOException {
        Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path folder = Files.createDirectory(temp.toRealPath().resolve(name));
        return Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.writers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.posix.Writers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MonitoredFilesTest {

    private static final Path LIB = Path.of("/real/lib");
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final int FOLDER = 1;

    private final MonitoredFiles files = new MonitoredFiles();
    private final List<String> notes = new ArrayList<>();
    private final Listener one = new Listener("one");
    private final Listener two = new Listener("two");

    /** Records the reports. */
    private final class Listener implements OpenFileListener {
        private final String name;

        Listener(String name) {
            this.name = name;
        }

        @Override
        public Path path() {
            return Path.of("/link/lib").resolve(name);
        }

        @Override
        public void mayBeOpen(boolean open) {
            notes.add(name + (open ? " open" : " closed"));
        }

        @Override
        public boolean isBeingChanged() {
            return false;
        }
    }

    private List<MonitoredFile> due(long seconds) {
        return files.due(seconds * SECOND, SECOND).stream()
                .map(MonitoredFiles.Check::file)
                .toList();
    }

    private List<String> takeNotes() {
        List<String> taken = List.copyOf(notes);
        notes.clear();
        return taken;
    }

    private MonitoredFile add(Listener listener) {
        files.add(FOLDER, LIB, listener, 10 * SECOND);
        List<MonitoredFiles.Check> due = files.due(10 * SECOND, SECOND);
        return due.get(due.size() - 1).file();
    }

    @Test
    void newFileMayBeOpenAndIsDueAtOnce() {
        files.add(FOLDER, LIB, one, 10 * SECOND);

        assertThat(takeNotes()).containsExactly("one open");
        assertThat(files.due(10 * SECOND, SECOND)).singleElement().satisfies(check -> {
            assertThat(check.file().path()).as("on its real path").isEqualTo(LIB.resolve("one"));
            assertThat(check.ask()).isTrue();
            assertThat(check.listeners()).containsExactly(one);
        });
    }

    @Test
    void closedFileIsNotDueUntilItIsOpenedAgain() {
        MonitoredFile file = add(one);
        files.closed(file);
        assertThat(takeNotes()).containsExactly("one open", "one closed");
        assertThat(due(1000)).isEmpty();

        files.opened(FOLDER, "one", 20 * SECOND);

        assertThat(takeNotes()).containsExactly("one open");
        assertThat(due(20)).as("opened just now").isEmpty();
        assertThat(due(21)).containsExactly(file);
    }

    @Test
    void openFileIsNotedOnce() {
        files.closed(add(one));
        takeNotes();

        files.opened(FOLDER, "one", 20 * SECOND);
        files.opened(FOLDER, "one", 21 * SECOND);

        assertThat(takeNotes()).containsExactly("one open");
    }

    @Test
    void openingAfterEachCloseIsNoted() {
        MonitoredFile file = add(one);
        for (int i = 0; i < 3; i++) {
            files.closed(file);
            takeNotes();

            files.opened(FOLDER, "one", 20 * SECOND);

            assertThat(takeNotes()).containsExactly("one open");
        }
    }

    @Test
    void otherNamesAndFoldersAreIgnored() {
        files.closed(add(one));
        takeNotes();

        files.opened(FOLDER, "other", 20 * SECOND);
        files.opened(FOLDER + 1, "one", 20 * SECOND);

        assertThat(takeNotes()).isEmpty();
        assertThat(due(1000)).isEmpty();
    }

    @Test
    void newListenerOfAClosedFileIsNotedAlone() {
        files.closed(add(one));
        takeNotes();
        Listener again = new Listener("one");

        files.add(FOLDER, LIB, again, 20 * SECOND);
        assertThat(takeNotes()).as("the new one").hasSize(1);
        files.opened(FOLDER, "one", 21 * SECOND);

        assertThat(takeNotes()).as("both, by the next opening").hasSize(2);
    }

    @Test
    void allFilesMayBeOpenWhenEventsAreLost() {
        files.closed(add(one));
        files.closed(add(two));
        takeNotes();

        files.allOpened(20 * SECOND);

        assertThat(takeNotes()).containsExactlyInAnyOrder("one open", "two open");
        assertThat(due(21)).hasSize(2);
    }

    @Test
    void folderIsUnusedWhenItsLastListenerIsRemoved() {
        add(one);
        add(two);
        takeNotes();

        files.remove(one);
        assertThat(files.takeUnused()).isEmpty();
        files.remove(two);
        files.remove(two);

        assertThat(takeNotes()).containsExactly("one closed", "two closed");
        assertThat(files.takeUnused()).containsExactly(FOLDER);
        assertThat(files.takeUnused()).isEmpty();
        assertThat(due(1000)).isEmpty();
    }

    @Test
    void folderThatIsUsedAgainIsNotUnused() {
        add(one);
        files.remove(one);

        add(two);

        assertThat(files.takeUnused()).isEmpty();
    }

    @Test
    void fileStaysWithItsOtherListener() {
        add(one);
        Listener again = new Listener("one");
        files.add(FOLDER, LIB, again, 10 * SECOND);

        files.remove(one);

        assertThat(files.due(20 * SECOND, SECOND)).singleElement().satisfies(check -> assertThat(check.listeners())
                .containsExactly(again));
    }

    @Test
    void endedFolderTakesItsFilesAlong() {
        add(one);

        files.ended(FOLDER);

        assertThat(due(1000)).isEmpty();
        files.remove(one);
        assertThat(files.takeUnused()).isEmpty();
    }

    @Test
    void questionIsAskedOnce() {
        add(one);

        assertThat(files.due(20 * SECOND, SECOND)).singleElement().matches(check -> !check.ask());
    }

    @Test
    void fileOfUnknownWritersIsDueAfterTheQuietTime() {
        MonitoredFile file = add(one);
        file.questions().answered(Writers.Known.UNKNOWN);
        file.openedAt(20 * SECOND);

        assertThat(files.due(24 * SECOND, 5 * SECOND)).isEmpty();
        assertThat(files.due(25 * SECOND, 5 * SECOND)).singleElement().matches(check -> !check.ask());
    }
}

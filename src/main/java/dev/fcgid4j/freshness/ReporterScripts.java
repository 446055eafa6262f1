/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.freshness;

import static java.util.Objects.requireNonNull;

import dev.fcgid4j.posix.LibC;
import dev.fcgid4j.process.Instrumentation;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A few lines of Perl, Python, Ruby and PHP that a worker's interpreter runs before the script, and that report each
 * source file as it is loaded; environment variables alone bring them in.
 *
 * <p>A report is one line, appended by one write to a file that {@link #inject} names: the time in nanoseconds since
 * 1970, then the loaded file's modification and change time in nanoseconds, its size, its inode number and its absolute
 * path, with tabs between them. The time is taken before the other values, which are taken before the file is read;
 * where a language tells only afterwards, the time lies before the reading all the same, so that a change time at or
 * after it means that the file may have changed since it was read.
 *
 * <p>What each reporter can't see is in {@code docs/load-reporters.md}.
 *
 * <p>Threading: any thread; immutable.
 *
 * <p>Ownership: the files in the directory must last as long as the workers; whoever made the directory removes it.
 * Everything is one level deep, also what PHP puts beside the report file: empty files named after it.
 */
public final class ReporterScripts implements Instrumentation {

    private static final Logger LOG = LoggerFactory.getLogger(ReporterScripts.class);

    private static final String PERL = "fcgid4j_report.pl";
    private static final String PYTHON = "sitecustomize.py";
    private static final String RUBY = "fcgid4j_report.rb";
    private static final String PHP_SETTINGS = "fcgid4j.ini";

    /** A file where Python would make a directory for compiled code. */
    private static final String NO_CACHE = "__pycache__";

    /** What may stand in an option of Perl as it is. */
    private static final String PLAIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._-";

    /** Perl's taint switches: {@code -T} counts only as the first of all, {@code -t} taints what follows. */
    private static final Pattern TAINT = Pattern.compile("(?:^|\\s)-?[UWw]*[Tt]");

    /** There is no secret in them; and Ruby doesn't start when a wrapper's other user can't read what RUBYOPT names. */
    private static final FileAttribute<Set<PosixFilePermission>> READABLE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r--r--"));

    private final Path directory;
    private final boolean ruby;

    private ReporterScripts(Path directory, boolean ruby) {
        this.directory = directory;
        this.ruby = ruby;
    }

    /**
     * Writes the reporters into a directory.
     *
     * @param directory exists, and only this user may write to it
     * @throws IOException when they can't be written, or are there already
     */
    public static ReporterScripts unpack(Path directory) throws IOException {
        Path absolute = directory.toAbsolutePath();
        for (String name : List.of(PERL, PYTHON, RUBY)) {
            write(absolute.resolve(name), resource(name));
        }
        write(absolute.resolve(NO_CACHE), "");
        write(absolute.resolve(PHP_SETTINGS), resource(PHP_SETTINGS));
        return new ReporterScripts(absolute, isReadByWhoeverRuns(absolute));
    }

    /** Only root's wrappers change to another user; for them every directory above must let that user through. */
    private static boolean isReadByWhoeverRuns(Path directory) throws IOException {
        for (Path each = directory; LibC.effectiveUser() == 0 && each != null; each = each.getParent()) {
            if (!Files.getPosixFilePermissions(each).contains(PosixFilePermission.OTHERS_EXECUTE)) {
                LOG.warn(
                        "{} lets no other user through, and Ruby doesn't start when it can't read its reporter: what Ruby"
                                + " loads is not watched. Set FcgidIPCDir to a directory that everybody may enter",
                        each);
                return false;
            }
        }
        return true;
    }

    /**
     * Returns a worker's environment with the reporters in it, which keeps what the given one sets for the same
     * variables.
     *
     * @param environment what the worker would have without reports
     * @param reportFile exists, and the worker may write to it; when it is gone, the worker reports nothing
     */
    @Override
    public Map<String, String> inject(Map<String, String> environment, Path reportFile) {
        requireNonNull(reportFile, "reportFile");
        Map<String, String> injected = new HashMap<>(environment);
        injected.remove("FCGID_WATCH_PID");
        injected.put(REPORT_FILE, reportFile.toAbsolutePath().toString());
        injected.merge(
                "PERL5OPT", perlOption(), (own, ours) -> TAINT.matcher(own).find() ? own : ours + " " + own);
        if (directory.toString().indexOf(':') >= 0) {
            return Map.copyOf(injected); // the lists below can't have it
        }
        injected.merge("PYTHONPATH", directory.toString(), (own, ours) -> own.isEmpty() ? ours : ours + ":" + own);
        // An empty one means no directory at all, an empty part PHP's own.
        injected.merge(
                "PHP_INI_SCAN_DIR", ":" + directory, (own, ours) -> own.isEmpty() ? ours.substring(1) : own + ours);
        if (!ruby) {
            return Map.copyOf(injected);
        }
        if (directory.toString().chars().anyMatch(Character::isWhitespace)) {
            // RUBYOPT can't have spaces. The reporter takes the directory out of Ruby's load path again.
            injected.merge("RUBYLIB", directory.toString(), (own, ours) -> own.isEmpty() ? ours : ours + ":" + own);
            injected.merge("RUBYOPT", "-r" + RUBY, (own, ours) -> ours + " " + own);
        } else {
            injected.merge("RUBYOPT", "-r" + directory.resolve(RUBY), (own, ours) -> ours + " " + own);
        }
        return Map.copyOf(injected);
    }

    /**
     * A module name may be followed by code. {@code no 9} is a module that has no effect before Perl 9, {@code do}
     * doesn't mind a missing file, and nothing has a space.
     */
    private String perlOption() {
        StringBuilder path = new StringBuilder();
        for (byte b : directory.resolve(PERL).toString().getBytes(StandardCharsets.UTF_8)) {
            boolean plain = PLAIN.indexOf(b) >= 0;
            path.append(plain ? String.valueOf((char) b) : String.format("\\x%02x", b));
        }
        return "-M-9;BEGIN{local($!,$@);do\"" + path + "\"}";
    }

    private static void write(Path file, String text) throws IOException {
        Files.createFile(file, READABLE);
        Files.setPosixFilePermissions(file, READABLE.value()); // whatever the umask
        Files.writeString(file, text, StandardOpenOption.WRITE);
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = ReporterScripts.class.getResourceAsStream("reporters/" + name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing beside " + ReporterScripts.class);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}

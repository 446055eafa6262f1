/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.freshness;

import static java.util.Objects.requireNonNull;

import dev.fcgid4j.posix.RegularFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A load report on the disk ({@code FCGID_WATCH_FILE}), read piece by piece.
 *
 * <h2>Format</h2>
 *
 * <p>An application writes lines with one path each, absolute or relative to the process's working directory. A reporter
 * ({@link ReporterScripts}) writes the fields of {@link LoadedFile} and then the path, separated by tabs. Any other line is
 * ignored.
 *
 * <h2>Trust</h2>
 *
 * <p>An application can write anything. A wrong line concerns only its own workers: a file is watched in vain, or a worker is
 * replaced in vain or not at all.
 *
 * <p>Threading: one thread at a time.
 */
final class LoadReportFile implements LoadReport {

    private static final Logger LOG = LoggerFactory.getLogger(LoadReportFile.class);
    private static final int MAX_PIECE = 1 << 20;
    private static final int MAX_PATH = 4096;
    private static final int FIELDS = 7;

    private final Path file;
    private final Path directory;
    private long position;

    /**
     * Begins at the start of a report.
     *
     * @param directory the base of relative paths
     */
    LoadReportFile(Path file, Path directory) {
        this.file = requireNonNull(file, "file");
        this.directory = requireNonNull(directory, "directory");
    }

    @Override
    public List<LoadedFile> next() {
        List<LoadedFile> found = new ArrayList<>();
        try (FileChannel channel = RegularFile.open(file)) {
            long left = channel.size() - position;
            while (left > 0) {
                ByteBuffer piece = ByteBuffer.allocate((int) Math.min(left, MAX_PIECE));
                int count = channel.read(piece, position);
                int complete = count <= 0 ? 0 : lastLineEnd(piece.array(), count) + 1;
                if (complete == 0) {
                    position += count == MAX_PIECE ? count : 0; // no path has a megabyte
                    break;
                }
                new String(piece.array(), 0, complete, StandardCharsets.UTF_8)
                        .lines()
                        .forEach(line -> parse(line).ifPresent(found::add));
                position += complete;
                left -= complete;
            }
        } catch (IOException e) {
            LOG.debug("{} can't be read: {}", file, e.toString()); // it was removed with its process
        }
        return found;
    }

    private static int lastLineEnd(byte[] bytes, int count) {
        int at = count - 1;
        while (at >= 0 && bytes[at] != '\n') {
            at--;
        }
        return at;
    }

    private Optional<LoadedFile> parse(String line) {
        String[] fields = line.split("\t", FIELDS);
        try {
            if (fields.length == 1) {
                return line.isEmpty() || line.length() > MAX_PATH
                        ? Optional.empty()
                        : Optional.of(LoadedFile.named(directory.resolve(line).normalize()));
            }
            if (fields.length < FIELDS || fields[6].isEmpty() || fields[6].length() > MAX_PATH) {
                return Optional.empty();
            }
            return Optional.of(new LoadedFile(
                    directory.resolve(fields[6]).normalize(),
                    Long.parseLong(fields[0]),
                    Long.parseLong(fields[1]),
                    Long.parseLong(fields[2]),
                    Long.parseLong(fields[3]),
                    Long.parseLong(fields[4]),
                    fields[5]));
        } catch (IllegalArgumentException e) { // not a number, or not a path
            LOG.debug("{}: a line that is no report: {}", file, e.toString());
            return Optional.empty();
        }
    }
}

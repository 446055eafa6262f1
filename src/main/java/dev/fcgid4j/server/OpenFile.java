/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import dev.fcgid4j.netty.HttpDate;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import org.slf4j.LoggerFactory;

/**
 * A file that is about to be sent, and what tells its version.
 *
 * @param channel closed by whoever sends it
 * @param size bytes
 * @param modified when it was last written
 */
record OpenFile(Path path, FileChannel channel, long size, Instant modified) implements AutoCloseable {

    /** Opens it. Blocks. */
    static OpenFile open(Path path) throws IOException {
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
        try {
            return new OpenFile(
                    path,
                    channel,
                    channel.size(),
                    Files.getLastModifiedTime(path).toInstant());
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** A strong validator: size, and time of the last change to the nanosecond. */
    String etag() {
        long nanos = modified.getEpochSecond() * 1_000_000_000L + modified.getNano();
        return "\"" + Long.toHexString(nanos) + "-" + Long.toHexString(size) + "\"";
    }

    String lastModified() {
        return HttpDate.format(modified);
    }

    String mediaType() {
        return MediaTypes.of(path.getFileName().toString());
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            LoggerFactory.getLogger(OpenFile.class).debug("closing {}: {}", path, e.toString());
        }
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import dev.fcgid4j.cgi.CgiHeaders;
import dev.fcgid4j.cgi.CgiResponse;
import dev.fcgid4j.netty.HttpDate;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import org.slf4j.LoggerFactory;

/**
 * A file that is about to be sent, and what tells its version.
 *
 * @param channel closed by whoever sends it
 * @param size bytes
 * @param modified when it was last written
 * @param extra header fields that go with it
 */
record OpenFile(Path path, FileChannel channel, long size, Instant modified, CgiHeaders extra)
        implements AutoCloseable {

    private static final CgiHeaders NOTHING = new CgiHeaders(List.of());

    /** Opens it. Blocks. */
    static OpenFile open(Path path) throws IOException {
        return open(path, NOTHING);
    }

    /** Opens one that an application has asked for, if it is where it may be. Blocks. */
    static OpenFile open(CgiResponse.SendFile asked) throws IOException {
        Path real = asked.file().toRealPath();
        if (!real.startsWith(asked.folder().toRealPath()) || !Files.isRegularFile(real)) {
            throw new IOException(real + " is no file in " + asked.folder());
        }
        return open(real, asked.headers());
    }

    private static OpenFile open(Path path, CgiHeaders extra) throws IOException {
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
        try {
            return new OpenFile(
                    path,
                    channel,
                    channel.size(),
                    Files.getLastModifiedTime(path).toInstant(),
                    extra);
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
        return extra.last("Content-Type")
                .orElseGet(() -> MediaTypes.of(path.getFileName().toString()));
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

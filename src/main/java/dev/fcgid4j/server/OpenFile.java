/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import dev.fcgid4j.cgi.CgiHeaders;
import dev.fcgid4j.cgi.CgiResponse;
import dev.fcgid4j.netty.HttpDate;
import dev.fcgid4j.posix.RegularFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.slf4j.LoggerFactory;

/**
 * An open file that is about to be sent, with its validators.
 *
 * <p>Ownership: the sender of the file closes it.
 *
 * @param channel open for reading
 * @param size bytes
 * @param modified the time of the last write
 * @param extra header fields that are sent with the file
 */
record OpenFile(Path path, FileChannel channel, long size, Instant modified, CgiHeaders extra)
        implements AutoCloseable {

    private static final CgiHeaders NOTHING = new CgiHeaders(List.of());

    /** Opens a file. Blocks. */
    static OpenFile open(Path path) throws IOException {
        return open(path, NOTHING);
    }

    /**
     * Opens a file that an application has named. Blocks.
     *
     * @throws IOException also if the file, after symbolic links, is not in the permitted folder
     */
    static OpenFile open(CgiResponse.SendFile response) throws IOException {
        Path real = response.file().toRealPath();
        if (!real.startsWith(response.folder().toRealPath()) || !Files.isRegularFile(real)) {
            throw new IOException(real + " is no file in " + response.folder());
        }
        return open(real, response.headers());
    }

    /** Opens the file first: its size is then that of the file that is sent, even if another one replaces it. */
    private static OpenFile open(Path path, CgiHeaders extra) throws IOException {
        RegularFile.Opened opened = RegularFile.openWithAttributes(path);
        return new OpenFile(
                path,
                opened.channel(),
                opened.attributes().size(),
                opened.attributes().lastModifiedTime().toInstant(),
                extra);
    }

    /** Returns a strong validator: the size and the time of the last write, in nanoseconds. */
    String etag() {
        long nanos = modified.getEpochSecond() * 1_000_000_000L + modified.getNano();
        return "\"" + Long.toHexString(nanos) + "-" + Long.toHexString(size) + "\"";
    }

    /** Returns the time of the last write, as Last-Modified. */
    String lastModified() {
        return HttpDate.format(modified);
    }

    /** Returns the type that the application sent, else the one of the file's extension. */
    String mediaType() {
        return extra.last("Content-Type")
                .orElseGet(() -> MediaTypes.of(path.getFileName().toString()));
    }

    /** Closes the channel. A failure is logged, because nothing was written. */
    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            LoggerFactory.getLogger(OpenFile.class).debug("closing {}: {}", path, e.toString());
        }
    }
}

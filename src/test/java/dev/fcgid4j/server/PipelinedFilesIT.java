/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.testkit.TestApplication;
import dev.fcgid4j.testkit.TestSite;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A client that sends many requests at once and takes its responses slowly. */
class PipelinedFilesIT {

    private static final int REQUESTS = 60;
    private static final int SIZE = 1_000_000;

    @TempDir
    private Path temp;

    private Path root;
    private Path file;

    @BeforeEach
    void install() throws Exception {
        root = Files.createDirectories(temp.toRealPath().resolve("site"));
        file = root.resolve("large.bin");
        Files.write(file, new byte[SIZE]);
        String script = Files.readString(TestApplication.PERL_CORE.install(root));
        TestSite.script(
                root.resolve("send.fcgi"),
                script.replace(
                        "    if ($op eq 'redirect')",
                        "    return $print->(\"X-Sendfile: " + file + "\\r\\n\\r\\n\");\n    if ($op eq 'redirect')"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/large.bin", "/send.fcgi"})
    void fileIsOpenedOnlyForTheRequestThatIsAnswered(String path) throws Exception {
        try (TestSite site = TestSite.start(root, "XSendFilePath " + root);
                Socket client = new Socket(InetAddress.getLoopbackAddress(), site.port())) {
            client.setSoTimeout(30_000);
            client.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n")
                            .repeat(REQUESTS)
                            .getBytes(StandardCharsets.US_ASCII));
            DataInputStream in = new DataInputStream(client.getInputStream());

            for (int i = 0; i < REQUESTS; i++) {
                assertThat(head(in)).startsWith("HTTP/1.1 200").contains("content-length: " + SIZE);
                // While a file is being opened it has two descriptors: what was looked at, and the channel.
                assertThat(descriptors()).as("while response %s arrives", i).isLessThanOrEqualTo(2);
                in.readFully(new byte[SIZE]);
            }
        }
        assertThat(descriptors()).isZero();
    }

    @Test
    void clientThatLeavesWithAFileHalfSentLeavesNoDescriptor() throws Exception {
        try (TestSite site = TestSite.start(root, "")) {
            try (Socket client = new Socket(InetAddress.getLoopbackAddress(), site.port())) {
                client.getOutputStream()
                        .write("GET /large.bin HTTP/1.1\r\nHost: a\r\n\r\n"
                                .repeat(REQUESTS)
                                .getBytes(StandardCharsets.US_ASCII));
                assertThat(client.getInputStream().read()).isEqualTo('H');
            }
            assertThat(site.get("/large.bin").body()).hasSize(SIZE);
        }
        assertThat(descriptors()).isZero();
    }

    private static String head(DataInputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) in.readByte());
        }
        return head.toString();
    }

    /** How many descriptors of this process lead to the file; the server runs in it. */
    private long descriptors() throws IOException {
        List<Path> all;
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            all = open.toList();
        }
        return all.stream().filter(this::isFile).count();
    }

    private boolean isFile(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).equals(file);
        } catch (NoSuchFileException e) {
            return false; // closed meanwhile
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

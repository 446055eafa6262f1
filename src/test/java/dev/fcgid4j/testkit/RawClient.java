/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** An HTTP client that sends exactly the bytes it is given, and reads no more than it is asked for. */
public final class RawClient implements AutoCloseable {

    private static final int LIMIT_MILLIS = 60_000;
    private static final int SMALL_BUFFER = 65_536;

    private final Socket socket;

    private RawClient(Socket socket) {
        this.socket = socket;
    }

    /** Connects to a server on this machine. Its receive buffer is small, so that bytes it does not read pile up early. */
    public static RawClient connect(int port) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(SMALL_BUFFER);
        socket.setSoTimeout(LIMIT_MILLIS);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return new RawClient(socket);
    }

    /** Sends text; {@code ~} stands for the end of a line. */
    public RawClient send(String text) throws IOException {
        return send(text.replace("~", "\r\n").getBytes(StandardCharsets.ISO_8859_1));
    }

    public RawClient send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
        return this;
    }

    /** Everything until the server closes the connection. */
    public String readToEnd() throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    /** Everything up to this text, inclusive. */
    public String readTo(String end) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        while (!all.toString(StandardCharsets.ISO_8859_1).endsWith(end)) {
            int next = socket.getInputStream().read();
            if (next < 0) {
                throw new IOException("the server closed the connection after: " + all);
            }
            all.write(next);
        }
        return all.toString(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}

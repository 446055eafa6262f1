/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.bench;

import dev.fcgid4j.cgi.CgiEnvironment;
import dev.fcgid4j.cgi.CgiRequest;
import dev.fcgid4j.cgi.CgiResponse;
import dev.fcgid4j.cgi.CgiResponseParser;
import dev.fcgid4j.cgi.CgiSettings;
import dev.fcgid4j.cgi.MetaVariables;
import dev.fcgid4j.cgi.ScriptPath;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** CGI in both directions: the meta-variables of a browser's request, the header block of a response. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class CgiBench {

    private final CgiEnvironment environment = new CgiEnvironment(CgiSettings.defaults());
    private final CgiRequest request = new CgiRequest(
            "GET",
            "/app.fcgi/path?query=1",
            "HTTP/1.1",
            "http",
            List.of(
                    Map.entry("Host", "www.example.org:8080"),
                    Map.entry("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"),
                    Map.entry("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
                    Map.entry("Accept-Language", "en-US,en;q=0.5"),
                    Map.entry("Accept-Encoding", "gzip, deflate, br"),
                    Map.entry("Connection", "keep-alive"),
                    Map.entry("Cookie", "session=0123456789abcdef0123456789abcdef; theme=dark"),
                    Map.entry("Upgrade-Insecure-Requests", "1")),
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 40000),
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 8080),
            -1);
    private final ScriptPath script = new ScriptPath(
            "/app.fcgi",
            "/path",
            Path.of("/srv/site/app.fcgi"),
            Path.of("/srv/site"),
            "",
            Path.of("/srv/site"),
            Map.of("PATH", "/usr/local/bin:/usr/bin:/bin"));
    private final ByteBuf block = PooledByteBufAllocator.DEFAULT.directBuffer();

    /** The block, where a worker's connection puts it. */
    @Setup
    public void fill() {
        block.writeCharSequence(
                "Content-Type: text/html; charset=utf-8\r\nContent-Length: 100\r\n"
                        + "Set-Cookie: session=0123456789abcdef; path=/\r\nCache-Control: no-store\r\n\r\n",
                StandardCharsets.ISO_8859_1);
    }

    /** Gives the buffer back. */
    @TearDown
    public void free() {
        block.release();
    }

    /** From a request to its variables, without those that are encoded once for its script. */
    @Benchmark
    public MetaVariables variables() {
        return environment.ofRequest(request, script, Set.of());
    }

    /** From bytes to what they mean. */
    @Benchmark
    public CgiResponse responseHeader() {
        CgiResponseParser parser = new CgiResponseParser(65_536, 200);
        parser.parse(block.readerIndex(0));
        return parser.response();
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.application.ChangePolicy;
import dev.fcgid4j.application.ClassLimits;
import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.cgi.CgiEnvironment;
import dev.fcgid4j.cgi.CgiSettings;
import dev.fcgid4j.cgi.ScriptPath;
import dev.fcgid4j.gateway.FastCgiGateway;
import dev.fcgid4j.gateway.GatewaySettings;
import dev.fcgid4j.mapping.HandlerResolver;
import dev.fcgid4j.mapping.Resolution;
import dev.fcgid4j.observe.PoolSnapshot;
import dev.fcgid4j.pool.PoolEnvironment;
import dev.fcgid4j.pool.PoolSettings;
import dev.fcgid4j.pool.PoolSweep;
import dev.fcgid4j.pool.WorkerPool;
import dev.fcgid4j.process.ProcessCommand;
import dev.fcgid4j.testkit.FakeClock;
import dev.fcgid4j.testkit.FakeFiles;
import dev.fcgid4j.testkit.FakeWatcher;
import dev.fcgid4j.testkit.ScriptedApplication;
import dev.fcgid4j.testkit.ScriptedConnection;
import dev.fcgid4j.testkit.ScriptedLauncher;
import dev.fcgid4j.testkit.SteppedLoop;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A site behind a {@link FastCgiHttpHandler}: scripted clients in front, scripted applications behind, one event loop that
 * the test's thread runs, and a clock that the test moves.
 *
 * <p>{@code /app.fcgi} and {@code /other.fcgi} are applications, {@code /file.txt} is a file, {@code /folder} has moved, and
 * everything else is a 404. After each test every client and application is gone, and every buffer must have been released.
 */
final class HandlerFixture implements AfterEachCallback {

    static final Path ROOT = Path.of("/site");
    private static final int MAX_PIPELINED = 8192;

    private final SteppedLoop stepped = new SteppedLoop(NioIoHandler.newFactory());
    private final FakeClock clock = stepped.clock();
    private final FakeFiles files = new FakeFiles(clock);
    private final FakeWatcher watcher = new FakeWatcher(files);
    private final List<ClientChannel> clients = new ArrayList<>();
    private final PooledByteBufAllocator pooled = PooledByteBufAllocator.DEFAULT;
    private final long pinnedBefore = pooled.pinnedDirectMemory();
    private final Path folder = createFolder();
    private final ScriptedLauncher launcher = new ScriptedLauncher(folder, this::run);
    private final WorkerPool pool;
    private final FastCgiGateway gateway;
    private final Site site;
    private final NextHandler next = new NextHandler();
    private boolean running;

    HandlerFixture() {
        this(GatewaySettings.defaults());
    }

    HandlerFixture(GatewaySettings settings) {
        this(settings, ClassLimits.defaults());
    }

    HandlerFixture(GatewaySettings settings, ClassLimits limits) {
        site = new Site(limits);
        pool = new WorkerPool(
                PoolSettings.defaults(),
                new PoolEnvironment(
                        launcher,
                        watcher,
                        watcher,
                        stepped.blocking(),
                        clock,
                        files,
                        (process, directory) -> Optional.empty()));
        gateway = new FastCgiGateway(
                new FastCgiGateway.Parts(
                        site,
                        pool,
                        watcher,
                        new CgiEnvironment(CgiSettings.defaults()),
                        stepped.blocking(),
                        stepped.blocking()),
                settings);
    }

    private static Path createFolder() {
        try {
            return Files.createTempDirectory("fcgid4j-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ---- clients --------------------------------------------------------------------------------------------------

    /** A client whose connection has the pipeline of README. */
    ClientChannel connect() throws Exception {
        return connect(target -> false);
    }

    /** The same; the handler leaves some targets to the next one unseen. */
    ClientChannel connect(Predicate<String> passBy) throws Exception {
        return connect(
                new HttpServerCodec(new HttpDecoderConfig(), MAX_PIPELINED),
                new FastCgiHttpHandler(gateway, passBy),
                next);
    }

    /** A client with a pipeline of its own. */
    ClientChannel connect(ChannelHandler... handlers) throws Exception {
        ClientChannel client = new ClientChannel(stepped.loop(), this::run, handlers);
        clients.add(client);
        return client;
    }

    FastCgiGateway gateway() {
        return gateway;
    }

    /** The handler behind the one under test. */
    NextHandler next() {
        return next;
    }

    // ---- applications ---------------------------------------------------------------------------------------------

    /** Accepts a connection at the application that was started last. */
    ScriptedConnection accept() {
        return application().accept();
    }

    /** The application that was started last. */
    ScriptedApplication application() {
        List<ScriptedApplication> all = applications();
        assertThat(all).as("applications that were started").isNotEmpty();
        return all.get(all.size() - 1);
    }

    /** The applications that were started, the oldest first. */
    List<ScriptedApplication> applications() {
        run();
        return launcher.started();
    }

    /** The states of the living workers. */
    List<String> workers() {
        run();
        return pool.snapshot().classes().stream()
                .flatMap(c -> c.workers().stream())
                .map(PoolSnapshot.WorkerSnapshot::state)
                .toList();
    }

    /** Requests that wait for a worker. */
    int waiting() {
        run();
        return pool.snapshot().classes().stream()
                .mapToInt(PoolSnapshot.ClassSnapshot::waiting)
                .sum();
    }

    /** The pool takes no more requests. */
    void shutDownPool() {
        pool.shutDown();
    }

    // ---- the site -------------------------------------------------------------------------------------------------

    /** From now on, a target must be looked up on the disk before it is known where it leads. */
    void forgetTargets() {
        site.known = false;
    }

    /** The targets that were looked up. */
    List<String> lookedUp() {
        return site.lookedUp;
    }

    /** Blocking tasks, such as lookups and temporary files, wait until {@link #releaseBlocking}. */
    void holdBlocking() {
        stepped.holdBlocking();
    }

    void releaseBlocking() {
        stepped.releaseBlocking();
        run();
    }

    // ---- time -----------------------------------------------------------------------------------------------------

    /** Lets the loop, the blocking tasks and the kernel do whatever they can now. */
    void run() {
        if (running) {
            return;
        }
        running = true;
        stepped.run();
        running = false;
    }

    /** Moves the clock, and lets everything do what is due then. */
    void advance(Duration time) {
        stepped.advance(time);
        PoolSweep.sweep(pool);
        run();
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        releaseBlocking();
        clients.forEach(ClientChannel::disconnectClient);
        applications().forEach(ScriptedApplication::exit);
        run();
        pool.close();
        run();
        launcher.close();
        stepped.close();
        Files.delete(folder);
        clients.forEach(ClientChannel::check);
        assertThat(pooled.pinnedDirectMemory())
                .as("bytes in buffers that came from applications")
                .isLessThanOrEqualTo(pinnedBefore);
    }

    /** Where targets lead. */
    private static final class Site implements HandlerResolver {
        private final List<String> lookedUp = new ArrayList<>();
        private final Map<String, Resolution> resolutions;
        private boolean known = true;

        Site(ClassLimits limits) {
            resolutions = Map.of(
                    "/app.fcgi",
                    script("/app.fcgi", limits),
                    "/other.fcgi",
                    script("/other.fcgi", limits),
                    "/file.txt",
                    new Resolution.StaticFile(ROOT.resolve("file.txt")),
                    "/folder",
                    new Resolution.Moved("/folder/"));
        }

        private static Resolution script(String url, ClassLimits limits) {
            Path file = ROOT.resolve(url.substring(1));
            ProcessClass processClass = new ProcessClass(
                    url,
                    new ProcessCommand(List.of(file.toString()), Map.of(), ROOT),
                    new ChangePolicy(List.of(), List.of(), false, false, Optional.empty(), 0),
                    limits);
            return new Resolution.Script(
                    new ScriptPath(url, "", file, ROOT, "", ROOT, Map.of()), processClass, Set.of());
        }

        @Override
        public Optional<Resolution> cached(String target) {
            return known ? Optional.of(resolve(target)) : Optional.empty();
        }

        @Override
        public Resolution resolve(String target) {
            lookedUp.add(target);
            int query = target.indexOf('?');
            return resolutions.getOrDefault(
                    query < 0 ? target : target.substring(0, query), new Resolution.Refused(404, "not there"));
        }

        @Override
        public void onSuperseded(Consumer<ProcessClass> listener) {
            // no configuration changes
        }

        @Override
        public void close() {
            // holds nothing
        }
    }
}

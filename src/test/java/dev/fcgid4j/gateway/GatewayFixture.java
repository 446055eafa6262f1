/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.cgi.CgiEnvironment;
import dev.fcgid4j.cgi.CgiRequest;
import dev.fcgid4j.cgi.CgiSettings;
import dev.fcgid4j.cgi.ScriptPath;
import dev.fcgid4j.mapping.HandlerResolver;
import dev.fcgid4j.mapping.Resolution;
import dev.fcgid4j.observe.FcgiEvent;
import dev.fcgid4j.observe.PoolSnapshot;
import dev.fcgid4j.pool.PoolEnvironment;
import dev.fcgid4j.pool.PoolSettings;
import dev.fcgid4j.pool.PoolSweep;
import dev.fcgid4j.pool.WorkerPool;
import dev.fcgid4j.process.ProcessCommand;
import dev.fcgid4j.testkit.FakeClock;
import dev.fcgid4j.testkit.FakeFile;
import dev.fcgid4j.testkit.FakeFiles;
import dev.fcgid4j.testkit.FakeWatcher;
import dev.fcgid4j.testkit.LogCapture;
import dev.fcgid4j.testkit.RecordingSink;
import dev.fcgid4j.testkit.ScriptedApplication;
import dev.fcgid4j.testkit.ScriptedConnection;
import dev.fcgid4j.testkit.ScriptedLauncher;
import dev.fcgid4j.testkit.SteppedLoop;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.epoll.EpollIoHandler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A gateway and its pool with scripted applications, on one event loop that the test's thread runs, and on a clock that
 * the test moves. Sockets are real, so what a channel sees comes in the order in which the kernel reports it.
 *
 * <p>After each test everything is ended, and what must hold then is checked: no sink was called out of order, each body
 * was closed once, and Netty has logged no exception.
 */
final class GatewayFixture implements AfterEachCallback, AutoCloseable {

    static final Path SCRIPT = Path.of("/site/app.fcgi");
    private static final String URL = "/app.fcgi";

    private final SteppedLoop stepped = new SteppedLoop(EpollIoHandler.newFactory());
    private final FakeClock clock = stepped.clock();
    private final FakeFiles files = new FakeFiles(clock);
    private final FakeFile script = files.add(SCRIPT);
    private final FakeWatcher watcher = new FakeWatcher(files);
    private final List<FixtureRequest> requests = new ArrayList<>();
    private final List<FcgiEvent.ClassAdded> added = new ArrayList<>();
    private int keptConnectionsUnread;
    private final List<ClientRequest> clientRequests = new ArrayList<>();
    private final Path folder;
    private final ScriptedLauncher launcher;
    private final WorkerPool pool;
    private final FastCgiGateway gateway;
    private final Resolution.Script resolution;
    private final OneAnswer resolver;
    private final LogCapture nettyLog = LogCapture.of("io.netty");

    GatewayFixture() {
        this(new FixtureOptions());
    }

    GatewayFixture(FixtureOptions options) {
        Path root = SCRIPT.getParent();
        ProcessClass processClass = new ProcessClass(
                URL,
                new ProcessCommand(List.of(SCRIPT.toString()), Map.of(), root),
                options.policy(),
                options.limits());
        folder = createFolder();
        launcher = new ScriptedLauncher(folder, this::run);
        pool = new WorkerPool(
                PoolSettings.defaults(),
                new PoolEnvironment(
                        launcher,
                        watcher,
                        watcher,
                        stepped.blocking(),
                        clock,
                        files,
                        (process, directory) -> Optional.empty(),
                        this::onEvent));
        resolution = new Resolution.Script(
                new ScriptPath(URL, "", SCRIPT, root, "", root, Map.of()), processClass, Set.of());
        resolver = new OneAnswer(resolution);
        gateway = new FastCgiGateway(
                new FastCgiGateway.Parts(
                        resolver,
                        pool,
                        watcher,
                        new CgiEnvironment(CgiSettings.defaults()),
                        stepped.blocking(),
                        stepped.blocking()),
                options.gateway());
    }

    private void onEvent(FcgiEvent event) {
        if (event instanceof FcgiEvent.ClassAdded each) {
            added.add(each);
        } else if (event instanceof FcgiEvent.KeptConnectionUnread) {
            keptConnectionsUnread++;
        }
    }

    private static Path createFolder() {
        try {
            return Files.createTempDirectory("fcgid4j-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ---- requests -------------------------------------------------------------------------------------------------

    /** Starts a GET. */
    FixtureRequest get() {
        return request("GET", "");
    }

    /** Starts a request with this body. */
    FixtureRequest request(String method, String body) {
        return request(method, new FixtureBody(body));
    }

    /** Starts a request with this body. */
    FixtureRequest request(String method, FixtureBody body) {
        InetSocketAddress here = new InetSocketAddress(InetAddress.getLoopbackAddress(), 80);
        CgiRequest cgi = new CgiRequest(
                method, URL, "HTTP/1.1", "http", List.of(Map.entry("Host", "a")), here, here, body.length());
        RecordingSink sink = new RecordingSink();
        FixtureRequest started =
                new FixtureRequest(gateway.start(cgi, resolution, body, stepped.loop(), sink), sink, body);
        requests.add(started);
        return started;
    }

    /** A request of a client, which has not begun. It is cancelled after the test. */
    ClientRequest clientRequest(HttpAdapter adapter) {
        ClientRequest created = new ClientRequest(gateway, stepped.loop(), UnpooledByteBufAllocator.DEFAULT, adapter);
        clientRequests.add(created);
        return created;
    }

    // ---- applications ---------------------------------------------------------------------------------------------

    /** Accepts the request, which has got no response yet, at the application that was started last. */
    ScriptedConnection accept(FixtureRequest request) {
        assertThat(request.sink().calls()).isEmpty();
        ScriptedConnection connection = accept();
        connection.expectRequest();
        return connection;
    }

    /** Accepts a connection at the application that was started last. */
    ScriptedConnection accept() {
        return application().accept();
    }

    /** The application that was started last. */
    ScriptedApplication application() {
        run();
        return launcher.started().get(launcher.started().size() - 1);
    }

    /** The applications that were started, the oldest first. */
    List<ScriptedApplication> applications() {
        run();
        return launcher.started();
    }

    /** Registers what happens to each application right after its start. */
    void onStart(Consumer<ScriptedApplication> hook) {
        launcher.onStart(hook);
    }

    /** The living workers as the status page shows them. */
    List<PoolSnapshot.WorkerSnapshot> workers() {
        run();
        return classSnapshot().workers();
    }

    /** The only living worker: its state, and why it is being stopped, if it is. */
    String worker() {
        List<PoolSnapshot.WorkerSnapshot> all = workers();
        assertThat(all).hasSize(1);
        PoolSnapshot.WorkerSnapshot one = all.get(0);
        return one.state() + one.retiring().map(why -> ": " + why).orElse("");
    }

    /** Requests that workers have ended. */
    long requestsEnded() {
        return classSnapshot().requests();
    }

    /** The requests that workers have ended, by the first digit of their status; without a response at 0. */
    List<Long> requestsByStatusClass() {
        return added.get(0).requests().read().byStatusClass();
    }

    /** How often the pool has reported that a worker does not read its kept connection. */
    int keptConnectionsUnread() {
        return keptConnectionsUnread;
    }

    private PoolSnapshot.ClassSnapshot classSnapshot() {
        return pool.snapshot().classes().get(0);
    }

    /** The pool closes: running requests may finish. */
    void shutDown() {
        pool.shutDown();
    }

    /** The pool stops the workers of running requests. */
    void stopBusy() {
        pool.stopBusy();
    }

    /** What the gateway resolves leads there from now on. */
    void everythingLeadsTo(Resolution answer) {
        resolver.answer = answer;
    }

    /** How a new generation fares, in the words of the status page. */
    String rollout() {
        run();
        return classSnapshot().rollout();
    }

    // ---- files ----------------------------------------------------------------------------------------------------

    /** The application's script. */
    FakeFile script() {
        return script;
    }

    /** Another file. */
    FakeFile addFile(String path) {
        return files.add(Path.of(path));
    }

    // ---- time -----------------------------------------------------------------------------------------------------

    /** Lets the loop, the pool's blocking tasks and the kernel do whatever they can now. */
    void run() {
        stepped.run();
    }

    /** Runs the loop's tasks alone: a loop that is late and has not asked the kernel yet. */
    void runTasksBeforeInput() {
        stepped.runTasksBeforeInput();
    }

    /** Moves the clock; the loop's tasks run, and the kernel is not asked. */
    void advanceTasksBeforeInput(Duration time) {
        stepped.advance(time);
        runTasksBeforeInput();
    }

    /** Runs the pool's blocking tasks on another thread, as the pool does; the loop does not run. */
    void runBlockingTasksElsewhere() throws InterruptedException {
        stepped.runBlockingElsewhere();
    }

    /** Blocking tasks wait until {@link #releaseBlocking}. */
    void holdBlocking() {
        stepped.holdBlocking();
    }

    void releaseBlocking() {
        stepped.releaseBlocking();
    }

    /** Lets everything happen that can happen now, moves the clock, and lets everything happen that is due then. */
    void advance(Duration time) {
        run();
        stepped.advance(time);
        PoolSweep.sweep(pool);
        run();
    }

    /** Moves the clock in steps, so that whatever is due in between comes in its turn. */
    void advance(Duration time, Duration step) {
        for (Duration done = Duration.ZERO; done.compareTo(time) < 0; done = done.plus(step)) {
            advance(step);
        }
    }

    @Override
    public void afterEach(ExtensionContext context) {
        close();
    }

    @Override
    public void close() {
        requests.forEach(request -> request.exchange().cancel());
        clientRequests.forEach(ClientRequest::cancel);
        applications().forEach(ScriptedApplication::exit);
        advance(Duration.ofSeconds(10));
        pool.close();
        run();
        launcher.close();
        stepped.close();
        nettyLog.close();
        deleteFolder();
        requests.forEach(FixtureRequest::check);
        assertThat(nettyLog.lines(Level.WARN))
                .as("exceptions that Netty has logged")
                .isEmpty();
    }

    private void deleteFolder() {
        try {
            Files.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Every target leads to the same. */
    private static final class OneAnswer implements HandlerResolver {
        private Resolution answer;

        OneAnswer(Resolution answer) {
            this.answer = answer;
        }

        @Override
        public Optional<Resolution> cached(String target) {
            return Optional.of(answer);
        }

        @Override
        public Resolution resolve(String target) {
            return answer;
        }

        @Override
        public void onSuperseded(Consumer<ProcessClass> listener) {
            // nothing is
        }

        @Override
        public void close() {
            // holds nothing
        }
    }
}

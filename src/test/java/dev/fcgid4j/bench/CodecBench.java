/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.bench;

import dev.fcgid4j.codec.FcgiRecordDecoder;
import dev.fcgid4j.codec.ParamsWriter;
import dev.fcgid4j.codec.ProtocolStatus;
import dev.fcgid4j.codec.RecordType;
import dev.fcgid4j.codec.RecordWriter;
import dev.fcgid4j.codec.Role;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Records in and out: a response as it is decoded, a request as it is encoded. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class CodecBench {

    private static final int ID = 1;

    /** Bytes of the response's body. */
    @Param({"100", "65536"})
    private int body;

    private final EmbeddedChannel channel = new EmbeddedChannel(new FcgiRecordDecoder());
    private ByteBuf response = PooledByteBufAllocator.DEFAULT.directBuffer(0);
    private ByteBuf request = PooledByteBufAllocator.DEFAULT.directBuffer(0);

    /** Lays out one response as it comes from a worker. */
    @Setup
    public void layOut() {
        ByteBuf content = PooledByteBufAllocator.DEFAULT.directBuffer(body).writeZero(body);
        response = PooledByteBufAllocator.DEFAULT.directBuffer(body + 1024);
        RecordWriter.writeStream(response, RecordType.STDOUT, ID, content);
        RecordWriter.writeEndOfStream(response, RecordType.STDOUT, ID);
        RecordWriter.writeEndRequest(response, ID, 0, ProtocolStatus.REQUEST_COMPLETE);
        content.release();
        request = PooledByteBufAllocator.DEFAULT.directBuffer(4096);
    }

    /** Frees everything. */
    @TearDown
    public void free() {
        response.release();
        request.release();
        channel.finishAndReleaseAll();
    }

    /** A whole response, from bytes to records. */
    @Benchmark
    public int decodeResponse() {
        channel.writeInbound(response.retainedDuplicate());
        int records = 0;
        for (Object each = channel.readInbound(); each != null; each = channel.readInbound()) {
            ReferenceCountUtil.release(each);
            records++;
        }
        return records;
    }

    /** A whole request without a body: BEGIN_REQUEST, 30 parameters, the ends of both streams. */
    @Benchmark
    public int encodeRequest() {
        request.clear();
        RecordWriter.writeBeginRequest(request, ID, Role.RESPONDER, true);
        ParamsWriter params = new ParamsWriter(request, ID);
        for (int i = 0; i < 30; i++) {
            params.add("HTTP_X_SOMETHING", "a value as long as many are");
        }
        params.end();
        RecordWriter.writeEndOfStream(request, RecordType.STDIN, ID);
        return request.readableBytes();
    }
}

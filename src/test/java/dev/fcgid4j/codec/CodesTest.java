/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.Unpooled;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The numbers of FastCGI 1.0, section 8, and the values that records accept. */
class CodesTest {

    @ParameterizedTest
    @CsvSource({
        "BEGIN_REQUEST, 1",
        "ABORT_REQUEST, 2",
        "END_REQUEST, 3",
        "PARAMS, 4",
        "STDIN, 5",
        "STDOUT, 6",
        "STDERR, 7",
        "DATA, 8",
        "GET_VALUES, 9",
        "GET_VALUES_RESULT, 10",
        "UNKNOWN_TYPE, 11"
    })
    void recordTypeHasTheNumberOfTheSpecification(RecordType type, int code) {
        assertThat(type.code()).isEqualTo(code);
        assertThat(RecordType.ofCode(code)).contains(type);
    }

    @ParameterizedTest
    @CsvSource({"RESPONDER, 1", "AUTHORIZER, 2", "FILTER, 3"})
    void roleHasTheNumberOfTheSpecification(Role role, int code) {
        assertThat(role.code()).isEqualTo(code);
        assertThat(Role.ofCode(code)).contains(role);
    }

    @ParameterizedTest
    @CsvSource({"REQUEST_COMPLETE, 0", "CANT_MPX_CONN, 1", "OVERLOADED, 2", "UNKNOWN_ROLE, 3"})
    void protocolStatusHasTheNumberOfTheSpecification(ProtocolStatus status, int code) {
        assertThat(status.code()).isEqualTo(code);
        assertThat(ProtocolStatus.ofCode(code)).contains(status);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 12, 255})
    void otherNumberIsNoRecordType(int code) {
        assertThat(RecordType.ofCode(code)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 4, 255})
    void otherNumberIsNeitherRoleNorStatus(int code) {
        assertThat(Role.ofCode(code)).isEmpty();
        assertThat(ProtocolStatus.ofCode(code)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(RecordType.class)
    void recordsFromGetValuesOnAreManagementRecords(RecordType type) {
        assertThat(type.isManagement()).isEqualTo(type.code() >= 9);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 65_536})
    void requestIdIsOneTo65535(int requestId) {
        assertThatThrownBy(() -> new AbortRequest(requestId))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected 1 to 65535");
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 0x1_0000_0000L})
    void appStatusHasUnsigned32Bits(long status) {
        assertThatThrownBy(() -> new EndRequest(1, status, ProtocolStatus.REQUEST_COMPLETE))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 256})
    void unknownTypeHasOneByte(int type) {
        assertThatThrownBy(() -> new UnknownType(type)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void managementRecordHasRequestIdZero() {
        assertThat(List.of(new UnknownType(99), new GetValuesResult(Map.of())))
                .extracting(FcgiRecord::requestId)
                .containsOnly(0);
    }

    @Test
    void valuesOfAResultAreACopyInOrder() {
        Map<String, String> values = new LinkedHashMap<>(Map.of("FCGI_MPXS_CONNS", "0"));
        GetValuesResult result = new GetValuesResult(values);

        values.clear();

        assertThat(result.values()).containsOnlyKeys("FCGI_MPXS_CONNS");
    }

    @Test
    void onlyEmptyContentEndsAStream() {
        assertThat(new Stdout(1, Unpooled.EMPTY_BUFFER).endOfStream()).isTrue();
        assertThat(new Stdout(1, Unpooled.wrappedBuffer(new byte[1])).endOfStream())
                .isFalse();
    }

    @Test
    void recordSharesTheReferenceCountOfItsContent() {
        Stdout record = new Stdout(1, Unpooled.buffer().writeByte(1));

        record.retain();
        record.release();

        assertThat(record.refCnt()).isEqualTo(1);
        assertThat(record.release()).isTrue();
        assertThat(record.content().refCnt()).isZero();
    }
}

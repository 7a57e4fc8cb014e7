package io.maas.http.internal.jetty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.maas.http.internal.exchange.HttpProblem;
import io.maas.http.internal.exchange.PartReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Parts of a body that cannot be taken. */
class JettyPartsTest {
    private static final String BODY = "--b\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\n%s\r\n--b--\r\n";

    /** Takes nothing, and counts. */
    private static class Full implements PartReader.Parts {
        private int ended;

        @Override
        public void begin(String part, Optional<String> fileName) {}

        @Override
        public void content(ByteBuffer some) throws IOException {
            throw new IOException("No space left on device");
        }

        @Override
        public void end() {
            ended++;
        }
    }

    private static void read(String body, PartReader.Parts parts) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.US_ASCII);
        new JettyParts().read(new ByteArrayInputStream(bytes), "multipart/form-data; boundary=b", parts);
    }

    @Test
    void aPartThatCannotBeWrittenFailsTheRequest() {
        Full full = new Full();
        assertThatThrownBy(() -> read(BODY.formatted("some"), full)).hasMessage("No space left on device");
        assertThat(full.ended).isZero();
    }

    @Test
    void aPartThatIsRefusedIsRefusedInItsOwnWords() {
        HttpProblem refusal = new HttpProblem(400, "bad-upload", "It is too large");
        Full full = new Full() {
            @Override
            public void content(ByteBuffer some) {
                throw refusal;
            }
        };
        assertThatThrownBy(() -> read(BODY.formatted("some"), full)).isSameAs(refusal);
    }

    @Test
    void aPartWithoutANameIsRefused() {
        assertThatThrownBy(() -> read(BODY.formatted("some").replace("; name=\"model\"", ""), new Full()))
                .hasMessageContaining("a part has no name");
    }
}

package io.maas.backend.djl;

import static org.assertj.core.api.Assertions.assertThat;

import io.maas.error.ErrorCode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeviceLostTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "CUDA failure 700: an illegal memory access was encountered ; GPU=0 ; expr=cudaStreamSynchronize | DEVICE_LOST",
                "CUDA error: device-side assert triggered | DEVICE_LOST",
                "CUDA error: unspecified launch failure | DEVICE_LOST",
                "CUDA failure 2: out of memory ; GPU=0 | OUT_OF_MEMORY",
                "CUDA out of memory. Tried to allocate 2.00 GiB | OUT_OF_MEMORY",
                "CUDA error: invalid argument | INFERENCE_FAILED",
                "mat1 and mat2 shapes cannot be multiplied (1x3 and 4x4) | BAD_INPUT"
            })
    void theWordsOfEnginesTellWhatIsWrong(String message, ErrorCode code) {
        assertThat(DjlFailure.of("PyTorch", new IllegalStateException(message)).code())
                .isEqualTo(code);
    }
}

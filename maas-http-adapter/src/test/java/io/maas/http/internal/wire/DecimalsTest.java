package io.maas.http.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read is what the JDK reads, to the last bit. */
class DecimalsTest {
    /** Each is read by a parser of its own: one that has read a float makes its double of that. */
    private static void check(String number) throws IOException {
        try (JsonParser json = Json.FACTORY.createParser(number)) {
            json.nextToken();
            assertThat(Float.floatToRawIntBits(Decimals.floatValue(json)))
                    .as(number)
                    .isEqualTo(Float.floatToRawIntBits(Float.parseFloat(number)));
        }
        try (JsonParser json = Json.FACTORY.createParser(number)) {
            json.nextToken();
            assertThat(Double.doubleToRawLongBits(Decimals.doubleValue(json)))
                    .as(number)
                    .isEqualTo(Double.doubleToRawLongBits(Double.parseDouble(number)));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "-0",
                "0.0",
                "-0.000",
                "1",
                "-1",
                "0.1",
                "1e0",
                "1E+5",
                "1e-5",
                "123456789012345678",
                "1234567890123456789",
                "9007199254740992",
                "9007199254740993",
                "9007199254740993.0",
                "1e22",
                "1e23",
                "1e-22",
                "1e-23",
                "0e999",
                "1e999",
                "-1e999",
                "1e-999",
                "1e99999999999",
                "16777217",
                "16777216.999999999",
                "16777217.000000001",
                "33554433",
                "0.00000000000000000001",
                "1.17549435e-38",
                "1.1754942e-38",
                "1.4e-45",
                "7e-46",
                "3.4028235e38",
                "3.4028236e38",
                "3.40282356779733661637539395458142568448e38",
                "0.3333333333333333148",
                "1.00000005960464477539",
                "1.000000059604644775390625",
                "1.0000000596046447753906251",
            })
    void aFewOfEveryKind(String number) throws IOException {
        check(number);
    }

    @Test
    void numbersAsTheyAreWritten() throws IOException {
        Random random = new Random(7);
        for (int i = 0; i < 50_000; i++) {
            check(Float.toString(finite(random)));
            check(Double.toString(random.nextGaussian() * Math.pow(10, random.nextInt(60) - 30)));
            check(random.nextInt(1_000_000) + "." + random.nextInt(1_000_000) + "e" + (random.nextInt(50) - 25));
        }
    }

    private static float finite(Random random) {
        float value = Float.intBitsToFloat(random.nextInt());
        return Float.isFinite(value) ? value : 1;
    }

    /** The middle of two floats, and what lies beside it by less than a double tells apart. */
    @Test
    void numbersBesideTheMiddleOfTwoFloats() throws IOException {
        Random random = new Random(11);
        for (int i = 0; i < 20_000; i++) {
            float low = Math.abs(finite(random)) % 1e6f;
            BigDecimal middle =
                    new BigDecimal(low).add(new BigDecimal(Math.nextUp(low))).divide(BigDecimal.valueOf(2));
            BigDecimal little = new BigDecimal(Math.ulp(low)).scaleByPowerOfTen(-12);
            check(middle.toString());
            check(middle.add(little).toString());
            check(middle.subtract(little).toString());
        }
    }
}

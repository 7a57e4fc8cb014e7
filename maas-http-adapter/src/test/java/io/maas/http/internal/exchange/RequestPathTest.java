package io.maas.http.internal.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Paths and queries, without a server before them that is strict as well. */
class RequestPathTest {
    @Test
    void segmentsLieBetweenSlashes() {
        assertThat(RequestPath.parse("/").segments()).isEmpty();
        assertThat(RequestPath.parse("/a").segments()).containsExactly("a");
        assertThat(RequestPath.parse("/a/b%20c/").segments()).containsExactly("a", "b c", "");
        assertThat(RequestPath.parse("/%E6%A8%A1").segments()).containsExactly("\u6a21");
    }

    @Test
    void whatIsDecodedIsNotDecodedAgain() {
        assertThat(RequestPath.parse("/%252e%252e").segments()).containsExactly("%2e%2e");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a",
                "*",
                "/.",
                "/..",
                "/a/../b",
                "/%2e%2e",
                "/.%2e",
                "/a%2fb",
                "/a%5cb",
                "/a\\b",
                "/a%00",
                "/a%0a",
                "/%7f",
                "/%",
                "/%4",
                "/%zz",
                "/%ff",
                "/%c0%af",
                "/%ed%a0%80"
            })
    void whatCouldBeReadInTwoWaysIsRefused(String path) {
        assertThatThrownBy(() -> RequestPath.parse(path))
                .isInstanceOfSatisfying(
                        HttpProblem.class,
                        refusal -> assertThat(refusal.problem().status()).isEqualTo(400));
    }

    @Test
    void deepPathsAreRefused() {
        assertThatThrownBy(() -> RequestPath.parse("/a".repeat(65))).isInstanceOf(HttpProblem.class);
    }

    @Test
    void parametersKeepTheirOrder() {
        QueryParameters query = QueryParameters.parse("a=1&b=2&a=3%264&c&=d&");

        assertThat(query.all("a")).containsExactly("1", "3&4");
        assertThat(query.first("c")).hasValue("");
        assertThat(query.first("")).hasValue("d");
        assertThat(query.first("x")).isEmpty();
        assertThat(QueryParameters.parse("").pairs()).isEmpty();
    }
}
